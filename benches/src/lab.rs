//! The load lab: what each of the six costs under load, measured side by side in one run.
//!
//! The headline is *CPU time of the server for a request at rates that all of them can keep*, beside latency from the
//! moment at which a request was due. Requests per second at full speed come second: on few cores they say
//! as much about the generator. All take turns in random order, round by round, one of them twice (the A/A
//! test): what differs no more than those two twins is called a tie, and has no order.
//!
//! | read in this order | what it holds |
//! |---|---|
//! | [`profiles`], [`heat`], [`asks`], [`entrant`] | what is measured, side by side, by which requests, of whom |
//! | [`wishes`], [`session`], [`setting`] | a run from its wishes to its raw data, and how it was set up |
//! | [`plan`] | how long it will take |
//! | [`rounds`], [`drive`] | a heat, and one window of it |
//! | [`gates`], [`waits`] | what voids figures |
//! | [`idle`], [`costs`], [`ablations`] | what is measured in other ways |
//! | [`binaries`], [`server`], [`keeper`], [`cores`], [`usage`], [`ask`] | programs, processes and what they use |
//! | [`raw`] | all that was measured |
//! | [`results`] | what it says: medians, ratios, ties |
//! | [`report`], [`targets`], [`asides`], [`pictures`] | the same as tables and charts |
//! | [`compare`] | two runs: do they say the same? |
//! | [`readme`] | the few figures in README.md |
//! | [`command`] | all of this, as it is typed |

pub mod ablations;
pub mod asides;
pub mod ask;
pub mod asks;
pub mod binaries;
pub mod command;
pub mod compare;
pub mod cores;
pub mod costs;
pub mod drive;
pub mod entrant;
pub mod gates;
pub mod heat;
pub mod idle;
pub mod keeper;
pub mod pictures;
pub mod plan;
pub mod profiles;
pub mod raw;
pub mod readme;
pub mod report;
pub mod results;
pub mod rounds;
pub mod server;
pub mod session;
pub mod setting;
pub mod targets;
pub mod usage;
pub mod waits;
pub mod wishes;
