//! The six programs as their users run them: flags, mistakes, signals, and what survives a kill.

mod binaries;
mod runs;

use binaries::Program;
use conformance::{
    finding::Finding,
    report::{Outcome, told, weigh},
};
use libtest_mimic::{Arguments, Trial};
use runs::{data, descriptors, disk, drain, events, files, flags, locks, logs, memory, signals};
use shared::contract::{SERVERS, Server};
use std::process::ExitCode;

type Scenario = (&'static str, fn(Program) -> Result<(), Finding>);

const SCENARIOS: &[Scenario] = &[
    ("help_names_every_flag", flags::help),
    ("a_wrong_flag_is_one_line", flags::wrong_flag),
    ("a_wrong_variable_is_one_line", flags::wrong_variable),
    ("a_taken_port_is_one_line", flags::taken_port),
    ("a_data_folder_that_cannot_be_made_is_one_line", flags::no_folder),
    ("a_corrupt_database_is_one_line_and_left_alone", flags::corrupt),
    ("variables_are_read_and_flags_win", flags::variables),
    ("sigterm_ends_with_0", signals::sigterm),
    ("sigint_ends_with_0", signals::sigint),
    ("a_second_signal_ends_at_once", signals::second_signal),
    ("whole_answers_and_no_newcomers_when_told_to_stop_under_load", drain::under_load),
    ("what_hangs_is_given_up_at_the_deadline", drain::deadline),
    ("a_todo_survives_a_kill", data::survives_a_kill),
    ("todos_survive_a_kill_while_writing", data::survives_a_kill_while_writing),
    ("siblings_share_one_file", data::siblings),
    ("sqlite_keeps_the_contract", data::sqlite),
    ("files_survive_a_kill_while_writing", files::survive_a_kill),
    ("uploads_outlive_the_start_of_a_sibling", files::outlive_a_siblings_start),
    ("files_follow_no_links", files::follow_no_links),
    ("events_of_siblings_arrive_and_ids_survive", events::of_siblings),
    ("a_thousand_listeners_hear_everything", events::a_thousand_listeners),
    ("downloads_wait_for_their_reader", memory::wait_for_their_reader),
    ("large_files_need_no_memory", memory::large_files),
    ("files_may_not_grow", disk::limited),
    ("the_database_may_not_grow", disk::limited_database),
    ("the_disk_may_be_full", disk::full),
    ("a_lock_that_another_holds_is_waited_for", locks::waited_for),
    ("descriptors_may_run_out", descriptors::run_out),
    ("the_log_is_json_and_names_the_request", logs::json_log),
    ("the_log_has_no_colours_in_a_file", logs::plain_log),
    ("stock_serves_too", logs::stock),
];

fn main() -> ExitCode {
    let args = Arguments::from_args();
    let trials = SERVERS.iter().flat_map(|server| SCENARIOS.iter().map(move |scenario| trial(server, scenario)));
    libtest_mimic::run(&args, trials.collect()).exit_code()
}

fn trial(server: &'static Server, (name, scenario): &'static Scenario) -> Trial {
    let check = format!("process::{name}");
    Trial::test(format!("{}::{check}", server.name.replace('-', "_")), move || {
        match weigh(server.name, &check, scenario(Program::new(server)).map_err(Vec::from)) {
            Outcome::Passed | Outcome::Deviates(_) => Ok(()),
            Outcome::Failed(findings) => Err(told(&findings).into()),
        }
    })
}
