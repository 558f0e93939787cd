//! The figures of requests by operation, method and status.
//!
//! To find a figure by its labels costs a dozen allocations and two locks
//! ([`metrics`](https://docs.rs/metrics/0.24/metrics/macro.counter.html#use)), so each is found once, when it is first
//! counted, and kept.

use super::Metrics;
use crate::contract::Operation;
use metrics::{Counter, Histogram, counter, histogram};
use std::{array, sync::OnceLock, time::Duration};

/// The methods that a figure can name; the last is for all that clients invent, as a label may not grow without bound.
const METHODS: [&str; 10] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "CONNECT", "TRACE", "other"];

/// The statuses whose figure is kept, ascending. Another is counted too, at the price of finding it each time.
const STATUSES: [u16; 29] = [
    101, 200, 201, 204, 206, 304, 400, 403, 404, 405, 406, 408, 409, 411, 412, 413, 414, 415, 416, 417, 421, 422, 426,
    429, 431, 500, 502, 503, 504,
];

/// All of them, for one server.
pub(super) struct Requests {
    /// By operation, those of no operation last, and then by method.
    kinds: Box<[OnceLock<Kind>]>,
}

/// Requests of one operation and method.
struct Kind {
    latency: Histogram,
    /// By status.
    counts: [OnceLock<Counter>; STATUSES.len()],
}

impl Requests {
    /// None yet.
    pub(super) fn new() -> Self {
        let kinds = (Operation::COUNT + 1) * METHODS.len();
        Requests { kinds: (0..kinds).map(|_| OnceLock::new()).collect() }
    }

    /// Counts one.
    pub(super) fn count(
        &self,
        metrics: &Metrics,
        operation: Option<Operation>,
        method: Method,
        status: u16,
        took: Duration,
    ) {
        let name = operation.map_or("none", Operation::name);
        let row = operation.map_or(Operation::COUNT, |operation| operation as usize);
        let Some(kind) = self.kinds.get(row * METHODS.len() + method.0) else { return };
        let kind = kind.get_or_init(|| metrics.on(|| Kind::new(name, method)));
        let counter = || metrics.on(|| requests(name, method, status));
        match STATUSES.binary_search(&status) {
            Ok(at) => kind.counts[at].get_or_init(counter).increment(1),
            Err(_) => counter().increment(1),
        }
        kind.latency.record(took);
    }
}

impl Kind {
    fn new(operation: &'static str, method: Method) -> Self {
        let latency = histogram!("http_request_duration_seconds", "operation" => operation, "method" => method.name());
        Kind { latency, counts: array::from_fn(|_| OnceLock::new()) }
    }
}

fn requests(operation: &'static str, method: Method, status: u16) -> Counter {
    let status = status.to_string();
    counter!("http_requests_total", "operation" => operation, "method" => method.name(), "status" => status)
}

/// What a figure says of a request's method: its place in [`METHODS`].
#[derive(Clone, Copy)]
pub(super) struct Method(usize);

impl Method {
    pub(super) fn of(token: &str) -> Self {
        Method(METHODS.iter().position(|known| *known == token).unwrap_or(METHODS.len() - 1))
    }

    fn name(self) -> &'static str {
        METHODS[self.0]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses_can_be_searched() {
        assert!(STATUSES.is_sorted());
    }
}
