//! A bound on the time to an answer, counted from the last piece of the request's body: while that
//! still comes, at whatever rate the client or a slow disk keeps, the answer is not late.

use crate::{Answering, Body, problem};
use http::{Request, Response};
use pin_project_lite::pin_project;
use shared::{App, Error};
use std::{
    convert::Infallible,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, ready},
    time::Duration,
};
use tokio::time::{Instant, Sleep, sleep_until};
use tower::{Layer, Service};

/// Answers 504 when nothing else does.
#[derive(Clone, Copy, Debug)]
pub struct Timeout(Duration);

/// The layer of [`Timeout`].
pub fn timeout(app: &App) -> Timeout {
    Timeout(app.config.limits.request_timeout)
}

impl<S> Layer<S> for Timeout {
    type Service = Limited<S>;

    fn layer(&self, inner: S) -> Limited<S> {
        Limited { limit: self.0, inner }
    }
}

/// A service behind a [`Timeout`].
#[derive(Clone)]
pub struct Limited<S> {
    limit: Duration,
    inner: S,
}

impl<S: Answering<B>, B: http_body::Body> Service<Request<B>> for Limited<S> {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Timed<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request<B>) -> Self::Future {
        let clock = (!request.body().is_end_stream()).then(BodyClock::default);
        if let Some(clock) = &clock {
            request.extensions_mut().insert(clock.clone());
        }
        Timed { answer: Some(self.inner.call(request)), limit: self.limit, clock, alarm: None }
    }
}

pin_project! {
    /// The answer of a [`Limited`] service.
    pub struct Timed<F> {
        // `None` once it is given up.
        #[pin]
        answer: Option<F>,
        limit: Duration,
        // `None` where there is no body.
        clock: Option<BodyClock>,
        // Most answers are there at once: no timer is set for them.
        alarm: Option<Alarm>,
    }
}

/// When an answer began to be waited for, and when that has been too long.
struct Alarm {
    begun: Instant,
    sleep: Pin<Box<Sleep>>,
}

impl<F: Future<Output = Result<Response<Body>, Infallible>>> Future for Timed<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        if let Some(answer) = this.answer.as_mut().as_pin_mut() {
            let answered = answer.poll(cx);
            if answered.is_ready() {
                return answered;
            }
        }
        let alarm = this.alarm.get_or_insert_with(|| Alarm::after(*this.limit));
        ready!(alarm.poll(cx, *this.limit, this.clock.as_ref()));
        this.answer.set(None);
        Poll::Ready(Ok(problem(&Error::Timeout(*this.limit))))
    }
}

impl Alarm {
    fn after(limit: Duration) -> Self {
        let begun = Instant::now();
        Alarm { begun, sleep: Box::pin(sleep_until(begun + limit)) }
    }

    /// Ready once the answer is late.
    fn poll(&mut self, cx: &mut Context<'_>, limit: Duration, clock: Option<&BodyClock>) -> Poll<()> {
        loop {
            ready!(self.sleep.as_mut().poll(cx));
            // Has more of the body come meanwhile?
            let now = Instant::now();
            let last = clock.and_then(|clock| clock.last(now));
            let deadline = last.map_or(self.begun, |last| self.begun.max(last)) + limit;
            if deadline <= now {
                return Poll::Ready(());
            }
            self.sleep.as_mut().reset(deadline);
        }
    }
}

/// When the body of a request last gave something; shared by the timeout and the body itself.
#[derive(Clone, Debug, Default)]
pub(crate) struct BodyClock(Arc<Mutex<Last>>);

#[derive(Debug, Default)]
enum Last {
    /// It was never asked for.
    #[default]
    Never,
    /// It has nothing to give for now: the client is waited for.
    Waiting,
    /// It gave something, or ended.
    Gave(Instant),
}

impl BodyClock {
    /// The body has nothing to give for now.
    pub fn pause(&self) {
        *self.lock() = Last::Waiting;
    }

    /// The body has given something, or has ended.
    pub fn resume(&self, now: Instant) {
        *self.lock() = Last::Gave(now);
    }

    /// Since when nothing but the handler is waited for; `now` while it is not.
    fn last(&self, now: Instant) -> Option<Instant> {
        match *self.lock() {
            Last::Never => None,
            Last::Waiting => Some(now),
            Last::Gave(at) => Some(at),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Last> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
