//! What each server spent on a request when somebody last said that this is right.

use crate::{lab::binaries::workspace, run};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, fmt, fs};

/// Where it is, from the workspace's folder on.
pub const PATH: &str = "benches/instructions.json";
/// How far a count may drift, as a share: in both directions, for what was gained would else be there to be lost.
pub const DRIFT: f64 = 0.03;
/// What to do about it.
pub const ADVICE: &str = "A server spends more or less on a request than the baseline says. If that is meant, take it over and\n\
    commit it: cargo run --release -p benches -- instructions --update";

/// Instructions per request, by server and request.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Counts(BTreeMap<String, BTreeMap<String, u64>>);

impl Counts {
    /// Notes a count.
    pub fn put(&mut self, server: &str, request: &str, instructions: f64) {
        self.0.entry(server.to_owned()).or_default().insert(request.to_owned(), instructions.round() as u64);
    }

    fn all(&self) -> impl Iterator<Item = (&str, &str, u64)> {
        self.0.iter().flat_map(|(server, counts)| {
            counts.iter().map(move |(request, count)| (server.as_str(), request.as_str(), *count))
        })
    }

    fn get(&self, server: &str, request: &str) -> Option<u64> {
        self.0.get(server)?.get(request).copied()
    }

    /// A line for each.
    pub fn lines(&self) -> impl Iterator<Item = String> {
        self.all().map(|(server, request, count)| format!("{server:20} {request:18} {count:>7} instructions"))
    }

    /// How each of `now` has changed since this was written. What either knows and the other does not has drifted, too.
    pub fn drifts(&self, now: &Counts) -> Vec<Drift> {
        let gone = self.all().filter(|(server, request, _)| now.get(server, request).is_none());
        let gone = gone.map(|(server, request, count)| Drift::new(server, request, Some(count), None));
        let drift = |(server, request, count)| Drift::new(server, request, self.get(server, request), Some(count));
        now.all().map(drift).chain(gone).collect()
    }
}

/// A count beside what it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drift {
    what: String,
    was: Option<u64>,
    is: Option<u64>,
}

impl Drift {
    fn new(server: &str, request: &str, was: Option<u64>, is: Option<u64>) -> Self {
        Drift { what: format!("{server:20} {request:18}"), was, is }
    }

    fn share(&self) -> Option<f64> {
        Some(self.is? as f64 / self.was? as f64 - 1.0)
    }

    /// Whether it is within [`DRIFT`].
    pub fn is_held(&self) -> bool {
        self.share().is_some_and(|share| share.abs() <= DRIFT)
    }
}

impl fmt::Display for Drift {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let told = |count: Option<u64>| count.map_or_else(|| "-".to_owned(), |count| count.to_string());
        let share = self.share().map_or_else(|| "    new".to_owned(), |share| format!("{:+6.2} %", share * 100.0));
        let verdict = if self.is_held() { "" } else { "  DRIFTED" };
        write!(f, "{} {:>7} was {:>7} {share}{verdict}", self.what, told(self.is), told(self.was))
    }
}

/// The baseline.
///
/// # Errors
/// When it is not there, or not one.
pub fn read() -> Result<Counts, String> {
    let text = fs::read_to_string(workspace().join(PATH)).map_err(|cause| format!("{PATH}: {cause}"))?;
    serde_json::from_str(&text).map_err(|cause| format!("{PATH}: {cause}"))
}

/// Replaces it.
///
/// # Errors
/// When it cannot be written.
pub fn write(counts: &Counts) -> Result<(), String> {
    let text = serde_json::to_string_pretty(counts).map_err(|cause| cause.to_string())?;
    run::write(&workspace().join(PATH), &format!("{text}\n")).map_err(|cause| cause.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::contract::SERVERS;

    fn counts(all: &[(&str, f64)]) -> Counts {
        let mut counts = Counts::default();
        all.iter().for_each(|(server, count)| counts.put(server, "GET /", *count));
        counts
    }

    #[test]
    fn three_in_a_hundred_are_too_many_either_way() {
        let was = counts(&[("held", 1000.0), ("more", 1000.0), ("less", 1000.0), ("gone", 1.0)]);
        let now = counts(&[("held", 1029.0), ("more", 1031.0), ("less", 969.0), ("new", 1.0)]);
        let drifts = was.drifts(&now);
        let held: Vec<_> = drifts.iter().filter(|drift| drift.is_held()).map(|drift| drift.what.trim()).collect();
        assert_eq!(drifts.len(), 5);
        assert!(matches!(held[..], [one] if one.starts_with("held")), "{held:?}");
        let more = drifts.iter().find(|drift| drift.what.starts_with("more")).expect("it is there");
        assert!(more.to_string().ends_with("1031 was    1000  +3.10 %  DRIFTED"), "{more:?} is told as {more}");
    }

    #[test]
    fn the_baseline_knows_the_six() {
        let baseline = read().expect("a baseline");
        assert!(SERVERS.iter().all(|server| baseline.get(server.name, "GET /plaintext").is_some()));
    }
}
