//! Waits for a peer, as long as it keeps its [`Pace`]: the one place where that meets a timer for a request's body.

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};

use tokio::time::{Sleep, sleep_until};

use crate::pace::Pace;

/// Finds out when a peer has stalled. The timer is only there while the peer is waited for.
#[derive(Debug)]
pub struct Stall {
    pace: Pace,
    alarm: Option<Pin<Box<Sleep>>>,
}

impl Stall {
    /// A peer that must make `min_rate` bytes per second over any `window` of waiting.
    pub fn new(min_rate: u64, window: Duration) -> Self {
        Self { pace: Pace::new(min_rate, window), alarm: None }
    }

    /// The peer moved `bytes`.
    pub fn progress(&mut self, now: Instant, bytes: u64) {
        self.pace.progress(now, bytes);
        self.alarm = None;
    }

    /// Waits for the peer; ready once it has stalled.
    pub fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        self.pace.waiting(Instant::now());
        loop {
            let Some(deadline) = self.pace.deadline() else { return Poll::Pending };
            let alarm = self.alarm.get_or_insert_with(|| Box::pin(sleep_until(deadline.into())));
            ready!(alarm.as_mut().poll(cx));
            if self.pace.stalled(Instant::now()) {
                return Poll::Ready(());
            }
            alarm.as_mut().reset(self.pace.deadline().unwrap_or(deadline).into());
        }
    }
}
