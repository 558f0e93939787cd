//! The six, started together by the command that does so.

use crate::binaries::{ALL, SOON, folder};
use conformance::{
    fact::{Fact, json},
    request::Request,
    target::Target,
};
use shared::contract::SERVERS;
use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, ExitStatus, Stdio},
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};
use tempfile::TempDir;

/// For all to see each other.
const MEETING: Duration = Duration::from_secs(5);

/// The six, started together.
pub struct All {
    child: Child,
    pub targets: Vec<Target>,
    _home: TempDir,
}

/// The command, free of what the environment says.
pub fn command(home: &TempDir, args: &[&str]) -> Command {
    let mut command = Command::new(folder().join(ALL));
    command.env_clear().env("RUST_LOG", "warn").current_dir(home.path()).args(args).stdin(Stdio::null());
    command
}

/// Sends a process a signal.
pub fn signal(pid: &str, name: &str) {
    let sent = Command::new("kill").arg(format!("-{name}")).arg(pid).status();
    assert!(sent.is_ok_and(|status| status.success()), "{name} cannot be sent");
}

impl All {
    /// Starts them on free ports, and waits until all have said theirs.
    pub fn start() -> Self {
        let home = TempDir::new().expect("a folder");
        let mut child = command(&home, &["--port", "0"]).stdout(Stdio::piped()).spawn().expect("it runs");
        let (tell, lines) = mpsc::channel();
        let out = child.stdout.take().expect("its output");
        // It is read to its end: nobody may find that what it says is no longer heard.
        thread::spawn(move || BufReader::new(out).lines().map_while(Result::ok).for_each(|line| drop(tell.send(line))));
        let mut all = All { child, targets: Vec::new(), _home: home };
        while all.targets.len() < SERVERS.len() {
            let line = lines.recv_timeout(SOON).expect("another address");
            let (name, said) = line.split_once('|').expect("a line with a name");
            let server = SERVERS.iter().find(|server| server.name == name.trim()).expect("one of the six");
            let address = said.trim().strip_prefix(&format!("{} listens on http://", server.name)).expect("an address");
            all.targets.push(Target::new(address.parse().expect("an address"), server));
        }
        all
    }

    /// Sends a signal to the command, not to the six.
    pub fn signal(&self, name: &str) {
        signal(&self.child.id().to_string(), name);
    }

    /// Waits for the command's end.
    pub fn ended(&mut self) -> ExitStatus {
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
    pub fn all_gone(&self) {
        let begun = Instant::now();
        while let Some(target) = self.targets.iter().find(|target| target.connect().is_ok()) {
            assert!(begun.elapsed() < SOON, "{} still listens", target.server.name);
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// The processes of the six.
    pub fn children(&self) -> Vec<String> {
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

/// Waits until a server sees all six.
pub fn await_six(target: &Target) {
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
