//! How much of a body is read, and how slowly it may come: one body for every reader.
//!
//! The limit counts bytes that are really read, so it holds for `Content-Length` and for chunks
//! alike; a length that is over it is refused before a byte is asked for, so a client that sent
//! `Expect: 100-continue` is told in time. What no handler reads has no limit: the little that is at
//! hand is thrown away, so that the connection can go on, and else the answer says that it closes.

use crate::{Body, BoxError, timeout::BodyClock};
use bytes::Bytes;
use futures_util::{
    Stream, TryFutureExt, TryStreamExt,
    future::{Either, MapOk},
};
use http::{HeaderValue, Request, Response, header};
use http_body::{Frame, SizeHint};
use http_body_util::BodyExt;
use listen::Pace;
use shared::{App, Error};
use std::{
    convert::Infallible,
    fmt,
    future::poll_fn,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll, ready},
};
use tokio::time::{Instant, Sleep, sleep_until};
use tower::{Layer, Service};

/// How much of a body that no handler wants is read, so that the connection can go on.
const DRAINED: usize = 64 * 1024;
/// How often it is looked for.
const LOOKS: u8 = 4;

/// Why a body could not be read to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BodyError {
    /// It is longer than this many bytes.
    TooLarge(u64),
    /// It came too slowly.
    Stalled,
}

impl fmt::Display for BodyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            BodyError::TooLarge(limit) => write!(f, "the body has more than {limit} bytes"),
            BodyError::Stalled => f.write_str("the body came too slowly"),
        }
    }
}

impl std::error::Error for BodyError {}

/// What to answer when reading a body failed: finds a [`BodyError`] however deep a framework has
/// wrapped it; anything else is broken framing.
pub fn cause(error: &(dyn std::error::Error + 'static)) -> Error {
    let mut error = Some(error);
    while let Some(at) = error {
        match at.downcast_ref::<BodyError>() {
            Some(BodyError::TooLarge(limit)) => return Error::TooLarge(*limit),
            Some(BodyError::Stalled) => return Error::RequestTimeout,
            None => error = at.source(),
        }
    }
    Error::unreadable()
}

/// Reads a body whole.
///
/// # Errors
/// 413 over the limit, 408 when it came too slowly, 400 when its framing is broken.
pub async fn read<B>(body: PacedBody<B>) -> Result<Bytes, Error>
where
    B: http_body::Body<Data = Bytes> + Unpin,
    B::Error: Into<BoxError>,
{
    match body.collect().await {
        Ok(whole) => Ok(whole.to_bytes()),
        Err(error) => Err(cause(&*error)),
    }
}

/// Reads a body chunk by chunk; an error is that of [`read`].
pub fn chunks<B>(body: PacedBody<B>) -> impl Stream<Item = Result<Bytes, Error>>
where
    B: http_body::Body<Data = Bytes> + Unpin,
    B::Error: Into<BoxError>,
{
    body.into_data_stream().map_err(|error| cause(&*error))
}

/// Bounds every request body, and makes every answer's body ours: the innermost layer.
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

impl<S, B, A> Service<Request<B>> for Bounded<S>
where
    S: Service<Request<PacedBody<B>>, Response = Response<A>, Error = Infallible, Future: Send + 'static> + Clone,
    B: http_body::Body<Data = Bytes> + Unpin + Send + 'static,
    A: http_body::Body<Data = Bytes> + Send + 'static,
    A::Error: Into<BoxError>,
{
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Either<MapOk<S::Future, fn(Response<A>) -> Response<Body>>, Draining>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let bodiless = request.body().is_end_stream();
        let waits = request.headers().contains_key(header::EXPECT);
        let rest = Rest::default();
        let answer = self.inner.call(self.bounded(request, &rest)).map_ok(ours as fn(_) -> _);
        if bodiless {
            return Either::Left(answer);
        }
        Either::Right(Box::pin(async move {
            let mut response = answer.await?;
            let rest = rest.take();
            // Asking for more would tell a client that waits for it to send what nobody wants.
            if let Some(rest) = rest
                && (waits || !drain(rest).await)
            {
                response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
            }
            Ok(response)
        }))
    }
}

/// The answer to a request that has a body.
type Draining = Pin<Box<dyn Future<Output = Result<Response<Body>, Infallible>> + Send>>;

fn ours<A>(response: Response<A>) -> Response<Body>
where
    A: http_body::Body<Data = Bytes> + Send + 'static,
    A::Error: Into<BoxError>,
{
    response.map(Body::new)
}

impl<S> Bounded<S> {
    fn bounded<B>(&self, request: Request<B>, rest: &Rest<B>) -> Request<PacedBody<B>> {
        let clock = request.extensions().get::<BodyClock>().cloned().unwrap_or_default();
        let limits = &self.app.config.limits;
        let pace = Pace::new(limits.min_rate, limits.rate_window);
        let limit = limits.body_bytes(request.extensions().get().copied());
        let rest = rest.clone();
        request.map(|inner| PacedBody { inner: Some(inner), left: limit, limit, pace, clock, alarm: None, rest })
    }
}

/// Where a body is left by a handler that did not read it to its end.
struct Rest<B>(Arc<Mutex<Option<B>>>);

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

impl<B> Rest<B> {
    fn put(&self, body: Option<B>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = body;
    }

    fn take(&self) -> Option<B> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// Reads what is at hand of a body that nobody wants; whether that was all of it.
async fn drain<B: http_body::Body<Data = Bytes> + Unpin>(mut body: B) -> bool {
    let (mut drained, mut looks) = (0, 0);
    poll_fn(|cx| {
        while drained <= DRAINED && !body.is_end_stream() {
            match Pin::new(&mut body).poll_frame(cx) {
                Poll::Ready(Some(Ok(frame))) => drained += frame.data_ref().map_or(0, Bytes::len),
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
        Poll::Ready(body.is_end_stream())
    })
    .await
}

/// A request body that may not grow too long nor come too slowly.
pub struct PacedBody<B> {
    /// `None` behind its end.
    inner: Option<B>,
    left: u64,
    limit: u64,
    pace: Pace,
    clock: BodyClock,
    alarm: Option<Pin<Box<Sleep>>>,
    rest: Rest<B>,
}

impl<B> Drop for PacedBody<B> {
    fn drop(&mut self) {
        self.rest.put(self.inner.take());
    }
}

impl<B> http_body::Body for PacedBody<B>
where
    B: http_body::Body<Data = Bytes> + Unpin,
    B::Error: Into<BoxError>,
{
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let this = self.get_mut();
        let Some(inner) = &mut this.inner else { return Poll::Ready(None) };
        if inner.size_hint().lower() > this.left {
            return Poll::Ready(Some(Err(BodyError::TooLarge(this.limit).into())));
        }
        let Poll::Ready(frame) = Pin::new(inner).poll_frame(cx) else {
            let now = Instant::now();
            this.clock.pause(now);
            this.pace.waiting(now.into_std());
            ready!(wait(&this.pace, &mut this.alarm, cx));
            return Poll::Ready(Some(Err(BodyError::Stalled.into())));
        };
        this.clock.resume(Instant::now());
        this.alarm = None;
        let Some(Ok(frame)) = frame else {
            this.inner = None;
            return Poll::Ready(frame.map(|frame| frame.map_err(Into::into)));
        };
        let bytes = frame.data_ref().map_or(0, |data| data.len() as u64);
        this.pace.progress(std::time::Instant::now(), bytes);
        let Some(left) = this.left.checked_sub(bytes) else {
            return Poll::Ready(Some(Err(BodyError::TooLarge(this.limit).into())));
        };
        this.left = left;
        Poll::Ready(Some(Ok(frame)))
    }

    fn is_end_stream(&self) -> bool {
        self.inner.as_ref().is_none_or(B::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.as_ref().map_or_else(|| SizeHint::with_exact(0), B::size_hint)
    }
}

/// Ready once the body has stalled.
fn wait(pace: &Pace, alarm: &mut Option<Pin<Box<Sleep>>>, cx: &mut Context<'_>) -> Poll<()> {
    loop {
        let Some(deadline) = pace.deadline() else { return Poll::Pending };
        let alarm = alarm.get_or_insert_with(|| Box::pin(sleep_until(deadline.into())));
        ready!(alarm.as_mut().poll(cx));
        if pace.stalled(std::time::Instant::now()) {
            return Poll::Ready(());
        }
        alarm.as_mut().reset(pace.deadline().unwrap_or(deadline).into());
    }
}
