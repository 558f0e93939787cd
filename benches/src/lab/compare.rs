//! Two runs: do they say the same of every server, and in the same order?

use crate::{
    estimate::Estimate,
    lab::{
        raw::{Heat, Lab, Pace},
        report::number,
        results,
    },
};
use std::fmt::Write;

/// Two medians may differ by this share even if their intervals are narrower.
pub const NEAR: f64 = 0.03;

/// What came of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Comparison {
    /// One line for everything that was compared.
    pub lines: Vec<String>,
    /// Figures and orders that were compared.
    pub compared: usize,
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
        let verdict = if self.agrees() { "the runs agree" } else { "the runs do not agree" };
        _ = writeln!(text, "\n{verdict}: {} compared, {} contradicted", self.compared, self.against.len());
        text
    }
}

/// Compares all that both have.
pub fn runs(one: &Lab, other: &Lab) -> Comparison {
    let mut comparison = Comparison::default();
    for heat in &one.heats {
        let Some(pair) = other.heats.iter().find(|pair| pair.name == heat.name) else { continue };
        for pace in heat.paces() {
            figures(heat, pair, pace, &mut comparison);
            orders(heat, pair, pace, &mut comparison);
        }
    }
    comparison
}

fn cpus(heat: &Heat, pace: Pace) -> Vec<(String, Estimate)> {
    let rows = results::rows(heat, pace).into_iter();
    rows.filter_map(|row| Some((row.name, row.figures.ok()?.cpu.ok()?))).collect()
}

/// Whether two say the same.
pub fn is_near(one: &Estimate, other: &Estimate) -> bool {
    let within = |median: f64, of: &Estimate| (of.low..=of.high).contains(&median);
    let is_close = (one.median / other.median - 1.0).abs() <= NEAR;
    is_close || (within(one.median, other) && within(other.median, one))
}

fn figures(heat: &Heat, pair: &Heat, pace: Pace, comparison: &mut Comparison) {
    let others = cpus(pair, pace);
    for (name, one) in cpus(heat, pace) {
        let Some((_, other)) = others.iter().find(|(other, _)| *other == name) else { continue };
        comparison.compared += 1;
        let difference = (other.median / one.median - 1.0) * 100.0;
        let line = format!(
            "{}, {pace}, {name}: {} and {} µs, {difference:+.1} %",
            heat.name,
            number(one.median),
            number(other.median)
        );
        if is_near(&one, other) {
            comparison.lines.push(format!("agrees       {line}"));
        } else {
            comparison.against.push(line);
        }
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
        let mut comparison = Comparison::default();
        figures(one, other, Pace::Percent(40), &mut comparison);
        orders(one, other, Pace::Percent(40), &mut comparison);
        comparison
    }

    #[test]
    fn near_is_three_in_a_hundred_or_within_both_intervals() {
        let estimate = |median: f64, half: f64| Estimate { median, low: median - half, high: median + half };
        assert!(is_near(&estimate(10.0, 0.0), &estimate(10.29, 0.0)));
        assert!(!is_near(&estimate(10.0, 0.0), &estimate(10.4, 0.0)));
        assert!(is_near(&estimate(10.0, 2.0), &estimate(11.5, 2.0)));
        // One wide interval is no excuse.
        assert!(!is_near(&estimate(10.0, 0.1), &estimate(11.5, 9.0)));
    }

    #[test]
    fn runs_that_say_the_same_agree() {
        let one = heat(&[("a", &[10.0; 6]), ("again", &[10.1; 6]), ("b", &[20.0; 6])]);
        let other = heat(&[("a", &[10.2; 6]), ("again", &[10.1; 6]), ("b", &[20.5; 6])]);
        let comparison = compare(&one, &other);
        assert!(comparison.agrees(), "{comparison:?}");
        // Three figures, and b behind both twins.
        assert_eq!(comparison.compared, 5, "{comparison:?}");
        assert!(!Comparison::default().agrees());
    }

    #[test]
    fn figures_and_orders_can_be_contradicted() {
        let one = heat(&[("a", &[10.0; 6]), ("again", &[10.0; 6]), ("b", &[10.2; 6])]);
        let other = heat(&[("a", &[10.2; 6]), ("again", &[10.2; 6]), ("b", &[10.0; 6])]);
        let turned = compare(&one, &other);
        assert_eq!(turned.against.len(), 2, "{turned:?}");
        assert!(turned.against[0].contains("which of a and b") || turned.against[0].contains("which of again and b"));
        let far = heat(&[("a", &[10.0; 6]), ("again", &[10.0; 6]), ("b", &[19.0; 6])]);
        let moved = compare(&one, &far);
        assert_eq!(moved.against.len(), 1, "{moved:?}");
        assert!(moved.told().contains("CONTRADICTED json, 40 %, b: 10.2 and 19.0 µs, +86.3 %"), "{}", moved.told());
    }
}
