//! What a person reads: one line a check, the bytes behind each failure, a closing line.

use crate::{
    check::Check,
    deviations,
    finding::{Finding, Verdict},
    target::Target,
};
use std::{
    fmt::Write as _,
    io::{self, IsTerminal, Write},
};

/// Findings of one check that are shown whole.
const SHOWN: usize = 3;

/// What became of a check, deviations considered.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// As the contract says.
    Passed,
    /// Not as the contract says, for a listed reason.
    Deviates(&'static str),
    /// Not as the contract says, or a deviation that no longer happens.
    Failed(String),
}

/// Runs a check, and weighs its verdict against the list of deviations.
pub fn judge(check: &Check, target: &Target) -> Outcome {
    weigh(target.server.name, &check.id, check.judge(target))
}

/// Weighs a verdict against the list of deviations.
pub fn weigh(server: &str, check: &str, verdict: Verdict) -> Outcome {
    match (verdict, deviations::find(server, check)) {
        (Ok(()), None) => Outcome::Passed,
        (Ok(()), Some(_)) => Outcome::Failed("the listed deviation no longer happens: take it off the list".to_owned()),
        (Err(_), Some(deviation)) => Outcome::Deviates(deviation.reason),
        (Err(findings), None) => Outcome::Failed(told(&findings)),
    }
}

/// Findings as text, the first few with their exchanges.
pub fn told(findings: &[Finding]) -> String {
    let mut text = String::new();
    for finding in findings.iter().take(SHOWN) {
        // Writing to a String cannot fail.
        let _ = write!(text, "  {}\n{}", finding.what, finding.raw);
    }
    for finding in findings.iter().skip(SHOWN) {
        let _ = writeln!(text, "  {}", finding.what);
    }
    text
}

/// The report on one server.
pub struct Report {
    out: Box<dyn Write>,
    colours: bool,
    prefix: String,
    passed: usize,
    failed: usize,
}

impl Report {
    /// To standard output, in colours only on a terminal and only without [`NO_COLOR`](https://no-color.org).
    pub fn new(server: &str) -> Self {
        let plain = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let colours = !plain && io::stdout().is_terminal();
        Self::to(server, Box::new(io::stdout()), colours)
    }

    /// To anywhere.
    pub fn to(server: &str, out: Box<dyn Write>, colours: bool) -> Self {
        Report { out, colours, prefix: server.replace('-', "_"), passed: 0, failed: 0 }
    }

    /// One line, and what is behind a failure.
    ///
    /// # Errors
    /// When nobody reads.
    pub fn line(&mut self, check: &str, outcome: &Outcome) -> io::Result<()> {
        let (word, colour) = match outcome {
            Outcome::Passed => ("ok", 32),
            Outcome::Deviates(_) => ("deviation", 33),
            Outcome::Failed(_) => ("FAILED", 31),
        };
        let word = if self.colours { format!("\u{1b}[{colour}m{word}\u{1b}[0m") } else { word.to_owned() };
        writeln!(self.out, "{}::{check} ... {word}", self.prefix)?;
        match outcome {
            Outcome::Passed => self.passed += 1,
            Outcome::Deviates(reason) => {
                self.passed += 1;
                writeln!(self.out, "  {reason}")?;
            }
            Outcome::Failed(why) => {
                self.failed += 1;
                write!(self.out, "{why}")?;
            }
        }
        Ok(())
    }

    /// A remark between the lines.
    ///
    /// # Errors
    /// When nobody reads.
    pub fn note(&mut self, note: &str) -> io::Result<()> {
        writeln!(self.out, "{note}")
    }

    /// The closing line; whether all passed.
    ///
    /// # Errors
    /// When nobody reads.
    pub fn close(mut self) -> io::Result<bool> {
        writeln!(self.out, "{} passed, {} failed", self.passed, self.failed)?;
        self.out.flush()?;
        Ok(self.failed == 0)
    }
}
