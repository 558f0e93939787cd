//! A panic ends a request with a 500, not the connection, and never the server.

use crate::{Answering, Body, problem};
use http::{Request, Response};
use pin_project_lite::pin_project;
use shared::Error;
use std::{
    convert::Infallible,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
    task::{Context, Poll},
};
use tower::{Layer, Service};

/// Catches panics.
#[derive(Clone, Copy, Debug)]
pub struct PanicGuard;

/// The layer of [`PanicGuard`].
pub fn panic_guard() -> PanicGuard {
    PanicGuard
}

impl<S> Layer<S> for PanicGuard {
    type Service = Guarded<S>;

    fn layer(&self, inner: S) -> Guarded<S> {
        Guarded(inner)
    }
}

/// A service behind a [`PanicGuard`].
#[derive(Clone)]
pub struct Guarded<S>(S);

impl<S: Answering<B>, B> Service<Request<B>> for Guarded<S> {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Catching<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.0.poll_ready(cx)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        // Nothing of the request outlives its panic, and the store's lock is never held across one.
        let mut answer = None;
        _ = catch_unwind(AssertUnwindSafe(|| answer = Some(self.0.call(request))));
        Catching { answer }
    }
}

pin_project! {
    /// The answer of a [`Guarded`] service.
    pub struct Catching<F> {
        // `None` of a service that panicked before it made one.
        #[pin]
        answer: Option<F>,
    }
}

impl<F: Future<Output = Result<Response<Body>, Infallible>>> Future for Catching<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let answer = self.project().answer.as_pin_mut();
        let answered = answer.and_then(|answer| catch_unwind(AssertUnwindSafe(|| answer.poll(cx))).ok());
        answered.unwrap_or_else(|| Poll::Ready(Ok(problem(&Error::internal("a handler panicked")))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt;
    use tower::{ServiceExt, service_fn};

    fn status<F>(answer: impl Fn() -> F + Clone + Send + 'static) -> Option<u16>
    where
        F: Future<Output = Result<Response<Body>, Infallible>> + Send + 'static,
    {
        let service = panic_guard().layer(service_fn(move |_: Request<()>| answer()));
        let answered = service.oneshot(Request::new(())).now_or_never()?;
        answered.ok().map(|response| response.status().as_u16())
    }

    #[test]
    fn panics_are_caught_wherever_they_come() {
        assert_eq!(status(|| async { Ok(Response::default()) }), Some(200));
        assert_eq!(status(|| async { panic!("on its way") }), Some(500));
        let at_once = || -> std::future::Ready<Result<Response<Body>, Infallible>> { panic!("before it begins") };
        assert_eq!(status(at_once), Some(500));
    }
}
