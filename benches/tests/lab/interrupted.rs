//! Ctrl-C: what was started ends, what was made is removed, and the exit code says why.

use benches::lab::keeper::{INTERRUPTED, Keeper};
use rustix::process::{Pid, Signal, kill_process};
use std::{
    env,
    io::{BufRead, BufReader},
    path::Path,
    process::{Command, Stdio},
    thread,
};

/// Asks this program to be the one that is interrupted.
const LIVE: &str = "INTERRUPTED";

/// No test unless the environment asks for it: then it keeps a process and a folder, and says which, until it is ended.
#[test]
fn live() {
    if env::var_os(LIVE).is_none() {
        return;
    }
    let keeper = Keeper::default();
    keeper.watch().expect("signals");
    let folder = keeper.folder().expect("a folder");
    let mut command = Command::new("sleep");
    command.arg("600").stdout(Stdio::null()).stderr(Stdio::null());
    let process = keeper.spawn(command).expect("a process");
    println!("\nkept {} {}", process.pid, folder.path().display());
    loop {
        thread::park();
    }
}

#[test]
fn ctrl_c_leaves_nothing() {
    for signal in [Signal::INT, Signal::TERM] {
        let mut command = Command::new(env::current_exe().expect("this test is a file"));
        command.args(["--exact", "interrupted::live", "--nocapture"]).env(LIVE, "1");
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("this test again");
        let lines = BufReader::new(child.stdout.take().expect("asked for")).lines().map_while(Result::ok);
        let line = lines.into_iter().find(|line| line.starts_with("kept ")).expect("it says what it keeps");
        let (pid, folder) = line["kept ".len()..].split_once(' ').expect("two words");
        let process = Path::new("/proc").join(pid);
        assert!(process.exists() && Path::new(folder).is_dir(), "{line}");
        let id = i32::try_from(child.id()).ok().and_then(Pid::from_raw).expect("an id");
        kill_process(id, signal).expect("it is there");
        assert_eq!(child.wait().expect("an end").code(), Some(INTERRUPTED));
        assert!(!process.exists(), "{line}");
        assert!(!Path::new(folder).exists(), "{line}");
    }
}
