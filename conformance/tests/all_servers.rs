//! The command that starts all six: their addresses, their one store, and their common end, whichever way it comes.

// The programs offer more than is needed here.
#[allow(dead_code)]
mod binaries;
mod family;

use binaries::SOON;
use conformance::{case::Given, fact::Fact, request::Request, target::Target};
use family::{All, await_six, command, signal};
use shared::contract::SERVERS;
use std::{
    net::TcpListener,
    process::{ExitStatus, Stdio},
    time::{Duration, Instant},
};
use tempfile::TempDir;

/// What it says before it ends by itself, and how that is.
fn run(args: &[&str]) -> (ExitStatus, String) {
    let home = TempDir::new().expect("a folder");
    let output = command(&home, args).stderr(Stdio::piped()).output().expect("it runs");
    (output.status, String::from_utf8_lossy(&output.stderr).into_owned())
}

#[test]
fn six_share_a_store_and_see_each_other_and_end_together() {
    for name in ["TERM", "INT"] {
        let mut all = All::start();
        let todo = Given::make(&all.targets[0], r#"{"title":"shared"}"#).expect("a todo");
        for target in &all.targets {
            target.expect(&Request::get(&todo.path()), &[Fact::Status(200)]).expect("the same todo");
            await_six(target);
            target.expect(&Request::get("/relay"), &[Fact::Status(200)]).expect("a sibling's answer");
        }
        all.signal(name);
        assert_eq!(all.ended().code(), Some(0), "by {name}");
        all.all_gone();
    }
}

#[test]
fn a_second_signal_ends_all_at_once() {
    let mut all = All::start();
    let mut hangs = all.targets[2].connect().expect("a connection");
    hangs.send(&Request::get("/delay/10000").bytes(&all.targets[2].host));
    all.targets[2].await_metric("http_requests_in_flight", |value| value == 2.0, SOON).expect("a request under way");
    let begun = Instant::now();
    all.signal("INT");
    // The first one must be seen for itself.
    while all.targets[0].connect().is_ok() {}
    all.signal("INT");
    assert_eq!(all.ended().code(), Some(130));
    assert!(begun.elapsed() < Duration::from_secs(5), "it took {:?}", begun.elapsed());
    all.all_gone();
}

#[test]
fn none_outlives_the_one_that_has_started_it() {
    let mut all = All::start();
    assert_eq!(all.children().len(), SERVERS.len());
    all.signal("KILL");
    all.ended();
    all.all_gone();
}

#[test]
fn one_that_dies_is_told_and_the_others_go_on() {
    let mut all = All::start();
    signal(&all.children()[3], "KILL");
    let gone = |target: &&Target| target.connect().is_err();
    let begun = Instant::now();
    while all.targets.iter().filter(gone).count() == 0 {
        assert!(begun.elapsed() < SOON, "nobody is gone");
    }
    assert_eq!(all.targets.iter().filter(gone).count(), 1);
    all.signal("TERM");
    assert_eq!(all.ended().code(), Some(1), "one was lost");
    all.all_gone();
}

#[test]
fn mistakes_are_one_line_and_nobody_is_left() {
    for (args, word) in
        [(&["--prot", "1"][..], "--prot"), (&["--port", "65531"], "six ports"), (&["--store", "x"], "store")]
    {
        let (status, said) = run(args);
        assert_eq!((status.code(), said.lines().count()), (Some(2), 1), "{said}");
        assert!(said.starts_with("error: ") && said.contains(word), "{said}");
    }
    let taken = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = taken.local_addr().expect("a bound socket").port();
    // The third of the six finds its port taken.
    let (status, said) = run(&["--store", "memory", "--no-gossip", "--port", &(port - 2).to_string()]);
    assert_eq!(status.code(), Some(2), "{said}");
    assert!(said.contains(&format!("axum-server         | error: 127.0.0.1:{port} is taken")), "{said}");
}
