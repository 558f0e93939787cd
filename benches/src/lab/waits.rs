//! Servers that let answers wait though they have nothing to do: a timer, a sleep, a write held back. CPU for a request
//! shows nothing of it, so a heat by CPU alone would praise them.
//!
//! At the lowest rate there is no queue worth the name: an answer takes the server's own time and the way, which is the
//! same for all. What one takes beyond its own time is held against the least that another takes.

use crate::{
    estimate::median_of,
    lab::raw::{Heat, Pace, Round},
};

/// So many times as long as the shortest wait of the heat, and...
const FACTOR: f64 = 3.0;
/// ...so many microseconds on top, so that a machine that is busy now and then accuses nobody.
const BESIDE: f64 = 250.0;

/// Why the figures of one are not to be believed, if its answers wait.
pub fn objection(heat: &Heat, name: &str) -> Option<String> {
    let pace = heat.paces().into_iter().find(|pace| *pace != Pace::FlatOut)?;
    let own = wait(heat, name, pace)?;
    let others = heat.entrants.iter().filter_map(|runner| Some((wait(heat, &runner.name, pace)?, &runner.name)));
    let (least, whose) = others.min_by(|(one, _), (other, _)| one.total_cmp(other))?;
    (own > least.max(0.0) * FACTOR + BESIDE).then(|| {
        format!(
            "at {pace} an answer takes {own:.0} µs in which the server does not work, those of {whose} {least:.0} µs: \
             it lets them wait"
        )
    })
}

/// The microseconds of the median answer in which the server's core does not work for it.
fn wait(heat: &Heat, name: &str, pace: Pace) -> Option<f64> {
    let sound = |round: &&Round| round.faults.is_empty();
    let wait = |round: &Round| Some(round.percentiles?[0] - round.cpu?);
    let waits: Vec<_> = heat.point(name, pace)?.rounds.iter().filter(sound).filter_map(wait).collect();
    (!waits.is_empty()).then(|| median_of(&waits).median)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::results::tests::heat;

    fn with_p50(p50: f64) -> Heat {
        let mut heat = heat(&[("it", &[10.0; 6]), ("other", &[12.0; 6])]);
        for round in &mut heat.points[0].rounds {
            round.percentiles = Some([p50, 2000.0, 2000.0, 2000.0]);
        }
        heat
    }

    #[test]
    fn who_waits_without_work_is_told() {
        // The other one takes 50 microseconds, 12 of them at work.
        let allowed = 38.0 * FACTOR + BESIDE;
        assert_eq!(objection(&with_p50(10.0 + allowed), "it"), None);
        let why = objection(&with_p50(11.0 + allowed), "it").expect("it is longer");
        assert!(why.contains("takes 365 µs") && why.contains("those of other 38 µs"), "{why}");
        assert_eq!(objection(&with_p50(5000.0), "other"), None);
    }

    #[test]
    fn work_is_no_wait() {
        let mut heat = with_p50(5000.0);
        heat.points[0].rounds.iter_mut().for_each(|round| round.cpu = Some(4950.0));
        assert_eq!(objection(&heat, "it"), None);
    }

    #[test]
    fn what_is_not_known_is_not_held_against_anybody() {
        let mut unknown = with_p50(5000.0);
        unknown.points[0].rounds.iter_mut().for_each(|round| round.cpu = None);
        assert_eq!(objection(&unknown, "it"), None);
        let mut flat_out = with_p50(5000.0);
        flat_out.points.iter_mut().for_each(|point| point.pace = Pace::FlatOut);
        assert_eq!(objection(&flat_out, "it"), None);
    }
}
