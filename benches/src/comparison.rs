//! All routers in all conditions, measured in one run.

use crate::{
    conditions::{Condition, Order, Set},
    estimate::{Estimate, median_of, ratio_of},
    instructions::{self, Count},
    machine::Machine,
    measure::{Contender, Plan, Series, interleave},
    probes::{self, Answers},
    routers::{Kind, OURS, REFERENCE, Runner},
};
use serde::Serialize;
use std::io;

/// The name under which ours is measured a second time: what differs between the two is noise.
pub const AGAIN: &str = "handrolled-router, again";
/// What ours may cost, as a share of the reference: on GitHub's shuffled paths with parameters, in the median
/// condition, and in every one.
pub const TARGETS: (f64, f64, f64) = (0.40, 0.60, 0.75);

/// Whether it is the condition with a target of its own.
fn is_hard(condition: &Condition) -> bool {
    condition.set == Set::Github && condition.order == Order::Shuffled && condition.reading
}

/// What was measured.
#[derive(Serialize)]
pub struct Comparison {
    /// Where and with what.
    pub machine: Machine,
    /// What everything random was drawn from.
    pub seed: u64,
    /// How often each was timed in each condition.
    pub rounds: usize,
    /// What each does.
    pub answers: Vec<Answers>,
    /// The figures, by condition.
    pub results: Vec<Result>,
}

/// The figures of one condition.
#[derive(Serialize)]
pub struct Result {
    /// The condition.
    pub condition: Condition,
    /// How many paths it has.
    pub paths: usize,
    /// The routers, the quickest first.
    pub rows: Vec<Row>,
    /// Those that are not measured, as they are not right, and why.
    pub wrong: Vec<(&'static str, String)>,
}

/// The figures of one router in one condition.
#[derive(Serialize)]
pub struct Row {
    /// The router.
    pub name: String,
    /// Nanoseconds for a look-up.
    pub ns: Estimate,
    /// The same as a share of the reference's, paired by round.
    pub ratio: Estimate,
    /// That of ours as a share of this one's.
    pub ours: Estimate,
    /// Instructions for a look-up, if they were counted.
    pub instructions: Option<f64>,
    /// Allocations for a look-up, if they were counted.
    pub allocations: Option<f64>,
    /// Every timing.
    pub rounds: Vec<f64>,
}

/// What to do.
pub struct Options {
    /// How often each is timed.
    pub rounds: usize,
    /// What everything random is drawn from.
    pub seed: u64,
    /// Whether instructions are counted.
    pub count: bool,
    /// The routers.
    pub kinds: Vec<Kind>,
}

/// How many steps a comparison has, for progress.
pub fn steps(options: &Options) -> usize {
    let counts = if options.count { options.kinds.len() } else { 0 };
    Condition::all().len() * ((options.kinds.len() + 1) * options.rounds + counts)
}

/// Measures.
///
/// # Errors
/// When valgrind does not count.
pub fn run(options: &Options, tick: &mut dyn FnMut()) -> io::Result<Comparison> {
    let results = Condition::all().into_iter().map(|condition| measure(options, condition, tick));
    let results = results.collect::<io::Result<_>>()?;
    let packages: Vec<_> = options.kinds.iter().map(|kind| kind.name.split(' ').next().unwrap_or_default()).collect();
    Ok(Comparison {
        machine: Machine::here(&packages),
        seed: options.seed,
        rounds: options.rounds,
        answers: probes::ask_all(&options.kinds),
        results,
    })
}

fn measure(options: &Options, condition: Condition, tick: &mut dyn FnMut()) -> io::Result<Result> {
    let (paths, patterns) = (condition.paths(options.seed), condition.set.patterns());
    let (mut right, mut wrong) = (Vec::new(), Vec::new());
    for kind in &options.kinds {
        let is_right = |router: &dyn Runner| {
            paths.iter().zip(&paths.right).find(|(path, right)| !kind.is_right(router, path, right))
        };
        match kind.build(&patterns) {
            Err(why) => wrong.push((kind.name, why)),
            Ok(router) => match is_right(&*router) {
                Some((path, _)) => wrong.push((kind.name, format!("it is wrong about {path}"))),
                None => right.push((kind, router)),
            },
        }
    }
    let again = right.iter().filter(|(kind, _)| kind.name == OURS).map(|(_, router)| (AGAIN, router));
    let mut contenders: Vec<_> = right
        .iter()
        .map(|(kind, router)| (kind.name, router))
        .chain(again)
        .map(|(name, router)| Contender {
            name: name.to_owned(),
            pass: Box::new(|| router.pass(&paths, condition.reading)),
            lookups: paths.len(),
        })
        .collect();
    let series = interleave(&mut contenders, &Plan { rounds: options.rounds, seed: options.seed }, tick);
    let mut rows = rows(series);
    if options.count {
        for (kind, _) in &right {
            let count = |what| instructions::count(what, kind, &condition, options.seed).map(Some);
            for row in rows.iter_mut().filter(|row| row.name == kind.name) {
                row.instructions = count(Count::Instructions)?;
                // Allocations are the same in the other conditions, and take long to count.
                row.allocations = if is_hard(&condition) { count(Count::Allocations)? } else { None };
            }
            tick();
        }
    }
    Ok(Result { condition, paths: paths.len(), rows, wrong })
}

fn rows(series: Vec<Series>) -> Vec<Row> {
    let of = |name: &str| series.iter().find(|series| series.name == name).map_or(&[][..], |series| &series.ns);
    let (reference, ours) = (of(REFERENCE), of(OURS));
    let row = |series: &Series| Row {
        name: series.name.clone(),
        ns: median_of(&series.ns),
        ratio: ratio_of(&series.ns, reference),
        ours: ratio_of(ours, &series.ns),
        instructions: None,
        allocations: None,
        rounds: series.ns.iter().map(|ns| (ns * 100.0).round() / 100.0).collect(),
    };
    let mut rows: Vec<_> = series.iter().map(row).collect();
    rows.sort_by(|one, other| one.ns.median.total_cmp(&other.ns.median));
    rows
}

/// Something that was to be reached.
pub struct Target {
    /// What.
    pub what: String,
    /// What it came to.
    pub is: String,
    /// Whether that is enough.
    pub is_met: bool,
}

impl Result {
    fn row(&self, name: &str) -> Option<&Row> {
        self.rows.iter().find(|row| row.name == name)
    }

    /// The ratios that come of noise alone: those of ours to itself, and 1.
    pub fn noise(&self) -> Option<Estimate> {
        let Estimate { median, low, high } = self.row(AGAIN)?.ours;
        Some(Estimate { median, low: low.min(1.0), high: high.max(1.0) })
    }

    /// Whether another router cannot be told from ours.
    pub fn is_tie(&self, row: &Row) -> bool {
        row.name != OURS && self.noise().is_some_and(|noise| row.ours.meets(&noise))
    }

    /// The routers that ours is not ahead of, for sure.
    fn not_behind(&self) -> impl Iterator<Item = &Row> {
        let others = self.rows.iter().filter(|row| row.name != OURS && row.name != AGAIN);
        others.filter(|row| self.is_tie(row) || row.ours.median >= 1.0)
    }
}

impl Comparison {
    /// Whether ours came to what it was to come to.
    pub fn targets(&self) -> Vec<Target> {
        let results: Vec<_> = self.results.iter().filter(|result| result.condition.order != Order::Missing).collect();
        let share = |result: &&&Result| result.row(OURS).map_or(f64::NAN, |row| row.ratio.median);
        let hard: Vec<_> =
            results.iter().filter(|result| is_hard(&result.condition)).map(|result| share(&result)).collect();
        let all: Vec<_> = results.iter().map(|result| share(&result)).collect();
        let most = all.iter().copied().fold(f64::MIN, f64::max);
        let at_most = |what: &str, is: f64, wanted: f64| Target {
            what: format!("{what}: at most {wanted:.2} of {REFERENCE}"),
            is: format!("{is:.2}"),
            is_met: is <= wanted,
        };
        let ahead: Vec<_> = results
            .iter()
            .flat_map(|result| result.not_behind().map(|row| format!("{} ({})", row.name, result.condition)))
            .collect();
        vec![
            at_most("GitHub, shuffled, reading parameters", hard.first().copied().unwrap_or(f64::NAN), TARGETS.0),
            at_most("the median condition", median_of(&all).median, TARGETS.1),
            at_most("every condition", most, TARGETS.2),
            Target {
                what: "ahead of every other router in every condition".to_owned(),
                is: if ahead.is_empty() { "yes".to_owned() } else { format!("not of {}", ahead.join(", ")) },
                is_met: ahead.is_empty(),
            },
        ]
    }
}

impl Comparison {
    /// How often a router allocates in a look-up whose parameters are read, on average.
    pub fn allocations(&self, name: &str) -> Option<f64> {
        self.results.iter().filter_map(|result| result.row(name)).find_map(|row| row.allocations)
    }
}
