//! The body of every answer on its way through the layers.

use bytes::Bytes;
use futures_util::{Stream, TryStreamExt};
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, header};
use http_body::{Frame, SizeHint};
use http_body_util::{BodyExt, Full, StreamBody, combinators::UnsyncBoxBody};
use shared::{Error, contract::media};
use std::{
    pin::Pin,
    task::{Context, Poll},
};

/// Any error of a body.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// Bytes at hand, or a stream of a kind that no longer matters.
pub struct Body(Kind);

enum Kind {
    Full(Full<Bytes>),
    Stream(UnsyncBoxBody<Bytes, BoxError>),
}

impl Body {
    /// No bytes at all.
    pub fn empty() -> Self {
        Body(Kind::Full(Full::default()))
    }

    /// What comes out of a stream.
    pub fn stream<E: Into<BoxError>>(stream: impl Stream<Item = Result<Bytes, E>> + Send + 'static) -> Self {
        Body::new(StreamBody::new(stream.map_ok(Frame::data)))
    }

    /// Any other body.
    pub fn new<B>(body: B) -> Self
    where
        B: http_body::Body<Data = Bytes> + Send + 'static,
        B::Error: Into<BoxError>,
    {
        Body(Kind::Stream(body.map_err(Into::into).boxed_unsync()))
    }
}

impl<T: Into<Bytes>> From<T> for Body {
    fn from(bytes: T) -> Self {
        Body(Kind::Full(Full::new(bytes.into())))
    }
}

impl http_body::Body for Body {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        match &mut self.0 {
            Kind::Full(body) => Pin::new(body).poll_frame(cx).map_err(|never| match never {}),
            Kind::Stream(body) => Pin::new(body).poll_frame(cx),
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.0 {
            Kind::Full(body) => body.is_end_stream(),
            Kind::Stream(body) => body.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.0 {
            Kind::Full(body) => body.size_hint(),
            Kind::Stream(body) => body.size_hint(),
        }
    }
}

impl Default for Body {
    fn default() -> Self {
        Body::empty()
    }
}

/// An error as an answer.
pub fn problem(error: &Error) -> Response<Body> {
    let mut response = Response::new(Body::from(error.body()));
    *response.status_mut() = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media::PROBLEM));
    for (name, value) in error.headers() {
        // They are made of words and numbers.
        if let Ok(value) = HeaderValue::try_from(&*value) {
            headers.insert(HeaderName::from_static(name), value);
        }
    }
    response
}

/// Says that the connection closes behind an answer, whatever else that says of it: a 426 names `upgrade`.
pub(crate) fn say_close(headers: &mut HeaderMap) {
    let close = match headers.get(header::CONNECTION) {
        Some(other) if other == "upgrade" => "upgrade, close",
        _ => "close",
    };
    headers.insert(header::CONNECTION, HeaderValue::from_static(close));
}
