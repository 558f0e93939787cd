//! The six programs on PostgreSQL: what they do on other stores they do there as well, and what only a server can do to
//! them, which goes and comes back, they outlive.

// Some of what the programs do elsewhere is of no interest here.
#[allow(dead_code)]
mod binaries;
mod databases;
mod on_postgres;
#[allow(dead_code)]
mod runs;
mod writers;

use binaries::Program;
use conformance::{
    finding::Finding,
    report::{Outcome, told, weigh},
};
use databases::Databases;
use libtest_mimic::{Arguments, Trial};
use on_postgres::{faults, mistakes, sound};
use shared::contract::{SERVERS, Server};
use std::{process::ExitCode, sync::Arc};

type Scenario = (&'static str, fn(&Program, &Databases) -> Result<(), Finding>);

const SCENARIOS: &[Scenario] = &[
    ("the_contract_is_kept", sound::keep_the_contract),
    ("siblings_share_one_database", sound::siblings),
    ("events_of_siblings_arrive_and_ids_survive", sound::events),
    ("a_todo_survives_a_kill", sound::survives_a_kill),
    ("large_files_need_no_memory", sound::large_files),
    ("old_news_are_forgotten", sound::forget_old_news),
    ("files_leave_nothing_behind", sound::leave_nothing_behind),
    ("a_server_that_dies_and_returns_is_used_again", faults::dies),
    ("a_server_that_is_stopped_is_not_waited_for", faults::is_stopped),
    ("connections_that_are_cut_are_replaced", faults::are_cut),
    ("a_change_that_fails_is_undone", faults::fails),
    ("a_lock_that_another_holds_is_waited_for", faults::is_locked),
    ("a_lock_that_is_never_let_go_is_503", faults::stays_locked),
    ("files_on_their_way_leave_others_room", faults::moves_bytes),
    ("mistakes_are_one_line_without_the_password", mistakes::are_told),
];

fn main() -> ExitCode {
    let args = Arguments::from_args();
    let databases = Arc::new(Databases::here());
    let mut trials: Vec<_> = SERVERS
        .iter()
        .flat_map(|server| SCENARIOS.iter().map(move |scenario| (server, scenario)))
        .map(|(server, scenario)| trial(server, scenario, &databases))
        .collect();
    let (absent, all) = (databases.are_absent(), databases.clone());
    let six = move || sound::six(&all).map_err(|found| told(&[found]).into());
    trials.push(Trial::test("six_siblings_start_at_once", six).with_ignored_flag(absent));
    libtest_mimic::run(&args, trials).exit_code()
}

fn trial(server: &'static Server, (name, scenario): &'static Scenario, databases: &Arc<Databases>) -> Trial {
    let (check, absent, databases) = (format!("postgres::{name}"), databases.are_absent(), databases.clone());
    let judge = move || match weigh(server.name, &check, scenario(&Program::new(server), &databases).map_err(Vec::from))
    {
        Outcome::Passed | Outcome::Deviates(_) => Ok(()),
        Outcome::Failed(findings) => Err(told(&findings).into()),
    };
    Trial::test(format!("{}::postgres::{name}", server.name.replace('-', "_")), judge).with_ignored_flag(absent)
}
