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

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::{Arc, Mutex, PoisonError};

    /// Output that the test can look at afterwards.
    #[derive(Clone, Default)]
    struct Paper(Arc<Mutex<Vec<u8>>>);

    impl Write for Paper {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn printed(colours: bool) -> String {
        let paper = Paper::default();
        let mut report = Report::to("axum-server", Box::new(paper.clone()), colours);
        let outcomes = [Outcome::Passed, Outcome::Deviates("it may"), Outcome::Failed("  so\n".into())];
        for (check, outcome) in ["a", "b", "c"].iter().zip(&outcomes) {
            report.line(check, outcome).expect("paper is patient");
        }
        assert!(!report.close().expect("paper is patient"));
        let bytes = paper.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        String::from_utf8(bytes).expect("text")
    }

    #[test]
    fn a_report_has_a_line_for_each_and_a_closing_line() {
        let lines = "axum_server::a ... ok\naxum_server::b ... deviation\n  it may\naxum_server::c ... FAILED\n  so\n";
        assert_eq!(printed(false), format!("{lines}2 passed, 1 failed\n"));
        assert!(printed(true).contains("\u{1b}[31mFAILED\u{1b}[0m"));
    }

    #[test]
    fn a_deviation_that_no_longer_happens_fails() {
        let deviation = deviations::DEVIATIONS.first();
        let Some(deviation) = deviation else { return };
        let outcome = |verdict| weigh(deviation.server, deviation.check, verdict);
        assert!(matches!(outcome(Ok(())), Outcome::Failed(_)));
        assert!(matches!(outcome(Err(vec![Finding::new("other")])), Outcome::Deviates(_)));
        assert!(matches!(weigh("axum-server", "none", Err(vec![Finding::new("other")])), Outcome::Failed(_)));
    }
}
