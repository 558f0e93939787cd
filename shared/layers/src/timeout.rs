//! A bound on the time to an answer. The time that the client takes to send its body does not
//! count: a slow body that keeps its rate is not the server's delay.

use crate::{Answering, Body, Middleware, MiddlewareLayer, Next, problem};
use http::{Request, Response};
use shared::{App, Error};
use std::{
    pin::pin,
    sync::{Arc, Mutex, PoisonError},
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
                response = &mut answer => return response,
                () = tokio::time::sleep_until(deadline) => {}
            }
            // Was some of that time the client's?
            let now = Instant::now();
            deadline = begun + self.0 + clock.waited(now);
            if deadline <= now {
                return problem(&Error::Timeout(self.0));
            }
        }
    }
}

/// How long a request has waited for its body; shared by the timeout and the body itself.
#[derive(Clone, Debug, Default)]
pub(crate) struct BodyClock(Arc<Mutex<Waited>>);

#[derive(Debug, Default)]
struct Waited {
    total: Duration,
    since: Option<Instant>,
}

impl BodyClock {
    /// The body has nothing to give for now.
    pub fn pause(&self, now: Instant) {
        self.with(|waited| {
            waited.since.get_or_insert(now);
        });
    }

    /// The body has given something, or has ended.
    pub fn resume(&self, now: Instant) {
        self.with(|waited| {
            if let Some(since) = waited.since.take() {
                waited.total += now - since;
            }
        });
    }

    fn waited(&self, now: Instant) -> Duration {
        self.with(|waited| waited.total + waited.since.map_or(Duration::ZERO, |since| now - since))
    }

    fn with<T>(&self, act: impl FnOnce(&mut Waited) -> T) -> T {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
