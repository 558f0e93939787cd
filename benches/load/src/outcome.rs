//! What came of a run.

use crate::distribution::Distribution;
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, fmt};

/// How many samples of what went wrong are kept, of answers and of errors each.
pub const SAMPLES: usize = 5;

/// What came of a run. All of it is about the window, behind the warm-up.
///
/// A request belongs to the window in which it was *due*, however late it was sent or answered; the counts
/// and the times of [`Open`] are of these. Rates, bytes and requests in flight are of what *happened* in the
/// window, which is what the [`probes`](Outcome::probes) at its borders have seen.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Outcome<P = ()> {
    /// How long the window was, in seconds.
    pub seconds: f64,
    /// Right answers that came within the window, per second.
    pub achieved: f64,
    /// Right answers that came within the window: what a probe's figures are to be divided by.
    pub completed: u64,
    /// How many of the window's requests were sent.
    pub sent: u64,
    /// How many of the window's requests were answered, rightly or not.
    pub answered: u64,
    /// How many of those answers were compared in full.
    pub compared: u64,
    /// Wrong answers to the window's requests.
    pub wrong: Wrong,
    /// What went wrong instead of an answer.
    pub errors: Errors,
    /// Latencies and what else only an open loop can tell; none of a run that went flat out.
    pub open: Option<Open>,
    /// Requests in flight on average: sent and not answered, integrated over the window.
    pub in_flight: f64,
    /// The same by Little's law: answers per second times the mean time from sending to answer. Two ways to
    /// one figure; if they differ, one of the two counts is broken.
    pub in_flight_by_little: f64,
    /// By how much the law's figure is larger because of requests that were in flight at the borders: it has the whole
    /// time of those that ended in the window, the integral the part in the window of all.
    pub in_flight_at_borders: f64,
    /// Bytes sent in the window for each answer that came, heads included.
    pub bytes_out: f64,
    /// Bytes received in the window for each answer that came, heads included.
    pub bytes_in: f64,
    /// Connections that were opened in the window.
    pub connects: u64,
    /// What the generator itself spent.
    pub generator: Generator,
    /// What the probe gave when the window opened and when it closed.
    pub probes: [P; 2],
}

/// What an open loop can tell.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Open {
    /// Requests per second that were due.
    pub offered: f64,
    /// From the moment at which a request was *due* to the end of its answer. A request that was given up is
    /// in here with the time that it had waited by then, so that what is lost never looks quick.
    pub latency: Distribution,
    /// From the moment at which a request was sent to the end of its answer, without any wait for a
    /// connection: what closed loops call latency. It does not belong in a headline.
    pub service: Distribution,
    /// How late the generator was: from the moment at which a request was due to that at which it was sent,
    /// where a connection was free. It is a part of the latency that is not the server's.
    pub lag: Distribution,
    /// The longest queue of requests that were due and had no free connection.
    pub longest_queue: u64,
}

/// Answers that were not what they should have been.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub struct Wrong {
    /// How many.
    pub count: u64,
    /// The first of them, in words.
    pub samples: Vec<String>,
}

/// What went wrong instead of an answer. Each request that got none counts once.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub struct Errors {
    /// How many of each kind.
    pub counts: BTreeMap<ErrorKind, u64>,
    /// The first of them, in words.
    pub samples: Vec<String>,
}

impl Errors {
    /// How many there were of all kinds.
    pub fn total(&self) -> u64 {
        self.counts.values().sum()
    }
}

/// What can go wrong instead of an answer.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorKind {
    /// A connection was not to be had.
    Refused,
    /// A connection was reset.
    Reset,
    /// A connection was closed before the end of an answer.
    ClosedEarly,
    /// A connection was closed behind an answer although it was to be kept.
    ClosedKeepAlive,
    /// A connection was kept although it was to be closed.
    KeptOpen,
    /// There was no answer in time.
    Timeout,
    /// What came was no answer, or nobody had asked for it.
    Malformed,
    /// There was never a free connection to send the request on, not even after the window.
    Unsent,
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            ErrorKind::Refused => "connection refused",
            ErrorKind::Reset => "connection reset",
            ErrorKind::ClosedEarly => "closed before the end of an answer",
            ErrorKind::ClosedKeepAlive => "closed though to be kept",
            ErrorKind::KeptOpen => "kept though to be closed",
            ErrorKind::Timeout => "no answer in time",
            ErrorKind::Malformed => "malformed",
            ErrorKind::Unsent => "never sent, for want of a free connection",
        })
    }
}

/// What the generator itself spent, as shares of the window.
#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize)]
pub struct Generator {
    /// The thread's CPU time. It watches instead of sleeping while an answer is open or a request nearly
    /// due, so this is near 1 at most rates, and no measure of its load.
    pub cpu: f64,
    /// The time in which it was at work: all but what went by while it found nothing to do. Near 1 the
    /// generator is the limit, not the server.
    pub busy: f64,
    /// The time in which it wanted to run and something else did: a core that was not its own.
    pub preempted: f64,
}
