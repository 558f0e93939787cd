//! What goes out: values of the domain, or a [`Failure`], as answers
//! ([`IntoResponse`](https://docs.rs/axum/0.8/axum/response/index.html)).

use axum::{
    Json,
    http::{HeaderName, StatusCode, header},
    response::{Html, IntoResponse, Response},
};
use serde::Serialize;
use shared::{
    Error,
    handlers::{Created, Fetched, Home, Tagged},
};

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
        layers::problem(&self.0).map(axum::body::Body::new)
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
