//! The body of a request on its way to a reader: it may not come too slowly. That it may not grow too
//! long is told to the extractors.

use super::{interim::Interim, timeout::BodyClock};
use actix_web::{
    HttpMessage,
    dev::{Payload, ServiceRequest},
    error::PayloadError,
    http::header,
};
use bytes::Bytes;
use futures_util::{Stream, StreamExt};
use listen::{BodyWatch, Stall};
use shared::App;
use std::{
    cell::RefCell,
    future::poll_fn,
    io,
    pin::Pin,
    rc::Rc,
    task::{Context, Poll, ready},
};
use tokio::time::Instant;

/// How much of a body that no handler wants is read, so that the connection can go on.
const DRAINED: usize = 64 * 1024;

/// A request's body: for its reader, and for whoever must know how the reading went.
#[derive(Clone)]
pub(super) struct Body(Rc<RefCell<Reading>>);

struct Reading {
    payload: Payload,
    stall: Stall,
    clock: BodyClock,
    interim: Option<Interim>,
    watch: Option<BodyWatch>,
    /// It was read to its end.
    over: bool,
    /// Its framing is broken: nothing more will come, and nothing may follow the answer.
    broken: bool,
    /// The same, and actix knows.
    noted: bool,
}

impl Body {
    /// Puts itself in front of the body of `request`, if that has one.
    pub(super) fn take(app: &App, request: &mut ServiceRequest, watch: Option<BodyWatch>) -> Option<Self> {
        // The extractors would undo a content coding, which nobody asked for, even that of no body.
        request.headers_mut().remove(header::CONTENT_ENCODING);
        let payload = request.take_payload();
        if matches!(payload, Payload::None) {
            return None;
        }
        let limits = &app.config.limits;
        let stall = Stall::new(limits.min_rate, limits.rate_window);
        let clock = BodyClock::default();
        request.extensions_mut().insert(clock.clone());
        let interim = request.conn_data().cloned();
        let reading = Reading { payload, stall, clock, interim, watch, over: false, broken: false, noted: false };
        let body = Body(Rc::new(RefCell::new(reading)));
        request.set_payload(Payload::Stream { payload: Box::pin(body.clone()) });
        Some(body)
    }

    /// Reads what is at hand of a body that its handler left, looking twice: at first actix has not
    /// yet looked behind the head. Whether that was little enough.
    pub(super) async fn drain(&self) -> bool {
        let (mut drained, mut looked) = (0, false);
        poll_fn(|cx| {
            while drained <= DRAINED && !self.0.borrow().broken {
                match self.0.borrow_mut().poll_payload(cx) {
                    Poll::Ready(Some(Ok(bytes))) => drained += bytes.len(),
                    Poll::Pending if !looked => {
                        looked = true;
                        cx.waker().wake_by_ref();
                        return Poll::Pending;
                    }
                    _ => break,
                }
            }
            Poll::Ready(drained <= DRAINED)
        })
        .await
    }

    /// Whether it was read to its end.
    pub(super) fn is_over(&self) -> bool {
        self.0.borrow().over
    }

    /// Whether it is known to be broken.
    pub(super) fn is_broken(&self) -> bool {
        self.0.borrow().broken
    }

    /// Whether actix knows that it is broken.
    pub(super) fn is_noted(&self) -> bool {
        self.0.borrow().noted
    }

    /// Whether what has come of it by now is broken, and actix knows.
    pub(super) fn breaks(&self, cx: &mut Context<'_>) -> bool {
        let mut reading = self.0.borrow_mut();
        while !reading.broken && matches!(reading.poll_payload(cx), Poll::Ready(Some(_))) {}
        reading.noted
    }
}

impl Stream for Body {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.borrow_mut().poll_paced(cx)
    }
}

impl Reading {
    fn poll_payload(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, PayloadError>>> {
        let item = self.payload.poll_next_unpin(cx);
        self.over |= matches!(item, Poll::Ready(None));
        self.noted |= matches!(item, Poll::Ready(Some(Err(_))));
        let cut = item.is_pending() && self.watch.as_ref().is_some_and(BodyWatch::is_broken);
        self.broken |= self.noted || cut;
        if cut { Poll::Ready(Some(Err(PayloadError::EncodingCorrupted))) } else { item }
    }

    fn poll_paced(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, PayloadError>>> {
        if let Some(interim) = &self.interim {
            interim.want();
        }
        let Poll::Ready(item) = self.poll_payload(cx) else {
            self.clock.pause();
            ready!(self.stall.poll(cx));
            return Poll::Ready(Some(Err(PayloadError::Io(io::ErrorKind::TimedOut.into()))));
        };
        let now = Instant::now();
        self.clock.resume(now);
        let bytes = item.as_ref().and_then(|item| item.as_ref().ok()).map_or(0, Bytes::len);
        self.stall.progress(now.into_std(), bytes as u64);
        Poll::Ready(item)
    }
}
