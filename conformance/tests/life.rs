//! What happens when things go wrong: a store that panics, fails, is gone or hangs; clients that are silent, drip, stall
//! or leave; a server that is told to stop. On each of the six, in this process, with short limits.

mod scenarios;
mod servers;

use conformance::report::{Outcome, told, weigh};
use libtest_mimic::{Arguments, Failed, Trial};
use scenarios::{
    Kind, Scenario, clients, clock, drain, faults, flags, hostile, panics, relay, seats::Seats, sockets, store, streams,
};
use std::{panic, process::ExitCode, sync::Arc};

fn main() -> ExitCode {
    let mut args = Arguments::from_args();
    hush();
    let usual = [
        faults::all(),
        panics::all(),
        store::all(),
        clients::all(),
        drain::all(),
        flags::all(),
        sockets::all(),
        streams::all(),
        relay::all(),
    ];
    // Three sorts at the same time: those that do little but wait, those that keep a core busy, and the usual ones.
    let mut trials = trials(&[hostile::patient(), clock::patient()], None);
    trials.extend(self::trials(&[hostile::all()], Some(Seats::new(args.test_threads))));
    trials.extend(self::trials(&usual, Some(Seats::new(args.test_threads))));
    args.test_threads.get_or_insert(trials.len());
    libtest_mimic::run(&args, trials).exit_code()
}

fn trials(scenarios: &[Vec<Scenario>], seats: Option<Seats>) -> Vec<Trial> {
    let seats = seats.map(Arc::new);
    let mut trials = Vec::new();
    for (server, serve) in servers::all() {
        for (name, scenario) in scenarios.iter().flatten() {
            let (check, scenario, seats) = (format!("life::{name}"), *scenario, seats.clone());
            trials.push(Trial::test(format!("{}::{check}", server.name.replace('-', "_")), move || {
                let _seat = seats.as_ref().map(|seats| seats.take());
                judge(Kind { server, serve }, &check, scenario)
            }));
        }
    }
    trials
}

fn judge(
    kind: Kind,
    check: &str,
    scenario: fn(Kind) -> Result<(), conformance::finding::Finding>,
) -> Result<(), Failed> {
    match weigh(kind.server.name, check, scenario(kind).map_err(Vec::from)) {
        Outcome::Passed | Outcome::Deviates(_) => Ok(()),
        Outcome::Failed(findings) => Err(told(&findings).into()),
    }
}

/// The store that panics does so by intent: that need not be told.
fn hush() {
    let usual = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        if !info.payload_as_str().is_some_and(|text| text.contains(faults::CAUSE)) {
            usual(info);
        }
    }));
}
