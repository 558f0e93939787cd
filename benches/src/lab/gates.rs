//! What voids figures. [`load::Outcome::faults`] asks each window; here it is said what follows from the answers.
//!
//! What only the server can have done (wrong answers, lost ones) blanks its bar at once. What the machine may have
//! done (a rate that was not kept, a generator that had no time left) voids a round; if that happens to more than
//! a fifth of the rounds, it was no accident, and the bar is blank too.

use crate::lab::{
    entrant::FLOOR,
    raw::{Heat, Lab, Pace, Point, Round},
};
use load::Fault;

/// So many rounds in a hundred may be void by accident.
pub const ACCIDENTS: usize = 20;

/// Whether the server did it, for sure.
pub fn is_the_servers(fault: &Fault) -> bool {
    matches!(fault, Fault::Nothing | Fault::Wrong { .. } | Fault::Errors { .. })
}

/// The faults that count at this pace: flat out it is no fault that the generator is at work all the time,
/// only a reason to call the rate a lower bound.
pub fn counted(faults: Vec<Fault>, pace: Pace) -> Vec<Fault> {
    let counts = |fault: &Fault| pace != Pace::FlatOut || !matches!(fault, Fault::Busy { .. });
    faults.into_iter().filter(counts).collect()
}

/// Whether a server might have answered more, had the generator asked for more.
pub fn is_lower_bound(rounds: &[&Round]) -> bool {
    rounds.iter().filter(|round| round.generator > load::fault::MAX_BUSY).count() * 2 > rounds.len()
}

/// The rounds that count.
///
/// # Errors
/// Why none does, in words.
pub fn sound(point: &Point) -> Result<Vec<&Round>, String> {
    if let Some(fault) = point.rounds.iter().flat_map(|round| &round.faults).find(|fault| is_the_servers(fault)) {
        return Err(fault.to_string());
    }
    let (sound, void): (Vec<_>, Vec<_>) = point.rounds.iter().partition(|round| round.faults.is_empty());
    let first = void.first().and_then(|round| round.faults.first());
    match first {
        Some(fault) if void.len() * 100 > point.rounds.len() * ACCIDENTS => {
            Err(format!("{fault} (in {} of {} rounds)", void.len(), point.rounds.len()))
        }
        _ if sound.is_empty() => Err("there was no round".to_owned()),
        _ => Ok(sound),
    }
}

/// Why a heat tells nothing, if so: without the floor or without the one that ran twice there is no measure.
pub fn void(heat: &Heat) -> Option<String> {
    let twice = heat.twice.iter().flat_map(|(one, other)| [one, other]);
    let needed: Vec<_> = twice.map(String::as_str).chain([FLOOR]).collect();
    let named = |name: &str, why: &str| Some(format!("{}: {name} was not measured: {why}", heat.name));
    let refused = heat.entrants.iter().filter(|runner| needed.contains(&&*runner.name));
    let refused = refused.filter_map(|runner| named(&runner.name, runner.refused.as_deref()?)).next();
    refused.or_else(|| {
        let points = heat.points.iter().filter(|point| needed.contains(&&*point.entrant));
        points.filter_map(|point| named(&point.entrant, &sound(point).err()?)).next()
    })
}

/// Why a run is void as a whole, if so. Nothing is rendered of one that is.
pub fn void_run(lab: &Lab) -> Option<String> {
    lab.heats.iter().find_map(void)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::raw::Runner;

    fn round(faults: &[Fault]) -> Round {
        Round {
            round: 0,
            offered: Some(100.0),
            achieved: 100.0,
            requests: 100,
            cpu: Some(10.0),
            split_ms: None,
            percentiles: None,
            generator: 0.1,
            faults: faults.to_vec(),
            unknown: None,
        }
    }

    fn point(entrant: &str, rounds: Vec<Round>) -> Point {
        Point { entrant: entrant.to_owned(), pace: Pace::Percent(40), rounds, latencies: Vec::new() }
    }

    #[test]
    fn flat_out_a_busy_generator_is_a_bound_and_no_fault() {
        let faults = || vec![Fault::Busy { share: 0.99 }, Fault::Nothing];
        assert_eq!(counted(faults(), Pace::Percent(70)).len(), 2);
        assert_eq!(counted(faults(), Pace::FlatOut), [Fault::Nothing]);
        let (free, busy) = (round(&[]), Round { generator: 0.95, ..round(&[]) });
        assert!(is_lower_bound(&[&free, &busy, &busy]) && !is_lower_bound(&[&free, &busy]));
    }

    #[test]
    fn one_accident_in_five_is_left_out_and_two_are_none() {
        let (fine, bad) = (round(&[]), round(&[Fault::Short { share: 0.98 }]));
        let rounds = |bads: usize| [vec![bad.clone(); bads], vec![fine.clone(); 10 - bads]].concat();
        assert_eq!(sound(&point("it", rounds(2))).map(|sound| sound.len()), Ok(8));
        let why = sound(&point("it", rounds(3))).expect_err("too many");
        assert!(why.starts_with("98.0 %") && why.ends_with("(in 3 of 10 rounds)"), "{why}");
        assert!(sound(&point("it", Vec::new())).is_err());
    }

    #[test]
    fn one_wrong_answer_is_too_many() {
        for fault in [
            Fault::Wrong { count: 1, sample: "404".to_owned() },
            Fault::Errors { count: 1, sample: "reset".to_owned() },
            Fault::Nothing,
        ] {
            let rounds = [vec![round(&[]); 9], vec![round(&[fault.clone()])]].concat();
            assert_eq!(sound(&point("it", rounds)).err(), Some(fault.to_string()));
        }
    }

    #[test]
    fn without_the_floor_or_the_twins_there_is_no_heat() {
        let runner = |name: &str, refused: Option<&str>| Runner {
            name: name.to_owned(),
            command: String::new(),
            beside: None,
            answers: Vec::new(),
            refused: refused.map(str::to_owned),
        };
        let heat = Heat {
            name: "json".to_owned(),
            about: String::new(),
            requests: Vec::new(),
            connections: 1,
            depth: 1,
            keep_alive: true,
            window: 1.0,
            reference: FLOOR.to_owned(),
            twice: Some(("one".to_owned(), "one (again)".to_owned())),
            slowest: None,
            entrants: vec![runner("one", None), runner("two", Some("404"))],
            points: vec![point("one", vec![round(&[])]), point("two", Vec::new())],
        };
        assert_eq!(void(&heat), None);
        let mut spoiled = heat.clone();
        spoiled.points[0].rounds.clear();
        assert!(void(&spoiled).is_some_and(|why| why.starts_with("json: one was not measured")));
        let mut spoiled = heat;
        spoiled.entrants.push(runner(FLOOR, Some("a debug build")));
        assert_eq!(void(&spoiled).as_deref(), Some("json: floor was not measured: a debug build"));
    }
}
