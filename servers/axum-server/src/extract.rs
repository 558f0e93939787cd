//! What came in: path, query, headers and body, as values of the domain or a [`Failure`].
//!
//! The extractors are axum's own; only how they refuse is ours
//! ([deriving extractors](https://docs.rs/axum/0.8/axum/extract/derive.FromRequest.html)).

use crate::respond::Failure;
use axum::{
    body::Bytes,
    extract::{
        FromRequest, FromRequestParts, Request,
        rejection::{BytesRejection, JsonRejection, PathRejection, QueryRejection},
    },
    http::{HeaderName, header, request::Parts},
};
use futures_util::{StreamExt, TryStreamExt, stream::BoxStream};
use shared::{App, Error, domain};
use std::convert::Infallible;

/// A path parameter: one segment, decoded once. What does not parse names nothing.
#[derive(FromRequestParts)]
#[from_request(via(axum::extract::Path), rejection(Failure))]
pub struct Path<T>(pub T);

impl From<PathRejection> for Failure {
    fn from(_: PathRejection) -> Self {
        Error::NotFound.into()
    }
}

/// The query.
#[derive(FromRequestParts)]
#[from_request(via(axum::extract::Query), rejection(Failure))]
pub struct Query<T>(pub T);

impl From<QueryRejection> for Failure {
    fn from(_: QueryRejection) -> Self {
        Error::query().into()
    }
}

/// The text of a field that may stand there once.
fn field(parts: &Parts, name: HeaderName) -> Option<&str> {
    parts.headers.get(name)?.to_str().ok()
}

/// The text of a field that may be spread over several lines (RFC 9110, section 5.3).
fn list(parts: &Parts, name: HeaderName) -> Option<String> {
    let lines: Vec<_> = parts.headers.get_all(name).iter().filter_map(|line| line.to_str().ok()).collect();
    (!lines.is_empty()).then(|| lines.join(", "))
}

/// `Accept`
pub struct Accept(pub Option<String>);

impl<S: Sync> FromRequestParts<S> for Accept {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Accept(list(parts, header::ACCEPT)))
    }
}

/// `If-Match` and `If-None-Match`
pub struct Conditions(pub domain::Conditions);

impl<S: Sync> FromRequestParts<S> for Conditions {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let (if_match, if_none_match) = (list(parts, header::IF_MATCH), list(parts, header::IF_NONE_MATCH));
        Ok(Conditions(domain::Conditions::new(if_match.as_deref(), if_none_match.as_deref())))
    }
}

/// What the URLs in the answer begin with.
pub struct BaseUrl(pub domain::BaseUrl);

impl FromRequestParts<App> for BaseUrl {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Infallible> {
        Ok(BaseUrl(domain::BaseUrl::new(field(parts, header::HOST), app.local)))
    }
}

/// The body, whole.
pub struct Body(pub Bytes);

impl<S: Send + Sync> FromRequest<S> for Body {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &S) -> Result<Self, Failure> {
        Ok(Body(Bytes::from_request(request, state).await?))
    }
}

impl From<BytesRejection> for Failure {
    fn from(rejection: BytesRejection) -> Self {
        layers::cause(&rejection).into()
    }
}

/// The body, chunk by chunk
/// ([streams](https://docs.rs/axum/0.8/axum/body/struct.Body.html#method.into_data_stream)).
pub struct Chunks(pub BoxStream<'static, Result<Bytes, Error>>);

impl<S: Sync> FromRequest<S> for Chunks {
    type Rejection = Infallible;

    async fn from_request(request: Request, _: &S) -> Result<Self, Infallible> {
        let chunks = request.into_body().into_data_stream();
        Ok(Chunks(chunks.map_err(|error| layers::cause(&error)).boxed()))
    }
}

/// The body as JSON, if it says that it is.
#[derive(FromRequest)]
#[from_request(via(axum::Json), rejection(Failure))]
pub struct Json<T>(pub T);

impl From<JsonRejection> for Failure {
    fn from(rejection: JsonRejection) -> Self {
        match rejection {
            JsonRejection::JsonDataError(_) => Error::not_an_object().into(),
            JsonRejection::MissingJsonContentType(_) => Error::UnsupportedMediaType.into(),
            JsonRejection::BytesRejection(rejection) => rejection.into(),
            _ => Error::not_json().into(),
        }
    }
}
