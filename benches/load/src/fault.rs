//! What voids a run.

use crate::outcome::{Open, Outcome};
use serde::{Deserialize, Serialize};
use std::fmt;

/// At least this share of the offered rate must be achieved.
pub const MIN_ACHIEVED: f64 = 0.99;
/// So many answers may be missing whatever their share, for what was under way at the window's borders.
pub const AT_BORDERS: f64 = 3.0;
/// The generator may be at work for this share of the time. Above it waits for itself.
pub const MAX_BUSY: f64 = 0.9;
/// The share of the time in which something else may run on the generator's core.
pub const MAX_PREEMPTED: f64 = 0.05;
/// The share of the median latency that the generator's own median lateness may be.
pub const MAX_LAG: f64 = 0.1;
/// The share of a percentile of the latency that the same percentile of the generator's lateness may be.
pub const MAX_CLOUD: f64 = 0.5;
/// By how much of itself the number in flight may differ from Little's law, beside what the window's borders
/// explain. The rest is an identity, so this is for the clock's grain alone.
pub const MAX_LITTLE: f64 = 0.01;

/// One reason why a run is void. Displayed, it is a sentence.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "snake_case", tag = "fault")]
pub enum Fault {
    /// No answer came.
    Nothing,
    /// Answers were wrong.
    Wrong {
        /// How many.
        count: u64,
        /// One of them.
        sample: String,
    },
    /// Requests got no answer, or connections ended as they should not.
    Errors {
        /// How many.
        count: u64,
        /// One of them.
        sample: String,
    },
    /// Less was achieved than [`MIN_ACHIEVED`] of what was offered: the server cannot keep up.
    Short {
        /// The share.
        share: f64,
    },
    /// The generator was at work for more than [`MAX_BUSY`] of the time: it was the limit.
    Busy {
        /// The share.
        share: f64,
    },
    /// The generator did not get to run for more than [`MAX_PREEMPTED`] of the time. What it was late for looks
    /// as if the server had been slow; CPU times of the server stay what they are.
    Preempted {
        /// The share.
        share: f64,
    },
    /// Others ran on the server's core, and the server had to wait for them. It answers several requests at
    /// once then, so even its own time for a request is another. Only who watches the server can tell.
    Shared {
        /// The share of the time for which it waited.
        share: f64,
    },
    /// The generator's median lateness was more than [`MAX_LAG`] of the median latency. One that is late now
    /// and then voids no run, but see [`Open::clouded`].
    Late {
        /// The share.
        share: f64,
    },
    /// The number in flight and Little's law differ by more than [`MAX_LITTLE`].
    Little {
        /// In flight, by the integral over time.
        counted: f64,
        /// In flight, by Little's law, less what the borders explain.
        by_law: f64,
    },
}

impl Fault {
    /// Whether the generator or its machine is to blame rather than the server: the run is worth repeating.
    pub fn is_own(&self) -> bool {
        matches!(
            self,
            Fault::Busy { .. }
                | Fault::Preempted { .. }
                | Fault::Shared { .. }
                | Fault::Late { .. }
                | Fault::Little { .. }
        )
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fault::Nothing => f.write_str("no right answer came within the window"),
            Fault::Wrong { count, sample } => write!(f, "{count} wrong answers, such as {sample}"),
            Fault::Errors { count, sample } => write!(f, "{count} errors, such as {sample}"),
            Fault::Short { share } => {
                write!(f, "{:.1} % of the offered rate was achieved: the server cannot keep up", share * 100.0)
            }
            Fault::Busy { share } => {
                write!(f, "the generator was at work for {:.0} % of the time: it was itself the limit", share * 100.0)
            }
            Fault::Preempted { share } => {
                write!(f, "something else ran on the generator's core for {:.0} % of the time", share * 100.0)
            }
            Fault::Shared { share } => {
                write!(f, "the server waited for others on its core for {:.0} % of the time", share * 100.0)
            }
            Fault::Late { share } => {
                write!(f, "{:.0} % of the median latency is the generator's own: it was late as a rule", share * 100.0)
            }
            Fault::Little { counted, by_law } => {
                write!(f, "{counted:.3} requests were in flight, {by_law:.3} by Little's law: a count is broken")
            }
        }
    }
}

impl<P> Outcome<P> {
    /// All that voids this run; nothing if it is sound.
    pub fn faults(&self) -> Vec<Fault> {
        let sample = |samples: &[String]| samples.first().cloned().unwrap_or_default();
        let (wrong, errors) = (self.wrong.count, self.errors.total());
        let server = [
            (self.completed == 0).then_some(Fault::Nothing),
            (wrong > 0).then(|| Fault::Wrong { count: wrong, sample: sample(&self.wrong.samples) }),
            (errors > 0).then(|| Fault::Errors { count: errors, sample: sample(&self.errors.samples) }),
            self.short(),
        ];
        let (busy, preempted) = (self.generator.busy, self.generator.preempted);
        let own = [
            (busy > MAX_BUSY).then_some(Fault::Busy { share: busy }),
            (preempted > MAX_PREEMPTED).then_some(Fault::Preempted { share: preempted }),
            self.late(),
            self.little(),
        ];
        server.into_iter().chain(own).flatten().collect()
    }

    fn short(&self) -> Option<Fault> {
        let offered = self.open.as_ref()?.offered;
        let missing = (offered - self.achieved) * self.seconds;
        let share = self.achieved / offered;
        (share < MIN_ACHIEVED && missing > AT_BORDERS).then_some(Fault::Short { share })
    }

    fn late(&self) -> Option<Fault> {
        let open = self.open.as_ref()?;
        let share = open.lag.p50 / open.latency.p50;
        (share > MAX_LAG).then_some(Fault::Late { share })
    }

    fn little(&self) -> Option<Fault> {
        let (counted, by_law) = (self.in_flight, self.in_flight_by_little - self.in_flight_at_borders);
        let differs = (counted - by_law).abs() > MAX_LITTLE * counted.max(by_law);
        (self.completed > 0 && differs).then_some(Fault::Little { counted, by_law })
    }
}

impl Open {
    /// The percentiles of the latency that say more of the generator than of the server, because its own
    /// lateness is more than [`MAX_CLOUD`] of them: something else ran on its core now and then. They should
    /// not be shown as the server's.
    pub fn clouded(&self) -> Vec<&'static str> {
        let (lag, latency) = (&self.lag, &self.latency);
        let percentiles = [
            ("p50", lag.p50, latency.p50),
            ("p90", lag.p90, latency.p90),
            ("p99", lag.p99, latency.p99),
            ("p999", lag.p999, latency.p999),
            ("max", lag.max, latency.max),
        ];
        let clouded = percentiles.iter().filter(|(_, lag, latency)| *lag > MAX_CLOUD * latency);
        clouded.map(|(name, _, _)| *name).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::distribution::Distribution;
    use crate::outcome::{ErrorKind, Errors, Generator, Wrong};

    fn sound() -> Outcome {
        let times = |p50| Distribution { count: 10_000, p50, ..Distribution::default() };
        Outcome {
            seconds: 1.0,
            achieved: 9_990.0,
            completed: 9_990,
            sent: 10_000,
            answered: 10_000,
            compared: 10_000,
            wrong: Wrong::default(),
            errors: Errors::default(),
            open: Some(Open {
                offered: 10_000.0,
                latency: times(50.0),
                service: times(48.0),
                lag: times(2.0),
                longest_queue: 0,
            }),
            in_flight: 0.48,
            in_flight_by_little: 0.47,
            in_flight_at_borders: -0.009,
            bytes_out: 60.0,
            bytes_in: 200.0,
            connects: 0,
            generator: Generator { cpu: 1.0, busy: 0.3, preempted: 0.0 },
            probes: [(), ()],
        }
    }

    #[test]
    fn each_fault_is_told_alone() {
        let told = |change: &dyn Fn(&mut Outcome)| {
            let mut outcome = sound();
            change(&mut outcome);
            outcome.faults().iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
        };
        assert_eq!(told(&|_| {}), "");
        let wrong = |outcome: &mut Outcome| outcome.wrong = Wrong { count: 2, samples: vec!["this".to_owned()] };
        assert_eq!(told(&wrong), "2 wrong answers, such as this");
        let errors = |outcome: &mut Outcome| {
            outcome.errors.counts.insert(ErrorKind::Reset, 3);
        };
        assert_eq!(told(&errors), "3 errors, such as ");
        assert!(told(&|outcome| outcome.achieved = 9_890.0).starts_with("98.9 %"));
        assert!(told(&|outcome| outcome.generator.busy = 0.91).starts_with("the generator was at work for 91 %"));
        assert!(told(&|outcome| outcome.generator.preempted = 0.06).starts_with("something else ran"));
        assert!(told(&|outcome| outcome.in_flight = 0.49).contains("Little"));
        let late = |outcome: &mut Outcome| outcome.open.iter_mut().for_each(|open| open.lag.p50 = 6.0);
        assert!(told(&late).starts_with("12 % of the median latency"));
        let nothing = |outcome: &mut Outcome| (outcome.completed, outcome.open) = (0, None);
        assert_eq!(told(&nothing), "no right answer came within the window");
    }

    #[test]
    fn percentiles_of_the_generator_are_not_the_servers() {
        let mut open = sound().open.expect("an open loop");
        assert!(open.clouded().is_empty());
        (open.latency.p99, open.lag.p99) = (100.0, 49.0);
        (open.latency.p999, open.lag.p999) = (1000.0, 501.0);
        assert_eq!(open.clouded(), ["p999"]);
    }

    #[test]
    fn what_is_under_way_at_the_borders_is_no_fault() {
        let mut outcome = sound();
        // Ten large downloads, of which the last ended behind the window.
        outcome.open.iter_mut().for_each(|open| open.offered = 10.0);
        (outcome.achieved, outcome.completed) = (9.0, 9);
        (outcome.in_flight, outcome.in_flight_by_little, outcome.in_flight_at_borders) = (0.5, 0.45, -0.05);
        assert_eq!(outcome.faults(), []);
    }
}
