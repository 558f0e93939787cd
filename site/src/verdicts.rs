//! What the judge says of the six, hardened and stock: the records in `conformance/verdicts`, each check told once.

use serde::{Deserialize, Serialize};
use shared::contract::SERVERS;
use std::{collections::BTreeMap, fmt, fs, io, path::Path};

/// Where the records are.
const FOLDER: &str = "conformance/verdicts";
/// Findings of a check that are shown with their exchange: the record has all of them.
const SHOWN: usize = 2;
/// Lines of an exchange that are shown, and characters of a line.
const LINES: usize = 24;
const CHARACTERS: usize = 400;

/// All of it.
#[derive(Debug, Serialize)]
pub struct Verdicts {
    checks: Vec<Check>,
    records: Vec<Told>,
}

/// A check, whoever is judged by it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Check {
    id: String,
    level: String,
    clause: String,
    says: String,
}

/// What became of all checks on one server.
#[derive(Debug, Serialize)]
struct Told {
    server: &'static str,
    stock: bool,
    /// The whole record's file.
    file: String,
    /// In seconds since 1970.
    begun: u64,
    judge: String,
    passed: usize,
    left_out: usize,
    /// What was not as it should be, for a listed reason or for none.
    lines: Vec<Differs>,
}

/// A check that was not passed.
#[derive(Debug, Serialize)]
struct Differs {
    /// Its number.
    check: usize,
    verdict: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    link: Option<String>,
    findings: Vec<Found>,
    /// How many findings more the record has.
    more: usize,
}

/// A record, as far as the page shows it.
#[derive(Deserialize)]
struct Record {
    judge: String,
    begun: u64,
    summary: Summary,
    checks: Vec<Line>,
}

#[derive(Deserialize)]
struct Summary {
    passed: usize,
    left_out: usize,
}

#[derive(Deserialize)]
struct Line {
    #[serde(flatten)]
    check: Check,
    verdict: String,
    reason: Option<String>,
    link: Option<String>,
    #[serde(default)]
    findings: Vec<Found>,
}

/// One thing that is wrong, and the bytes that show it.
#[derive(Debug, Serialize, Deserialize)]
struct Found {
    what: String,
    exchange: Vec<String>,
}

impl Verdicts {
    /// Reads the records of the six.
    ///
    /// # Errors
    /// When one is missing or cannot be read.
    pub fn read(root: &Path) -> io::Result<Self> {
        let mut known = Known::default();
        let kinds = SERVERS.iter().flat_map(|server| [(server.name, false), (server.name, true)]);
        let records = kinds.map(|(server, stock)| told(root, server, stock, &mut known)).collect::<io::Result<_>>()?;
        Ok(Verdicts { checks: known.checks, records })
    }
}

/// The checks that were met so far.
#[derive(Default)]
struct Known {
    checks: Vec<Check>,
    numbers: BTreeMap<String, usize>,
}

impl Known {
    fn number(&mut self, check: Check) -> usize {
        let new = self.checks.len();
        let number = *self.numbers.entry(check.id.clone()).or_insert(new);
        if number == new {
            self.checks.push(check);
        }
        number
    }
}

fn told(root: &Path, server: &'static str, stock: bool, known: &mut Known) -> io::Result<Told> {
    let file = format!("{FOLDER}/{server}{}.json", if stock { "-stock" } else { "" });
    let failed = |cause: &dyn fmt::Display| io::Error::other(format!("{file}: {cause}"));
    let bytes = fs::read(root.join(&file)).map_err(|cause| failed(&cause))?;
    let Record { judge, begun, summary, checks } = serde_json::from_slice(&bytes).map_err(|cause| failed(&cause))?;
    let mut lines = Vec::new();
    for line in checks {
        let check = known.number(line.check.clone());
        if line.verdict != "passed" {
            lines.push(differs(check, line));
        }
    }
    let Summary { passed, left_out } = summary;
    Ok(Told { server, stock, file, begun, judge, passed, left_out, lines })
}

fn differs(check: usize, line: Line) -> Differs {
    let Line { verdict, reason, link, findings, .. } = line;
    let more = findings.len().saturating_sub(SHOWN);
    let findings = findings.into_iter().take(SHOWN).map(Found::cut).collect();
    Differs { check, verdict, reason, link, findings, more }
}

impl Found {
    /// As much of it as is read on a page.
    fn cut(self) -> Self {
        let cut = |text: String| match text.char_indices().nth(CHARACTERS) {
            Some((end, _)) => format!("{} …", &text[..end]),
            None => text,
        };
        let rest = self.exchange.len().saturating_sub(LINES);
        let mut exchange: Vec<_> = self.exchange.into_iter().take(LINES).map(cut).collect();
        if rest > 0 {
            exchange.push(format!("… {rest} lines more"));
        }
        Found { what: cut(self.what), exchange }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_exchanges_are_cut_and_say_so() {
        let exchange = vec!["ä".repeat(CHARACTERS + 1); LINES + 2];
        let Found { exchange, .. } = Found { what: String::new(), exchange }.cut();
        assert_eq!(exchange.len(), LINES + 1);
        assert_eq!(exchange[0], format!("{} …", "ä".repeat(CHARACTERS)));
        assert_eq!(exchange[LINES], "… 2 lines more");
        let short = Found { what: "it".to_owned(), exchange: vec!["> GET".to_owned()] }.cut();
        assert_eq!((short.what.as_str(), short.exchange), ("it", vec!["> GET".to_owned()]));
    }
}
