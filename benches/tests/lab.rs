//! Runs of the lab from end to end, small ones, with servers that are spoiled on purpose: each must lose its bar, and
//! say why. The spoiled servers are this very program, started anew, as somebody else's command.

#[path = "lab/interrupted.rs"]
mod interrupted;
#[path = "lab/schema.rs"]
mod schema;
#[path = "lab/spoiled.rs"]
mod spoiled;

use benches::lab::{
    asides,
    binaries::Recipe,
    entrant::Entrant,
    gates,
    keeper::Keeper,
    pictures,
    plan::Budget,
    profiles::Profile,
    raw::{Heat, Lab, Pace},
    report, results,
    server::Server,
    session,
    wishes::Wishes,
};
use spoiled::{Spoiled, command};
use std::sync::{Mutex, PoisonError};

/// Enough for the test, not for figures.
const TINY: Budget = Budget { seconds: 1.0, rounds: 2, window: (0.08, 0.08) };

/// A run of a sound server and this one.
fn run(spoiled: Spoiled, profile: Profile) -> Lab {
    let extra = |name: &str, what: Spoiled| Entrant::extra(&format!("{name}={}", command(what))).expect("sound");
    let extras = vec![extra("sound", Spoiled::Not), extra("spoiled", spoiled)];
    in_turn(&Wishes { profiles: vec![profile], extras, ..wishes() })
}

/// Nothing yet, and little of it.
fn wishes() -> Wishes {
    Wishes {
        profiles: Vec::new(),
        servers: Vec::new(),
        has_bare: false,
        extras: Vec::new(),
        database: None,
        seed: 7,
        quick: false,
        budget: TINY,
        recipe: Recipe::default(),
    }
}

/// One run at a time: they share the two cores.
fn in_turn(wishes: &Wishes) -> Lab {
    static TURN: Mutex<()> = Mutex::new(());
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    session::run(&Keeper::default(), wishes).expect("a run")
}

/// The heat of a run, or nothing on a machine with one core, where there is none.
fn heat(lab: &Lab) -> Option<&Heat> {
    match lab.heats.as_slice() {
        [heat] => Some(heat),
        _ => {
            assert!(lab.left_out.iter().any(|left_out| left_out.why.contains("one core")), "{:?}", lab.left_out);
            None
        }
    }
}

/// What the summary says of a server instead of figures, at a pace.
fn said(heat: &Heat, name: &str, pace: Pace) -> Option<String> {
    let rows = results::rows(heat, pace);
    rows.into_iter().find(|row| row.name == name).expect("it took part").figures.err()
}

/// How often a run is begun anew that something else on this machine has disturbed.
const RUNS: usize = 5;

/// A run whose windows nothing else has disturbed: that would be a reason of its own, before all others.
fn undisturbed(spoiled: Spoiled) -> Lab {
    let disturbed = |heat: &Heat| {
        let said = heat.paces().into_iter().filter_map(|pace| said(heat, "spoiled", pace));
        said.filter(|why| why.starts_with("something else ran")).count() > 0
    };
    let mut runs = (0..RUNS).map(|_| run(spoiled, Profile::Json));
    runs.find(|lab| !lab.heats.iter().any(disturbed)).expect("this machine is too busy with something else")
}

/// The spoiled server must not be measured, for this reason, and the summary says so.
fn blank(spoiled: Spoiled, word: &str) {
    let lab = undisturbed(spoiled);
    let Some(heat) = heat(&lab) else { return };
    for pace in heat.paces() {
        let why = said(heat, "spoiled", pace).unwrap_or_else(|| panic!("it was measured at {pace}"));
        assert!(why.contains(word), "{why}");
    }
    let row = heat.runner("sound").expect("it took part");
    assert_eq!(row.refused, None);
    // A machine as busy as one that runs tests may void the twins; then there is no summary at all.
    match report::summary(&lab) {
        Ok(summary) => assert!(summary.contains("| spoiled | not measured: "), "{summary}"),
        Err(why) => assert!(why.starts_with("the run is void"), "{why}"),
    }
}

#[test]
fn one_that_answers_404_is_blank() {
    blank(Spoiled::NotFound, "answered 404, not 200");
}

#[test]
fn one_wrong_body_in_a_hundred_blanks_all() {
    blank(Spoiled::WrongBody, "wrong");
}

#[test]
fn one_that_closes_connections_is_blank() {
    blank(Spoiled::Closes, "errors");
}

#[test]
fn one_that_ends_under_load_is_blank() {
    blank(Spoiled::Dies, "errors");
}

/// A server that takes its time without working is blank: its CPU would praise it.
#[test]
fn one_that_sleeps_is_blank() {
    blank(Spoiled::Sleeps, "it lets them wait");
}

/// Its time is seen where it passed: from the moment a request was due.
#[test]
fn sleeping_is_seen_in_latency() {
    let lab = run(Spoiled::Sleeps, Profile::Json);
    let Some(heat) = heat(&lab) else { return };
    let p50 = |name: &str| {
        let point = heat.point(name, Pace::Percent(10)).expect("it was asked");
        let percentiles: Vec<_> = point.rounds.iter().filter_map(|round| round.percentiles).collect();
        assert!(!percentiles.is_empty(), "{:?}", heat.entrants);
        percentiles.iter().map(|four| four[0]).fold(f64::INFINITY, f64::min)
    };
    assert!(p50("spoiled") >= 1000.0, "{} µs", p50("spoiled"));
    // It is the slowest, so its ceiling sets the rates: 16 connections, a millisecond each.
    let slowest = heat.slowest.as_ref().expect("one is the slowest");
    assert!(slowest.name == "spoiled" && slowest.ceiling < 16_000.0, "{slowest:?}");
}

/// What was measured is told in full, and by the schema. Whether it agrees with itself cannot be asked: of so few rounds
/// all may be ties, and then there is nothing to agree in.
#[test]
fn a_run_is_told_in_full() {
    let lab = run(Spoiled::Not, Profile::Plaintext);
    let Some(heat) = heat(&lab) else { return };
    let raw = serde_json::to_string(&lab).expect("JSON");
    assert_eq!(schema::objections(&raw), None);
    assert!(schema::objections(&raw.replace("\"keep_alive\":true", "\"keep_alive\":1")).is_some());
    assert_eq!(heat.twice, Some(("sound".to_owned(), "sound (again)".to_owned())));
    assert_eq!(heat.points.len(), 3 * 4);
    for point in &heat.points {
        assert_eq!(point.rounds.len(), TINY.rounds, "{point:?}");
        for round in &point.rounds {
            assert!(round.cpu.is_some_and(|cpu| cpu > 0.0), "{round:?}");
            assert_eq!(round.offered.is_some(), point.pace != Pace::FlatOut);
        }
    }
    if let Err(why) = report::summary(&lab) {
        assert!(gates::void_run(&lab).is_some(), "{why}");
        return;
    }
    let summary = report::summary(&lab).expect("it is not void");
    assert_eq!(summary.matches("| sound (again) |").count(), 4, "{summary}");
    assert!(summary.contains(&asides::manifest(&lab)));
    let pictures = pictures::all(&lab);
    for picture in pictures::names(heat) {
        assert!(summary.contains(&picture.file) && pictures.iter().any(|(file, _)| *file == picture.file));
    }
}

/// One that somebody else has started is measured where it runs.
#[test]
fn one_that_runs_already_is_measured_too() {
    let keeper = Keeper::default();
    let running = Entrant::extra(&format!("running={}", command(Spoiled::Not))).expect("sound");
    let server = Server::start(&keeper, &running, None).expect("it starts");
    let extra = Entrant::extra(&format!("running=http://{}", server.address)).expect("sound");
    let lab = in_turn(&Wishes { profiles: vec![Profile::Json], extras: vec![extra], ..wishes() });
    let Some(heat) = heat(&lab) else { return };
    let rounds = &heat.point("running", Pace::Percent(10)).expect("it was asked").rounds;
    assert!(rounds.iter().all(|round| round.cpu.is_some() && round.unknown.is_none()), "{rounds:?}");
}

/// The floor and the twins are the measure of all others: without them there is nothing to say.
#[test]
fn a_run_whose_twins_are_spoiled_is_void() {
    let mut lab = run(Spoiled::Not, Profile::Plaintext);
    if heat(&lab).is_none() {
        return;
    }
    lab.heats[0].entrants[0].refused = Some("a debug build".to_owned());
    let why = report::summary(&lab).expect_err("it is void");
    assert!(why.contains("sound was not measured: a debug build"), "{why}");
}

/// One that was not optimised is not measured, whatever else it can do.
#[test]
fn a_debug_build_is_blank() {
    let recipe = Recipe { profile: Some("dev".to_owned()), ..Recipe::default() };
    let lab = in_turn(&Wishes { profiles: vec![Profile::Plaintext], has_bare: true, recipe, ..wishes() });
    assert!(lab.binaries.iter().any(|binary| binary.name == "floor"), "{:?}", lab.binaries);
    let Some(heat) = heat(&lab) else { return };
    let why = said(heat, "floor", Pace::FlatOut).expect("no figures");
    assert!(why.starts_with("a debug build"), "{why}");
    assert!(gates::void_run(&lab).is_some_and(|void| void.contains("floor")));
}
