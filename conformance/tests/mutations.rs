//! The judge is judged: a proxy before a right server spoils one thing, and some check must see it.
//!
//! `mutations::nothing_spoilt_passes` shows that the proxy itself is not what the checks see.

mod mutants;
mod servers;

use conformance::{
    check::{self, Check, Needs},
    finding::Finding,
    plan::{self, Choice, Item},
    protocol::{case::Level, subject::Subject},
    report::{Outcome, told, weigh},
    resources,
    target::Target,
};
use libtest_mimic::{Arguments, Failed, Trial};
use mutants::{Acted, Mutation, Proxy, Spoil};
use regex::Regex;
use servers::{Running, start};
use std::{collections::BTreeSet, process::ExitCode, sync::atomic::Ordering, thread, time::Duration};

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
        Trial::test("mutations::nothing_spoilt_passes_the_protocol", nothing_spoilt_by_protocol),
        Trial::test("mutations::are_many_and_told_apart", told_apart),
    ];
    let name = |mutation: &Mutation| format!("mutations::{}", mutation.name);
    let of_contract =
        mutants::all().into_iter().map(|mutation| Trial::test(name(&mutation), move || caught(&mutation)));
    let of_protocol = mutants::of_protocol()
        .into_iter()
        .map(|mutation| Trial::test(name(&mutation), move || caught_by_protocol(&mutation)));
    libtest_mimic::run(&args, own.into_iter().chain(of_contract).chain(of_protocol).collect()).exit_code()
}

/// A right server behind a proxy.
struct Mutant {
    /// Through the proxy.
    target: Target,
    /// Past it.
    sound: Target,
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
        Mutant { target, sound: running.target.clone(), _proxy: proxy, _running: running }
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
    let all: Vec<_> = mutants::all().into_iter().chain(mutants::of_protocol()).collect();
    let names: BTreeSet<_> = all.iter().map(|mutation| mutation.name).collect();
    if names.len() < all.len() || all.len() < LEAST {
        return Err(format!("{} mutations with {} names", all.len(), names.len()).into());
    }
    let known: BTreeSet<_> = check::all().into_iter().map(|check| check.id).collect();
    let of_contract = mutants::all();
    let named = of_contract.iter().flat_map(|mutation| mutation.caught_by);
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

/// The server as it is without the proxy, seen through it.
fn subject(mutant: &Mutant) -> Subject {
    let resources = resources::make(&mutant.sound).expect("a file can be put");
    let learned = Subject::learn(&mutant.sound, resources).expect("plain requests are answered");
    Subject { target: mutant.target.clone(), ..learned }
}

fn items(only: Option<&str>) -> Vec<Item> {
    let only = only.map(|id| Regex::new(&format!("^{}$", regex::escape(id))).expect("a pattern"));
    plan::wanted(&Choice { level: Level::Should, only, contract: false, destructive: false })
}

fn nothing_spoilt_by_protocol() -> Result<(), Failed> {
    let mutant = Mutant::start(Spoil::Nothing, &Acted::default());
    let subject = subject(&mutant);
    // In pieces it would be the proxy that is judged.
    let wholes: Vec<_> = items(None).into_iter().filter(|item| item.id.starts_with("protocol::")).collect();
    // The proxy takes its time with the end of a connection.
    let wrong: String = thread::scope(|scope| {
        let judging =
            wholes.chunks(wholes.len().div_ceil(AT_ONCE)).map(|items| scope.spawn(|| failures(items, &subject)));
        judging.collect::<Vec<_>>().into_iter().map(|judging| judging.join().expect("no panic")).collect()
    });
    if wrong.is_empty() { Ok(()) } else { Err(wrong.into()) }
}

/// What fails, the listed deviations of the server aside.
fn failures(items: &[Item], subject: &Subject) -> String {
    let failed =
        items.iter().filter_map(|item| match weigh(subject.target.server.name, &item.id, item.judge(subject)) {
            Outcome::Failed(findings) => Some(format!("{}\n{}", item.id, told(&findings))),
            _ => None,
        });
    failed.collect()
}

fn caught_by_protocol(mutation: &Mutation) -> Result<(), Failed> {
    let acted = Acted::default();
    let mutant = Mutant::start(mutation.spoil, &acted);
    let mut subject = subject(&mutant);
    subject.target.patience = if mutation.silent { SILENCE } else { PATIENCE };
    for id in mutation.caught_by {
        let item = items(Some(id)).pop().ok_or_else(|| format!("there is no check {id}"))?;
        item.judge(&subject).err().ok_or_else(|| format!("{id} does not see it"))?;
    }
    if acted.load(Ordering::Relaxed) == 0 { Err("it has spoilt nothing".into()) } else { Ok(()) }
}
