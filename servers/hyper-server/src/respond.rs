//! What goes out: values of the domain, or a [`Failure`], as answers.

use bytes::Bytes;
use futures_util::{Stream, StreamExt, future::BoxFuture};
use http::{HeaderName, HeaderValue, StatusCode, header};
use http_body_util::Full;
use hyper_tungstenite::tungstenite::{Message, Utf8Bytes, protocol::CloseFrame};
use layers::Body;
use serde::Serialize;
use shared::{
    Error,
    contract::media,
    domain::{ETag, Event, Outgoing},
    handlers::{self, Created, Download, Fetched, Home, Put, Tagged},
    relay::{self, Relayed},
};
use std::{convert::Infallible, sync::Arc, time::Duration};

const SERVED_BY: HeaderName = HeaderName::from_static(relay::SERVED_BY);

/// An answer as the middleware takes it.
pub type Response = http::Response<Body>;

/// What a glue function returns.
pub type Answer = Result<Response, Failure>;

/// An answer that is still to come, of whichever glue function.
pub type AnswerFuture = BoxFuture<'static, Answer>;

/// What went wrong, on its way to an answer.
#[derive(Debug)]
pub struct Failure(Error);

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Failure(error)
    }
}

impl From<Failure> for Response {
    fn from(Failure(error): Failure) -> Self {
        layers::problem(&error)
    }
}

/// 200 with a body of this media type.
pub fn content(media: &'static str, body: impl Into<Bytes>) -> Response {
    typed(HeaderValue::from_static(media), body)
}

fn typed(media: HeaderValue, body: impl Into<Bytes>) -> Response {
    let mut response = Response::new(Body::from(body));
    response.headers_mut().insert(header::CONTENT_TYPE, media);
    response
}

/// 200 with text.
pub fn text(body: impl Into<Bytes>) -> Response {
    // Checked once, by the compiler.
    typed(const { HeaderValue::from_static(media::TEXT) }, body)
}

/// 200 with JSON.
pub fn json(value: &impl Serialize) -> Answer {
    let body = serde_json::to_vec(value).map_err(Error::internal)?;
    Ok(typed(const { HeaderValue::from_static(media::JSON) }, body))
}

/// The page or the index.
pub fn home(home: Home) -> Answer {
    let mut response = match home {
        Home::Page(page) => content(media::HTML, page),
        Home::Index(index) => json(&index)?,
    };
    response.headers_mut().insert(header::VARY, HeaderValue::from_static("accept"));
    Ok(response)
}

/// 200 with a todo and its tag.
pub fn tagged(Tagged { etag, todo }: &Tagged) -> Answer {
    let mut response = json(todo)?;
    response.headers_mut().insert(header::ETAG, value(etag.as_str())?);
    Ok(response)
}

/// 201 with a todo and where it is.
pub fn created(Created { location, tagged: todo }: &Created) -> Answer {
    let mut response = tagged(todo)?;
    *response.status_mut() = StatusCode::CREATED;
    response.headers_mut().insert(header::LOCATION, value(location)?);
    Ok(response)
}

/// 200 with a todo, or 304.
pub fn fetched(fetched: &Fetched) -> Answer {
    match fetched {
        Fetched::Modified(todo) => tagged(todo),
        Fetched::NotModified(etag) => not_modified(etag),
    }
}

fn not_modified(etag: &ETag) -> Answer {
    let mut response = empty(StatusCode::NOT_MODIFIED);
    response.headers_mut().insert(header::ETAG, value(etag.as_str())?);
    Ok(response)
}

/// 201 with a file that is new, 200 with one that was replaced.
pub fn put(Put { created, location, etag, file }: &Put) -> Answer {
    let mut response = json(file)?;
    if *created {
        *response.status_mut() = StatusCode::CREATED;
        response.headers_mut().insert(header::LOCATION, value(location)?);
    }
    response.headers_mut().insert(header::ETAG, value(etag.as_str())?);
    Ok(response)
}

/// 200 with a file, 206 with a part of it, or 304.
pub fn download(download: Download) -> Answer {
    let mut response = empty(StatusCode::from_u16(download.status()).map_err(Error::internal)?);
    for (name, text) in download.fields() {
        response.headers_mut().insert(HeaderName::from_static(name), value(&text)?);
    }
    if let Download::Modified { content, .. } = download {
        *response.body_mut() = Body::stream(content);
    }
    Ok(response)
}

/// 200 with events as they happen, and a comment when nothing does.
pub fn events(events: impl Stream<Item = Arc<Event>> + Send + Sync + 'static, heartbeat: Duration) -> Response {
    let frames = handlers::frames(events, heartbeat);
    let mut response = content(media::EVENTS, "");
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    *response.body_mut() = Body::stream(frames.map(Ok::<_, Infallible>));
    response
}

/// 101, and what happens on the WebSocket then.
pub fn switching(response: http::Response<Full<Bytes>>, talk: impl Future<Output = ()> + Send + 'static) -> Response {
    tokio::spawn(talk);
    response.map(|_| Body::empty())
}

/// What goes over a WebSocket.
pub fn message(message: Outgoing<Message>) -> Message {
    match message {
        Outgoing::Message(message) => message,
        Outgoing::Ping => Message::Ping(Bytes::new()),
        Outgoing::Close(code) => {
            Message::Close(Some(CloseFrame { code: code.number().into(), reason: Utf8Bytes::default() }))
        }
    }
}

/// 200 with the answer of a sibling.
pub fn relayed(Relayed { served_by, body }: Relayed) -> Answer {
    let mut response = content(media::JSON, body);
    response.headers_mut().insert(SERVED_BY, value(&served_by)?);
    Ok(response)
}

/// 204.
pub fn no_content() -> Response {
    empty(StatusCode::NO_CONTENT)
}

/// 405; `allow` are the methods that the path knows.
pub fn not_allowed(allow: &str) -> Answer {
    let mut response = layers::problem(&Error::MethodNotAllowed);
    response.headers_mut().insert(header::ALLOW, value(allow)?);
    Ok(response)
}

fn empty(status: StatusCode) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}

fn value(text: &str) -> Result<HeaderValue, Failure> {
    Ok(HeaderValue::try_from(text).map_err(Error::internal)?)
}
