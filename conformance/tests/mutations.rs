//! The judge is judged: a proxy before a right server spoils one thing, and some check must see it.
//!
//! `mutations::nothing_spoilt_passes` shows that the proxy itself is not what the checks see.

mod mutants;
mod servers;

use conformance::{
    check::{self, Check, Needs},
    finding::Finding,
    report::told,
};
use libtest_mimic::{Arguments, Failed, Trial};
use mutants::{Acted, Mutation, Proxy, Spoil};
use servers::{Running, start};
use std::{collections::BTreeSet, process::ExitCode, sync::atomic::Ordering, time::Duration};

/// How many mistakes there are at least.
const LEAST: usize = 48;
/// How long a spoilt answer is waited for.
const PATIENCE: Duration = Duration::from_secs(2);
/// How long, when it shows by nothing happening.
const SILENCE: Duration = Duration::from_secs(1);
/// Most trials wait more than they work.
const AT_ONCE: usize = 6;

fn main() -> ExitCode {
    let mut args = Arguments::from_args();
    args.test_threads.get_or_insert(AT_ONCE);
    let own = [
        Trial::test("mutations::nothing_spoilt_passes", nothing_spoilt),
        Trial::test("mutations::are_many_and_told_apart", told_apart),
    ];
    let mutations = mutants::all()
        .into_iter()
        .map(|mutation| Trial::test(format!("mutations::{}", mutation.name), move || caught(&mutation)));
    libtest_mimic::run(&args, own.into_iter().chain(mutations).collect()).exit_code()
}

/// A right server behind a proxy.
struct Mutant {
    target: conformance::target::Target,
    // In this order they end.
    _proxy: Proxy,
    _running: Running,
}

impl Mutant {
    fn start(spoil: Spoil, acted: &Acted) -> Self {
        let (server, serve) = servers::all().into_iter().find(|(server, _)| server.name == "axum-server").expect("it");
        let running = start(server, serve);
        let proxy = Proxy::start(running.address, spoil, Acted::clone(acted));
        let mut target = running.target.clone();
        (target.address, target.host) = (proxy.address, proxy.address.to_string());
        Mutant { target, _proxy: proxy, _running: running }
    }
}

/// The findings of a check; on a store of its own, if it needs one.
fn findings(check: &Check, spoil: Spoil, acted: &Acted, shared: &Mutant, patience: Duration) -> Vec<Finding> {
    let own = (check.needs == Needs::Store).then(|| Mutant::start(spoil, acted));
    let mut target = own.as_ref().unwrap_or(shared).target.clone();
    target.patience = patience;
    check.judge(&target).err().unwrap_or_default()
}

fn nothing_spoilt() -> Result<(), Failed> {
    let (spoil, acted) = (Spoil::Nothing, Acted::default());
    let shared = Mutant::start(spoil, &acted);
    let mut wrong = String::new();
    for check in check::all() {
        let found = findings(&check, spoil, &acted, &shared, shared.target.patience);
        if !found.is_empty() {
            wrong += &format!("{}\n{}", check.id, told(&found));
        }
    }
    if wrong.is_empty() { Ok(()) } else { Err(wrong.into()) }
}

fn told_apart() -> Result<(), Failed> {
    let all = mutants::all();
    let names: BTreeSet<_> = all.iter().map(|mutation| mutation.name).collect();
    if names.len() < all.len() || all.len() < LEAST {
        return Err(format!("{} mutations with {} names", all.len(), names.len()).into());
    }
    let known: BTreeSet<_> = check::all().into_iter().map(|check| check.id).collect();
    let named = all.iter().flat_map(|mutation| mutation.caught_by);
    let unknown: Vec<_> = named.filter(|check| !known.contains(**check)).collect();
    if unknown.is_empty() { Ok(()) } else { Err(format!("there are no such checks: {unknown:?}").into()) }
}

/// Asks the checks that are named, then all others, until one has found something.
fn caught(mutation: &Mutation) -> Result<(), Failed> {
    let acted = Acted::default();
    let patience = if mutation.silent { SILENCE } else { PATIENCE };
    let shared = Mutant::start(mutation.spoil, &acted);
    let (first, others): (Vec<_>, Vec<_>) =
        check::all().into_iter().partition(|check| mutation.caught_by.contains(&check.id.as_str()));
    let named = first.len();
    for (at, check) in first.into_iter().chain(others).enumerate() {
        let found = findings(&check, mutation.spoil, &acted, &shared, patience);
        // That a busy machine is slow is not for a check to see.
        let seen = found.iter().find(|finding| mutation.silent || !finding.what.contains("nothing came for"));
        match seen {
            Some(_) if acted.load(Ordering::Relaxed) == 0 => return Err("it has spoilt nothing".into()),
            Some(finding) if at >= named => {
                return Err(format!("only {} sees it: {}\n{}", check.id, finding.what, finding.raw).into());
            }
            Some(_) => return Ok(()),
            None => {}
        }
    }
    let acted = acted.load(Ordering::Relaxed);
    Err(format!("no check sees it, though it has spoilt {acted} things").into())
}
