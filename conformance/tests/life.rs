//! What happens when things go wrong: a store that panics, fails, is gone or hangs; clients that are silent, drip, stall
//! or leave; a server that is told to stop. On each of the six, in this process, with short limits.

mod scenarios;
mod servers;

use conformance::report::{Outcome, told, weigh};
use libtest_mimic::{Arguments, Trial};
use scenarios::{Kind, clients, drain, faults, flags, sockets, streams};
use std::{panic, process::ExitCode};

fn main() -> ExitCode {
    let args = Arguments::from_args();
    hush();
    let scenarios = [faults::all(), clients::all(), drain::all(), flags::all(), sockets::all(), streams::all()];
    let mut trials = Vec::new();
    for (server, serve) in servers::all() {
        for (name, scenario) in scenarios.iter().flatten() {
            let (check, scenario) = (format!("life::{name}"), *scenario);
            trials.push(Trial::test(format!("{}::{check}", server.name.replace('-', "_")), move || {
                match weigh(server.name, &check, scenario(Kind { server, serve }).map_err(Vec::from)) {
                    Outcome::Passed | Outcome::Deviates(_) => Ok(()),
                    Outcome::Failed(findings) => Err(told(&findings).into()),
                }
            }));
        }
    }
    libtest_mimic::run(&args, trials).exit_code()
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
