//! What came in: path, query, headers and body, as values of the domain or a [`Failure`].

use crate::respond::Failure;
use bytes::Bytes;
use futures_util::Stream;
use http::{HeaderName, header};
use hyper::body::Incoming;
use layers::PacedBody;
use percent_encoding::percent_decode_str;
use serde::de::DeserializeOwned;
use shared::{
    App, Error,
    domain::{BaseUrl, Conditions, expect_json},
};
use std::str::FromStr;

/// A request as the middleware hands it on.
pub type Request = http::Request<PacedBody<Incoming>>;

/// A path parameter: one segment, decoded once. What does not parse names nothing.
pub fn path<T: FromStr>(segment: &str) -> Result<T, Failure> {
    let segment = percent_decode_str(segment).decode_utf8().map_err(|_| Error::NotFound)?;
    Ok(segment.parse().map_err(|_| Error::NotFound)?)
}

/// The query, by [serde_urlencoded](https://docs.rs/serde_urlencoded).
pub fn query<T: DeserializeOwned>(request: &Request) -> Result<T, Failure> {
    let query = request.uri().query().unwrap_or_default();
    Ok(serde_urlencoded::from_str(query).map_err(|_| Error::query())?)
}

/// The text of a field that may stand there once.
fn field(request: &Request, name: HeaderName) -> Option<&str> {
    request.headers().get(name)?.to_str().ok()
}

/// The text of a field that may be spread over several lines (RFC 9110, section 5.3).
fn list(request: &Request, name: HeaderName) -> Option<String> {
    let lines: Vec<_> = request.headers().get_all(name).iter().filter_map(|line| line.to_str().ok()).collect();
    (!lines.is_empty()).then(|| lines.join(", "))
}

/// `Accept`
pub fn accept(request: &Request) -> Option<String> {
    list(request, header::ACCEPT)
}

/// `If-Match` and `If-None-Match`
pub fn conditions(request: &Request) -> Conditions {
    let (if_match, if_none_match) = (list(request, header::IF_MATCH), list(request, header::IF_NONE_MATCH));
    Conditions::new(if_match.as_deref(), if_none_match.as_deref())
}

/// What the URLs in the answer begin with.
pub fn base_url(app: &App, request: &Request) -> BaseUrl {
    BaseUrl::new(field(request, header::HOST), app.local)
}

/// The body, whole.
pub async fn body(request: Request) -> Result<Bytes, Failure> {
    Ok(layers::read(request.into_body()).await?)
}

/// The body, chunk by chunk.
pub fn chunks(request: Request) -> impl Stream<Item = Result<Bytes, Error>> {
    layers::chunks(request.into_body())
}

/// The body as JSON, if it says that it is.
pub async fn json_body<T: DeserializeOwned>(request: Request) -> Result<T, Failure> {
    expect_json(field(&request, header::CONTENT_TYPE))?;
    let body = body(request).await?;
    Ok(serde_json::from_slice(&body).map_err(|error| Error::json(&error))?)
}
