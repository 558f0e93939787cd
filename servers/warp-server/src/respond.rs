//! What goes out: values of the domain, or a [`Failure`], as answers
//! ([`Reply`](https://docs.rs/warp/0.4/warp/trait.Reply.html)).

use bytes::Bytes;
use futures_util::{Stream, StreamExt};
use serde::Serialize;
use shared::{
    Error,
    contract::media,
    domain::{Event, Outgoing},
    handlers::{Created, Download, Fetched, Home, Put, Tagged},
    relay::{self, Relayed},
};
use std::{convert::Infallible, sync::Arc, time::Duration};
use warp::{
    Reply,
    http::{HeaderName, HeaderValue, StatusCode, header},
    reply::{self, Response},
    sse,
    ws::Message,
};

/// What went wrong, on its way to an answer.
///
/// It is a reply and not a [rejection](https://docs.rs/warp/0.4/warp/reject/index.html): a rejection
/// means that another route may still fit, and none can once the path is known.
#[derive(Debug)]
pub struct Failure(Error);

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Failure(error)
    }
}

impl Reply for Failure {
    fn into_response(self) -> Response {
        let Failure(error) = self;
        let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = reply::with_status(content(media::PROBLEM, error.body()), status).into_response();
        add(&mut response, error.headers());
        response
    }
}

/// Adds header fields; ours are sound.
fn add(response: &mut Response, fields: impl IntoIterator<Item = (&'static str, impl AsRef<str>)>) {
    for (name, value) in fields {
        if let Ok(value) = HeaderValue::from_str(value.as_ref()) {
            response.headers_mut().insert(HeaderName::from_static(name), value);
        }
    }
}

/// 200 with a body of this media type.
pub fn content(media: &'static str, body: impl Reply) -> impl Reply {
    reply::with_header(body, header::CONTENT_TYPE, media)
}

/// 200 with JSON.
pub fn json(value: impl Serialize) -> impl Reply {
    reply::json(&value)
}

/// The page or the index.
pub fn home(home: Home) -> impl Reply {
    let answer = match home {
        Home::Page(page) => reply::html(page).into_response(),
        Home::Index(index) => json(index).into_response(),
    };
    reply::with_header(answer, header::VARY, "accept")
}

/// 200 with a todo and its tag.
pub fn tagged(Tagged { etag, todo }: Tagged) -> impl Reply {
    reply::with_header(json(todo), header::ETAG, etag.as_str())
}

/// 201 with a todo and where it is.
pub fn created(Created { location, tagged: todo }: Created) -> impl Reply {
    reply::with_status(reply::with_header(tagged(todo), header::LOCATION, location), StatusCode::CREATED)
}

/// 200 with a todo, or 304.
pub fn fetched(fetched: Fetched) -> impl Reply {
    match fetched {
        Fetched::Modified(todo) => tagged(todo).into_response(),
        Fetched::NotModified(etag) => {
            reply::with_header(StatusCode::NOT_MODIFIED, header::ETAG, etag.as_str()).into_response()
        }
    }
}

/// 201 with a file that is new, 200 with one that was replaced.
pub fn put(Put { created, location, etag, file }: Put) -> impl Reply {
    let reply = reply::with_header(json(file), header::ETAG, etag.as_str());
    match created {
        true => reply::with_status(reply::with_header(reply, header::LOCATION, location), StatusCode::CREATED)
            .into_response(),
        false => reply.into_response(),
    }
}

/// 200 with a file, 206 with a part of it, or 304
/// ([a body from a stream](https://docs.rs/warp/0.4/warp/reply/fn.stream.html)).
pub fn download(download: Download) -> impl Reply {
    let status = StatusCode::from_u16(download.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let fields = download.fields();
    let mut response = match download {
        Download::Modified { content, .. } => reply::with_status(reply::stream(content), status).into_response(),
        Download::NotModified(_) => status.into_response(),
    };
    add(&mut response, fields);
    response
}

/// 200 with events as they happen, and a comment when nothing does
/// ([sse](https://docs.rs/warp/0.4/warp/sse/index.html)).
pub fn events(events: impl Stream<Item = Arc<Event>> + Send + Sync + 'static, heartbeat: Duration) -> impl Reply {
    let sent = |event: Arc<Event>| {
        let id = event.id.to_string();
        Ok::<_, Infallible>(sse::Event::default().id(id).event(&event.name).data(&event.data))
    };
    sse::reply(sse::keep_alive().interval(heartbeat).stream(events.map(sent)))
}

/// What goes over a WebSocket.
pub fn message(message: Outgoing<Message>) -> Message {
    match message {
        Outgoing::Message(message) => message,
        Outgoing::Ping => Message::ping(Bytes::new()),
        Outgoing::Close(code) => Message::close_with(code.number(), ""),
    }
}

/// 200 with the answer of a sibling.
pub fn relayed(Relayed { served_by, body }: Relayed) -> impl Reply {
    reply::with_header(content(media::JSON, Vec::from(body)), relay::SERVED_BY, served_by)
}

/// 204.
pub fn no_content() -> impl Reply {
    StatusCode::NO_CONTENT
}

/// 405; `allow` are the methods that the path knows.
pub fn not_allowed(allow: &'static str) -> impl Reply {
    reply::with_header(Failure::from(Error::MethodNotAllowed), header::ALLOW, allow)
}
