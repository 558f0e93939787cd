//! What raw data say: medians, ratios, ties. Nothing here is measured, and nothing is kept.

use crate::{
    estimate::{Estimate, median_of},
    lab::{
        gates,
        raw::{Heat, Pace, Round, Runner},
    },
};
use statrs::statistics::Statistics;

/// One server at one pace.
#[derive(Clone, Debug)]
pub struct Row {
    /// Who.
    pub name: String,
    /// What its sound rounds say, or why nothing is said.
    pub figures: Result<Figures, String>,
}

/// What sound rounds say.
#[derive(Clone, Debug)]
pub struct Figures {
    /// Microseconds of the server's core for a request, or why they are not known.
    pub cpu: Result<Estimate, String>,
    /// The same as a multiple of another's, and whose.
    pub ratio: Option<(Estimate, String)>,
    /// Requests per second.
    pub rate: Estimate,
    /// Whether it might have answered more.
    pub is_lower_bound: bool,
    /// p50, p90, p99 and p99.9 of latency in microseconds: the medians of the rounds.
    pub percentiles: Option<[Estimate; 4]>,
    /// The share of the time in the kernel.
    pub in_kernel: Option<f64>,
    /// Rounds that count, and rounds that there were.
    pub rounds: (usize, usize),
    /// Its place, from 1, by time for a request; the same for those that cannot be told apart.
    pub place: Option<usize>,
}

/// The figures of a heat at one pace, those with the least time for a request first.
pub fn rows(heat: &Heat, pace: Pace) -> Vec<Row> {
    rows_among(heat, pace, |_| true)
}

/// The same of those with a name that is wanted: their places are those among themselves.
pub fn rows_among(heat: &Heat, pace: Pace, is_wanted: impl Fn(&str) -> bool) -> Vec<Row> {
    let wanted = heat.entrants.iter().filter(|runner| is_wanted(&runner.name));
    let mut rows: Vec<_> = wanted.map(|runner| row(heat, pace, runner)).collect();
    // Who is not measured, or whose time is not known, stands at the end, in the order of the heat.
    rows.sort_by(|one, other| cpu_of(one).total_cmp(&cpu_of(other)));
    place(heat, pace, &mut rows);
    rows
}

fn cpu_of(row: &Row) -> f64 {
    row.figures.as_ref().ok().and_then(|figures| figures.cpu.as_ref().ok()).map_or(f64::INFINITY, |cpu| cpu.median)
}

fn row(heat: &Heat, pace: Pace, runner: &Runner) -> Row {
    let sound = gates::sound(heat, &runner.name, pace);
    let all = heat.point(&runner.name, pace).map_or(0, |point| point.rounds.len());
    let figures = sound.map(|rounds| Figures { rounds: (rounds.len(), all), ..figures(heat, runner, pace, &rounds) });
    Row { name: runner.name.clone(), figures }
}

fn figures(heat: &Heat, runner: &Runner, pace: Pace, rounds: &[&Round]) -> Figures {
    let whose = runner.beside.clone().unwrap_or_else(|| heat.reference.clone());
    let ratio = (whose != runner.name).then(|| Some((ratio(heat, pace, &runner.name, &whose)?, whose)));
    let rates: Vec<_> = rounds.iter().map(|round| round.achieved).collect();
    let split = rounds.iter().filter_map(|round| round.split_ms);
    let (user, system) = split.fold((0.0, 0.0), |sum, split| (sum.0 + split.0, sum.1 + split.1));
    Figures {
        cpu: cpu(rounds),
        ratio: ratio.flatten(),
        rate: median_of(&rates),
        is_lower_bound: pace == Pace::FlatOut && gates::is_lower_bound(rounds),
        percentiles: percentiles(rounds),
        // A few ticks have no shares.
        in_kernel: (user + system >= 200.0).then(|| system / (user + system)),
        rounds: (rounds.len(), rounds.len()),
        place: None,
    }
}

fn cpu(rounds: &[&Round]) -> Result<Estimate, String> {
    if let Some(why) = rounds.iter().find_map(|round| round.unknown.as_ref()) {
        return Err(why.clone());
    }
    let cpu: Vec<_> = rounds.iter().filter_map(|round| round.cpu).collect();
    if cpu.is_empty() { Err("its time is not known".to_owned()) } else { Ok(median_of(&cpu)) }
}

fn percentiles(rounds: &[&Round]) -> Option<[Estimate; 4]> {
    let all: Option<Vec<_>> = rounds.iter().map(|round| round.percentiles).collect();
    let all = all.filter(|all| !all.is_empty())?;
    Some([0, 1, 2, 3].map(|at| median_of(&all.iter().map(|four| four[at]).collect::<Vec<_>>())))
}

/// How many times as much time one needs as the other, paired within rounds in which both are sound.
pub fn ratio(heat: &Heat, pace: Pace, one: &str, other: &str) -> Option<Estimate> {
    paired(heat, pace, one, other, |one, other| Some(one.cpu? / other.cpu?))
}

fn paired(
    heat: &Heat,
    pace: Pace,
    one: &str,
    other: &str,
    ratio: impl Fn(&Round, &Round) -> Option<f64>,
) -> Option<Estimate> {
    let sound = |name: &str| gates::sound(heat, name, pace).ok();
    let (ones, others) = (sound(one)?, sound(other)?);
    let pairs = ones.iter().filter_map(|round| {
        let pair = others.iter().find(|pair| pair.round == round.round)?;
        ratio(round, pair)
    });
    let ratios: Vec<_> = pairs.filter(|ratio| ratio.is_finite() && *ratio > 0.0).collect();
    (!ratios.is_empty()).then(|| median_of(&ratios))
}

/// What each of these needs as a multiple of what they all need, round by round, in the order of the names. The
/// machine's own speed, which is the same for all in a round, is not in it. What they all need is the geometric
/// mean, and only rounds count in which all of them are sound.
pub fn shares(heat: &Heat, pace: Pace, names: &[&str]) -> Vec<Vec<f64>> {
    let all: Option<Vec<_>> = names.iter().map(|name| gates::sound(heat, name, pace).ok()).collect();
    let all = all.unwrap_or_default();
    let cpu = |rounds: &[&Round], number: usize| rounds.iter().find(|round| round.round == number)?.cpu;
    let mut shares = vec![Vec::new(); names.len()];
    for round in all.first().into_iter().flatten() {
        let of: Option<Vec<_>> = all.iter().map(|rounds| cpu(rounds, round.round)).collect();
        let Some(of) = of else { continue };
        let mean = of.as_slice().geometric_mean();
        shares.iter_mut().zip(of).for_each(|(share, cpu)| share.push(cpu / mean));
    }
    shares
}

/// How many times as many requests one answers in a second as the other, paired in the same way.
pub fn rate_ratio(heat: &Heat, pace: Pace, one: &str, other: &str) -> Option<Estimate> {
    paired(heat, pace, one, other, |one, other| Some(one.achieved / other.achieved))
}

/// The ratios that come of noise alone: those of a server to itself, and 1.
pub fn noise(heat: &Heat, pace: Pace) -> Option<Estimate> {
    let (one, again) = heat.twice.as_ref()?;
    let Estimate { median, low, high } = ratio(heat, pace, again, one)?;
    // Which of the twins is called the first is chance, too.
    let (low, high) = (low.min(1.0 / high), high.max(1.0 / low));
    Some(Estimate { median, low: low.min(1.0), high: high.max(1.0) })
}

/// Whether two cannot be told apart.
pub fn is_tie(heat: &Heat, pace: Pace, one: &str, other: &str) -> bool {
    match (ratio(heat, pace, one, other), noise(heat, pace)) {
        (Some(ratio), Some(noise)) => ratio.meets(&noise),
        // Without a measure of noise, nothing is told apart.
        _ => true,
    }
}

/// Gives places: whoever cannot be told from the first of a group is in that group.
fn place(heat: &Heat, pace: Pace, rows: &mut [Row]) {
    let mut first: Option<(String, usize)> = None;
    for (at, row) in rows.iter_mut().enumerate() {
        let Ok(figures) = &mut row.figures else { continue };
        if figures.cpu.is_err() {
            continue;
        }
        let group = first.take().filter(|(name, _)| is_tie(heat, pace, &row.name, name));
        let group = group.unwrap_or_else(|| (row.name.clone(), at + 1));
        figures.place = Some(group.1);
        first = Some(group);
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::lab::raw::Point;

    /// A heat in which each has these times for a request, round by round; the first has a twin.
    pub(crate) fn heat(of: &[(&str, &[f64])]) -> Heat {
        let runner = |name: &str| Runner {
            name: name.to_owned(),
            command: format!("target/release/{name}"),
            beside: None,
            answers: Vec::new(),
            refused: None,
        };
        let round = |(round, cpu): (usize, &f64)| Round {
            round,
            offered: Some(1000.0),
            achieved: 1000.0,
            requests: 1000,
            cpu: Some(*cpu),
            split_ms: Some((100.0, 300.0)),
            percentiles: Some([50.0, 90.0, 200.0, 900.0]),
            generator: 0.2,
            repeated: 0,
            faults: Vec::new(),
            unknown: None,
        };
        let point = |(name, cpu): &(&str, &[f64])| Point {
            entrant: (*name).to_owned(),
            pace: Pace::Percent(40),
            rounds: cpu.iter().enumerate().map(round).collect(),
            latencies: vec![(50, 500), (90, 400), (200, 90), (900, 10)],
        };
        let first = of[0].0;
        Heat {
            name: "json".to_owned(),
            about: "A small value.".to_owned(),
            requests: vec!["GET /json".to_owned()],
            connections: 16,
            depth: 1,
            keep_alive: true,
            window: 0.5,
            reference: first.to_owned(),
            twice: of.iter().find(|(name, _)| *name == "again").map(|_| (first.to_owned(), "again".to_owned())),
            slowest: None,
            entrants: of.iter().map(|(name, _)| runner(name)).collect(),
            points: of.iter().map(point).collect(),
        }
    }

    const A: [f64; 6] = [10.0, 10.1, 9.9, 10.0, 20.0, 10.2];

    fn places(heat: &Heat) -> Vec<(String, Option<usize>)> {
        let place = |row: Row| (row.name, row.figures.ok().and_then(|figures| figures.place));
        rows(heat, Pace::Percent(40)).into_iter().map(place).collect()
    }

    #[test]
    fn what_noise_could_have_made_is_a_tie() {
        let scaled = |by: f64| A.iter().map(|cpu| cpu * by).collect::<Vec<_>>();
        let (again, near, far) = ([10.3, 10.1, 9.8, 10.4, 20.0, 10.0], scaled(0.99), scaled(1.5));
        let heat = heat(&[("first", &A), ("far", &far), ("near", &near), ("again", &again)]);
        let noise = noise(&heat, Pace::Percent(40)).expect("twins");
        assert!(noise.low < 0.99 && noise.high > 1.01, "{noise:?}");
        let places = places(&heat);
        assert_eq!(places[0], ("near".to_owned(), Some(1)));
        assert!(places[1..3].iter().all(|(_, place)| *place == Some(1)), "{places:?}");
        assert_eq!(places[3], ("far".to_owned(), Some(4)));
        let two = rows_among(&heat, Pace::Percent(40), |name| name == "near" || name == "far");
        let two: Vec<_> = two.iter().map(|row| row.figures.as_ref().ok().and_then(|figures| figures.place)).collect();
        assert_eq!(two, [Some(1), Some(2)], "places among themselves");
    }

    #[test]
    fn ratios_are_paired_within_rounds() {
        let double: Vec<_> = A.iter().map(|cpu| cpu * 2.0).collect();
        let mut heat = heat(&[("first", &A), ("again", &A), ("double", &double)]);
        let told = ratio(&heat, Pace::Percent(40), "double", "first").expect("both");
        assert_eq!((told.median, told.low, told.high), (2.0, 2.0, 2.0));
        // A void round has no pair.
        heat.points[2].rounds[4].faults.push(load::Fault::Short { share: 0.5 });
        heat.points[2].rounds[4].cpu = Some(999.0);
        assert_eq!(ratio(&heat, Pace::Percent(40), "double", "first").map(|told| told.high), Some(2.0));
        assert_eq!(ratio(&heat, Pace::FlatOut, "double", "first"), None);
    }

    #[test]
    fn the_machines_own_speed_is_in_no_share() {
        let (half, slower) = (A.map(|cpu| cpu / 2.0), A.map(|cpu| cpu * 3.0));
        let mut heat = heat(&[("a", &A), ("half", &half)]);
        let quick = shares(&heat, Pace::Percent(40), &["a", "half"]);
        let is_all = |shares: &[f64], wanted: f64| shares.iter().all(|share| (share - wanted).abs() < 1e-9);
        assert!(quick[0].len() == A.len() && is_all(&quick[0], 2_f64.sqrt()) && is_all(&quick[1], 0.5_f64.sqrt()));
        for (point, by) in heat.points.iter_mut().zip([1.0, 0.5]) {
            point.rounds.iter_mut().zip(slower).for_each(|(round, cpu)| round.cpu = Some(cpu * by));
        }
        assert!(is_all(&shares(&heat, Pace::Percent(40), &["half", "a"])[1], 2_f64.sqrt()));
        // A round that one of them lacks says nothing of the others either.
        heat.points[1].rounds.remove(2);
        let lengths: Vec<_> = shares(&heat, Pace::Percent(40), &["a", "half"]).iter().map(Vec::len).collect();
        assert_eq!(lengths, [5, 5]);
        assert!(shares(&heat, Pace::Percent(40), &["a", "nobody"]).iter().all(Vec::is_empty));
    }

    #[test]
    fn without_twins_nobody_is_ahead() {
        let slow: Vec<_> = A.iter().map(|cpu| cpu * 3.0).collect();
        let heat = heat(&[("first", &A), ("slow", &slow)]);
        assert!(places(&heat).iter().all(|(_, place)| *place == Some(1)));
    }

    #[test]
    fn who_is_not_measured_stands_at_the_end_and_says_why() {
        let mut heat = heat(&[("first", &A), ("again", &A), ("other", &A)]);
        heat.entrants[0].refused = Some("a debug build".to_owned());
        heat.points[1].rounds.iter_mut().for_each(|round| round.unknown = Some("no process".to_owned()));
        let rows = rows(&heat, Pace::Percent(40));
        assert_eq!(rows[0].name, "other");
        assert_eq!(rows[1].figures.as_ref().err().map(String::as_str), Some("a debug build"));
        let figures = rows[2].figures.as_ref().expect("measured");
        assert_eq!((figures.cpu.as_ref().err().map(String::as_str), figures.place), (Some("no process"), None));
        assert_eq!(figures.in_kernel, Some(0.75));
    }
}
