//! A bound on the requests in flight. Beyond it a client is told to come back at once rather than
//! kept waiting: on HTTP/1.1 a connection has one request in flight, so the bound on connections
//! is reached first unless this one is set lower.

use crate::{Answering, Body, Middleware, MiddlewareLayer, Next, problem};
use http::{Request, Response};
use shared::{App, Error};
use std::sync::Arc;
use tokio::sync::Semaphore;

/// Sheds what is too much.
#[derive(Clone, Debug)]
pub struct ConcurrencyLimit(Arc<Semaphore>);

/// The layer of [`ConcurrencyLimit`].
pub fn concurrency_limit(app: &App) -> MiddlewareLayer<ConcurrencyLimit> {
    let permits = app.config.limits.max_in_flight.min(Semaphore::MAX_PERMITS);
    MiddlewareLayer(ConcurrencyLimit(Arc::new(Semaphore::new(permits))))
}

impl Middleware for ConcurrencyLimit {
    async fn handle<B, S>(self, request: Request<B>, next: Next<S>) -> Response<Body>
    where
        B: Send + 'static,
        S: Answering<B>,
    {
        match self.0.try_acquire() {
            Ok(_permit) => next.run(request).await,
            Err(_) => problem(&Error::Overloaded),
        }
    }
}
