//! When requests are due: from the clock and the seed alone, never from the answers.

use crate::plan::{Pace, Plan};
use fastrand::Rng;
use std::time::{Duration, Instant};

/// The moments at which lots of requests are due, in order.
pub(crate) struct Schedule {
    start: Instant,
    /// Seconds from one to the next, on average.
    gap: f64,
    /// Seconds from the start to the next; summed up so that nothing drifts.
    next: f64,
    /// How many there have been.
    count: u64,
    random: Option<Rng>,
}

impl Schedule {
    /// From `start` on; none for a plan that goes flat out.
    pub(crate) fn new(plan: &Plan, start: Instant) -> Option<Self> {
        let gap = plan.depth as f64 / plan.rate()?;
        let random = matches!(plan.pace, Pace::Poisson(_)).then(|| Rng::with_seed(plan.seed ^ 0x5eed));
        Some(Schedule { start, gap, next: 0.0, count: 0, random })
    }

    /// When the next is due.
    pub(crate) fn next(&self) -> Instant {
        self.start + Duration::from_secs_f64(self.next)
    }

    /// The next, if it is due.
    pub(crate) fn take(&mut self, now: Instant) -> Option<Instant> {
        let due = Some(self.next()).filter(|next| *next <= now)?;
        self.count += 1;
        self.next = match &mut self.random {
            // The gaps of a Poisson process are exponentially distributed.
            Some(random) => self.next - self.gap * (1.0 - random.f64()).ln(),
            None => self.count as f64 * self.gap,
        };
        Some(due)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Exchange, Expected};

    fn gaps(pace: Pace, depth: usize, seconds: u64) -> Vec<f64> {
        let exchange = Exchange::get("/", Expected::Bytes(Vec::new()));
        let plan = Plan { depth, ..Plan::new(([127, 0, 0, 1], 80).into(), vec![exchange], pace) };
        let start = Instant::now();
        let mut schedule = Schedule::new(&plan, start).expect("a rate");
        let end = start + Duration::from_secs(seconds);
        let due: Vec<_> = std::iter::from_fn(|| schedule.take(end)).collect();
        assert_eq!(due[0], start);
        due.windows(2).map(|pair| (pair[1] - pair[0]).as_secs_f64()).collect()
    }

    #[test]
    fn even_gaps_are_even_and_do_not_drift() {
        // A third has no end in binary.
        let gaps = gaps(Pace::Rate(3.0), 1, 100_000);
        assert_eq!(gaps.len(), 300_000);
        assert!(gaps.iter().all(|gap| (gap - 1.0 / 3.0).abs() < 1e-8));
    }

    #[test]
    fn a_lot_counts_as_many_requests() {
        assert_eq!(gaps(Pace::Rate(1600.0), 16, 10).len(), 1000);
    }

    #[test]
    fn random_gaps_spread_as_much_as_they_are_long() {
        let gaps = gaps(Pace::Poisson(1000.0), 1, 100);
        let mean = gaps.iter().sum::<f64>() / gaps.len() as f64;
        let spread = gaps.iter().map(|gap| (gap - mean).powi(2)).sum::<f64>() / gaps.len() as f64;
        assert!((mean * 1000.0 - 1.0).abs() < 0.02, "{mean}");
        assert!((spread.sqrt() / mean - 1.0).abs() < 0.03, "{spread}");
    }
}
