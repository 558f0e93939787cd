//! What a run leaves, whole: `raw.json`. Tables and charts are made of it and of nothing else.
//!
//! Units: times are microseconds unless the name says otherwise, rates are per second, sizes bytes.

use crate::{
    lab::{ask::Size, binaries::Binary, cores::Cores},
    machine::Machine,
};
use load::Fault;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A run.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Lab {
    /// Where and with what.
    pub machine: Machine,
    /// How it was set up.
    pub setting: Setting,
    /// What everything random was drawn from.
    pub seed: u64,
    /// Whether it was a short one, to see what is what.
    pub quick: bool,
    /// How many seconds it was to take.
    pub planned_seconds: f64,
    /// How many it took, what was built before not counted.
    pub took_seconds: f64,
    /// What was run.
    pub binaries: Vec<Binary>,
    /// Servers under load.
    pub heats: Vec<Heat>,
    /// Servers with nothing to do, if that was measured.
    pub idle: Vec<Idle>,
    /// What each costs to have, if that was measured.
    pub costs: Vec<Cost>,
    /// What was asked for and not measured, and why.
    pub left_out: Vec<LeftOut>,
}

/// What holds for all that was measured.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Setting {
    /// Who ran where; nothing if the machine has no two cores.
    pub cores: Option<Cores>,
    /// How the kernel chooses the processor's speed, if it says.
    pub governor: Option<String>,
    /// What Cargo.toml says of the release profile.
    pub release: String,
    /// What the environment says of building.
    pub build_environment: Vec<(String, String)>,
    /// How many files this process may have open.
    pub open_files: Option<u64>,
}

/// Something that was not measured.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftOut {
    /// What.
    pub what: String,
    /// Why.
    pub why: String,
}

/// Servers side by side, under the same load.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Heat {
    /// What it is called, such as `plaintext`.
    pub name: String,
    /// What it is, in a sentence.
    pub about: String,
    /// What is asked for.
    pub requests: Vec<String>,
    /// How many connections there are.
    pub connections: usize,
    /// How many requests go out together on one of them.
    pub depth: usize,
    /// Whether connections are used again.
    pub keep_alive: bool,
    /// Seconds that counted, of each window.
    pub window: f64,
    /// With whom the others are compared.
    pub reference: String,
    /// The one that took part twice, and its other name.
    pub twice: Option<(String, String)>,
    /// What the slowest could do, of which the rates are shares.
    pub slowest: Option<Slowest>,
    /// Who took part.
    pub entrants: Vec<Runner>,
    /// What was measured, for each of them at each pace.
    pub points: Vec<Point>,
}

/// The one that sets the rates.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Slowest {
    /// Who.
    pub name: String,
    /// What it could do, before the rounds began.
    pub ceiling: f64,
}

/// Who took part in a heat.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Runner {
    /// Its name in this heat.
    pub name: String,
    /// What was run.
    pub command: String,
    /// With whom it is compared, if not with the reference.
    pub beside: Option<String>,
    /// How large its answers are, request by request.
    pub answers: Vec<Size>,
    /// Why it was not measured, if it was not.
    pub refused: Option<String>,
}

/// One server at one pace.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Point {
    /// Who.
    pub entrant: String,
    /// How fast.
    pub pace: Pace,
    /// What each round gave.
    pub rounds: Vec<Round>,
    /// Latencies of all sound rounds, from the moment a request was due: up to so many microseconds, so many
    /// requests. None flat out, where nothing is due.
    pub latencies: Vec<(u64, u64)>,
}

/// How fast requests come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Pace {
    /// At a rate that is so many hundredths of what the slowest can do.
    Percent(u8),
    /// As fast as answers come.
    FlatOut,
}

impl fmt::Display for Pace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Pace::Percent(percent) => write!(f, "{percent} %"),
            Pace::FlatOut => f.write_str("flat out"),
        }
    }
}

/// One window.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Round {
    /// Which round it was, from 0.
    pub round: usize,
    /// Requests per second that were due, unless flat out.
    pub offered: Option<f64>,
    /// Requests per second that were answered rightly.
    pub achieved: f64,
    /// How many were answered rightly.
    pub requests: u64,
    /// The server's time on its core, for a request.
    pub cpu: Option<f64>,
    /// Milliseconds on its core in the program and in the kernel, by ticks of ten.
    pub split_ms: Option<(f64, f64)>,
    /// p50, p90, p99 and p99.9 of the latency from the intended time, unless flat out.
    pub percentiles: Option<[f64; 4]>,
    /// The share of the time in which the generator was at work.
    pub generator: f64,
    /// How often it was measured before and thrown away, as the generator or its machine was at fault.
    pub repeated: usize,
    /// What went wrong, if anything did.
    pub faults: Vec<Fault>,
    /// Why the server's time is not known, if it is not.
    pub unknown: Option<String>,
}

/// A server with connections on which nothing happens.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Idle {
    /// Who.
    pub entrant: String,
    /// How many connections.
    pub connections: usize,
    /// Resident memory, once for each start of the server.
    pub resident: Vec<u64>,
    /// Why not, if it was not measured.
    pub refused: Option<String>,
}

/// What it costs to have a server.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cost {
    /// Which.
    pub server: String,
    /// The program's size.
    pub binary: u64,
    /// How many crates it is made of, its own and the workspace's not counted.
    pub crates: usize,
    /// Lines that are neither blank nor comments, file by file, tests left out.
    pub lines: Vec<(String, usize)>,
    /// Milliseconds from the start to the first answer, time by time.
    pub first_answer_ms: Vec<f64>,
    /// Seconds to build the minimal server on its framework from nothing, if that was measured.
    pub framework_build: Option<f64>,
    /// Seconds to build it for debugging after a change to its routes, if that was measured.
    pub rebuild: Option<f64>,
}

impl Heat {
    /// What was measured of one at one pace.
    pub fn point(&self, entrant: &str, pace: Pace) -> Option<&Point> {
        self.points.iter().find(|point| point.entrant == entrant && point.pace == pace)
    }

    /// The paces, as they were run.
    pub fn paces(&self) -> Vec<Pace> {
        let mut paces: Vec<_> = self.points.iter().map(|point| point.pace).collect();
        paces.sort_unstable();
        paces.dedup();
        paces
    }

    /// Who took part, by name.
    pub fn runner(&self, name: &str) -> Option<&Runner> {
        self.entrants.iter().find(|runner| runner.name == name)
    }
}
