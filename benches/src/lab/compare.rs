//! Two runs: do they say the same of every server, and in the same order?
//!
//! The machine itself is slower at one hour than at another, by a tenth and more where others use it, too, and all
//! times with it. That is told, heat by heat, as what all servers together need; a server is held to its share
//! of it ([`results::shares`]), which is told with an interval that all shares of a run keep together with 95 %
//! certainty (Bonferroni). A share is contradicted where the two medians differ by more than [`NEAR`] and lie together in
//! neither run's interval, or where the rounds differ by more than [`NEAR`] and by more than chance: by the rank-sum
//! test, which asks for no shape of the noise, as sure for all figures together.

use crate::{
    estimate::{CONFIDENCE, Estimate, median_at, median_of},
    lab::{
        raw::{Heat, Lab, Pace},
        report::number,
        results,
    },
};
use statrs::{
    statistics::Statistics,
    stats_tests::{
        Alternative,
        mannwhitneyu::{MannWhitneyUMethod, mannwhitneyu},
    },
};
use std::fmt::Write;

/// Two medians that differ by no more than this share say the same.
pub const NEAR: f64 = 0.03;

/// What came of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Comparison {
    /// One line for everything that was compared.
    pub lines: Vec<String>,
    /// Figures and orders that were compared.
    pub compared: usize,
    /// Figures of which both runs' medians are near or lie within both runs' intervals, each kept alone: times, and
    /// shares; and shares that do within one of the intervals that all keep together.
    pub close: [usize; 3],
    /// Figures that both runs have.
    pub figures: usize,
    /// What the runs contradict each other in.
    pub against: Vec<String>,
}

impl Comparison {
    /// Whether there was something to compare, and it agreed.
    pub fn agrees(&self) -> bool {
        self.compared > 0 && self.against.is_empty()
    }

    /// All of it, as text.
    pub fn told(&self) -> String {
        let mut text = self.lines.join("\n");
        for against in &self.against {
            _ = write!(text, "\nCONTRADICTED {against}");
        }
        let Comparison { close: [times, shares, surely], figures, .. } = self;
        _ = write!(
            text,
            "\nwithin {:.0} %, or both medians within one of the intervals that all keep together: {surely} of {figures} \
             shares; within both of those that each keeps alone: {shares} of {figures} shares, {times} of {figures} times \
             (of equals, chance leaves about one in six outside)",
            NEAR * 100.0
        );
        let verdict = if self.agrees() { "the runs agree" } else { "the runs do not agree" };
        _ = writeln!(text, "\n{verdict}: {} compared, {} contradicted", self.compared, self.against.len());
        text
    }
}

/// Compares all that both have.
pub fn runs(one: &Lab, other: &Lab) -> Comparison {
    let heats =
        one.heats.iter().filter_map(|heat| Some((heat, other.heats.iter().find(|pair| pair.name == heat.name)?)));
    compared(&heats.collect::<Vec<_>>())
}

fn compared(heats: &[(&Heat, &Heat)]) -> Comparison {
    let paced = heats.iter().flat_map(|(heat, pair)| heat.paces().into_iter().map(move |pace| (*heat, *pair, pace)));
    let all: Vec<_> = paced.clone().map(|(heat, pair, pace)| figures(heat, pair, pace)).collect();
    let count = all.iter().flatten().count();
    let mut comparison = Comparison::default();
    for ((heat, pair, pace), figures) in paced.zip(all) {
        if !figures.is_empty() {
            comparison.lines.push(together(heat, pace, &figures));
        }
        figures.iter().for_each(|figure| comparison.add(heat, pace, figure, count));
        orders(heat, pair, pace, &mut comparison);
    }
    comparison
}

/// What two runs say of one server.
struct Figure {
    name: String,
    /// Microseconds for a request.
    cpu: [Estimate; 2],
    /// What it needs as a multiple of what all need, round by round.
    shares: [Vec<f64>; 2],
}

/// How sure it is that the runs differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Agrees,
    Contradicted,
    /// So few rounds could not contradict anything.
    TooFewRounds,
}

impl Figure {
    /// How many times as large the second share is.
    fn change(&self) -> f64 {
        let [one, other] = self.shares.each_ref().map(|shares| median_of(shares).median);
        other / one
    }

    /// Its shares, with intervals that so many figures keep together.
    fn among(&self, count: usize) -> [Estimate; 2] {
        self.shares.each_ref().map(|shares| median_at(shares, 1.0 - level(count)))
    }

    /// Among so many figures.
    fn verdict(&self, count: usize) -> Verdict {
        let level = level(count);
        let [one, other] = &self.shares;
        let apart = |by: f64| -> Vec<f64> { one.iter().map(|share| share * by).collect() };
        let (least, most) = (0..one.len(), one.len()..one.len() + other.len());
        if chance(&indices(most), &indices(least), Alternative::Greater) > level {
            return Verdict::TooFewRounds;
        }
        let is_more = chance(other, &apart(1.0 + NEAR), Alternative::Greater) <= level;
        let is_less = chance(other, &apart(1.0 / (1.0 + NEAR)), Alternative::Less) <= level;
        if is_more || is_less || !is_within(self.among(count)) { Verdict::Contradicted } else { Verdict::Agrees }
    }
}

/// How often chance may contradict one of so many figures, so that together they are as sure as one is.
fn level(count: usize) -> f64 {
    (1.0 - CONFIDENCE) / count as f64
}

fn indices(range: std::ops::Range<usize>) -> Vec<f64> {
    range.map(|at| at as f64).collect()
}

/// Whether medians are near, or each within the interval of the other.
fn is_close([one, other]: [Estimate; 2]) -> bool {
    (other.median / one.median - 1.0).abs() <= NEAR || (has(other, one.median) && has(one, other.median))
}

/// Whether medians are near, or lie together in one of the intervals.
fn is_within([one, other]: [Estimate; 2]) -> bool {
    is_close([one, other]) || has(one, other.median) || has(other, one.median)
}

fn has(interval: Estimate, median: f64) -> bool {
    (interval.low..=interval.high).contains(&median)
}

/// How likely it is that chance alone makes the first that much greater, or less, than the second.
fn chance(one: &[f64], other: &[f64], than: Alternative) -> f64 {
    let method = MannWhitneyUMethod::AsymptoticInclContinuityCorrection;
    mannwhitneyu(one, other, method, than).map_or(1.0, |(_, chance)| chance)
}

/// The figures that both runs have.
fn figures(heat: &Heat, pair: &Heat, pace: Pace) -> Vec<Figure> {
    let (ones, others) = (cpus(heat, pace), cpus(pair, pace));
    let both: Vec<_> = ones
        .iter()
        .filter_map(|(name, one)| Some((name.as_str(), [*one, others.iter().find(|(other, _)| other == name)?.1])))
        .collect();
    let names: Vec<_> = both.iter().map(|(name, _)| *name).collect();
    let [ones, others] = [heat, pair].map(|heat| results::shares(heat, pace, &names));
    let figure =
        |((name, cpu), shares): ((&str, _), (_, _))| Figure { name: name.to_owned(), cpu, shares: shares.into() };
    let figures = both.into_iter().zip(ones.into_iter().zip(others)).map(figure);
    figures.filter(|figure| figure.shares.iter().all(|shares| !shares.is_empty())).collect()
}

fn cpus(heat: &Heat, pace: Pace) -> Vec<(String, Estimate)> {
    let rows = results::rows(heat, pace).into_iter();
    rows.filter_map(|row| Some((row.name, row.figures.ok()?.cpu.ok()?))).collect()
}

/// What all need in the second run, of what they need in the first.
fn together(heat: &Heat, pace: Pace, figures: &[Figure]) -> String {
    let changes = figures.iter().map(|Figure { cpu: [one, other], .. }| other.median / one.median);
    format!("{}, {pace}: all together {:+.1} %", heat.name, percent(changes.geometric_mean()))
}

fn percent(factor: f64) -> f64 {
    (factor - 1.0) * 100.0
}

impl Comparison {
    fn add(&mut self, heat: &Heat, pace: Pace, figure: &Figure, count: usize) {
        self.figures += 1;
        let alone = figure.shares.each_ref().map(|shares| median_of(shares));
        let among = figure.among(count);
        let close = [is_close(figure.cpu), is_close(alone), is_within(among)];
        self.close.iter_mut().zip(close).for_each(|(count, close)| *count += usize::from(close));
        let [one, other] = figure.cpu.map(|cpu| number(cpu.median));
        let [first, second] = among.map(|share| format!("{:.3} ({:.3} to {:.3})", share.median, share.low, share.high));
        let line = format!("{one} and {other} µs, its share {:+.1} %: {first} and {second}", percent(figure.change()));
        match figure.verdict(count) {
            Verdict::TooFewRounds => {
                self.lines
                    .push(format!("  not compared {}: {line}; so few rounds could not contradict it", figure.name));
                return;
            }
            Verdict::Agrees => self.lines.push(format!("  agrees       {}: {line}", figure.name)),
            Verdict::Contradicted => self.against.push(format!("{}, {pace}, {}: {line}", heat.name, figure.name)),
        }
        self.compared += 1;
    }
}

/// Orders that one run states must not be stated the other way round by the other.
fn orders(heat: &Heat, pair: &Heat, pace: Pace, comparison: &mut Comparison) {
    let names: Vec<_> = cpus(heat, pace).into_iter().map(|(name, _)| name).collect();
    for (at, one) in names.iter().enumerate() {
        for other in &names[at + 1..] {
            let told = [heat, pair].map(|heat| order(heat, pace, one, other));
            let [Some(first), Some(second)] = told else { continue };
            comparison.compared += 1;
            if first != second {
                let line = format!("{}, {pace}: which of {one} and {other} needs less", heat.name);
                comparison.against.push(line);
            }
        }
    }
}

/// Whether the first needs less; nothing where no order is stated, or one of them was not measured.
fn order(heat: &Heat, pace: Pace, one: &str, other: &str) -> Option<bool> {
    let ratio = results::ratio(heat, pace, one, other)?;
    (!results::is_tie(heat, pace, one, other)).then_some(ratio.median < 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::results::tests::heat;

    fn compare(one: &Heat, other: &Heat) -> Comparison {
        compared(&[(one, other)])
    }

    #[test]
    fn close_is_three_in_a_hundred_or_within_both_intervals() {
        let estimate = |median: f64, half: f64| Estimate { median, low: median - half, high: median + half };
        assert!(is_close([estimate(10.0, 0.0), estimate(10.29, 0.0)]));
        assert!(!is_close([estimate(10.0, 0.0), estimate(10.4, 0.0)]));
        assert!(is_close([estimate(10.0, 2.0), estimate(11.5, 2.0)]));
        // One wide interval is no excuse.
        assert!(!is_close([estimate(10.0, 0.1), estimate(11.5, 9.0)]));
    }

    /// Rounds about a median, each a bit off.
    fn rounds(about: f64) -> [f64; 16] {
        std::array::from_fn(|at| about * (1.0 + (at * 7 % 16) as f64 / 1000.0))
    }

    /// A heat of three, the first of them twice.
    fn of([a, b, c]: [f64; 3]) -> Heat {
        heat(&[("a", &rounds(a)), ("again", &rounds(a)), ("b", &rounds(b)), ("c", &rounds(c))])
    }

    #[test]
    fn runs_that_say_the_same_agree() {
        let comparison = compare(&of([10.0, 20.0, 30.0]), &of([10.1, 20.0, 30.5]));
        assert!(comparison.agrees(), "{comparison:?}");
        // Four figures, and five of six orders: the twins are a tie.
        assert_eq!(comparison.compared, 9, "{comparison:?}");
        assert!(!Comparison::default().agrees());
    }

    /// A machine that is slower for all at another hour is told, and contradicts nobody.
    #[test]
    fn what_slows_all_is_the_machine() {
        let comparison = compare(&of([10.0, 20.0, 30.0]), &of([12.0, 24.0, 36.0]));
        assert!(comparison.agrees(), "{comparison:?}");
        assert_eq!(comparison.lines[0], "json, 40 %: all together +20.0 %");
        assert_eq!((comparison.figures, comparison.close), (4, [0, 4, 4]));
    }

    #[test]
    fn a_figure_can_be_contradicted() {
        let comparison = compare(&of([10.0, 20.0, 30.0]), &of([10.0, 21.6, 30.0]));
        // The others' shares are less by a quarter of that, as they are four: that is near.
        assert_eq!(comparison.against.len(), 1, "{comparison:?}");
        assert!(
            comparison.told().contains("CONTRADICTED json, 40 %, b: 20.1 and 21.8 µs, its share +5.9 %: "),
            "{comparison:?}"
        );
    }

    /// Where half of the rounds are near it could be chance by their ranks.
    #[test]
    fn medians_that_no_interval_has_are_a_contradiction() {
        let with = |rounds: &[f64]| heat(&[("a", &[10.0; 16]), ("b", rounds), ("c", &[30.0; 16])]);
        let told = |least: f64| {
            let half: [f64; 16] = std::array::from_fn(|at| if at % 2 == 0 { least } else { 21.8 });
            let comparison = compare(&with(&[20.0; 16]), &with(&half));
            assert_eq!(comparison.close[2] + comparison.against.len(), comparison.figures, "{comparison:?}");
            comparison.agrees()
        };
        assert!(!told(20.25));
        assert!(told(20.0));
    }

    #[test]
    fn an_order_can_be_contradicted() {
        let comparison = compare(&of([10.0, 10.2, 30.0]), &of([10.2, 10.0, 30.0]));
        assert_eq!(comparison.against.len(), 2, "{comparison:?}");
        assert!(comparison.against.iter().all(|line| line.contains("which of ")), "{comparison:?}");
    }

    /// What could contradict nothing says nothing.
    #[test]
    fn few_rounds_are_no_agreement() {
        let few = heat(&[("a", &[10.0; 3]), ("b", &[20.0; 3])]);
        let comparison = compare(&few, &few);
        assert!(!comparison.agrees() && comparison.lines[1].contains("so few rounds"), "{comparison:?}");
    }
}
