//! Whether a sibling is worth being asked: a circuit breaker for each
//! ([failsafe](https://docs.rs/failsafe); the idea is told by
//! [Fowler](https://martinfowler.com/bliki/CircuitBreaker.html)).
//!
//! ```text
//! closed --- too many failures ---> open --- after a pause ---> half-open --- success ---> closed
//!                                    ^                              |
//!                                    '----------- failure ----------'
//! ```
//!
//! The library lets everybody through while half-open; here one request makes the trial, and the others go elsewhere.

use super::figures;
use crate::{domain::Sibling, telemetry::Metrics};
use failsafe::{
    Config, FailurePolicy, Instrument, StateMachine, backoff,
    failure_policy::{
        ConsecutiveFailures, OrElse, SuccessRateOverTimeWindow, consecutive_failures, success_rate_over_time_window,
    },
};
use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU8, Ordering},
    },
    time::{Duration, Instant},
};

/// So many failures in a row open it, whatever came before.
const IN_A_ROW: u32 = 5;
/// Over how long the share of failures is taken; recent ones weigh more.
pub(super) const WINDOW: Duration = Duration::from_secs(10);
/// A share of fewer requests than this says nothing.
const FEWEST: u32 = 10;

const CLOSED: u8 = 0;
const HALF_OPEN: u8 = 1;
const OPEN: u8 = 2;

type Policy = OrElse<SuccessRateOverTimeWindow<backoff::Constant>, ConsecutiveFailures<backoff::Constant>>;

/// When a breaker opens, and for how long.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rule {
    /// The share of failures above which it opens, 0 to 1.
    pub share: f64,
    /// Over how long that is taken, in whole seconds.
    pub window: Duration,
    /// How long it stays open.
    pub pause: Duration,
}

/// The breaker of one sibling.
pub(super) struct Breaker {
    pub sibling: Sibling,
    machine: StateMachine<Policy, Gauge>,
    gauge: Gauge,
    pause: Duration,
    /// Whether somebody makes the trial.
    on_trial: AtomicBool,
}

/// What the machine tells of its states.
#[derive(Clone)]
struct Gauge(Arc<Told>);

struct Told {
    sibling: Sibling,
    metrics: Metrics,
    state: AtomicU8,
    opened: Mutex<Option<Instant>>,
}

impl Breaker {
    /// A closed one.
    pub fn new(sibling: Sibling, rule: Rule, metrics: &Metrics) -> Self {
        let (state, opened) = (AtomicU8::new(CLOSED), Mutex::default());
        let gauge = Gauge(Arc::new(Told { sibling: sibling.clone(), metrics: metrics.clone(), state, opened }));
        let pause = backoff::constant(rule.pause);
        let by_share =
            success_rate_over_time_window(1.0 - rule.share.clamp(0.0, 1.0), FEWEST, rule.window, pause.clone());
        let policy = by_share.or_else(consecutive_failures(IN_A_ROW, pause));
        let machine = Config::new().failure_policy(policy).instrument(gauge.clone()).build();
        Breaker { sibling, machine, gauge, pause: rule.pause, on_trial: AtomicBool::new(false) }
    }

    /// Leave to ask, if there is.
    pub fn enter(self: &Arc<Self>) -> Option<Permit> {
        let may = self.machine.is_call_permitted();
        let is_trial = self.gauge.0.state.load(Ordering::SeqCst) == HALF_OPEN;
        if !may || is_trial && self.on_trial.swap(true, Ordering::SeqCst) {
            return None;
        }
        Some(Permit { breaker: self.clone(), is_trial, settled: AtomicBool::new(false) })
    }

    /// How long until it may be worth asking again; nothing if it is now.
    pub fn wait(&self) -> Duration {
        let opened = self.gauge.0.opened.lock().unwrap_or_else(PoisonError::into_inner);
        opened.map_or(Duration::ZERO, |opened| self.pause.saturating_sub(opened.elapsed()))
    }
}

impl Instrument for Gauge {
    fn on_call_rejected(&self) {}

    fn on_open(&self) {
        *self.0.opened.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
        self.change(OPEN, "open: it is not asked for a while");
    }

    fn on_half_open(&self) {
        self.change(HALF_OPEN, "half-open: one request will tell");
    }

    fn on_closed(&self) {
        self.change(CLOSED, "closed: it is asked as before");
    }
}

impl Gauge {
    fn change(&self, state: u8, told: &'static str) {
        // Closed is also what it begins with.
        if self.0.state.swap(state, Ordering::SeqCst) != state {
            tracing::info!(sibling = self.0.sibling.name, address = %self.0.sibling.address, "breaker {told}");
        }
        figures::breaker(&self.0.metrics, &self.0.sibling, state);
    }
}

/// Leave to ask one sibling. Dropped without a word, as when the client leaves, it says nothing of the sibling.
pub(super) struct Permit {
    breaker: Arc<Breaker>,
    is_trial: bool,
    settled: AtomicBool,
}

impl Permit {
    /// Whom to ask.
    pub fn sibling(&self) -> &Sibling {
        &self.breaker.sibling
    }

    /// How it went; only the first word counts.
    pub fn settle(&self, went_well: bool) {
        if self.settled.swap(true, Ordering::SeqCst) {
            return;
        }
        match went_well {
            true => self.breaker.machine.on_success(),
            false => self.breaker.machine.on_error(),
        }
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        if self.is_trial {
            self.breaker.on_trial.store(false, Ordering::SeqCst);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::thread::sleep;

    const PAUSE: Duration = Duration::from_millis(30);

    fn breaker() -> Arc<Breaker> {
        let rule = Rule { share: 0.5, window: Duration::from_secs(1), pause: PAUSE };
        let sibling = Sibling::parse("axum-server", "127.0.0.1:1", "1").expect("sound");
        Arc::new(Breaker::new(sibling, rule, &Metrics::new()))
    }

    fn fail(breaker: &Arc<Breaker>, times: u32) {
        for _ in 0..times {
            breaker.enter().expect("closed").settle(false);
        }
    }

    #[test]
    fn failures_open_it_and_one_trial_closes_it() {
        let breaker = breaker();
        fail(&breaker, IN_A_ROW - 1);
        breaker.enter().expect("closed").settle(true);
        fail(&breaker, IN_A_ROW);
        assert!(breaker.enter().is_none(), "open");
        assert!(breaker.wait() > Duration::ZERO && breaker.wait() <= PAUSE);
        // The clock is all that can be awaited here.
        sleep(PAUSE * 2);
        let trial = breaker.enter().expect("half-open");
        assert!(breaker.enter().is_none(), "one at a time");
        drop(trial);
        let trial = breaker.enter().expect("the trial was given up");
        trial.settle(false);
        drop(trial);
        assert!(breaker.enter().is_none(), "open again");
        sleep(PAUSE * 2);
        let trial = breaker.enter().expect("half-open");
        trial.settle(true);
        let [one, two] = [breaker.enter(), breaker.enter()];
        assert!(one.is_some() && two.is_some(), "closed");
        assert_eq!(breaker.wait(), Duration::ZERO);
    }

    /// Whether it opens within some windows of so many successes behind each two failures: never five in a row.
    fn opens(share: f64, successes: usize) -> bool {
        let window = Duration::from_secs(1);
        let sibling = Sibling::parse("axum-server", "127.0.0.1:1", "1").expect("sound");
        let breaker = Arc::new(Breaker::new(sibling, Rule { share, window, pause: window * 9 }, &Metrics::new()));
        let begun = Instant::now();
        while begun.elapsed() < window * 2 {
            for went_well in [false, false].into_iter().chain(std::iter::repeat_n(true, successes)) {
                let Some(permit) = breaker.enter() else { return true };
                permit.settle(went_well);
                // Each counts for the time since the one before it: of those within one millisecond the first alone does.
                sleep(Duration::from_millis(4));
            }
        }
        false
    }

    #[test]
    fn a_share_of_failures_opens_it_and_a_smaller_one_does_not() {
        assert!(opens(0.5, 1), "two of three fail");
        assert!(!opens(0.5, 8), "two of ten fail");
        assert!(!opens(0.9, 1), "two of three fail, and nine of ten may");
    }

    #[test]
    fn a_permit_without_a_word_says_nothing() {
        let breaker = breaker();
        for _ in 0..100 {
            drop(breaker.enter().expect("closed"));
        }
        let permit = breaker.enter().expect("closed");
        permit.settle(true);
        (0..100).for_each(|_| permit.settle(false));
        fail(&breaker, IN_A_ROW - 1);
        assert!(breaker.enter().is_some(), "only the first word counts");
    }
}
