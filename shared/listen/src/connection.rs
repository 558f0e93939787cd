//! What the guard and the service know together about one connection: who is there, which requests are open, what was
//! wrong with a head.

use std::fmt;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::task::Waker;
use std::time::{Duration, Instant};

/// What was wrong with a request head. Its text is for the client: plain words, no cause, nothing of the machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Not a sound request (400); the text says what broke the rules.
    Malformed(&'static str),
    /// The target is longer than [`Limits::target_bytes`](crate::Limits::target_bytes) (414).
    TargetTooLong,
    /// More bytes or fields than [`Limits`](crate::Limits) allow (431).
    HeadTooLarge,
    /// The head began but did not end within [`Limits::head_timeout`](crate::Limits::head_timeout) (408).
    HeadTimeout,
    /// The body is in a transfer coding that is not understood (501).
    CodingNotSupported,
    /// Another major version than 1 (505).
    VersionNotSupported,
}

impl Refusal {
    /// The status that RFC 9110 (for 431: RFC 6585) gives this refusal.
    pub fn status(&self) -> u16 {
        match self {
            Self::Malformed(_) => 400,
            Self::HeadTimeout => 408,
            Self::TargetTooLong => 414,
            Self::HeadTooLarge => 431,
            Self::CodingNotSupported => 501,
            Self::VersionNotSupported => 505,
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Malformed(what) => what,
            Self::HeadTimeout => "the request head did not arrive in time",
            Self::TargetTooLong => "the request target is too long",
            Self::HeadTooLarge => "the request head is too large",
            Self::CodingNotSupported => "the only transfer coding understood is `chunked`",
            Self::VersionNotSupported => "only HTTP/1.0 and HTTP/1.1 are spoken here",
        })
    }
}

/// One connection, as guard and service both see it. Clones are handles to the same connection.
#[derive(Clone, Debug)]
pub struct Connection(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    peer: Option<SocketAddr>,
    opened: Instant,
    /// Heads handed on to the HTTP stack.
    passed: AtomicU64,
    /// Requests that reached the service.
    begun: AtomicU64,
    /// Requests whose answer is over.
    finished: AtomicU64,
    /// When the last answer ended, in microseconds since `opened`.
    quiet: AtomicU64,
    /// At most one: nothing after a refused head is read.
    refusal: OnceLock<(u64, Refusal)>,
    upgraded: AtomicBool,
    /// The service asks whether a body is broken: the stack is not to see it.
    asks: AtomicBool,
    /// The body of the last request passed is broken.
    broken: AtomicBool,
    /// A guard that waits for the open answers to end, or for an upgrade.
    waiter: Mutex<Option<Waker>>,
    /// Whether there is one: hardly ever, so that the lock is hardly ever taken.
    waits: AtomicBool,
}

impl Connection {
    pub(crate) fn new(peer: Option<SocketAddr>) -> Self {
        Self(Arc::new(Shared {
            peer,
            opened: Instant::now(),
            passed: AtomicU64::new(0),
            begun: AtomicU64::new(0),
            finished: AtomicU64::new(0),
            quiet: AtomicU64::new(0),
            refusal: OnceLock::new(),
            upgraded: AtomicBool::new(false),
            asks: AtomicBool::new(false),
            broken: AtomicBool::new(false),
            waiter: Mutex::new(None),
            waits: AtomicBool::new(false),
        }))
    }

    /// The other end; `None` if it was gone before it could be asked for.
    pub fn peer(&self) -> Option<SocketAddr> {
        self.0.peer
    }

    /// Call once per request, in order and never in two places at once, as soon as the service is handed it;
    /// [`Server`](crate::Server) does it for hyper.
    ///
    /// Keep the [`Exchange`] until the answer's last byte is handed to the stack or the answer is given up: while it
    /// lives the client is not timed, and a client that leaves is reported only after [`GRACE`](crate::GRACE).
    pub fn begin(&self) -> Exchange {
        let number = count(&self.0.begun);
        Exchange { connection: self.clone(), number }
    }

    /// From now on the stack gets nothing more of a body whose chunks are broken, and [`BodyWatch`] tells of it: for a
    /// stack that would take that for a reason to drop what is in flight.
    pub fn watch_bodies(&self) {
        self.0.asks.store(true, Ordering::SeqCst);
    }

    /// The body of the last request passed is broken; whether the service will ask for that.
    pub(crate) fn break_body(&self) -> bool {
        self.0.broken.store(true, Ordering::SeqCst);
        self.0.asks.load(Ordering::SeqCst)
    }

    /// What comes is no longer HTTP.
    pub(crate) fn upgrade(&self) {
        self.0.upgraded.store(true, Ordering::SeqCst);
        self.wake();
    }

    /// A head goes to the stack; answers its number.
    pub(crate) fn pass(&self) -> u64 {
        count(&self.0.passed)
    }

    /// The next head to be passed stands in for one that was refused.
    pub(crate) fn refuse(&self, refusal: Refusal) {
        let number = self.0.passed.load(Ordering::SeqCst);
        // A second refusal cannot happen: the inbox ends with the first.
        let _ = self.0.refusal.set((number, refusal));
    }

    pub(crate) fn upgraded(&self) -> bool {
        self.0.upgraded.load(Ordering::SeqCst)
    }

    pub(crate) fn passed(&self) -> u64 {
        self.0.passed.load(Ordering::SeqCst)
    }

    pub(crate) fn begun(&self) -> u64 {
        self.0.begun.load(Ordering::SeqCst)
    }

    /// Whether a request is with the stack whose answer is not over.
    pub(crate) fn in_flight(&self) -> bool {
        self.0.finished.load(Ordering::SeqCst) < self.passed()
    }

    /// When the last answer ended; the time of accept before that.
    pub(crate) fn quiet_since(&self) -> Instant {
        self.0.opened + Duration::from_micros(self.0.quiet.load(Ordering::Relaxed))
    }

    /// Wakes `waker` once, when an answer ends or the connection is upgraded. Look again after calling this.
    pub(crate) fn wake_later(&self, waker: &Waker) {
        let mut waiter = self.0.waiter.lock().unwrap_or_else(PoisonError::into_inner);
        match waiter.as_mut() {
            Some(known) => known.clone_from(waker),
            None => *waiter = Some(waker.clone()),
        }
        self.0.waits.store(true, Ordering::SeqCst);
    }

    /// Call it once there is something to see: either the guard sees that when it looks again, or this sees the guard.
    fn wake(&self) {
        if !self.0.waits.load(Ordering::SeqCst) {
            return;
        }
        let waiter = {
            let mut waiter = self.0.waiter.lock().unwrap_or_else(PoisonError::into_inner);
            self.0.waits.store(false, Ordering::SeqCst);
            waiter.take()
        };
        if let Some(waker) = waiter {
            waker.wake();
        }
    }

    fn end(&self) {
        let quiet = u64::try_from(self.0.opened.elapsed().as_micros()).unwrap_or(u64::MAX);
        // Seen by whoever sees what follows.
        self.0.quiet.store(quiet, Ordering::Relaxed);
        self.0.finished.fetch_add(1, Ordering::SeqCst);
        self.wake();
    }
}

/// Adds one where nobody else does: without the lock of a `fetch_add`. Answers what it was.
fn count(counter: &AtomicU64) -> u64 {
    let number = counter.load(Ordering::Relaxed);
    counter.store(number + 1, Ordering::Release);
    number
}

/// One request and its answer. Dropping it says that the answer is over, whether sent or given up.
#[derive(Debug)]
#[must_use = "dropping it says that the answer is over"]
pub struct Exchange {
    connection: Connection,
    number: u64,
}

impl Exchange {
    /// What was wrong with the head that this request stands in for. The service answers it, and runs no handler.
    pub fn refusal(&self) -> Option<Refusal> {
        let (number, refusal) = self.connection.0.refusal.get()?;
        (*number == self.number).then(|| refusal.clone())
    }

    /// What there is to know of this request's body.
    pub fn body(&self) -> BodyWatch {
        BodyWatch { connection: self.connection.clone(), number: self.number }
    }

    /// The answer is a 101: from now on the guard hands on what comes unread and untimed.
    ///
    /// Call it before the 101 is written; [`Server`](crate::Server) does it for hyper. The guard holds back what a
    /// client sends behind a request that asks for an upgrade until that request is answered, so nothing of the new
    /// protocol was taken for a request before. Writing stays paced; times of the new protocol are the service's.
    pub fn upgrade(&self) {
        self.connection.upgrade();
    }
}

impl Drop for Exchange {
    fn drop(&mut self) {
        self.connection.end();
    }
}

/// A request's body, as the guard sees it. It does not keep the [`Exchange`] open.
#[derive(Clone, Debug)]
pub struct BodyWatch {
    connection: Connection,
    number: u64,
}

impl BodyWatch {
    /// Whether nothing more will come of the body, as its chunks are broken. Ask in the task that reads from the guard:
    /// nobody else is woken.
    pub fn is_broken(&self) -> bool {
        let last = self.number + 1 == self.connection.passed();
        last && self.connection.0.broken.load(Ordering::SeqCst)
    }
}
