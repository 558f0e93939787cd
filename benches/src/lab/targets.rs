//! What was to be reached, and whether it was.

use crate::{
    estimate::Estimate,
    lab::{
        entrant::FLOOR,
        profiles::{STOCK_PIPELINED, bare_of, stock_of},
        raw::{Heat, Lab, Pace},
        results,
    },
};
use std::fmt::{self, Write};

/// What a server may cost beside a minimal one on the same framework.
pub const OF_BARE: f64 = 1.25;
/// What the best of the six may cost beside the floor.
pub const OF_FLOOR: f64 = 1.35;
/// How many times as many pipelined requests a server must answer as on its framework's own listener.
pub const OF_STOCK: f64 = 5.0;

/// Something that was to be reached.
#[derive(Clone, Debug, PartialEq)]
pub struct Target {
    /// In which heat.
    pub heat: String,
    /// Whose.
    pub what: String,
    /// As a multiple of whose.
    pub of: String,
    /// What it came to, if both were measured.
    pub is: Option<Estimate>,
    /// What it was to be.
    pub bound: Bound,
}

/// How a target is set.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Bound {
    /// CPU time for a request: so many times the other's at most.
    Time(f64),
    /// Requests per second: so many times the other's at least.
    Rate(f64),
}

impl Bound {
    fn allows(self, factor: f64) -> bool {
        match self {
            Bound::Time(most) => factor <= most,
            Bound::Rate(least) => factor >= least,
        }
    }

    /// What is bounded.
    pub fn figure(self) -> &'static str {
        match self {
            Bound::Time(_) => "CPU",
            Bound::Rate(_) => "requests/s",
        }
    }
}

impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Bound::Time(most) => write!(f, "at most {most:.2}"),
            Bound::Rate(least) => write!(f, "at least {least:.2}"),
        }
    }
}

impl Target {
    /// Whether it was reached; a target that was not measured is not.
    pub fn is_met(&self) -> bool {
        self.is.is_some_and(|is| self.bound.allows(is.median))
    }

    /// Whether noise alone could turn the verdict: the bound lies within the interval.
    pub fn is_tie(&self) -> bool {
        self.is.is_some_and(|is| self.bound.allows(is.low) != self.bound.allows(is.high))
    }

    /// `reached`, or what else.
    pub fn verdict(&self) -> &'static str {
        match (self.is, self.is_met(), self.is_tie()) {
            (None, ..) => "not measured",
            (_, true, false) => "reached",
            (_, true, true) => "reached, a tie with the bound",
            (_, false, true) => "MISSED, a tie with the bound",
            (_, false, false) => "MISSED",
        }
    }
}

/// All targets of the heats in which servers stand beside minimal ones, or beside themselves.
pub fn of(lab: &Lab) -> Vec<Target> {
    lab.heats.iter().flat_map(of_heat).collect()
}

fn of_heat(heat: &Heat) -> Vec<Target> {
    match heat.paces().into_iter().find(|pace| matches!(pace, Pace::Percent(_))) {
        Some(pace) if heat.name.starts_with("bare-") => beside_bare(heat, pace),
        None if heat.name == STOCK_PIPELINED => beside_stock(heat),
        _ => Vec::new(),
    }
}

fn beside_bare(heat: &Heat, pace: Pace) -> Vec<Target> {
    let target = |what: &str, of: &str, most| Target {
        heat: heat.name.clone(),
        what: what.to_owned(),
        of: of.to_owned(),
        is: results::ratio(heat, pace, what, of),
        bound: Bound::Time(most),
    };
    // The twin of one of them has no bare one of its own.
    let ours = heat.entrants.iter().filter_map(|runner| Some((runner.name.as_str(), bare_of(&runner.name)?)));
    let mut targets: Vec<_> = ours.map(|(name, bare)| target(name, bare, OF_BARE)).collect();
    let best = targets.iter().map(|one| target(&one.what, FLOOR, OF_FLOOR));
    let best = best.min_by(|one, other| factor(one).total_cmp(&factor(other)));
    targets.extend(best.map(|best| Target { what: format!("{}, the best of the six", best.what), ..best }));
    targets
}

fn beside_stock(heat: &Heat) -> Vec<Target> {
    let has = |name: &str| heat.runner(name).is_some();
    let pairs = heat.entrants.iter().map(|runner| (&runner.name, stock_of(&runner.name)));
    let target = |(name, stock): (&String, String)| Target {
        heat: heat.name.clone(),
        what: name.clone(),
        is: results::rate_ratio(heat, Pace::FlatOut, name, &stock),
        of: stock,
        bound: Bound::Rate(OF_STOCK),
    };
    pairs.filter(|(_, stock)| has(stock)).map(target).collect()
}

fn factor(target: &Target) -> f64 {
    target.is.map_or(f64::INFINITY, |is| is.median)
}

/// The targets as a table; nothing if there are none.
pub fn table(lab: &Lab) -> String {
    let targets = of(lab);
    if targets.is_empty() {
        return String::new();
    }
    let mut text = String::from(
        "\n## What was to be reached\n\n| in | of | beside | figure | was to be | is | interval | |\n|---|---|---|---|---|--:|---|---|\n",
    );
    for target in &targets {
        let (is, interval) = target.is.map_or_else(Default::default, |is| {
            (format!("{:.2}", is.median), format!("{:.2} to {:.2}", is.low, is.high))
        });
        let Target { heat, what, of, bound, .. } = target;
        let verdict = target.verdict().replace("MISSED", "**MISSED**");
        let figure = bound.figure();
        _ = writeln!(text, "| {heat} | {what} | {of} | {figure} | {bound} | {is} | {interval} | {verdict} |");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::results::tests::heat;

    #[test]
    fn targets_are_reached_or_missed() {
        let of = |ours: &[f64], bare: &[f64]| {
            let mut heat = heat(&[("axum-server", ours), ("again", ours), ("bare-axum", bare), (FLOOR, &[9.0; 6])]);
            heat.name = "bare-json".to_owned();
            of_heat(&heat)
        };
        let reached = of(&[12.0; 6], &[10.0; 6]);
        let verdicts: Vec<_> = reached.iter().map(Target::verdict).collect();
        assert_eq!(verdicts, ["reached", "reached"]);
        assert_eq!(reached[1].what, "axum-server, the best of the six");
        assert!(of(&[13.0; 6], &[10.0; 6]).iter().all(|target| target.verdict() == "MISSED"));
        assert_eq!(of(&[12.0; 6], &[])[0].verdict(), "not measured");
    }

    #[test]
    fn a_bound_within_the_interval_is_a_tie() {
        let target = |median: f64, bound| Target {
            heat: String::new(),
            what: String::new(),
            of: String::new(),
            is: Some(Estimate { median, low: 1.0, high: 2.0 }),
            bound,
        };
        assert_eq!(target(1.2, Bound::Time(1.25)).verdict(), "reached, a tie with the bound");
        assert_eq!(target(1.3, Bound::Time(1.25)).verdict(), "MISSED, a tie with the bound");
        assert_eq!(target(1.3, Bound::Time(2.0)).verdict(), "reached");
        assert_eq!(target(1.3, Bound::Rate(1.25)).verdict(), "reached, a tie with the bound");
        assert_eq!(target(1.3, Bound::Rate(5.0)).verdict(), "MISSED");
    }

    #[test]
    fn pipelined_servers_stand_beside_themselves() {
        let of = |factor: f64| {
            let mut heat = heat(&[("axum-server", &[1.0; 6]), ("axum-server --stock", &[1.0; 6])]);
            heat.name = STOCK_PIPELINED.to_owned();
            for point in &mut heat.points {
                point.pace = Pace::FlatOut;
            }
            heat.points[0].rounds.iter_mut().for_each(|round| round.achieved *= factor);
            of_heat(&heat)
        };
        assert!(matches!(&of(5.5)[..], [one] if one.verdict() == "reached"), "{:?}", of(5.5));
        assert_eq!(of(4.9)[0].verdict(), "MISSED");
    }
}
