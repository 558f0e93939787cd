//! `x-request-id`: in every answer and every log line.

use crate::{Answering, Body, Middleware, MiddlewareLayer, Next};
use http::{HeaderName, HeaderValue, Request, Response};
use shared::policy::request_id;

const NAME: HeaderName = HeaderName::from_static(request_id::NAME);

/// The id of a request, for whoever comes after in its extensions.
#[derive(Clone, Debug)]
pub struct RequestId(pub String);

/// Keeps a sound id or makes one.
#[derive(Clone, Copy, Debug)]
pub struct RequestIds;

/// The layer of [`RequestIds`].
pub fn request_id() -> MiddlewareLayer<RequestIds> {
    MiddlewareLayer(RequestIds)
}

impl Middleware for RequestIds {
    async fn handle<B, S>(self, mut request: Request<B>, next: Next<S>) -> Response<Body>
    where
        B: Send + 'static,
        S: Answering<B>,
    {
        let id = request_id::choose(request.headers().get(NAME).and_then(|value| value.to_str().ok()));
        request.extensions_mut().insert(RequestId(id.clone()));
        let mut response = next.run(request).await;
        // A sound id is a sound header value.
        if let Ok(value) = HeaderValue::try_from(id) {
            response.headers_mut().insert(NAME, value);
        }
        response
    }
}
