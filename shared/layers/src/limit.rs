//! How much of a body is read, and how slowly it may come: one body for every reader.
//!
//! The limit counts bytes that are really read, so it holds for `Content-Length` and for chunks
//! alike; a length that is over it is refused before a byte is asked for, so a client that sent
//! `Expect: 100-continue` is told in time. What no handler reads has no limit and costs nothing.

use crate::{Body, BoxError, timeout::BodyClock};
use bytes::Bytes;
use futures_util::{TryFutureExt, future::MapOk};
use http::{Request, Response};
use http_body::{Frame, SizeHint};
use http_body_util::BodyExt;
use listen::Pace;
use pin_project_lite::pin_project;
use shared::{App, Error};
use std::{
    convert::Infallible,
    fmt,
    future::Future,
    pin::Pin,
    task::{Context, Poll, ready},
};
use tokio::time::{Instant, Sleep, sleep_until};
use tower::{Layer, Service};

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
    B: http_body::Body<Data = Bytes>,
    B::Error: Into<BoxError>,
{
    match body.collect().await {
        Ok(whole) => Ok(whole.to_bytes()),
        Err(error) => Err(cause(&*error)),
    }
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
    S: Service<Request<PacedBody<B>>, Response = Response<A>, Error = Infallible> + Clone,
    A: http_body::Body<Data = Bytes> + Send + 'static,
    A::Error: Into<BoxError>,
{
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = MapOk<S::Future, fn(Response<A>) -> Response<Body>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let clock = request.extensions().get::<BodyClock>().cloned().unwrap_or_default();
        let limits = &self.app.config.limits;
        let pace = Pace::new(limits.min_rate, limits.rate_window);
        let limit = limits.max_body_bytes as u64;
        let request = request.map(|inner| PacedBody { inner, left: limit, limit, pace, clock, alarm: None });
        self.inner.call(request).map_ok(|response| response.map(Body::new))
    }
}

pin_project! {
    /// A request body that may not grow too long nor come too slowly.
    pub struct PacedBody<B> {
        #[pin]
        inner: B,
        left: u64,
        limit: u64,
        pace: Pace,
        clock: BodyClock,
        alarm: Option<Pin<Box<Sleep>>>,
    }
}

impl<B> http_body::Body for PacedBody<B>
where
    B: http_body::Body<Data = Bytes>,
    B::Error: Into<BoxError>,
{
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let this = self.project();
        if this.inner.size_hint().lower() > *this.left {
            return Poll::Ready(Some(Err(BodyError::TooLarge(*this.limit).into())));
        }
        let Poll::Ready(frame) = this.inner.poll_frame(cx) else {
            let now = Instant::now();
            this.clock.pause(now);
            this.pace.waiting(now.into_std());
            ready!(wait(this.pace, this.alarm, cx));
            return Poll::Ready(Some(Err(BodyError::Stalled.into())));
        };
        let now = Instant::now();
        this.clock.resume(now);
        let bytes = match &frame {
            Some(Ok(frame)) => frame.data_ref().map_or(0, |data| data.len() as u64),
            _ => 0,
        };
        this.pace.progress(now.into_std(), bytes);
        *this.alarm = None;
        match this.left.checked_sub(bytes) {
            Some(left) => *this.left = left,
            None => return Poll::Ready(Some(Err(BodyError::TooLarge(*this.limit).into()))),
        }
        Poll::Ready(frame.map(|frame| frame.map_err(Into::into)))
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
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
