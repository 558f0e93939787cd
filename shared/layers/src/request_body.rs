//! The body of a request on its way to a reader: it may not grow too long nor come too slowly.
//!
//! The limit counts bytes that are really read, so it holds for `Content-Length` and for chunks
//! alike; a length that is over it is refused before a byte is asked for, so a client that sent
//! `Expect: 100-continue` is told in time.

use crate::{BoxError, leftover::KeptBody, timeout::BodyClock};
use bytes::Bytes;
use futures_util::{Stream, TryStreamExt};
use http_body::{Frame, SizeHint};
use http_body_util::BodyExt;
use listen::Stall;
use shared::Error;
use std::{
    fmt,
    pin::Pin,
    task::{Context, Poll, ready},
};
use tokio::time::Instant;

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

/// A request body that may not grow too long nor come too slowly.
pub struct PacedBody<B> {
    inner: KeptBody<B>,
    /// `None` for one that has no bytes, as most have none.
    bounds: Option<Box<Bounds>>,
}

/// What a body must keep.
struct Bounds {
    left: u64,
    limit: u64,
    stall: Stall,
    clock: BodyClock,
}

impl<B> PacedBody<B> {
    /// Bounds `inner`.
    pub(crate) fn new(inner: KeptBody<B>, limit: u64, stall: Stall, clock: BodyClock) -> Self {
        let bounds = Bounds { left: limit, limit, stall, clock };
        PacedBody { inner, bounds: Some(Box::new(bounds)) }
    }

    /// One that has no bytes.
    pub(crate) fn ended(inner: KeptBody<B>) -> Self {
        PacedBody { inner, bounds: None }
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
        let inner = Pin::new(&mut this.inner);
        let Some(bounds) = &mut this.bounds else { return inner.poll_frame(cx) };
        if inner.size_hint().lower() > bounds.left {
            return Poll::Ready(Some(Err(BodyError::TooLarge(bounds.limit).into())));
        }
        let Poll::Ready(frame) = inner.poll_frame(cx) else {
            bounds.clock.pause();
            ready!(bounds.stall.poll(cx));
            return Poll::Ready(Some(Err(BodyError::Stalled.into())));
        };
        let now = Instant::now();
        bounds.clock.resume(now);
        let data = frame.as_ref().and_then(|frame| frame.as_ref().ok()?.data_ref());
        let bytes = data.map_or(0, |data| data.len() as u64);
        bounds.stall.progress(now.into_std(), bytes);
        let Some(Ok(frame)) = frame else { return Poll::Ready(frame) };
        let Some(left) = bounds.left.checked_sub(bytes) else {
            return Poll::Ready(Some(Err(BodyError::TooLarge(bounds.limit).into())));
        };
        bounds.left = left;
        Poll::Ready(Some(Ok(frame)))
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}
