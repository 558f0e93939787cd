//! Clears away what nobody reads of a request's body, whoever answers: the little that is at hand is thrown away, so
//! that the connection can go on, and else the answer says that it closes.

use crate::{Body, BoxError, body::say_close};
use bytes::Bytes;
use futures_util::future::Either;
use http::{Request, Response, Version, header};
use http_body::{Frame, SizeHint};
use std::{
    convert::Infallible,
    future::poll_fn,
    mem,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll, ready},
};
use tower::{Layer, Service};

/// How much of a body that no handler wants is read, so that the connection can go on.
const DRAINED: usize = 64 * 1024;
/// How often each piece of it is looked for.
const LOOKS: u8 = 4;

/// Clears away what is left of every request: the outermost layer.
#[derive(Clone, Copy, Debug)]
pub struct Leftover;

/// The layer of [`Leftover`].
pub fn leftover() -> Leftover {
    Leftover
}

impl<S> Layer<S> for Leftover {
    type Service = Clearing<S>;

    fn layer(&self, inner: S) -> Clearing<S> {
        Clearing(inner)
    }
}

/// A service behind a [`Leftover`].
#[derive(Clone, Debug)]
pub struct Clearing<S>(S);

impl<S, B> Service<Request<B>> for Clearing<S>
where
    S: Service<Request<KeptBody<B>>, Response = Response<Body>, Error = Infallible, Future: Send + 'static>,
    B: http_body::Body<Data = Bytes> + Unpin + Send + 'static,
{
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Either<S::Future, Draining>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.0.poll_ready(cx)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        if request.body().is_end_stream() {
            return Either::Left(self.0.call(request.map(KeptBody::ended)));
        }
        let waits = request.headers().contains_key(header::EXPECT);
        // Of a client of HTTP/1.0 nothing follows unless it says so.
        let last = request.version() < Version::HTTP_11 && !request.headers().contains_key(header::CONNECTION);
        let rest = Rest::default();
        let answer = self.0.call(request.map(|body| KeptBody { inner: Some(body), rest: Some(rest.clone()) }));
        Either::Right(Box::pin(async move {
            let mut response = answer.await?;
            // Asking for more would tell a client that waits for it to send what nobody wants.
            let goes_on = match rest.take() {
                Left::Nothing => true,
                Left::Body(body) => !waits && drain(body).await,
                Left::Broken => false,
            };
            if !goes_on && !last {
                say_close(response.headers_mut());
            }
            Ok(response)
        }))
    }
}

/// The answer to a request that has a body.
type Draining = Pin<Box<dyn Future<Output = Result<Response<Body>, Infallible>> + Send>>;

/// Reads what is at hand of a body that nobody wants; whether that was all of it.
async fn drain<B: http_body::Body<Data = Bytes> + Unpin>(mut body: B) -> bool {
    let (mut drained, mut looks) = (0, 0);
    poll_fn(|cx| {
        while drained <= DRAINED && !body.is_end_stream() {
            match Pin::new(&mut body).poll_frame(cx) {
                Poll::Ready(Some(Ok(frame))) => {
                    (drained, looks) = (drained + frame.data_ref().map_or(0, Bytes::len), 0);
                }
                Poll::Ready(None) => return Poll::Ready(true),
                // hyper looks behind the head only once the body is asked for.
                Poll::Pending if looks < LOOKS => {
                    looks += 1;
                    cx.waker().wake_by_ref();
                    return Poll::Pending;
                }
                Poll::Pending | Poll::Ready(Some(Err(_))) => return Poll::Ready(false),
            }
        }
        Poll::Ready(drained <= DRAINED && body.is_end_stream())
    })
    .await
}

/// A request body that is not lost when its reader leaves it.
pub struct KeptBody<B> {
    /// `None` behind its end.
    inner: Option<B>,
    rest: Option<Rest<B>>,
}

impl<B> KeptBody<B> {
    /// Of one that has no bytes nothing can be left.
    fn ended(body: B) -> Self {
        KeptBody { inner: Some(body), rest: None }
    }
}

impl<B> Drop for KeptBody<B> {
    fn drop(&mut self) {
        if let (Some(rest), Some(body)) = (&self.rest, self.inner.take()) {
            rest.put(Left::Body(body));
        }
    }
}

impl<B: http_body::Body<Data = Bytes, Error: Into<BoxError>> + Unpin> http_body::Body for KeptBody<B> {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let Some(inner) = &mut self.inner else { return Poll::Ready(None) };
        let frame = ready!(Pin::new(inner).poll_frame(cx));
        if !matches!(frame, Some(Ok(_))) {
            self.inner = None;
        }
        if let (Some(Err(_)), Some(rest)) = (&frame, &self.rest) {
            rest.put(Left::Broken);
        }
        Poll::Ready(frame.map(|frame| frame.map_err(Into::into)))
    }

    fn is_end_stream(&self) -> bool {
        self.inner.as_ref().is_none_or(B::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.as_ref().map_or_else(|| SizeHint::with_exact(0), B::size_hint)
    }
}

/// What is left of a body.
#[derive(Default)]
enum Left<B> {
    /// It was read to its end.
    #[default]
    Nothing,
    /// What was not read of it.
    Body(B),
    /// Nobody knows where it ends.
    Broken,
}

/// Where a body is left by whoever did not read it to its end.
struct Rest<B>(Arc<Mutex<Left<B>>>);

impl<B> Rest<B> {
    fn put(&self, left: Left<B>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = left;
    }

    fn take(&self) -> Left<B> {
        mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl<B> Default for Rest<B> {
    fn default() -> Self {
        Rest(Arc::default())
    }
}

impl<B> Clone for Rest<B> {
    fn clone(&self) -> Self {
        Rest(Arc::clone(&self.0))
    }
}
