//! What became of a check, deviations considered.

use crate::{
    check::Check,
    deviations::{self, Deviation},
    finding::{Finding, Verdict},
    target::Target,
};
use std::fmt::Write as _;

/// Findings of one check that are shown whole.
const SHOWN: usize = 3;

/// What became of a check, deviations considered.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// As the contract says.
    Passed,
    /// Not as the contract says, for a listed reason.
    Deviates(&'static Deviation),
    /// Not as the contract says, or a deviation that no longer happens.
    Failed(Vec<Finding>),
}

/// Runs a check, and weighs its verdict against the list of deviations.
pub fn judge(check: &Check, target: &Target) -> Outcome {
    weigh(target.server.name, &check.id, check.judge(target))
}

/// Weighs a verdict against the list of deviations.
pub fn weigh(server: &str, check: &str, verdict: Verdict) -> Outcome {
    match (verdict, deviations::find(server, check)) {
        (Ok(()), None) => Outcome::Passed,
        (Ok(()), Some(_)) => {
            Outcome::Failed(vec![Finding::new("the listed deviation no longer happens: take it off the list")])
        }
        (Err(_), Some(deviation)) => Outcome::Deviates(deviation),
        (Err(findings), None) => Outcome::Failed(findings),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deviation_that_no_longer_happens_fails() {
        let deviation = deviations::DEVIATIONS.last();
        let Some(deviation) = deviation else { return };
        let outcome = |verdict| weigh(deviation.server, deviation.check, verdict);
        assert!(matches!(outcome(Ok(())), Outcome::Failed(_)));
        assert!(matches!(outcome(Err(vec![Finding::new("other")])), Outcome::Deviates(_)));
        assert!(matches!(weigh("axum-server", "none", Err(vec![Finding::new("other")])), Outcome::Failed(_)));
    }
}
