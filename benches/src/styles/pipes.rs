//! What the three on hyper share here, as their servers share hyper-server's pipes: requests,
//! answers, and how a parameter is read.

use crate::styles::style;
use bytes::Bytes;
use futures_util::future::BoxFuture;
use http::{HeaderValue, Method, StatusCode, Uri, header};
use http_body_util::Empty;
use percent_encoding::percent_decode_str;

/// A request with no body.
pub type Request = http::Request<Empty<Bytes>>;

/// An answer with no body.
pub type Response = http::Response<Empty<Bytes>>;

/// What a handler gives.
pub type Answer = Result<Response, NotFound>;

/// An answer that is still to come, of whichever handler.
pub type AnswerFuture = BoxFuture<'static, Answer>;

/// The one failure: a parameter that is no number names nothing.
pub struct NotFound;

impl From<NotFound> for Response {
    fn from(_: NotFound) -> Self {
        empty(StatusCode::NOT_FOUND)
    }
}

/// The method and the URI of a request.
pub type Head = (Method, Uri);

/// Parses them.
///
/// # Panics
/// When the path is none.
pub fn head(method: &str, path: &str) -> Head {
    (method.parse().expect("a method"), path.parse().expect("a path"))
}

/// The request that begins so.
pub fn request<B>((method, uri): &Head, body: B) -> http::Request<B> {
    let mut request = http::Request::new(body);
    *request.method_mut() = method.clone();
    *request.uri_mut() = uri.clone();
    request
}

/// The text of a field.
pub fn field<'a, B>(answer: &'a http::Response<B>, name: &str) -> Option<&'a str> {
    answer.headers().get(name)?.to_str().ok()
}

/// A parameter: one segment, decoded once. What does not parse names nothing.
///
/// # Errors
/// When it is no number.
pub fn path(segment: &str) -> Result<u32, NotFound> {
    let segment = percent_decode_str(segment).decode_utf8().map_err(|_| NotFound)?;
    segment.parse().map_err(|_| NotFound)
}

/// 200, by this handler.
pub fn found(route: usize, parameters: u32) -> Response {
    handled(StatusCode::OK, route, parameters)
}

/// 201, by this handler.
pub fn created(route: usize, parameters: u32) -> Response {
    handled(StatusCode::CREATED, route, parameters)
}

fn handled(status: StatusCode, route: usize, parameters: u32) -> Response {
    let mut response = empty(status);
    response.headers_mut().insert(style::HANDLER, style::handled(route, parameters).into());
    response
}

/// 405 for a path that knows only these methods.
///
/// # Errors
/// Never; it is an answer like those of the handlers.
pub fn not_allowed(allow: &str) -> Answer {
    let mut response = empty(StatusCode::METHOD_NOT_ALLOWED);
    response.headers_mut().insert(header::ALLOW, HeaderValue::from_str(allow).map_err(|_| NotFound)?);
    Ok(response)
}

fn empty(status: StatusCode) -> Response {
    let mut response = Response::new(Empty::new());
    *response.status_mut() = status;
    response
}
