//! What wraps every route, in which order: a tower
//! [`ServiceBuilder`](https://docs.rs/tower/0.5/tower/struct.ServiceBuilder.html), outermost first. What wraps
//! one route is a function that is given the rest of the way as another.

use crate::{
    extract::{self, Request as Incoming},
    respond::{Answer, Response},
};
use bytes::Bytes;
use http::Request;
use layers::{Answering, BoxError, PacedBody};
use shared::{App, relay};
use std::convert::Infallible;
use tower::{Service, ServiceBuilder};

/// The routes within the contract's middleware.
pub fn wrap<B, S>(app: &App, routes: S) -> impl Answering<B> + use<B, S>
where
    B: http_body::Body<Data = Bytes, Error: Into<BoxError>> + Unpin + Send + 'static,
    S: Service<Request<PacedBody<B>>, Response = Response, Error = Infallible, Future: Send> + Clone + Send + 'static,
{
    ServiceBuilder::new()
        .layer(layers::leftover())
        .layer(layers::request_id())
        .layer(layers::access_log(app))
        .layer(layers::cors(app))
        .layer(layers::panic_guard())
        .layer(layers::guard(app).around(layers::concurrency_limit(app)))
        .layer(layers::timeout(app))
        .layer(layers::compression().around(layers::allow()))
        .layer(layers::body_limit(app))
        .service(routes)
}

/// Turns away a client that asks too often.
pub async fn rate_limit<F>(app: &App, request: Incoming, next: impl FnOnce(Incoming) -> F) -> Answer
where
    F: Future<Output = Answer>,
{
    relay::admit(app, extract::client(&request))?;
    next(request).await
}

/// Sends a request on with leave to ask a sibling, or turns it away while none is worth asking.
pub async fn breaker<F>(app: &App, mut request: Incoming, next: impl FnOnce(Incoming) -> F) -> Answer
where
    F: Future<Output = Answer>,
{
    request.extensions_mut().insert(relay::choose(app)?);
    next(request).await
}
