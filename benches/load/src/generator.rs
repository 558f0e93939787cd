//! The loop: what is due is sent, what comes is read, on one thread that never blocks while it matters.
//!
//! While an answer is open or a request nearly due, the loop watches its sockets and the clock instead of
//! sleeping. To be woken takes a thread some 5 to 50 us (in a virtual machine more), which is as long as a good server
//! takes for an answer: a generator that sleeps bills its own awakening to the server. On a core of its own
//! watching costs nobody anything; on a shared one the loop yields after every turn in which it found nothing.

mod slots;

use crate::{
    connection::{Failure, TURN},
    error::Error,
    exchange::Exchange,
    meter::Meter,
    outcome::{ErrorKind, Outcome},
    plan::Plan,
    schedule::Schedule,
    tally::Tally,
};
use fastrand::Rng;
use mio::{Events, Poll};
use slots::Slot;
use std::{
    collections::VecDeque,
    io, mem,
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::{Duration, Instant},
};

/// The longest sleep: how soon the stop flag is seen.
const NAP: Duration = Duration::from_millis(10);
/// Sleeps are whole milliseconds and end late; what is due sooner than this is watched for.
const WATCH: Duration = Duration::from_micros(1500);
/// How often silent and lost connections are looked after.
const SWEEP: Duration = Duration::from_millis(5);

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
    /// Which exchanges have been drawn to be compared in full, in the window.
    seen: Vec<bool>,
    tally: Tally,
    meter: Meter,
    swept: Instant,
    /// Where the next sweep begins.
    sweeps_from: usize,
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
            tally: Tally::default(),
            meter: Meter::new(now),
            swept: now,
            sweeps_from: 0,
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
        self.tally.close(closed);
        let generator = self.meter.close(closed);
        // What was due by then and has not been seen is the window's, too.
        self.send_due(closed);
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
}
