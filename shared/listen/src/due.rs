//! What is due when: which clock runs in which state of a connection. Facts and a time in, a verdict out.

use std::time::{Duration, Instant};

use crate::connection::Connection;
use crate::inbox::Inbox;
use crate::limits::Limits;
use crate::outbox::Outbox;

/// How long after a client's FIN its open request goes on.
///
/// A bare FIN cannot be told from a half-close until something is written. An answer that needs no long waiting is still
/// sent; work that waits is given up.
pub const GRACE: Duration = Duration::from_millis(50);

/// What the state of a connection says about time.
pub(crate) enum Due {
    /// Now.
    Now(Cut),
    /// Nothing before this time; then look again.
    NotBefore(Instant),
    /// No clock runs.
    Never,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cut {
    /// End of input: the stack closes.
    End,
    /// A head began and did not end: it is answered.
    HeadTimeout,
}

/// What decides about time.
pub(crate) struct State<'a> {
    pub(crate) connection: &'a Connection,
    pub(crate) inbox: &'a Inbox,
    pub(crate) outbox: &'a Outbox,
    pub(crate) limits: &'a Limits,
    pub(crate) fin: Option<Instant>,
    pub(crate) partial: Option<Instant>,
}

impl State<'_> {
    pub(crate) fn due(&self, now: Instant) -> Due {
        let busy = self.connection.in_flight() || self.outbox.is_waiting();
        match self.fin {
            // A body that cannot come any more: its reader is to know at once.
            Some(_) if !busy || self.inbox.in_body() => Due::Now(Cut::End),
            Some(_) if self.outbox.is_waiting() => Due::NotBefore(later(now, GRACE)),
            Some(fin) => due_at(now, later(fin.max(self.outbox.last_progress()), GRACE), Cut::End),
            None if self.connection.upgraded() => Due::Never,
            None if busy => Due::NotBefore(later(now, self.step())),
            None if self.inbox.ended() => Due::Now(Cut::End),
            None => self.due_idle(now),
        }
    }

    /// No answer is open, and the client is expected to send.
    fn due_idle(&self, now: Instant) -> Due {
        let first = self.connection.passed() == 0;
        let quiet = self.connection.quiet_since();
        let quiet = if first { quiet } else { quiet.max(self.outbox.last_progress()) };
        let (time, cut) = match self.partial {
            Some(_) if first => (later(quiet, self.limits.head_timeout), Cut::HeadTimeout),
            Some(since) => (later(since.max(quiet), self.limits.head_timeout), Cut::HeadTimeout),
            // The rest of a body that its handler did not wait for, or silence from the start.
            None if first || self.inbox.in_body() => (later(quiet, self.limits.head_timeout), Cut::End),
            None => (later(quiet, self.limits.idle_timeout), Cut::End),
        };
        match due_at(now, time, cut) {
            // What begins later may be due before a long idle time is over.
            Due::NotBefore(time) => Due::NotBefore(time.min(later(now, self.step()))),
            due => due,
        }
    }

    /// No deadline that begins after now ends before this has passed.
    fn step(&self) -> Duration {
        self.limits.head_timeout.min(self.limits.idle_timeout)
    }
}

/// A limit may be set so long that no clock reaches its end; a month will do for one.
fn later(time: Instant, span: Duration) -> Instant {
    time + span.min(Duration::from_secs(30 * 24 * 60 * 60))
}

fn due_at(now: Instant, time: Instant, cut: Cut) -> Due {
    if now >= time { Due::Now(cut) } else { Due::NotBefore(time) }
}
