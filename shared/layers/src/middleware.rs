//! A tower layer made of one async function, so that each file of this crate is about what it does
//! rather than about `poll_ready`. The idea is that of axum's
//! [`from_fn`](https://docs.rs/axum/0.8/axum/middleware/fn.from_fn.html), for any tower service.

use crate::Body;
use http::{Request, Response};
use std::{
    convert::Infallible,
    pin::Pin,
    task::{Context, Poll},
};
use tower::{Layer, Service, ServiceExt};

/// What a layer does with a request, and with the answer of what it wraps.
pub trait Middleware: Clone + Send + Sync + 'static {
    /// Handles one request; `next` answers it.
    fn handle<B, S>(self, request: Request<B>, next: Next<S>) -> impl Future<Output = Response<Body>> + Send
    where
        B: Send + 'static,
        S: Answering<B>;
}

/// A service that always answers, with our [`Body`].
pub trait Answering<B>:
    Service<Request<B>, Response = Response<Body>, Error = Infallible, Future: Send> + Clone + Send + 'static
{
}

impl<B, S> Answering<B> for S where
    S: Service<Request<B>, Response = Response<Body>, Error = Infallible, Future: Send> + Clone + Send + 'static
{
}

/// What a layer wraps.
#[derive(Clone)]
pub struct Next<S>(S);

impl<S> Next<S> {
    /// Its answer.
    pub async fn run<B>(self, request: Request<B>) -> Response<Body>
    where
        B: Send + 'static,
        S: Answering<B>,
    {
        match self.0.oneshot(request).await {
            Ok(response) => response,
            Err(never) => match never {},
        }
    }
}

/// A [`Middleware`] as a tower layer.
#[derive(Clone)]
pub struct MiddlewareLayer<M>(pub(crate) M);

impl<M: Clone, S> Layer<S> for MiddlewareLayer<M> {
    type Service = Wrapped<M, S>;

    fn layer(&self, inner: S) -> Wrapped<M, S> {
        Wrapped { middleware: self.0.clone(), inner }
    }
}

/// A service within a [`Middleware`].
#[derive(Clone)]
pub struct Wrapped<M, S> {
    middleware: M,
    inner: S,
}

impl<M, S, B> Service<Request<B>> for Wrapped<M, S>
where
    M: Middleware,
    S: Answering<B>,
    B: Send + 'static,
{
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    /// Always ready: what is wrapped is asked when it is run.
    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let (middleware, next) = (self.middleware.clone(), Next(self.inner.clone()));
        Box::pin(async move { Ok(middleware.handle(request, next).await) })
    }
}
