//! When a silent client is cut: the one timer of a connection's reading side.
//!
//! The timer is lazy. It is set once, to a time before which nothing can be due, and only when it fires is the real
//! deadline computed and the timer set again. So requests and answers cost no timer work at all, and nobody needs to
//! wake the guard when an answer ends: a deadline that begins then lies behind the time the timer is set to.

use std::pin::Pin;
use std::task::{Context, Poll, Waker, ready};
use std::time::Instant;

use tokio::task::coop;
use tokio::time::Sleep;

use crate::due::{Cut, Due};
use crate::timekeeper::sleep_until;

#[derive(Default)]
pub(crate) struct Clock {
    sleep: Option<Pin<Box<Sleep>>>,
    set: bool,
    /// Whom the timer wakes when the time has come.
    told: Option<Waker>,
}

impl Clock {
    /// Forgets what it is set to: something happened that may be due earlier.
    pub(crate) fn unset(&mut self) {
        self.set = false;
    }

    /// Ready once `due` says that something is.
    pub(crate) fn poll(&mut self, cx: &mut Context<'_>, due: impl Fn(Instant) -> Due) -> Poll<Cut> {
        loop {
            if !self.set {
                match due(Instant::now()) {
                    Due::Now(cut) => return Poll::Ready(cut),
                    Due::Never => return Poll::Pending,
                    Due::NotBefore(time) => self.set(time),
                }
            }
            ready!(self.poll_set(cx));
        }
    }

    /// Sets the timer to `time`, unless it is set.
    pub(crate) fn set(&mut self, time: Instant) {
        if !self.set {
            self.set = true;
            // tokio keeps a waker over a reset, but does not promise to.
            self.told = None;
            match &mut self.sleep {
                Some(sleep) => sleep.as_mut().reset(time.into()),
                None => self.sleep = Some(Box::pin(sleep_until(time))),
            }
        }
    }

    /// Ready when the time it is set to has come; it is unset then.
    pub(crate) fn poll_set(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if let Some(sleep) = &mut self.sleep {
            // To look at the timer costs less than to tell it once more what it knows.
            let knows = self.told.as_ref().is_some_and(|told| told.will_wake(cx.waker()));
            if knows && !sleep.is_elapsed() {
                return Poll::Pending;
            }
            // A task that has done enough for now is told to come again; the timer is told nothing.
            let is_told = coop::has_budget_remaining();
            if sleep.as_mut().poll(cx).is_pending() {
                self.told = is_told.then(|| cx.waker().clone());
                return Poll::Pending;
            }
        }
        self.set = false;
        Poll::Ready(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::future::poll_fn;
    use std::time::Duration;
    use tokio::time::timeout;

    const SOON: Duration = Duration::from_millis(5);

    async fn fires(clock: &mut Clock) -> bool {
        timeout(Duration::from_secs(10), poll_fn(|cx| clock.poll_set(cx))).await.is_ok()
    }

    #[tokio::test]
    async fn it_fires_each_time_it_is_set() {
        let mut clock = Clock::default();
        for _ in 0..2 {
            clock.set(Instant::now() + Duration::from_secs(60));
            assert!(poll_fn(|cx| Poll::Ready(clock.poll_set(cx).is_pending())).await);
            clock.unset();
            clock.set(Instant::now() + SOON);
            assert!(fires(&mut clock).await);
            clock.set(Instant::now() + SOON);
            assert!(fires(&mut clock).await);
        }
    }

    #[tokio::test]
    async fn it_fires_for_a_task_that_had_done_enough() {
        let mut clock = Clock::default();
        clock.set(Instant::now() + SOON);
        let tired = poll_fn(|cx| {
            while coop::has_budget_remaining() {
                ready!(std::pin::pin!(coop::consume_budget()).poll(cx));
            }
            Poll::Ready(clock.poll_set(cx).is_pending())
        });
        assert!(tired.await);
        assert!(fires(&mut clock).await);
    }
}
