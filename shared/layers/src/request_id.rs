//! `x-request-id`: in every answer and every log line.

use crate::{Body, Middleware, MiddlewareLayer};
use http::{HeaderName, HeaderValue, Request, Response};
use shared::policy::request_id;
use std::{fmt, ops::ControlFlow};

const NAME: HeaderName = HeaderName::from_static(request_id::NAME);

/// The id of a request, for whoever comes after in its extensions; cheap to clone.
#[derive(Clone, Debug)]
pub struct RequestId(HeaderValue);

impl RequestId {
    /// Its text.
    pub fn as_str(&self) -> &str {
        // A sound id is of letters and digits.
        self.0.to_str().unwrap_or_default()
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
    /// The id; `None` if no field could hold it.
    type Kept = Option<HeaderValue>;

    fn before<B>(&self, request: &mut Request<B>) -> ControlFlow<Response<Body>, Self::Kept> {
        let id = request_id::choose(request.headers().get(NAME).and_then(|value| value.to_str().ok()));
        // A sound id is a sound header value.
        let id = HeaderValue::try_from(id).ok();
        if let Some(id) = &id {
            request.extensions_mut().insert(RequestId(id.clone()));
        }
        ControlFlow::Continue(id)
    }

    fn after(id: Self::Kept, response: &mut Response<Body>) {
        if let Some(id) = id {
            response.headers_mut().insert(NAME, id);
        }
    }
}
