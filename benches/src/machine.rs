//! Where and with what figures were made.

use crate::lab::entrant::without_password;
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, fs, process::Command, thread, time::SystemTime};

/// All that a stranger needs to judge figures, or to make them again.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Machine {
    /// The day, UTC.
    pub date: String,
    /// What was typed.
    pub command: String,
    /// The processor.
    pub processor: String,
    /// How many of its cores there are.
    pub cores: usize,
    /// The kernel.
    pub kernel: String,
    /// The compiler that built this program.
    pub compiler: String,
    /// The profile that it was built with.
    pub profile: String,
    /// The commit of the sources, with a plus if they were changed since.
    pub commit: String,
    /// The version of every package that was measured.
    pub packages: BTreeMap<String, Vec<String>>,
}

impl Machine {
    /// This one, and now.
    pub fn here(packages: &[&str]) -> Self {
        let first = |file: &str, key: &str| {
            let text = fs::read_to_string(file).unwrap_or_default();
            let line = text.lines().find_map(|line| line.strip_prefix(key)).unwrap_or_default().to_owned();
            line.trim_start_matches([' ', '\t', ':']).trim().to_owned()
        };
        let processor = first("/proc/cpuinfo", "model name");
        Machine {
            date: humantime::format_rfc3339(SystemTime::now()).to_string().chars().take(10).collect(),
            command: command(),
            processor: if processor.is_empty() { std::env::consts::ARCH.to_owned() } else { processor },
            cores: thread::available_parallelism().map_or(1, usize::from),
            kernel: first("/proc/sys/kernel/osrelease", ""),
            compiler: env!("COMPILER").to_owned(),
            profile: env!("BUILD_PROFILE").to_owned(),
            commit: commit(),
            packages: versions(packages),
        }
    }

    /// A short name: `2-core-amd-epyc`.
    pub fn slug(&self) -> String {
        let kept = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { ' ' };
        let words: String = self.processor.chars().map(kept).collect();
        let words: Vec<_> =
            words.split_whitespace().filter(|word| !["r", "tm", "cpu", "processor"].contains(word)).collect();
        format!("{}-core-{}", self.cores, words[..words.len().min(4)].join("-"))
    }
}

/// Whether figures of this program mean anything.
pub fn is_optimised() -> bool {
    !cfg!(debug_assertions)
}

/// As it would be typed in the workspace.
fn command() -> String {
    let args: Vec<_> = std::env::args().skip(1).map(|arg| without_password(&arg)).collect();
    format!("cargo run --release -p benches -- {}", args.join(" "))
}

fn commit() -> String {
    let git = |args: &[&str]| Command::new("git").args(args).output().ok().filter(|output| output.status.success());
    let Some(head) = git(&["rev-parse", "--short=12", "HEAD"]) else { return "unknown".to_owned() };
    let dirty = git(&["status", "--porcelain", "--untracked-files=no"]).is_some_and(|output| !output.stdout.is_empty());
    format!("{}{}", String::from_utf8_lossy(&head.stdout).trim(), if dirty { "+" } else { "" })
}

/// What `Cargo.lock` says of these packages.
fn versions(names: &[&str]) -> BTreeMap<String, Vec<String>> {
    let lock: toml::Table = include_str!("../../Cargo.lock").parse().unwrap_or_default();
    let mut versions = BTreeMap::<_, Vec<_>>::new();
    for package in lock.get("package").and_then(toml::Value::as_array).into_iter().flatten() {
        let text = |key: &str| package.get(key).and_then(toml::Value::as_str).unwrap_or_default();
        if names.contains(&text("name")) {
            versions.entry(text("name").to_owned()).or_default().push(text("version").to_owned());
        }
    }
    versions
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_those_of_the_lock() {
        let machine = Machine::here(&["matchit", "axum"]);
        assert_eq!(machine.packages["matchit"].len(), 2);
        assert!(machine.packages["axum"][0].starts_with("0.8."));
        assert!(machine.compiler.starts_with("rustc 1."), "{}", machine.compiler);
        assert!(machine.slug().contains("-core-"), "{}", machine.slug());
        assert_eq!(machine.date.len(), "2026-01-01".len());
    }
}
