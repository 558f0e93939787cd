//! Timings of several things in one run, interleaved, so that what disturbs one disturbs all.

use fastrand::Rng;
use std::{
    hint::black_box,
    time::{Duration, Instant},
};

/// How long one timing takes, about: long beside the clock's own cost, short beside a slow second.
const TIMING: Duration = Duration::from_millis(2);

/// Something to time.
pub struct Contender<'a> {
    /// What it is called in the results.
    pub name: String,
    /// Does the work once, and gives back something that hangs on all of it.
    pub pass: Box<dyn FnMut() -> u64 + 'a>,
    /// How many look-ups that is.
    pub lookups: usize,
}

/// How much to measure.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// How often each contender is timed.
    pub rounds: usize,
    /// What the orders are drawn from.
    pub seed: u64,
}

/// All timings of a contender.
pub struct Series {
    /// The contender's name.
    pub name: String,
    /// Nanoseconds for a look-up, by round.
    pub ns: Vec<f64>,
}

/// Times each contender once in each round, in an order that is new in each, and calls `tick` after
/// each timing. Before that each runs for about one timing, which also tells how many passes fill it.
pub fn interleave(contenders: &mut [Contender<'_>], plan: &Plan, tick: &mut dyn FnMut()) -> Vec<Series> {
    let passes: Vec<_> = contenders.iter_mut().map(passes).collect();
    let mut series: Vec<_> =
        contenders.iter().map(|contender| Series { name: contender.name.clone(), ns: Vec::new() }).collect();
    let mut order: Vec<_> = (0..contenders.len()).collect();
    let mut random = Rng::with_seed(plan.seed);
    for _ in 0..plan.rounds {
        random.shuffle(&mut order);
        for &at in &order {
            let contender = &mut contenders[at];
            let taken = time(contender, passes[at]).as_secs_f64() * 1e9;
            series[at].ns.push(taken / (passes[at] * contender.lookups) as f64);
            tick();
        }
    }
    series
}

fn passes(contender: &mut Contender<'_>) -> usize {
    let mut passes = 1;
    loop {
        // The quickest of three: one that was interrupted would make all timings too short.
        let taken = (0..3).map(|_| time(contender, passes)).min().unwrap_or_default();
        if taken >= TIMING / 2 {
            return ((passes as f64 * TIMING.as_secs_f64() / taken.as_secs_f64()) as usize).max(1);
        }
        passes *= 2;
    }
}

fn time(contender: &mut Contender<'_>, passes: usize) -> Duration {
    let start = Instant::now();
    for _ in 0..passes {
        black_box((contender.pass)());
    }
    start.elapsed()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_works_twice_as_long_takes_twice_as_long() {
        let spin = |times: u64| move || (0..times).fold(1, |sum: u64, at| black_box(sum.wrapping_mul(at | 1)));
        let contender = |name: &str, times| Contender { name: name.into(), pass: Box::new(spin(times)), lookups: 10 };
        let mut contenders = [contender("one", 1000), contender("two", 2000)];
        let mut ticks = 0;
        let series = interleave(&mut contenders, &Plan { rounds: 15, seed: 1 }, &mut || ticks += 1);
        assert_eq!((ticks, series[0].ns.len(), series[1].name.as_str()), (30, 15, "two"));
        let ratio = crate::estimate::ratio_of(&series[1].ns, &series[0].ns).median;
        assert!((1.6..2.5).contains(&ratio), "{ratio}");
    }
}
