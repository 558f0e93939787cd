//! A bound on the requests in flight. Beyond it a client is told to come back at once rather than
//! kept waiting: on HTTP/1.1 a connection has one request in flight, so the bound on connections
//! is reached first unless this one is set lower.

use crate::{Body, Middleware, MiddlewareLayer, problem};
use http::{Request, Response};
use shared::{
    App, Error,
    policy::in_flight::{Admitted, InFlight},
};
use std::ops::ControlFlow;

/// Sheds what is too much.
#[derive(Clone, Debug)]
pub struct ConcurrencyLimit(InFlight);

/// The layer of [`ConcurrencyLimit`].
pub fn concurrency_limit(app: &App) -> MiddlewareLayer<ConcurrencyLimit> {
    MiddlewareLayer(ConcurrencyLimit(InFlight::new(app.config.limits.max_in_flight)))
}

impl Middleware for ConcurrencyLimit {
    /// Given back with the answer.
    type Kept = Admitted;

    fn before<B>(&self, _: &mut Request<B>) -> ControlFlow<Response<Body>, Admitted> {
        self.0.admit().map_or_else(|| ControlFlow::Break(problem(&Error::Overloaded)), ControlFlow::Continue)
    }

    fn after(_: Admitted, _: &mut Response<Body>) {}
}
