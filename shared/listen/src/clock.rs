//! When a silent client is cut: the one timer of a connection's reading side.
//!
//! The timer is lazy. It is set once, to a time before which nothing can be due, and only when it fires is the real
//! deadline computed and the timer set again. So requests and answers cost no timer work at all, and nobody needs to
//! wake the guard when an answer ends: a deadline that begins then lies behind the time the timer is set to.

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Instant;

use tokio::time::{Sleep, sleep_until};

use crate::due::{Cut, Due};

#[derive(Default)]
pub(crate) struct Clock {
    sleep: Option<Pin<Box<Sleep>>>,
    set: bool,
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
            match &mut self.sleep {
                Some(sleep) => sleep.as_mut().reset(time.into()),
                None => self.sleep = Some(Box::pin(sleep_until(time.into()))),
            }
        }
    }

    /// Ready when the time it is set to has come; it is unset then.
    pub(crate) fn poll_set(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if let Some(sleep) = &mut self.sleep {
            ready!(sleep.as_mut().poll(cx));
        }
        self.set = false;
        Poll::Ready(())
    }
}
