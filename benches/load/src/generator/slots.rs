//! Who sends what on which connection, and what becomes of connections.

use super::{Generator, SWEEP};
use crate::{
    connection::{Connection, Context, Failure, Progress},
    outcome::ErrorKind,
    plan::Plan,
    tally::Sent,
};
use mio::Token;
use std::{io, mem, time::Instant};

/// One in so many answers, drawn by the seed, is compared in full whatever its size; and the first of
/// each exchange in the window.
const DRAWN: u32 = 100;
/// How many slots one sweep looks at, so that it never takes long.
const SWEPT: usize = 256;

/// A place for a connection.
#[derive(Default)]
pub(super) struct Slot {
    pub(super) connection: Option<Connection>,
    /// Whether it is in `free`.
    is_free: bool,
    /// Whether it is in `eager`.
    pub(super) is_eager: bool,
}

impl Generator<'_> {
    /// Sends what is due on what is free, or lets it wait.
    pub(super) fn send_due(&mut self, now: Instant) {
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
        let Some(connection) = &mut self.slots[slot].connection else { return };
        let context = Context { exchanges: &self.exchanges, buffer: &mut self.buffer, tally: &mut self.tally };
        let written = connection.write(context);
        self.settle(slot, written);
    }

    /// Draws a request.
    fn draw(&mut self, due: Instant, sent: Instant) -> Sent {
        let exchange = self.random.usize(..self.exchanges.len());
        let is_first = self.tally.counts(due) && !mem::replace(&mut self.seen[exchange], true);
        let drawn = self.random.u32(..DRAWN) == 0 || is_first;
        Sent { exchange, due, sent, drawn }
    }

    /// Lets a connection go on, and gives it what waits if it has become free.
    pub(super) fn go_on(&mut self, slot: usize, readable: bool, cut: bool) {
        let Some(connection) = &mut self.slots[slot].connection else { return };
        let context = Context { exchanges: &self.exchanges, buffer: &mut self.buffer, tally: &mut self.tally };
        let progress = connection.go_on(readable, cut, context);
        self.settle(slot, progress);
        self.pair();
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
    pub(super) fn release(&mut self, at: usize) {
        let slot = &mut self.slots[at];
        if !mem::replace(&mut slot.is_free, true) {
            self.free.push_back(at);
        }
    }

    /// Begins to connect. An event of the connection that was there before may still come, and does no harm.
    pub(super) fn open(&mut self, at: usize) -> io::Result<()> {
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
    pub(super) fn give_up(&mut self, at: usize, now: Instant, failure: &Failure) {
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
    pub(super) fn sweep(&mut self, now: Instant) {
        if now - self.swept < SWEEP {
            return;
        }
        self.swept = now;
        for _ in 0..self.slots.len().min(SWEPT) {
            let at = self.sweeps_from % self.slots.len();
            self.sweeps_from = at + 1;
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
