//! What is measured, and what grows.

use crate::{
    estimate::{Estimate, median_of, ratio_of},
    machine::Machine,
    measure::{Contender, Plan, Series, interleave},
    styles::{
        api::{self, SIZES},
        ask::{self, Ask, Case},
        six,
        style::Ready,
    },
};
use fastrand::Rng;
use serde::Serialize;
use shared::contract::SERVERS;
use std::io;

/// Sizes between which growth is told. One route would be no router.
pub const GROWTH: (usize, usize) = (10, 1000);
/// How much more ours may take at the larger one.
pub const TARGET: f64 = 1.5;
/// Ours, as [`Style::NAME`](super::style::Style::NAME) says it.
pub const OURS: &str = "handrolled tree";

/// Everything that was measured.
#[derive(Serialize)]
pub struct Curves {
    /// Where and with what.
    pub machine: Machine,
    /// What everything random was drawn from.
    pub seed: u64,
    /// How often each was timed.
    pub rounds: usize,
    /// A point for every case, style and size, in this order.
    pub points: Vec<Measured>,
}

/// What one style took for one case at one size.
#[derive(Clone, Debug, Serialize)]
pub struct Measured {
    /// Where in the table the requests led.
    pub case: Case,
    /// The style, as a reader knows it.
    pub style: &'static str,
    /// The folder of the server that routes in this manner.
    pub server: &'static str,
    /// How many routes there were.
    pub routes: usize,
    /// Nanoseconds for a request.
    pub ns: Estimate,
    /// Every timing.
    pub rounds: Vec<f64>,
}

/// How much more a request costs at many routes than at few.
pub struct Growth {
    /// Where in the table the requests led.
    pub case: Case,
    /// The style.
    pub style: &'static str,
    /// That many times as much.
    pub factor: Estimate,
}

/// How many steps it takes, for progress.
pub fn steps(rounds: usize) -> usize {
    Case::ALL.len() * SIZES.len() * SERVERS.len() * rounds
}

/// Measures every case. All styles at all sizes take turns in random order, so that what disturbs the
/// machine disturbs them alike, and what is compared was measured side by side.
///
/// # Errors
/// When an answer is wrong.
pub fn run(seed: u64, rounds: usize, tick: &mut dyn FnMut()) -> io::Result<Curves> {
    let plan = Plan { rounds, seed };
    let points = Case::ALL.into_iter().map(|case| measure(case, &plan, tick)).collect::<io::Result<Vec<_>>>()?;
    let machine = Machine::here(&["actix-web", "axum", "hyper", "matchit", "warp"]);
    Ok(Curves { machine, seed, rounds, points: points.concat() })
}

fn measure(case: Case, plan: &Plan, tick: &mut dyn FnMut()) -> io::Result<Vec<Measured>> {
    let (mut contenders, mut whose) = (Vec::new(), Vec::new());
    let mut random = Rng::with_seed(plan.seed);
    for n in SIZES {
        let routes = api::routes(n);
        let asks = ask::asks(case, &routes, &mut random);
        for (at, style) in six(&routes, &asks).into_iter().enumerate() {
            verify(&style, &asks, n)?;
            whose.push((at, style.name, style.server, n));
            contenders.push(Contender { name: style.name.to_owned(), pass: style.pass, lookups: asks.len() });
        }
    }
    let series = interleave(&mut contenders, plan, tick);
    let mut points: Vec<_> = whose.into_iter().zip(series).collect();
    // They were made size by size; whoever reads them wants curves.
    points.sort_by_key(|((at, _, _, routes), _)| (*at, *routes));
    let point =
        |((_, style, server, routes), Series { ns, .. }): ((usize, &'static str, &'static str, usize), Series)| {
            let rounds = ns.iter().map(|ns| ns.round()).collect();
            Measured { case, style, server, routes, ns: median_of(&ns), rounds }
        };
    Ok(points.into_iter().map(point).collect())
}

fn verify(style: &Ready, asks: &[Ask], n: usize) -> io::Result<()> {
    let wrong = asks.iter().zip(&style.outcomes).find(|(ask, outcome)| ask.expected != **outcome);
    let Some((Ask { method, path, expected }, outcome)) = wrong else { return Ok(()) };
    Err(io::Error::other(format!("{}, {n} routes: {method} {path} is {outcome:?}, not {expected:?}", style.name)))
}

impl Curves {
    /// Every style, in the order of the servers.
    pub fn styles(&self) -> Vec<&'static str> {
        let mut styles = Vec::new();
        for point in &self.points {
            if !styles.contains(&point.style) {
                styles.push(point.style);
            }
        }
        styles
    }

    /// What a style took for a case, size by size.
    pub fn curve(&self, case: Case, style: &str) -> impl Iterator<Item = &Measured> {
        self.points.iter().filter(move |point| point.case == case && point.style == style)
    }

    /// How every style grows, case by case.
    pub fn growths(&self) -> Vec<Growth> {
        let growth = |case, style| {
            let at = |n| self.curve(case, style).find(|point| point.routes == n);
            Some(Growth { case, style, factor: ratio_of(&at(GROWTH.1)?.rounds, &at(GROWTH.0)?.rounds) })
        };
        let styles = self.styles();
        Case::ALL.iter().flat_map(|&case| styles.iter().filter_map(move |style| growth(case, *style))).collect()
    }

    /// Whether ours is as flat as it was to be, in every case.
    pub fn is_flat(&self) -> bool {
        self.growths().iter().filter(|growth| growth.style == OURS).all(|growth| growth.factor.median < TARGET)
    }
}
