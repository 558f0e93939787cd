//! The verdict on a server as JSON, by the schema that stands beside this crate: `report.schema.json`.

use crate::{
    finding::Finding,
    plan::{Item, LeftOut},
    protocol::case::Level,
    report::Outcome,
};
use serde::Serialize;
use std::time::{SystemTime, UNIX_EPOCH};

/// Findings of one check that are kept with their exchange: a check may have hundreds, all of one kind.
const SHOWN: usize = 3;

/// The version of the schema.
pub const VERSION: u32 = 1;

/// Everything about one judgement.
#[derive(Clone, Debug, Serialize)]
pub struct Record {
    /// [`VERSION`].
    pub schema: u32,
    /// `conformance` and its version.
    pub judge: String,
    /// Which server.
    pub server: Judged,
    /// What was asked for.
    pub asked: Asked,
    /// When it began, in seconds since 1970.
    pub begun: u64,
    /// The figures.
    pub summary: Summary,
    /// One for each check that was run, in the order of the run.
    pub checks: Vec<Line>,
    /// What could not be judged, and why.
    pub left_out: Vec<Left>,
}

/// The server that was judged.
#[derive(Clone, Debug, Serialize)]
pub struct Judged {
    /// What it is called.
    pub name: String,
    /// What its `Server` field says, if it has one.
    pub software: Option<String>,
    /// What it was asked for by GET, by POST, and for validators.
    pub path: String,
    /// The target of POST.
    pub post: String,
    /// The target with validators.
    pub file: String,
}

/// The choice that was made.
#[derive(Clone, Debug, Serialize)]
pub struct Asked {
    /// `must` or `all`.
    pub level: &'static str,
    /// The pattern that the ids match.
    pub only: Option<String>,
    /// Whether the contract was judged beside the protocol.
    pub contract: bool,
}

/// How many.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// As they should be.
    pub passed: usize,
    /// Not as they should be, for a listed reason.
    pub deviations: usize,
    /// Violations of a MUST.
    pub must: usize,
    /// What falls short of a SHOULD.
    pub should: usize,
    /// Not run, for want of something.
    pub left_out: usize,
}

/// One check.
#[derive(Clone, Debug, Serialize)]
pub struct Line {
    /// Its id.
    pub id: String,
    /// `MUST` or `SHOULD`.
    pub level: &'static str,
    /// What says so.
    pub clause: &'static str,
    /// What must be so.
    pub says: String,
    /// `passed`, `deviates` or `failed`.
    pub verdict: &'static str,
    /// Why it may be otherwise; only when it deviates.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<&'static str>,
    /// Where that is written down; only when it deviates.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link: Option<&'static str>,
    /// What was found; only when it failed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<Found>,
}

/// One thing that is wrong.
#[derive(Clone, Debug, Serialize)]
pub struct Found {
    /// In words.
    pub what: String,
    /// The bytes that show it, one line each: `> ` sent, `< ` received.
    pub exchange: Vec<String>,
}

/// One check that was not run.
#[derive(Clone, Debug, Serialize)]
pub struct Left {
    /// Its id.
    pub id: String,
    /// Why.
    pub why: String,
}

impl Record {
    /// One without checks yet.
    pub fn new(server: Judged, asked: Asked) -> Self {
        Record {
            schema: VERSION,
            judge: format!("{} {}", env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION")),
            server,
            asked,
            begun: SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs()),
            summary: Summary::default(),
            checks: Vec::new(),
            left_out: Vec::new(),
        }
    }

    /// Notes the outcome of a check.
    pub fn note(&mut self, item: &Item, outcome: &Outcome) {
        self.summary.count(item.level, outcome);
        let verdict = match outcome {
            Outcome::Passed => "passed",
            Outcome::Deviates(_) => "deviates",
            Outcome::Failed(_) => "failed",
        };
        let deviation = if let Outcome::Deviates(deviation) = outcome { Some(deviation) } else { None };
        self.checks.push(Line {
            id: item.id.clone(),
            level: item.level.name(),
            clause: item.clause,
            says: item.says.clone(),
            verdict,
            reason: deviation.map(|deviation| deviation.reason),
            link: deviation.map(|deviation| deviation.link),
            findings: if let Outcome::Failed(findings) = outcome { all(findings) } else { Vec::new() },
        });
    }

    /// Notes what was not run.
    pub fn leave_out(&mut self, all: &[LeftOut]) {
        self.summary.left_out = all.len();
        self.left_out = all.iter().map(|left| Left { id: left.id.clone(), why: left.why.clone() }).collect();
    }
}

impl Summary {
    /// Counts one more.
    pub fn count(&mut self, level: Level, outcome: &Outcome) {
        *match (outcome, level) {
            (Outcome::Passed, _) => &mut self.passed,
            (Outcome::Deviates(_), _) => &mut self.deviations,
            (Outcome::Failed(_), Level::Must) => &mut self.must,
            (Outcome::Failed(_), Level::Should) => &mut self.should,
        } += 1;
    }

    /// Whether nothing failed.
    pub fn is_clean(&self) -> bool {
        self.must + self.should == 0
    }
}

fn all(findings: &[Finding]) -> Vec<Found> {
    let shown = |(at, finding): (usize, &Finding)| {
        let lines = finding.raw.lines().filter(|_| at < SHOWN);
        Found { what: finding.what.clone(), exchange: lines.map(|line| line.trim_start().to_owned()).collect() }
    };
    findings.iter().enumerate().map(shown).collect()
}
