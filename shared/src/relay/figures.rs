//! What relaying adds to `/metrics`.

use crate::{domain::Sibling, telemetry::Metrics};
use metrics::{counter, describe_counter, describe_gauge, gauge};

/// Names the series; those without labels are there from the start.
pub(super) fn describe(metrics: &Metrics) {
    metrics.on(|| {
        describe_counter!("relay_attempts_total", "Questions to siblings, by sibling and outcome.");
        describe_counter!("relay_retries_total", "Questions to another sibling, after one had failed.");
        describe_counter!("relay_limited_total", "Requests of clients that asked too often (429).");
        describe_counter!("relay_refused_total", "Requests for which no sibling could be asked (503).");
        describe_gauge!("relay_breaker_state", "Of a sibling's circuit breaker: 0 closed, 1 half-open, 2 open.");
        for name in ["relay_retries_total", "relay_limited_total", "relay_refused_total"] {
            counter!(name).absolute(0);
        }
    });
}

/// A sibling was asked.
pub(super) fn attempt(metrics: &Metrics, sibling: &Sibling, outcome: &'static str) {
    metrics.on(|| counter!("relay_attempts_total", "sibling" => label(sibling), "outcome" => outcome).increment(1));
}

/// Another sibling is asked.
pub(super) fn retried(metrics: &Metrics) {
    metrics.on(|| counter!("relay_retries_total").increment(1));
}

/// A client asks too often.
pub(super) fn limited(metrics: &Metrics) {
    metrics.on(|| counter!("relay_limited_total").increment(1));
}

/// Nobody can be asked.
pub(super) fn refused(metrics: &Metrics) {
    metrics.on(|| counter!("relay_refused_total").increment(1));
}

/// A breaker is in another state.
pub(super) fn breaker(metrics: &Metrics, sibling: &Sibling, state: u8) {
    metrics.on(|| gauge!("relay_breaker_state", "sibling" => label(sibling)).set(state));
}

fn label(sibling: &Sibling) -> String {
    format!("{}@{}", sibling.name, sibling.address)
}
