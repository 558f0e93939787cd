//! One [`Exchange`] per request, held until hyper has the answer's last byte or gives it up.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use http::{Request, Response, StatusCode};
use http_body::{Body, Frame, SizeHint};
use hyper::service::Service;
use pin_project_lite::pin_project;

use crate::connection::{Connection, Exchange};

/// Gives every request its [`Connection`] and, if its head was refused, the [`Refusal`](crate::Refusal).
pub(crate) struct Tracked<S> {
    inner: S,
    connection: Connection,
}

impl<S> Tracked<S> {
    pub(crate) fn new(inner: S, connection: Connection) -> Self {
        Self { inner, connection }
    }
}

impl<S, I, B> Service<Request<I>> for Tracked<S>
where
    S: Service<Request<I>, Response = Response<B>>,
{
    type Response = Response<Answer<B>>;
    type Error = S::Error;
    type Future = Answering<S::Future>;

    fn call(&self, mut request: Request<I>) -> Self::Future {
        let exchange = self.connection.begin();
        if let Some(refusal) = exchange.refusal() {
            request.extensions_mut().insert(refusal);
        }
        request.extensions_mut().insert(self.connection.clone());
        Answering { future: self.inner.call(request), exchange: Some(exchange) }
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
