//! Every check on each of the six: a server's answers are those of the contract, or a listed deviation.

mod servers;

use conformance::{
    check::{self, Check, Needs},
    report::{Outcome, judge, told},
};
use libtest_mimic::{Arguments, Failed, Trial};
use servers::{Running, Serve, start};
use shared::contract::Server;
use std::{
    process::ExitCode,
    sync::{Arc, OnceLock},
};

/// A server that is started when the first check asks for it, and shared by those that can share one.
struct Shared {
    server: &'static Server,
    serve: Serve,
    running: OnceLock<Running>,
}

fn main() -> ExitCode {
    let args = Arguments::from_args();
    let shared: Vec<_> = servers::all()
        .into_iter()
        .map(|(server, serve)| Arc::new(Shared { server, serve, running: OnceLock::new() }))
        .collect();
    let trials =
        shared.iter().flat_map(|shared| check::all().into_iter().map(|check| trial(Arc::clone(shared), check)));
    let conclusion = libtest_mimic::run(&args, trials.collect());
    // `exit` would leave the servers without their end.
    drop(shared);
    conclusion.exit_code()
}

fn trial(shared: Arc<Shared>, check: Check) -> Trial {
    let name = format!("{}::{}", shared.server.name.replace('-', "_"), check.id);
    Trial::test(name, move || run(&shared, &check))
}

fn run(shared: &Shared, check: &Check) -> Result<(), Failed> {
    let own = (check.needs == Needs::Store).then(|| start(shared.server, shared.serve));
    let running = own.as_ref().unwrap_or_else(|| shared.running.get_or_init(|| start(shared.server, shared.serve)));
    match judge(check, &running.target) {
        Outcome::Passed => Ok(()),
        Outcome::Deviates(deviation) => {
            println!("{} deviates in {}: {}", shared.server.name, check.id, deviation.reason);
            Ok(())
        }
        Outcome::Failed(findings) => Err(told(&findings).into()),
    }
}
