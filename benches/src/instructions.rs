//! Instructions for a look-up, counted by valgrind.
//!
//! The program runs itself under callgrind, once without a look-up and once with some; the difference is theirs.
//! It repeats to the digit whatever else the machine does. Hardware counters would do as well, but many virtual
//! machines have none.

use crate::{
    conditions::{Condition, Order},
    routers::{Kind, Runner},
};
use std::{
    env, io,
    process::{Command, Stdio},
};

/// How many paths of a condition are counted: callgrind is some fifty times as slow.
const PATHS: usize = 512;
/// What the program is called with to be counted.
pub const SUBCOMMAND: &str = "count";

/// Whether there is a valgrind.
pub fn can_count() -> bool {
    Command::new("valgrind")
        .arg("--version")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// Instructions for a look-up.
///
/// # Errors
/// When valgrind does not run or does not say what it counted.
pub fn count(kind: &Kind, condition: &Condition, seed: u64) -> io::Result<f64> {
    let run = |passes: usize| counted(kind, condition, seed, passes);
    let lookups = condition.paths(seed).len().min(PATHS);
    Ok((run(2)? as f64 - run(1)? as f64) / lookups as f64)
}

fn counted(kind: &Kind, condition: &Condition, seed: u64, passes: usize) -> io::Result<u64> {
    let condition = serde_json::to_string(condition)?;
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(env::current_exe()?)
        .args([SUBCOMMAND, kind.name, &condition, &seed.to_string(), &passes.to_string()])
        .output()?;
    let said = String::from_utf8_lossy(&output.stderr);
    let collected = said.lines().find_map(|line| line.split_once("Collected : ")?.1.trim().parse().ok());
    collected.filter(|_| output.status.success()).ok_or_else(|| io::Error::other(format!("valgrind: {said}")))
}

/// What is counted.
pub fn pass(router: &dyn Runner, condition: &Condition, seed: u64, passes: usize) -> u64 {
    let mut paths = condition.paths(seed);
    if condition.order != Order::Fixed {
        paths.truncate(PATHS);
    }
    (0..passes).map(|_| router.pass(&paths, condition.reading)).sum()
}
