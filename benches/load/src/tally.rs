//! What counts, and where.

use crate::{
    distribution::Times,
    outcome::{ErrorKind, Errors, Generator, Open, Outcome, SAMPLES, Wrong},
};
use std::time::{Duration, Instant};

/// A request that was sent.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sent {
    /// Which exchange it is of.
    pub(crate) exchange: usize,
    /// When it was due.
    pub(crate) due: Instant,
    /// When it was sent.
    pub(crate) sent: Instant,
    /// Whether its lot is to be compared in full.
    pub(crate) drawn: bool,
}

/// Counts. Nothing does before [`open`](Self::open).
#[derive(Default)]
pub(crate) struct Tally {
    opened: Option<Instant>,
    closed: Option<Instant>,
    in_flight: u64,
    /// The sum of the moments at which these were sent, in seconds from the first moment of all.
    sent_at: f64,
    first: Option<Instant>,
    /// Seconds for which those in flight when the window opened had been so, less those when it closed.
    at_borders: f64,
    /// When that changed last.
    changed: Option<Instant>,
    /// Requests times seconds, in the window.
    area: f64,
    offered: u64,
    sent: u64,
    answered: u64,
    compared: u64,
    completed: u64,
    /// Seconds from sending to answer, of all answers that came within the window.
    service_sum: f64,
    answers: u64,
    bytes_out: u64,
    bytes_in: u64,
    connects: u64,
    longest_queue: usize,
    wrong: Wrong,
    errors: Errors,
    latency: Times,
    service: Times,
    lag: Times,
}

impl Tally {
    /// The window opens.
    pub(crate) fn open(&mut self, now: Instant) {
        (self.opened, self.changed) = (Some(now), Some(now));
        self.at_borders = self.ages(now);
    }

    /// The window closes.
    pub(crate) fn close(&mut self, now: Instant) {
        self.shift(now, 0);
        self.at_borders -= self.ages(now);
        self.closed = Some(now);
    }

    /// For how long those in flight have been so, in seconds and all together.
    fn ages(&mut self, now: Instant) -> f64 {
        self.in_flight as f64 * self.since_first(now) - self.sent_at
    }

    fn since_first(&mut self, moment: Instant) -> f64 {
        moment.saturating_duration_since(*self.first.get_or_insert(moment)).as_secs_f64()
    }

    /// How many requests are sent and not answered.
    pub(crate) fn in_flight(&self) -> u64 {
        self.in_flight
    }

    /// Whether this request is one of the window's.
    pub(crate) fn counts(&self, due: Instant) -> bool {
        self.opened.is_some_and(|opened| opened <= due) && self.closed.is_none_or(|closed| due < closed)
    }

    fn is_open(&self) -> bool {
        self.opened.is_some() && self.closed.is_none()
    }

    fn shift(&mut self, now: Instant, by: i64) {
        if let Some(changed) = self.changed.filter(|_| self.is_open()) {
            self.area += self.in_flight as f64 * now.saturating_duration_since(changed).as_secs_f64();
            self.changed = Some(now);
        }
        self.in_flight = self.in_flight.saturating_add_signed(by);
    }

    /// So many requests were due.
    pub(crate) fn due(&mut self, due: Instant, count: usize) {
        if self.counts(due) {
            self.offered += count as u64;
        }
    }

    /// So many requests wait for a connection.
    pub(crate) fn queued(&mut self, requests: usize) {
        if self.is_open() {
            self.longest_queue = self.longest_queue.max(requests);
        }
    }

    /// A request was sent, `promptly` if a connection was free when it was due.
    pub(crate) fn sent(&mut self, request: &Sent, promptly: bool) {
        self.shift(request.sent, 1);
        self.sent_at += self.since_first(request.sent);
        if self.counts(request.due) {
            self.sent += 1;
            if promptly {
                self.lag.add(request.sent - request.due);
            }
        }
    }

    /// Its answer is there.
    pub(crate) fn answered(&mut self, request: &Sent, now: Instant, compared: bool, verdict: Result<(), String>) {
        self.shift(now, -1);
        self.sent_at -= self.since_first(request.sent);
        let service = now - request.sent;
        if self.is_open() {
            self.answers += 1;
            self.service_sum += service.as_secs_f64();
            self.completed += u64::from(verdict.is_ok());
        }
        if self.counts(request.due) {
            self.answered += 1;
            self.compared += u64::from(compared);
            self.latency.add(now - request.due);
            self.service.add(service);
            if let Err(what) = verdict {
                self.wrong.count += 1;
                keep(&mut self.wrong.samples, || what);
            }
        }
    }

    /// There will be no answer to these.
    pub(crate) fn lost(&mut self, requests: &[Sent], now: Instant, kind: ErrorKind, why: &dyn Fn() -> String) {
        self.shift(now, -(requests.len() as i64));
        for request in requests {
            self.sent_at -= self.since_first(request.sent);
            if self.counts(request.due) {
                self.latency.add(now - request.due);
                self.error(kind, why);
            }
        }
    }

    /// A lot of so many was never sent.
    pub(crate) fn unsent(&mut self, due: Instant, count: usize, now: Instant) {
        if self.counts(due) {
            for _ in 0..count {
                self.latency.add(now - due);
                self.error(ErrorKind::Unsent, &|| ErrorKind::Unsent.to_string());
            }
        }
    }

    /// Something went wrong that is no request's fault.
    pub(crate) fn failed(&mut self, kind: ErrorKind, why: &dyn Fn() -> String) {
        if self.is_open() {
            self.error(kind, why);
        }
    }

    fn error(&mut self, kind: ErrorKind, why: &dyn Fn() -> String) {
        *self.errors.counts.entry(kind).or_default() += 1;
        keep(&mut self.errors.samples, why);
    }

    /// Bytes went out and came in.
    pub(crate) fn moved(&mut self, out: usize, into: usize) {
        if self.is_open() {
            self.bytes_out += out as u64;
            self.bytes_in += into as u64;
        }
    }

    /// A connection was opened.
    pub(crate) fn connected(&mut self) {
        self.connects += u64::from(self.is_open());
    }

    /// All of it; without latencies if the loop was closed.
    pub(crate) fn outcome<P>(self, is_open_loop: bool, generator: Generator, probes: [P; 2]) -> Outcome<P> {
        let window = self.opened.zip(self.closed).map_or(Duration::ZERO, |(opened, closed)| closed - opened);
        let seconds = window.as_secs_f64().max(f64::MIN_POSITIVE);
        let each = |bytes: u64| bytes as f64 / self.answers.max(1) as f64;
        let open = is_open_loop.then(|| Open {
            offered: self.offered as f64 / seconds,
            latency: self.latency.told(),
            service: self.service.told(),
            lag: self.lag.told(),
            longest_queue: self.longest_queue as u64,
        });
        Outcome {
            seconds,
            achieved: self.completed as f64 / seconds,
            completed: self.completed,
            sent: self.sent,
            answered: self.answered,
            compared: self.compared,
            open,
            in_flight: self.area / seconds,
            // Answers per second, times seconds each took on average: the answers themselves cancel out.
            in_flight_by_little: self.service_sum / seconds,
            in_flight_at_borders: self.at_borders / seconds,
            bytes_out: each(self.bytes_out),
            bytes_in: each(self.bytes_in),
            connects: self.connects,
            wrong: self.wrong,
            errors: self.errors,
            generator,
            probes,
        }
    }
}

fn keep(samples: &mut Vec<String>, what: impl FnOnce() -> String) {
    if samples.len() < SAMPLES {
        samples.push(what());
    }
}

#[cfg(test)]
mod tests;
