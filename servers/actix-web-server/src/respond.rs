//! What goes out: values of the domain, or a [`Failure`], as answers
//! ([`Responder`](https://actix.rs/docs/handlers#response-with-custom-type)).

use actix_web::{
    Either, HttpResponse, Responder, ResponseError,
    body::SizedStream,
    http::{StatusCode, header},
    web,
};
use futures_util::{Stream, StreamExt};
use serde::Serialize;
use shared::{
    Error,
    contract::media,
    domain::Event,
    handlers::{self, Created, Download, Fetched, Home, Put, Tagged},
    relay::{self, Relayed},
};
use std::{convert::Infallible, fmt, sync::Arc, time::Duration};

/// What went wrong, on its way to an answer
/// ([errors](https://actix.rs/docs/errors#an-example-of-a-custom-error-response)).
#[derive(Debug)]
pub struct Failure(Error);

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Failure(error)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.problem().title)
    }
}

impl ResponseError for Failure {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.0.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::build(self.status_code());
        response.content_type(media::PROBLEM);
        for (name, value) in self.0.headers() {
            match (name, &*value) {
                // actix writes this field itself, by what it is told of the connection, and to whoever says `upgrade`.
                ("connection", "close") => response.force_close(),
                ("connection", _) => &mut response,
                _ => response.insert_header((name, &*value)),
            };
        }
        response.body(self.0.body())
    }
}

/// 200 with a body of this media type.
pub fn content(media: &'static str, body: impl Responder) -> impl Responder {
    body.customize().insert_header((header::CONTENT_TYPE, media))
}

/// 200 with JSON.
pub fn json(value: impl Serialize) -> impl Responder {
    web::Json(value)
}

/// The page or the index.
pub fn home(home: Home) -> impl Responder {
    let answer = match home {
        Home::Page(page) => Either::Left(web::Html::new(page)),
        Home::Index(index) => Either::Right(json(index)),
    };
    answer.customize().insert_header((header::VARY, "accept"))
}

/// 200 with a todo and its tag.
pub fn tagged(Tagged { etag, todo }: Tagged) -> impl Responder {
    json(todo).customize().insert_header((header::ETAG, etag.as_str()))
}

/// 201 with a todo and where it is.
pub fn created(Created { location, tagged: todo }: Created) -> impl Responder {
    tagged(todo).customize().with_status(StatusCode::CREATED).insert_header((header::LOCATION, location))
}

/// 200 with a todo, or 304.
pub fn fetched(fetched: Fetched) -> impl Responder {
    match fetched {
        Fetched::Modified(todo) => Either::Left(tagged(todo)),
        Fetched::NotModified(etag) => {
            Either::Right(HttpResponse::NotModified().insert_header((header::ETAG, etag.as_str())).finish())
        }
    }
}

/// 201 with a file that is new, 200 with one that was replaced.
pub fn put(Put { created, location, etag, file }: Put) -> impl Responder {
    let response = json(file).customize().insert_header((header::ETAG, etag.as_str()));
    match created {
        true => response.with_status(StatusCode::CREATED).insert_header((header::LOCATION, location)),
        false => response,
    }
}

/// 200 with a file, 206 with a part of it, or 304
/// ([streaming](https://docs.rs/actix-web/4/actix_web/body/struct.SizedStream.html)).
pub fn download(download: Download) -> impl Responder {
    let status = StatusCode::from_u16(download.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = HttpResponse::build(status);
    for (name, value) in download.fields().into_iter().filter(|(name, _)| *name != "content-length") {
        response.insert_header((name, value));
    }
    match download {
        Download::Modified { content, .. } => response.body(SizedStream::new(content.size(), content)),
        Download::NotModified(_) => response.finish(),
    }
}

/// 200 with events as they happen, and a comment when nothing does
/// ([streaming](https://docs.rs/actix-web/4/actix_web/struct.HttpResponseBuilder.html#method.streaming)).
pub fn events(events: impl Stream<Item = Arc<Event>> + Send + Sync + 'static, heartbeat: Duration) -> impl Responder {
    let frames = handlers::frames(events, heartbeat);
    HttpResponse::Ok()
        .content_type(media::EVENTS)
        .insert_header((header::CACHE_CONTROL, "no-cache"))
        .streaming(frames.map(Ok::<_, Infallible>))
}

/// 200 with the answer of a sibling.
pub fn relayed(Relayed { served_by, body }: Relayed) -> impl Responder {
    HttpResponse::Ok().content_type(media::JSON).insert_header((relay::SERVED_BY, served_by)).body(body)
}

/// 204.
pub fn no_content() -> impl Responder {
    HttpResponse::NoContent()
}

/// 405; `allow` are the methods that the path knows.
pub fn not_allowed(allow: &'static str) -> impl Responder {
    let failure = Failure::from(Error::MethodNotAllowed);
    failure.error_response().customize().insert_header((header::ALLOW, allow))
}
