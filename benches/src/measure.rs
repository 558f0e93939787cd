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
    use std::cell::RefCell;

    #[test]
    fn every_round_has_each_once_in_an_order_of_its_own() {
        let calls = RefCell::new(Vec::new());
        let names = ["one", "two", "three"];
        let contender = |name: &'static str| Contender {
            name: name.to_owned(),
            pass: Box::new({
                let calls = &calls;
                move || {
                    calls.borrow_mut().push(name);
                    (0..1000).fold(1, |sum: u64, at| black_box(sum.wrapping_mul(at | 1)))
                }
            }),
            lookups: 10,
        };
        let mut contenders = names.map(contender);
        let mut rounds = Vec::new();
        let series = interleave(&mut contenders, &Plan { rounds: 20, seed: 1 }, &mut || {
            rounds.push(calls.borrow().last().copied().unwrap_or_default());
        });
        assert!(series.iter().map(|series| series.name.as_str()).eq(names));
        assert!(series.iter().all(|series| series.ns.len() == 20 && series.ns.iter().all(|ns| *ns > 0.0)));
        let orders: std::collections::BTreeSet<_> = rounds.chunks(names.len()).collect();
        assert!(orders.len() > 3, "{orders:?}");
        for order in orders {
            assert!(names.iter().all(|name| order.contains(name)), "{order:?}");
        }
    }
}
