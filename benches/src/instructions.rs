//! Instructions and allocations for a look-up, counted by valgrind.
//!
//! The program runs itself under a tool of valgrind's, with two passes and with one; the difference is that of a pass.
//! It repeats to the digit whatever else the machine does, and nothing that counts is in the way of what is timed.
//! Hardware counters would do as well, but many virtual machines have none.

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

/// Something to count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Count {
    /// Every instruction, as callgrind counts them.
    Instructions,
    /// Every allocation, as memcheck counts them.
    Allocations,
}

impl Count {
    fn arguments(self) -> &'static [&'static str] {
        match self {
            Count::Instructions => &["--tool=callgrind", "--callgrind-out-file=/dev/null"],
            Count::Allocations => &["--tool=memcheck", "--leak-check=no"],
        }
    }

    /// What the tool said: `Collected : 1234`, or `total heap usage: 1,234 allocs, ...`.
    fn read(self, said: &str) -> Option<u64> {
        let before = match self {
            Count::Instructions => "Collected : ",
            Count::Allocations => "total heap usage: ",
        };
        let number = said.lines().find_map(|line| Some(line.split_once(before)?.1.split(' ').next()?.replace(',', "")));
        number?.parse().ok()
    }
}

/// How many a look-up takes.
///
/// # Errors
/// When valgrind does not run or does not say what it counted.
pub fn count(what: Count, kind: &Kind, condition: &Condition, seed: u64) -> io::Result<f64> {
    let run = |passes: usize| counted(what, kind, condition, seed, passes);
    let lookups = condition.paths(seed).len().min(PATHS);
    Ok((run(2)? as f64 - run(1)? as f64) / lookups as f64)
}

fn counted(what: Count, kind: &Kind, condition: &Condition, seed: u64, passes: usize) -> io::Result<u64> {
    let condition = serde_json::to_string(condition)?;
    let output = Command::new("valgrind")
        .args(what.arguments())
        .arg(env::current_exe()?)
        .args([SUBCOMMAND, kind.name, &condition, &seed.to_string(), &passes.to_string()])
        .output()?;
    let said = String::from_utf8_lossy(&output.stderr);
    what.read(&said).filter(|_| output.status.success()).ok_or_else(|| io::Error::other(format!("valgrind: {said}")))
}

/// What is counted.
pub fn pass(router: &dyn Runner, condition: &Condition, seed: u64, passes: usize) -> u64 {
    let mut paths = condition.paths(seed);
    if condition.order != Order::Fixed {
        paths.truncate(PATHS);
    }
    (0..passes).map(|_| router.pass(&paths, condition.reading)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_valgrind_says_is_read() {
        let said = "==7== Collected : 123456\n==7==   total heap usage: 1,234 allocs, 9 frees, 5 bytes allocated\n";
        assert_eq!(Count::Instructions.read(said), Some(123_456));
        assert_eq!(Count::Allocations.read(said), Some(1234));
        assert_eq!(Count::Allocations.read("valgrind: no such file"), None);
    }
}
