//! What goes out: values of the domain, or a [`Failure`], as answers
//! ([`IntoResponse`](https://docs.rs/axum/0.8/axum/response/index.html)).

use axum::{
    Json,
    body::{Body, Bytes},
    extract::ws::{CloseFrame, Message, Utf8Bytes},
    http::{HeaderName, StatusCode, header},
    response::{
        AppendHeaders, Html, IntoResponse, Response,
        sse::{self, KeepAlive, Sse},
    },
};
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

/// What went wrong, on its way to an answer.
#[derive(Debug)]
pub struct Failure(Error);

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Failure(error)
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        layers::problem(&self.0).map(Body::new)
    }
}

/// 200 with a body of this media type.
pub fn content(media: &'static str, body: impl IntoResponse) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, media)], body)
}

/// 200 with JSON.
pub fn json(value: impl Serialize) -> impl IntoResponse {
    Json(value)
}

/// The page or the index.
pub fn home(home: Home) -> impl IntoResponse {
    let answer = match home {
        Home::Page(page) => Html(page).into_response(),
        Home::Index(index) => json(index).into_response(),
    };
    ([(header::VARY, "accept")], answer)
}

/// 200 with a todo and its tag.
pub fn tagged(Tagged { etag, todo }: Tagged) -> impl IntoResponse {
    (field(header::ETAG, etag.as_str()), json(todo))
}

/// 201 with a todo and where it is.
pub fn created(Created { location, tagged: todo }: Created) -> impl IntoResponse {
    (StatusCode::CREATED, field(header::LOCATION, &location), tagged(todo))
}

/// 200 with a todo, or 304.
pub fn fetched(fetched: Fetched) -> impl IntoResponse {
    match fetched {
        Fetched::Modified(todo) => tagged(todo).into_response(),
        Fetched::NotModified(etag) => (StatusCode::NOT_MODIFIED, field(header::ETAG, etag.as_str())).into_response(),
    }
}

/// 201 with a file that is new, 200 with one that was replaced.
pub fn put(Put { created, location, etag, file }: Put) -> impl IntoResponse {
    let head = field(header::ETAG, etag.as_str());
    match created {
        true => (StatusCode::CREATED, field(header::LOCATION, &location), head, json(file)).into_response(),
        false => (head, json(file)).into_response(),
    }
}

/// 200 with a file, 206 with a part of it, or 304
/// ([a body from a stream](https://docs.rs/axum/0.8/axum/body/struct.Body.html#method.from_stream)).
pub fn download(download: Download) -> impl IntoResponse {
    let status = StatusCode::from_u16(download.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let fields = AppendHeaders(download.fields());
    let body = match download {
        Download::Modified { content, .. } => Body::from_stream(content),
        Download::NotModified(_) => Body::empty(),
    };
    (status, fields, body)
}

/// 200 with events as they happen, and a comment when nothing does
/// ([sse](https://docs.rs/axum/0.8/axum/response/sse/index.html)).
pub fn events(events: impl Stream<Item = Arc<Event>> + Send + 'static, heartbeat: Duration) -> impl IntoResponse {
    let sent = |event: Arc<Event>| {
        let id = event.id.to_string();
        Ok::<_, Infallible>(sse::Event::default().id(id).event(&event.name).data(&event.data))
    };
    Sse::new(events.map(sent)).keep_alive(KeepAlive::new().interval(heartbeat))
}

/// What goes over a WebSocket.
pub fn message(message: Outgoing<Message>) -> Message {
    match message {
        Outgoing::Message(message) => message,
        Outgoing::Ping => Message::Ping(Bytes::new()),
        Outgoing::Close(code) => Message::Close(Some(CloseFrame { code: code.number(), reason: Utf8Bytes::default() })),
    }
}

/// 200 with the answer of a sibling.
pub fn relayed(Relayed { served_by, body }: Relayed) -> impl IntoResponse {
    ([(relay::SERVED_BY, served_by)], content(media::JSON, body))
}

/// 204.
pub fn no_content() -> impl IntoResponse {
    StatusCode::NO_CONTENT
}

/// A 304 without a length: asked by HEAD, axum would say `content-length: 0`, which is not the
/// length of the 200 (RFC 9110, section 8.6).
pub fn without_length(mut response: Response) -> Response {
    if response.status() == StatusCode::NOT_MODIFIED {
        response.headers_mut().remove(header::CONTENT_LENGTH);
    }
    response
}

/// One header field.
fn field(name: HeaderName, value: &str) -> [(HeaderName, String); 1] {
    [(name, value.to_owned())]
}
