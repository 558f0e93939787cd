//! The command that starts all six: their addresses, their one store, and their common end, whichever way it comes.

// The programs offer more than is needed here.
#[allow(dead_code)]
mod binaries;

use binaries::{ALL, SOON, folder};
use conformance::{
    case::Given,
    fact::{Fact, json},
    request::Request,
    target::Target,
};
use shared::contract::SERVERS;
use std::{
    io::{BufRead, BufReader},
    net::TcpListener,
    process::{Child, Command, ExitStatus, Stdio},
    sync::mpsc::{self, Receiver},
    thread,
    time::{Duration, Instant},
};
use tempfile::TempDir;

/// For all to see each other.
const MEETING: Duration = Duration::from_secs(5);

/// The six, started together.
struct All {
    child: Child,
    lines: Receiver<String>,
    targets: Vec<Target>,
    _home: TempDir,
}

/// What it says before it ends by itself, and how that is.
fn run(args: &[&str]) -> (ExitStatus, String) {
    let home = TempDir::new().expect("a folder");
    let output = command(&home, args).stderr(Stdio::piped()).output().expect("it runs");
    (output.status, String::from_utf8_lossy(&output.stderr).into_owned())
}

fn command(home: &TempDir, args: &[&str]) -> Command {
    let mut command = Command::new(folder().join(ALL));
    command.env_clear().env("RUST_LOG", "warn").current_dir(home.path()).args(args).stdin(Stdio::null());
    command
}

impl All {
    /// Starts them on free ports, and waits until all have said theirs.
    fn start() -> Self {
        let home = TempDir::new().expect("a folder");
        let mut child = command(&home, &["--port", "0"]).stdout(Stdio::piped()).spawn().expect("it runs");
        let (tell, lines) = mpsc::channel();
        let out = child.stdout.take().expect("its output");
        thread::spawn(move || BufReader::new(out).lines().map_while(Result::ok).try_for_each(|line| tell.send(line)));
        let mut all = All { child, lines, targets: Vec::new(), _home: home };
        while all.targets.len() < SERVERS.len() {
            let line = all.lines.recv_timeout(SOON).expect("another address");
            let (name, said) = line.split_once('|').expect("a line with a name");
            let server = SERVERS.iter().find(|server| server.name == name.trim()).expect("one of the six");
            let address = said.trim().strip_prefix(&format!("{} listens on http://", server.name)).expect("an address");
            all.targets.push(Target::new(address.parse().expect("an address"), server));
        }
        all
    }

    fn signal(&self, name: &str) {
        signal(&self.child.id().to_string(), name);
    }

    fn ended(&mut self) -> ExitStatus {
        let begun = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().expect("it can be waited for") {
                return status;
            }
            assert!(begun.elapsed() < SOON, "it still runs");
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// Waits until nobody listens any more.
    fn all_gone(&self) {
        let begun = Instant::now();
        while let Some(target) = self.targets.iter().find(|target| target.connect().is_ok()) {
            assert!(begun.elapsed() < SOON, "{} still listens", target.server.name);
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// The processes of the six.
    fn children(&self) -> Vec<String> {
        let path = format!("/proc/{0}/task/{0}/children", self.child.id());
        std::fs::read_to_string(path).unwrap_or_default().split_whitespace().map(str::to_owned).collect()
    }
}

impl Drop for All {
    fn drop(&mut self) {
        // Its end is that of the six.
        let _ = (self.child.kill(), self.child.wait());
    }
}

fn signal(pid: &str, name: &str) {
    let sent = Command::new("kill").arg(format!("-{name}")).arg(pid).status();
    assert!(sent.is_ok_and(|status| status.success()), "{name} cannot be sent");
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

fn await_six(target: &Target) {
    let begun = Instant::now();
    loop {
        let exchange = target.expect(&Request::get("/members"), &[Fact::Status(200)]).expect("a list");
        let alive = json(&exchange.answer)
            .expect("JSON")
            .as_array()
            .map_or(0, |members| members.iter().filter(|member| member["state"] == "alive").count());
        if alive == SERVERS.len() {
            return;
        }
        assert!(begun.elapsed() < MEETING, "{} sees {alive}", target.server.name);
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
