//! What goes out: values of the domain, or a [`Failure`], as answers
//! ([`Reply`](https://docs.rs/warp/0.4/warp/trait.Reply.html)).

use serde::Serialize;
use shared::{
    Error,
    contract::media,
    handlers::{Created, Fetched, Home, Tagged},
};
use warp::{
    Reply,
    http::{HeaderName, HeaderValue, StatusCode, header},
    reply::{self, Response},
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
        for &(name, value) in error.headers() {
            response.headers_mut().insert(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        response
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

/// 204.
pub fn no_content() -> impl Reply {
    StatusCode::NO_CONTENT
}

/// 405; `allow` are the methods that the path knows.
pub fn not_allowed(allow: &'static str) -> impl Reply {
    reply::with_header(Failure::from(Error::MethodNotAllowed), header::ALLOW, allow)
}
