//! Bounds the body of every request.

use crate::{Answering, Body, BoxError, leftover::KeptBody, request_body::PacedBody, timeout::BodyClock};
use bytes::Bytes;
use http::{Request, Response};
use http_body::Body as _;
use listen::Stall;
use shared::App;
use std::{
    convert::Infallible,
    task::{Context, Poll},
};
use tower::{Layer, Service};

/// Bounds every request body: the innermost layer.
#[derive(Clone)]
pub struct BodyLimit(App);

/// The layer of [`BodyLimit`].
pub fn body_limit(app: &App) -> BodyLimit {
    BodyLimit(app.clone())
}

impl<S> Layer<S> for BodyLimit {
    type Service = Bounded<S>;

    fn layer(&self, inner: S) -> Bounded<S> {
        Bounded { app: self.0.clone(), inner }
    }
}

/// A service behind a [`BodyLimit`].
#[derive(Clone)]
pub struct Bounded<S> {
    app: App,
    inner: S,
}

impl<S, B> Service<Request<KeptBody<B>>> for Bounded<S>
where
    S: Answering<PacedBody<B>>,
    B: http_body::Body<Data = Bytes, Error: Into<BoxError>> + Unpin + Send + 'static,
{
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = S::Future;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<KeptBody<B>>) -> Self::Future {
        let request = self.bounded(request);
        self.inner.call(request)
    }
}

impl<S> Bounded<S> {
    fn bounded<B>(&self, request: Request<KeptBody<B>>) -> Request<PacedBody<B>>
    where
        B: http_body::Body<Data = Bytes, Error: Into<BoxError>> + Unpin,
    {
        if request.body().is_end_stream() {
            return request.map(PacedBody::ended);
        }
        let limits = &self.app.config.limits;
        let limit = limits.body_bytes(request.extensions().get().copied());
        let clock = request.extensions().get::<BodyClock>().cloned().unwrap_or_default();
        let stall = Stall::new(limits.min_rate, limits.rate_window);
        request.map(|body| PacedBody::new(body, limit, stall, clock))
    }
}
