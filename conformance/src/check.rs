//! Cases and laws under one roof, each with its name and its needs.

use crate::{case::Case, cases, finding::Verdict, laws, target::Target};

/// A check as a function of the server.
pub type Law = fn(&Target) -> Verdict;

/// What a check needs of the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// Nothing: it may run beside others, on a store in use.
    Nothing,
    /// A server that is bound to loopback, and so checks `Host`.
    Loopback,
    /// A store of its own, which it empties.
    Store,
}

/// One check.
#[derive(Clone, Debug)]
pub struct Check {
    /// Its name in the report.
    pub id: String,
    /// What it needs.
    pub needs: Needs,
    run: Run,
}

#[derive(Clone, Debug)]
enum Run {
    Case(Case),
    Law(Law),
}

impl Check {
    /// A check that is a function.
    pub fn law(id: &str, needs: Needs, law: Law) -> Self {
        Check { id: id.to_owned(), needs, run: Run::Law(law) }
    }

    /// Runs it.
    ///
    /// # Errors
    /// Everything that it found wrong.
    pub fn judge(&self, target: &Target) -> Verdict {
        match &self.run {
            Run::Case(case) => case.judge(target),
            Run::Law(law) => law(target),
        }
    }
}

impl From<Case> for Check {
    fn from(case: Case) -> Self {
        Check { id: case.id.to_owned(), needs: Needs::Nothing, run: Run::Case(case) }
    }
}

/// Every check: laws first, then the examples in the contract's order.
pub fn all() -> Vec<Check> {
    laws::all().into_iter().chain(cases::all()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_check_has_its_own_name() {
        let checks = all();
        let names: BTreeSet<_> = checks.iter().map(|check| check.id.as_str()).collect();
        assert_eq!(names.len(), checks.len());
    }
}
