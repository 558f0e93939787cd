//! What voids figures. [`load::Outcome::faults`] asks each window; here it is said what follows from the answers.
//!
//! What only the server can have done (wrong answers, lost ones, answers that wait for nothing) blanks its bar at once. What the machine may have
//! done (a rate that was not kept, a generator that had no time left) voids a round, after it was tried again where the
//! server has nothing to do with it; if that happens to more than
//! a fifth of the rounds, it was no accident, and the bar is blank too.

use crate::lab::{
    entrant::FLOOR,
    raw::{Heat, Lab, Pace, Point, Round},
    waits,
};
use load::Fault;
use std::time::Duration;

/// So many rounds in a hundred may be void by accident.
pub const ACCIDENTS: usize = 20;

/// The share of the time for which a server may wait for others on its core.
pub const MAX_SHARED: f64 = 0.05;

/// The fault of a core that was not the server's alone, if it waited for others for so long.
pub fn shared(waited: Duration, window: Duration) -> Option<Fault> {
    let share = waited.as_secs_f64() / window.as_secs_f64();
    (share > MAX_SHARED).then_some(Fault::Shared { share })
}

/// Whether the server did it, for sure.
pub fn is_the_servers(fault: &Fault) -> bool {
    matches!(fault, Fault::Wrong { .. } | Fault::Errors { .. })
}

/// Whether it was the generator or its machine; what else went wrong may follow from that, unless it is the server's.
pub fn is_chance(faults: &[Fault]) -> bool {
    faults.iter().any(Fault::is_own) && !faults.iter().any(is_the_servers)
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

/// The rounds of one at one pace that count.
///
/// # Errors
/// Why none does, in words.
pub fn sound<'a>(heat: &'a Heat, name: &str, pace: Pace) -> Result<Vec<&'a Round>, String> {
    if let Some(why) = heat.runner(name).and_then(|runner| runner.refused.as_ref()) {
        return Err(why.clone());
    }
    let mut faults = heat.points.iter().filter(|point| point.entrant == name).flat_map(faults);
    // One that answers wrongly at one pace is not to be believed at another.
    if let Some(fault) = faults.find(|fault| is_the_servers(fault)) {
        return Err(fault.to_string());
    }
    if let Some(why) = waits::objection(heat, name) {
        return Err(why);
    }
    heat.point(name, pace).map_or_else(|| Err("it was not asked at this pace".to_owned()), without_accidents)
}

fn faults(point: &Point) -> impl Iterator<Item = &Fault> {
    point.rounds.iter().flat_map(|round| &round.faults)
}

fn without_accidents(point: &Point) -> Result<Vec<&Round>, String> {
    let (sound, void): (Vec<_>, Vec<_>) = point.rounds.iter().partition(|round| round.faults.is_empty());
    match faults(point).next() {
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
    let needed = heat.entrants.iter().filter(|runner| needed.contains(&&*runner.name));
    let paces = heat.paces();
    let mut objections = needed.flat_map(|runner| {
        let why = |pace: &Pace| Some((&runner.name, *pace, sound(heat, &runner.name, *pace).err()?));
        paces.iter().filter_map(why).collect::<Vec<_>>()
    });
    objections.next().map(|(name, pace, why)| format!("{}, {pace}: {name} was not measured: {why}", heat.name))
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
            repeated: 0,
            faults: faults.to_vec(),
            unknown: None,
        }
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
    fn what_the_server_may_have_done_is_no_chance() {
        let of = |waited| shared(Duration::from_millis(waited), Duration::from_millis(100));
        assert_eq!((of(5), of(50)), (None, Some(Fault::Shared { share: 0.5 })));
        let short = Fault::Short { share: 0.5 };
        assert!(is_chance(&[short.clone(), Fault::Shared { share: 0.4 }]));
        assert!(!is_chance(&[short]) && !is_chance(&[]));
        let wrong = Fault::Wrong { count: 1, sample: "404".to_owned() };
        assert!(!is_chance(&[wrong, Fault::Busy { share: 1.0 }]));
    }

    fn runner(name: &str, refused: Option<&str>) -> Runner {
        Runner {
            name: name.to_owned(),
            command: String::new(),
            beside: None,
            answers: Vec::new(),
            refused: refused.map(str::to_owned),
        }
    }

    /// A heat of the twins, and one with these rounds.
    fn heat(rounds: Vec<Round>) -> Heat {
        let point = |name: &str, rounds| Point {
            entrant: name.to_owned(),
            pace: Pace::Percent(40),
            rounds,
            latencies: Vec::new(),
        };
        Heat {
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
            entrants: vec![runner("one", None), runner("one (again)", None), runner("it", None)],
            points: vec![point("one", vec![round(&[])]), point("one (again)", vec![round(&[])]), point("it", rounds)],
        }
    }

    fn of(heat: &Heat) -> Result<usize, String> {
        sound(heat, "it", Pace::Percent(40)).map(|rounds| rounds.len())
    }

    #[test]
    fn one_accident_in_five_is_left_out_and_two_are_none() {
        let (fine, bad) = (round(&[]), round(&[Fault::Short { share: 0.98 }]));
        let rounds = |bads: usize| heat([vec![bad.clone(); bads], vec![fine.clone(); 10 - bads]].concat());
        assert_eq!(of(&rounds(2)), Ok(8));
        let why = of(&rounds(3)).expect_err("too many");
        assert!(why.starts_with("98.0 %") && why.ends_with("(in 3 of 10 rounds)"), "{why}");
        assert!(of(&heat(Vec::new())).is_err());
        assert!(sound(&rounds(0), "it", Pace::FlatOut).is_err());
    }

    #[test]
    fn one_wrong_answer_is_too_many_at_any_pace() {
        for fault in [
            Fault::Wrong { count: 1, sample: "404".to_owned() },
            Fault::Errors { count: 1, sample: "reset".to_owned() },
        ] {
            let mut heat = heat(vec![round(&[]); 10]);
            let rounds = vec![round(&[]), round(std::slice::from_ref(&fault))];
            heat.points.push(Point { entrant: "it".to_owned(), pace: Pace::FlatOut, rounds, latencies: Vec::new() });
            assert_eq!(of(&heat), Err(fault.to_string()));
        }
    }

    #[test]
    fn without_the_floor_or_the_twins_there_is_no_heat() {
        assert_eq!(void(&heat(Vec::new())), None);
        let mut spoiled = heat(Vec::new());
        spoiled.points[1].rounds.clear();
        assert!(void(&spoiled).is_some_and(|why| why.starts_with("json, 40 %: one (again) was not measured")));
        let mut spoiled = heat(Vec::new());
        spoiled.entrants.push(runner(FLOOR, Some("a debug build")));
        assert_eq!(void(&spoiled).as_deref(), Some("json, 40 %: floor was not measured: a debug build"));
    }
}
