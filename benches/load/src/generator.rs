//! The loop: what is due is sent, what comes is read, on one thread that never blocks while it matters.
//!
//! While an answer is open or a request nearly due, the loop watches its sockets and the clock instead of
//! sleeping. To be woken takes a thread some 5 to 50 us (in a virtual machine more), which is as long as a good server
//! takes for an answer: a generator that sleeps bills its own awakening to the server. On a core of its own
//! watching costs nobody anything; on a shared one the loop yields after every turn in which it found nothing.

use crate::{
    connection::{Connection, Context, Failure, Progress, TURN},
    error::Error,
    exchange::Exchange,
    meter::Meter,
    outcome::{ErrorKind, Outcome},
    plan::Plan,
    schedule::Schedule,
    tally::{Sent, Tally},
};
use fastrand::Rng;
use mio::{Events, Poll, Token};
use std::{
    collections::VecDeque,
    io, mem,
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::{Duration, Instant},
};

/// One in so many answers, drawn by the seed, is compared in full whatever its size; and the first of each exchange.
const DRAWN: u32 = 100;
/// The longest sleep: how soon the stop flag is seen.
const NAP: Duration = Duration::from_millis(10);
/// Sleeps are whole milliseconds and end late; what is due sooner than this is watched for.
const WATCH: Duration = Duration::from_micros(1500);
/// How often silent and lost connections are looked after.
const SWEEP: Duration = Duration::from_millis(5);

/// A place for a connection.
#[derive(Default)]
struct Slot {
    connection: Option<Connection>,
    /// Whether it is in `free`.
    is_free: bool,
    /// Whether it is in `eager`.
    is_eager: bool,
}

/// The loop's state.
pub(crate) struct Generator<'a> {
    plan: &'a Plan,
    stop: &'a AtomicBool,
    exchanges: Vec<Exchange>,
    poll: Poll,
    buffer: Vec<u8>,
    slots: Vec<Slot>,
    /// Slots that can take requests, the one that has rested longest first.
    free: VecDeque<usize>,
    /// Slots that could go on at once.
    eager: VecDeque<usize>,
    /// When lots of requests that wait for a connection were due.
    waiting: VecDeque<Instant>,
    schedule: Option<Schedule>,
    /// Whether a free connection is reason enough to send.
    flat_out: bool,
    random: Rng,
    /// Which exchanges have been compared in full.
    seen: Vec<bool>,
    tally: Tally,
    meter: Meter,
    swept: Instant,
}

impl<'a> Generator<'a> {
    pub(crate) fn new(plan: &'a Plan, stop: &'a AtomicBool) -> Result<Self, Error> {
        let now = Instant::now();
        let exchanges = plan.outgoing();
        Ok(Generator {
            plan,
            stop,
            poll: Poll::new()?,
            buffer: vec![0; TURN],
            slots: (0..plan.connections).map(|_| Slot::default()).collect(),
            free: VecDeque::new(),
            eager: VecDeque::new(),
            waiting: VecDeque::new(),
            schedule: None,
            flat_out: false,
            random: Rng::with_seed(plan.seed),
            seen: vec![false; exchanges.len()],
            exchanges,
            tally: Tally::new(now),
            meter: Meter::new(now),
            swept: now,
        })
    }

    /// Connects, warms up, measures, waits for what is open.
    pub(crate) fn run<P>(mut self, probe: &mut dyn FnMut() -> P) -> Result<Outcome<P>, Error> {
        let mut events = Events::with_capacity(256);
        self.connect(&mut events)?;
        let start = Instant::now();
        self.schedule = Schedule::new(self.plan, start);
        self.flat_out = self.schedule.is_none();
        self.until(start + self.plan.warm_up, &mut events)?;

        let before = probe();
        let opened = Instant::now();
        self.tally.open(opened);
        self.meter.open(opened);
        self.until(opened + self.plan.duration, &mut events)?;
        let closed = Instant::now();
        // What was due by now and not seen yet is the window's.
        self.send_due(closed);
        self.tally.close(closed);
        let generator = self.meter.close(closed);
        let after = probe();

        let is_open_loop = self.schedule.take().is_some();
        self.flat_out = false;
        self.drain(closed + self.plan.timeout, &mut events)?;
        Ok(self.tally.outcome(is_open_loop, generator, [before, after]))
    }

    /// All connections that are to be kept, before anything is due.
    fn connect(&mut self, events: &mut Events) -> Result<(), Error> {
        if !self.plan.keep_alive {
            (0..self.slots.len()).for_each(|at| self.release(at));
            return Ok(());
        }
        let end = Instant::now() + self.plan.timeout;
        let failed = |cause| Error::Connect(self.plan.address, cause);
        for slot in 0..self.slots.len() {
            self.open(slot).map_err(failed)?;
        }
        while self.free.len() < self.slots.len() {
            if self.slots.iter().any(|slot| slot.connection.is_none()) {
                return Err(failed(io::ErrorKind::ConnectionRefused.into()));
            }
            if Instant::now() > end {
                return Err(failed(io::ErrorKind::TimedOut.into()));
            }
            self.turn(end, events)?;
        }
        Ok(())
    }

    fn until(&mut self, end: Instant, events: &mut Events) -> Result<(), Error> {
        while Instant::now() < end {
            self.turn(end, events)?;
        }
        Ok(())
    }

    /// Waits for what is open; what is still open at `end` is lost.
    fn drain(&mut self, end: Instant, events: &mut Events) -> Result<(), Error> {
        while (self.tally.in_flight() > 0 || !self.waiting.is_empty()) && Instant::now() < end {
            self.turn(end, events)?;
        }
        let now = Instant::now();
        for slot in 0..self.slots.len() {
            self.give_up(slot, now, &Failure::new(ErrorKind::Timeout, "no answer until the end of the run"));
        }
        for due in mem::take(&mut self.waiting) {
            self.tally.unsent(due, self.plan.depth, now);
        }
        Ok(())
    }

    /// Sends what is due, and reads what has come.
    fn turn(&mut self, end: Instant, events: &mut Events) -> Result<(), Error> {
        if self.stop.load(Ordering::Relaxed) {
            return Err(Error::Stopped);
        }
        let now = Instant::now();
        self.meter.turn(now);
        self.send_due(now);
        self.sweep(now);
        let nap = self.nap(now, end);
        let begun = if nap.is_zero() { now } else { Instant::now() };
        match self.poll.poll(events, Some(nap)) {
            Err(cause) if cause.kind() != io::ErrorKind::Interrupted => return Err(cause.into()),
            _ => {}
        }
        let is_busy = !events.is_empty() || !self.eager.is_empty();
        if !nap.is_zero() {
            self.meter.slept(begun.elapsed(), is_busy);
        } else if is_busy {
            self.meter.work();
        } else {
            thread::yield_now();
        }
        for slot in mem::take(&mut self.eager) {
            self.slots[slot].is_eager = false;
            self.go_on(slot, true, false);
        }
        for event in events.iter() {
            let cut = event.is_read_closed() || event.is_error();
            self.go_on(event.token().0, event.is_readable(), cut);
        }
        Ok(())
    }

    /// How long to sleep: not at all while there is something to watch for.
    fn nap(&self, now: Instant, end: Instant) -> Duration {
        let next = self.schedule.as_ref().map_or(end, |schedule| schedule.next().min(end));
        let left = next.saturating_duration_since(now).saturating_sub(WATCH).min(NAP);
        let watches = self.tally.in_flight() > 0 || !self.eager.is_empty() || left < Duration::from_millis(1);
        if watches { Duration::ZERO } else { left }
    }

    /// Sends what is due on what is free, or lets it wait.
    fn send_due(&mut self, now: Instant) {
        while let Some(due) = self.schedule.as_mut().and_then(|schedule| schedule.take(now)) {
            self.meter.work();
            self.tally.due(due, self.plan.depth);
            match self.free.pop_front() {
                Some(slot) if self.waiting.is_empty() => self.dispatch(slot, Some(due), true),
                slot => {
                    self.free.extend(slot);
                    self.waiting.push_back(due);
                    self.tally.queued(self.waiting.len() * self.plan.depth);
                }
            }
        }
        self.pair();
    }

    /// Puts what waits on what is free.
    fn pair(&mut self) {
        while !self.free.is_empty() && (self.flat_out || !self.waiting.is_empty()) {
            let due = self.waiting.pop_front();
            if let Some(slot) = self.free.pop_front() {
                self.dispatch(slot, due, false);
            }
        }
    }

    /// Sends one lot. Flat out it is due when it is sent.
    fn dispatch(&mut self, slot: usize, due: Option<Instant>, promptly: bool) {
        self.meter.work();
        self.slots[slot].is_free = false;
        let sent = Instant::now();
        if self.slots[slot].connection.is_none()
            && let Err(cause) = self.open(slot)
        {
            let request = self.draw(due.unwrap_or(sent), sent);
            self.tally.sent(&request, promptly);
            return self.lose(&[request], sent, &Failure::new(ErrorKind::Refused, format!("no connection: {cause}")));
        }
        for _ in 0..self.plan.depth {
            let request = self.draw(due.unwrap_or(sent), sent);
            self.tally.sent(&request, promptly);
            if let Some(connection) = &mut self.slots[slot].connection {
                connection.put(request);
            }
        }
        let Some(mut connection) = self.slots[slot].connection.take() else { return };
        let written = connection.write(&mut self.context());
        self.slots[slot].connection = Some(connection);
        self.settle(slot, written);
    }

    /// Draws a request.
    fn draw(&mut self, due: Instant, sent: Instant) -> Sent {
        let exchange = self.random.usize(..self.exchanges.len());
        let drawn = self.random.u32(..DRAWN) == 0 || !mem::replace(&mut self.seen[exchange], true);
        Sent { exchange, due, sent, drawn }
    }

    fn go_on(&mut self, slot: usize, readable: bool, cut: bool) {
        let Some(mut connection) = self.slots[slot].connection.take() else { return };
        let progress = connection.go_on(readable, cut, &mut self.context());
        self.slots[slot].connection = Some(connection);
        self.settle(slot, progress);
        self.pair();
    }

    fn context(&mut self) -> Context<'_> {
        Context { exchanges: &self.exchanges, buffer: &mut self.buffer, tally: &mut self.tally }
    }

    /// Puts a slot where it belongs after its connection got so far.
    fn settle(&mut self, at: usize, progress: Result<Progress, Failure>) {
        let slot = &mut self.slots[at];
        match progress {
            Err(failure) => return self.fail(at, Instant::now(), &failure),
            Ok(Progress::Ended) => {
                slot.connection = None;
                return self.release(at);
            }
            Ok(Progress::HasMore) if !mem::replace(&mut slot.is_eager, true) => self.eager.push_back(at),
            Ok(_) => {}
        }
        if self.plan.keep_alive && self.slots[at].connection.as_ref().is_some_and(Connection::is_idle) {
            self.release(at);
        }
    }

    /// The slot can take requests.
    fn release(&mut self, at: usize) {
        let slot = &mut self.slots[at];
        if !mem::replace(&mut slot.is_free, true) {
            self.free.push_back(at);
        }
    }

    fn open(&mut self, at: usize) -> io::Result<()> {
        let Plan { address, keep_alive, .. } = *self.plan;
        let connection = Connection::open(address, self.poll.registry(), Token(at), keep_alive)?;
        self.slots[at].connection = Some(connection);
        Ok(())
    }

    /// Gives a connection up for another. Where that is refused the next sweep tries again.
    fn fail(&mut self, at: usize, now: Instant, failure: &Failure) {
        self.give_up(at, now, failure);
        if self.plan.keep_alive && failure.kind != ErrorKind::Refused {
            // What goes wrong here goes wrong in the next sweep, too, and is told there.
            let _ = self.open(at);
        }
    }

    /// Gives a connection up, and all that is open on it.
    fn give_up(&mut self, at: usize, now: Instant, failure: &Failure) {
        let slot = &mut self.slots[at];
        let Some(mut connection) = slot.connection.take() else { return };
        if mem::take(&mut slot.is_free) {
            self.free.retain(|free| *free != at);
        }
        let requests = connection.give_up();
        self.lose(&requests, now, failure);
    }

    /// There will be no answer to these, or a connection was lost while it had nothing to do.
    fn lose(&mut self, requests: &[Sent], now: Instant, failure: &Failure) {
        let name = requests.first().map(|request| self.exchanges[request.exchange].name());
        let why = || format!("{}: {} ({})", name.as_deref().unwrap_or("idle"), failure.why, failure.kind);
        match requests {
            [] => self.tally.failed(failure.kind, &why),
            _ => self.tally.lost(requests, now, failure.kind, &why),
        }
    }

    /// Gives up what has waited too long, and replaces what was lost.
    fn sweep(&mut self, now: Instant) {
        if now - self.swept < SWEEP {
            return;
        }
        self.swept = now;
        for at in 0..self.slots.len() {
            let slot = &self.slots[at];
            match &slot.connection {
                Some(connection) => {
                    if let Some(failure) = connection.overdue(now, self.plan.timeout) {
                        self.fail(at, now, &failure);
                    }
                }
                None if !self.plan.keep_alive => self.release(at),
                None => {
                    if let Err(cause) = self.open(at) {
                        self.lose(&[], now, &Failure::new(ErrorKind::Refused, format!("no connection: {cause}")));
                    }
                }
            }
        }
    }
}
