//! A panic ends a request with a 500, not the connection, and never the server.

use crate::{Answering, Body, Middleware, MiddlewareLayer, Next, problem};
use futures_util::FutureExt;
use http::{Request, Response};
use shared::Error;
use std::panic::AssertUnwindSafe;

/// Catches panics.
#[derive(Clone, Copy, Debug)]
pub struct PanicGuard;

/// The layer of [`PanicGuard`].
pub fn panic_guard() -> MiddlewareLayer<PanicGuard> {
    MiddlewareLayer(PanicGuard)
}

impl Middleware for PanicGuard {
    async fn handle<B, S>(self, request: Request<B>, next: Next<S>) -> Response<Body>
    where
        B: Send + 'static,
        S: Answering<B>,
    {
        // Nothing of the request outlives its panic, and the store's lock is never held across one.
        match AssertUnwindSafe(next.run(request)).catch_unwind().await {
            Ok(response) => response,
            Err(_) => problem(&Error::internal("a handler panicked")),
        }
    }
}
