//! Medians and their intervals.

use serde::Serialize;
use statrs::{
    distribution::{Binomial, DiscreteCDF},
    statistics::{Data, OrderStatistics},
};

/// How sure the intervals are.
pub const CONFIDENCE: f64 = 0.95;

/// A median, and the interval that has the true one with 95 % certainty.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Estimate {
    /// The median.
    pub median: f64,
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

/// The median of some values, at least one. The interval is that of the order statistics, which asks for
/// nothing but that the values are independent: so many of them lie below the true median as coins fall on
/// one side ([a confidence interval for a median](https://online.stat.psu.edu/stat415/lesson/19/19.1)).
pub fn median_of(values: &[f64]) -> Estimate {
    median_at(values, CONFIDENCE)
}

/// The same with an interval as sure as `confidence`, or as the values allow.
pub fn median_at(values: &[f64], confidence: f64) -> Estimate {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let n = sorted.len();
    let below = Binomial::new(0.5, n as u64).map_or(0, |coins| coins.inverse_cdf((1.0 - confidence) / 2.0)) as usize;
    // Too few values have no such interval, only their ends.
    let (low, high) = (below.saturating_sub(1), (n - below.max(1)).min(n - 1));
    Estimate { median: Data::new(sorted.clone()).median(), low: sorted[low], high: sorted[high] }
}

/// The median of the ratios of two series of the same rounds.
pub fn ratio_of(one: &[f64], other: &[f64]) -> Estimate {
    let ratios: Vec<_> = one.iter().zip(other).map(|(one, other)| one / other).collect();
    median_of(&ratios)
}

impl Estimate {
    /// Whether the two intervals have anything in common.
    pub fn meets(&self, other: &Estimate) -> bool {
        self.low <= other.high && other.low <= self.high
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_median_lies_within_its_interval() {
        let values: Vec<_> = (1..=41).map(f64::from).collect();
        // The table of the binomial distribution has the 14th and the 28th of 41 at 95 %.
        assert_eq!(median_of(&values), Estimate { median: 21.0, low: 14.0, high: 28.0 });
        // Of sixteen, the least and the greatest have it between them but once in 2^15.
        assert_eq!(median_at(&values[..16], 0.9999), Estimate { median: 8.5, low: 1.0, high: 16.0 });
        assert_eq!(median_at(&values[..16], 0.95), Estimate { median: 8.5, low: 4.0, high: 13.0 });
        assert_eq!(median_of(&[3.0]), Estimate { median: 3.0, low: 3.0, high: 3.0 });
        assert_eq!(median_of(&[1.0, 2.0]), Estimate { median: 1.5, low: 1.0, high: 2.0 });
    }

    /// Of many intervals about 95 in 100 have the true median, 0.5 here.
    #[test]
    fn intervals_are_as_sure_as_they_say() {
        let mut random = fastrand::Rng::with_seed(1);
        let sure = (0..2000).filter(|_| {
            let values: Vec<_> = (0..40).map(|_| random.f64()).collect();
            let estimate = median_of(&values);
            (estimate.low..=estimate.high).contains(&0.5)
        });
        let share = sure.count() as f64 / 2000.0;
        assert!((0.94..0.98).contains(&share), "{share}");
    }

    #[test]
    fn ratios_are_paired() {
        let ratio = ratio_of(&[2.0, 20.0, 200.0], &[1.0, 10.0, 100.0]);
        assert_eq!((ratio.median, ratio.low, ratio.high), (2.0, 2.0, 2.0));
        assert!(ratio.meets(&Estimate { median: 1.0, low: 0.0, high: 2.0 }));
        assert!(!ratio.meets(&Estimate { median: 1.0, low: 0.0, high: 1.9 }));
    }
}
