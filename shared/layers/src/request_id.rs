//! `x-request-id`: in every answer and every log line.

use crate::{Body, Middleware, MiddlewareLayer};
use http::{HeaderName, HeaderValue, Request, Response};
use shared::policy::request_id::{self, Id};
use std::{fmt, ops::ControlFlow};

const NAME: HeaderName = HeaderName::from_static(request_id::NAME);

/// The id of a request, for whoever comes after in its extensions.
#[derive(Clone, Copy, Debug)]
pub struct RequestId(Id);

impl RequestId {
    /// Its text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Keeps a sound id or makes one.
#[derive(Clone, Copy, Debug)]
pub struct RequestIds;

/// The layer of [`RequestIds`].
pub fn request_id() -> MiddlewareLayer<RequestIds> {
    MiddlewareLayer(RequestIds)
}

impl Middleware for RequestIds {
    type Kept = Id;

    fn before<B>(&self, request: &mut Request<B>) -> ControlFlow<Response<Body>, Self::Kept> {
        let id = request_id::choose(request.headers().get(NAME).and_then(|value| value.to_str().ok()));
        request.extensions_mut().insert(RequestId(id));
        ControlFlow::Continue(id)
    }

    fn after(id: Id, response: &mut Response<Body>) {
        // A sound id is a sound header value.
        if let Ok(id) = HeaderValue::from_str(&id) {
            response.headers_mut().insert(NAME, id);
        }
    }
}
