//! One [`Exchange`] per request, held until hyper has the answer's last byte or gives it up.

use std::cell::RefCell;
use std::pin::Pin;
use std::task::{Context, Poll, Waker, ready};

use futures_util::future::Either;
use http::{Request, Response, StatusCode};
use http_body::{Body, Frame, SizeHint};
use hyper_util::service::{TowerToHyperService, TowerToHyperServiceFuture};
use pin_project_lite::pin_project;
use tower_service::Service;

use crate::connection::{Connection, Exchange};

/// Gives every request its [`Connection`] and, if its head was refused, the [`Refusal`](crate::Refusal).
///
/// hyper calls its service through a shared reference, a tower service needs a unique one. hyper-util's
/// [`TowerToHyperService`] therefore clones it for every request; but a connection makes its calls one after another, so
/// that this one is borrowed instead, and only cloned to wait until it is ready.
pub(crate) struct Tracked<S> {
    inner: RefCell<S>,
    connection: Connection,
}

impl<S> Tracked<S> {
    pub(crate) fn new(inner: S, connection: Connection) -> Self {
        Self { inner: RefCell::new(inner), connection }
    }
}

impl<S: Clone> Tracked<S> {
    fn ask<R>(&self, request: R) -> Asked<S, R>
    where
        S: Service<R>,
    {
        let mut inner = self.inner.borrow_mut();
        match inner.poll_ready(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(Ok(())) => Either::Left(inner.call(request)),
            Poll::Ready(Err(_)) | Poll::Pending => {
                let waits = TowerToHyperService::new(inner.clone());
                Either::Right(hyper::service::Service::call(&waits, request))
            }
        }
    }
}

type Asked<S, R> = Either<<S as Service<R>>::Future, TowerToHyperServiceFuture<S, R>>;

impl<S, I, B> hyper::service::Service<Request<I>> for Tracked<S>
where
    S: Service<Request<I>, Response = Response<B>> + Clone,
{
    type Response = Response<Answer<B>>;
    type Error = S::Error;
    type Future = Answering<Asked<S, Request<I>>>;

    fn call(&self, mut request: Request<I>) -> Self::Future {
        let exchange = self.connection.begin();
        if let Some(refusal) = exchange.refusal() {
            request.extensions_mut().insert(refusal);
        }
        request.extensions_mut().insert(self.connection.clone());
        Answering { future: self.ask(request), exchange: Some(exchange) }
    }
}

pin_project! {
    /// An answer being worked on.
    pub(crate) struct Answering<F> {
        #[pin]
        future: F,
        exchange: Option<Exchange>,
    }
}

impl<F, B, E> Future for Answering<F>
where
    F: Future<Output = Result<Response<B>, E>>,
{
    type Output = Result<Response<Answer<B>>, E>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let response = ready!(this.future.poll(cx))?;
        let exchange = this.exchange.take();
        if response.status() == StatusCode::SWITCHING_PROTOCOLS
            && let Some(exchange) = &exchange
        {
            exchange.upgrade();
        }
        Poll::Ready(Ok(response.map(|body| Answer { body, exchange })))
    }
}

pin_project! {
    /// An answer's body; hyper drops it with the last frame.
    pub(crate) struct Answer<B> {
        #[pin]
        body: B,
        exchange: Option<Exchange>,
    }
}

impl<B: Body> Body for Answer<B> {
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        let this = self.project();
        let frame = ready!(this.body.poll_frame(cx));
        if !matches!(frame, Some(Ok(_))) {
            *this.exchange = None;
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
