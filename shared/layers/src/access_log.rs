//! One log line and the figures of every request; a request that is dropped counts as cancelled.

use crate::{Answering, Body, RequestId};
use http::{Request, Response};
use listen::Refusal;
use pin_project_lite::pin_project;
use shared::{
    App,
    telemetry::{self, Metrics, Watch},
};
use std::{
    convert::Infallible,
    fmt::Display,
    pin::Pin,
    task::{Context, Poll},
};
use tower::{Layer, Service};
use tracing::{Instrument, Span, instrument::Instrumented};

/// Watches every request.
#[derive(Clone)]
pub struct AccessLog(Metrics);

/// The layer of [`AccessLog`].
pub fn access_log(app: &App) -> AccessLog {
    AccessLog(app.metrics.clone())
}

impl<S> Layer<S> for AccessLog {
    type Service = Logged<S>;

    fn layer(&self, inner: S) -> Logged<S> {
        Logged { metrics: self.0.clone(), inner }
    }
}

/// A service behind an [`AccessLog`].
#[derive(Clone)]
pub struct Logged<S> {
    metrics: Metrics,
    inner: S,
}

impl<S: Answering<B>, B: http_body::Body> Service<Request<B>> for Logged<S> {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Watched<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request<B>) -> Self::Future {
        let (watch, span) = self.watch(&request);
        // How long a body may be depends on what it is for.
        if let Some(operation) = watch.operation().filter(|_| !request.body().is_end_stream()) {
            request.extensions_mut().insert(operation);
        }
        // Not by a closure, into which and out of which the request would be copied.
        let inside = span.enter();
        let answer = self.inner.call(request);
        drop(inside);
        Watched { answer: answer.instrument(span), watch: Some(watch) }
    }
}

impl<S> Logged<S> {
    fn watch<B>(&self, request: &Request<B>) -> (Watch, Span) {
        let id = request.extensions().get::<RequestId>().map_or(&"" as &dyn Display, |id| id);
        // What stands in for a refused head was not asked for by anyone.
        let refused = request.extensions().get::<Refusal>().is_some();
        let path = if refused { "-" } else { request.uri().path() };
        (Watch::begin(&self.metrics, request.method().as_str(), path, id), telemetry::span(id))
    }
}

pin_project! {
    /// The answer of a [`Logged`] service.
    pub struct Watched<F> {
        #[pin]
        answer: Instrumented<F>,
        // `None` behind its end.
        watch: Option<Watch>,
    }
}

impl<F: Future<Output = Result<Response<Body>, Infallible>>> Future for Watched<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let answered = this.answer.poll(cx);
        if let Poll::Ready(Ok(response)) = &answered
            && let Some(watch) = this.watch.take()
        {
            watch.answered(response.status().as_u16());
        }
        answered
    }
}
