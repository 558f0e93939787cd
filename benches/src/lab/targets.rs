//! What was to be reached, and whether it was.

use crate::{
    estimate::Estimate,
    lab::{
        entrant::FLOOR,
        profiles::bare_of,
        raw::{Heat, Lab, Pace},
        results,
    },
};
use std::fmt::Write;

/// What a server may cost beside a minimal one on the same framework.
pub const OF_BARE: f64 = 1.25;
/// What the best of the six may cost beside the floor.
pub const OF_FLOOR: f64 = 1.35;

/// Something that was to be reached.
#[derive(Clone, Debug, PartialEq)]
pub struct Target {
    /// In which heat.
    pub heat: String,
    /// Whose time for a request.
    pub what: String,
    /// As a multiple of whose.
    pub of: String,
    /// What it came to, if both were measured.
    pub is: Option<Estimate>,
    /// What it was to be at most.
    pub most: f64,
}

impl Target {
    /// Whether it was reached; a target that was not measured is not.
    pub fn is_met(&self) -> bool {
        self.is.is_some_and(|is| is.median <= self.most)
    }

    /// `reached`, or what else.
    pub fn verdict(&self) -> &'static str {
        match self.is {
            None => "not measured",
            Some(_) if self.is_met() => "reached",
            Some(_) => "MISSED",
        }
    }
}

/// All targets of the heats in which servers stand beside minimal ones.
pub fn of(lab: &Lab) -> Vec<Target> {
    lab.heats.iter().filter(|heat| heat.name.starts_with("bare-")).flat_map(of_heat).collect()
}

fn of_heat(heat: &Heat) -> Vec<Target> {
    let Some(pace) = heat.paces().into_iter().find(|pace| matches!(pace, Pace::Percent(_))) else { return Vec::new() };
    let target = |what: &str, of: &str, most| Target {
        heat: heat.name.clone(),
        what: what.to_owned(),
        of: of.to_owned(),
        is: results::ratio(heat, pace, what, of),
        most,
    };
    // The twin of one of them has no bare one of its own.
    let ours = heat.entrants.iter().filter_map(|runner| Some((runner.name.as_str(), bare_of(&runner.name)?)));
    let mut targets: Vec<_> = ours.map(|(name, bare)| target(name, bare, OF_BARE)).collect();
    let best = targets.iter().map(|one| target(&one.what, FLOOR, OF_FLOOR));
    let best = best.min_by(|one, other| factor(one).total_cmp(&factor(other)));
    targets.extend(best.map(|best| Target { what: format!("{}, the best of the six", best.what), ..best }));
    targets
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
        "\n## What was to be reached\n\n| in | CPU of | beside | at most | is | interval | |\n|---|---|---|--:|--:|---|---|\n",
    );
    for target in &targets {
        let (is, interval) = target.is.map_or_else(Default::default, |is| {
            (format!("{:.2}", is.median), format!("{:.2} to {:.2}", is.low, is.high))
        });
        let Target { heat, what, of, most, .. } = target;
        let verdict = if target.verdict() == "MISSED" { "**MISSED**" } else { target.verdict() };
        _ = writeln!(text, "| {heat} | {what} | {of} | {most:.2} | {is} | {interval} | {verdict} |");
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
}
