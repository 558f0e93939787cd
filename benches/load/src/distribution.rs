//! Times, many of them, and what can be said of them.

use hdrhistogram::Histogram;
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, time::Duration};

/// The longest time that is told apart from longer ones.
const LONGEST: Duration = Duration::from_secs(600);

/// Times in microseconds. Percentiles are exact to 0.1 %, `counts` to 3 %.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
pub struct Distribution {
    /// How many there were.
    pub count: u64,
    /// Their mean.
    pub mean: f64,
    /// Half of them were at most this.
    pub p50: f64,
    /// 90 % were at most this.
    pub p90: f64,
    /// 99 % were at most this.
    pub p99: f64,
    /// 99.9 % were at most this. It takes some thousands to mean anything.
    pub p999: f64,
    /// The longest.
    pub max: f64,
    /// All of them: so many were at most so many microseconds, and above those of the entry before.
    pub counts: Vec<(u64, u64)>,
}

/// Collects times.
pub(crate) struct Times(Option<Histogram<u64>>);

impl Default for Times {
    fn default() -> Self {
        // These bounds are sound, so there always is one.
        Times(Histogram::new_with_bounds(1, LONGEST.as_nanos() as u64, 3).ok())
    }
}

impl Times {
    pub(crate) fn add(&mut self, time: Duration) {
        if let Some(histogram) = &mut self.0 {
            histogram.saturating_record(time.as_nanos() as u64);
        }
    }

    /// What can be said of them.
    pub(crate) fn told(&self) -> Distribution {
        let Some(histogram) = self.0.as_ref().filter(|histogram| !histogram.is_empty()) else {
            return Distribution::default();
        };
        let at = |quantile| histogram.value_at_quantile(quantile) as f64 / 1e3;
        Distribution {
            count: histogram.len(),
            mean: histogram.mean() / 1e3,
            p50: at(0.5),
            p90: at(0.9),
            p99: at(0.99),
            p999: at(0.999),
            max: histogram.max() as f64 / 1e3,
            counts: counts(histogram),
        }
    }
}

/// In whole microseconds, and coarser, so that a file of many runs can still be read.
fn counts(fine: &Histogram<u64>) -> Vec<(u64, u64)> {
    let mut coarse = BTreeMap::new();
    for bin in fine.iter_recorded() {
        let micros = fine.lowest_equivalent(bin.value_iterated_to()).div_ceil(1000);
        *coarse.entry(rounded(micros)).or_default() += bin.count_at_value();
    }
    coarse.into_iter().collect()
}

/// Up to a number of six binary digits and zeros: 32 steps from one power of two to the next.
fn rounded(micros: u64) -> u64 {
    let zeros = (u64::BITS - micros.leading_zeros()).saturating_sub(6);
    micros.div_ceil(1 << zeros) << zeros
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_those_of_the_times() {
        let mut times = Times::default();
        assert_eq!(times.told(), Distribution::default());
        (1..=100_000).for_each(|micros| times.add(Duration::from_micros(micros)));
        let told = times.told();
        let near = |value: f64, wanted: f64| assert!((value / wanted - 1.0).abs() < 0.001, "{value} for {wanted}");
        near(told.mean, 50_000.0);
        near(told.p50, 50_000.0);
        near(told.p90, 90_000.0);
        near(told.p99, 99_000.0);
        near(told.p999, 99_900.0);
        near(told.max, 100_000.0);
        assert_eq!(told.count, 100_000);
        assert_eq!(told.counts.iter().map(|(_, count)| count).sum::<u64>(), 100_000);
        assert!(told.counts.len() < 500, "{}", told.counts.len());
        assert_eq!(told.counts[9], (10, 1));
        assert!(
            told.counts.last().is_some_and(|(most, _)| (100_000..=103_000).contains(most)),
            "{:?}",
            told.counts.last()
        );
    }

    #[test]
    fn counts_are_rounded_up_by_a_thirty_second_at_most() {
        let mut before = 0;
        for micros in 0..1_000_000 {
            let rounded = rounded(micros);
            assert!(micros <= rounded && rounded - micros <= micros / 32 && rounded >= before, "{micros} to {rounded}");
            before = rounded;
        }
    }

    #[test]
    fn what_is_longer_than_the_longest_still_counts() {
        let mut times = Times::default();
        times.add(LONGEST * 10);
        times.add(Duration::ZERO);
        assert_eq!(times.told().count, 2);
        assert!(times.told().max >= LONGEST.as_micros() as f64 * 0.999);
    }
}
