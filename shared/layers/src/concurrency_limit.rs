//! A bound on the requests in flight. Beyond it a client is told to come back at once rather than
//! kept waiting: on HTTP/1.1 a connection has one request in flight, so the bound on connections
//! is reached first unless this one is set lower.

use crate::{Body, Middleware, MiddlewareLayer, problem};
use http::{Request, Response};
use shared::{App, Error};
use std::{ops::ControlFlow, sync::Arc};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Sheds what is too much.
#[derive(Clone, Debug)]
pub struct ConcurrencyLimit(Arc<Semaphore>);

/// The layer of [`ConcurrencyLimit`].
pub fn concurrency_limit(app: &App) -> MiddlewareLayer<ConcurrencyLimit> {
    let permits = app.config.limits.max_in_flight.min(Semaphore::MAX_PERMITS);
    MiddlewareLayer(ConcurrencyLimit(Arc::new(Semaphore::new(permits))))
}

impl Middleware for ConcurrencyLimit {
    /// Given back with the answer.
    type Kept = OwnedSemaphorePermit;

    fn before<B>(&self, _: &mut Request<B>) -> ControlFlow<Response<Body>, OwnedSemaphorePermit> {
        match Arc::clone(&self.0).try_acquire_owned() {
            Ok(permit) => ControlFlow::Continue(permit),
            Err(_) => ControlFlow::Break(problem(&Error::Overloaded)),
        }
    }

    fn after(_: OwnedSemaphorePermit, _: &mut Response<Body>) {}
}
