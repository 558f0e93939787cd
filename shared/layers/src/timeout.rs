//! A bound on the time to an answer, counted from the last piece of the request's body: while that
//! still comes, at whatever rate the client or a slow disk keeps, the answer is not late.

use crate::{Answering, Body, Middleware, MiddlewareLayer, Next, problem};
use http::{Request, Response};
use shared::{App, Error};
use std::{
    pin::pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::{select, time::Instant};

/// Answers 504 when nothing else does.
#[derive(Clone, Copy, Debug)]
pub struct Timeout(Duration);

/// The layer of [`Timeout`].
pub fn timeout(app: &App) -> MiddlewareLayer<Timeout> {
    MiddlewareLayer(Timeout(app.config.limits.request_timeout))
}

impl Middleware for Timeout {
    async fn handle<B, S>(self, mut request: Request<B>, next: Next<S>) -> Response<Body>
    where
        B: Send + 'static,
        S: Answering<B>,
    {
        let clock = BodyClock::default();
        request.extensions_mut().insert(clock.clone());
        let begun = Instant::now();
        let mut answer = pin!(next.run(request));
        let mut deadline = begun + self.0;
        loop {
            select! {
                // Most answers are there at once: no timer is set for them.
                biased;
                response = &mut answer => return response,
                () = tokio::time::sleep_until(deadline) => {}
            }
            // Has more of the body come meanwhile?
            let now = Instant::now();
            deadline = clock.last(now).map_or(begun, |last| begun.max(last)) + self.0;
            if deadline <= now {
                return problem(&Error::Timeout(self.0));
            }
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
