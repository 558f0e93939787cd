//! What each style costs, measured: `cargo run --release -p benches -- --help`.
//!
//! What is compared is timed in turn, in one run, many times; medians are told with their intervals, and
//! what noise alone could have made is called a tie. Nothing is timed that is not right first.
//!
//! The map, in the order in which it is best read:
//! - [`measure`]: timings of several things, interleaved; [`estimate`]: medians and intervals;
//!   [`instructions`]: what valgrind counts;
//! - [`conditions`]: sets of patterns and paths; [`routers`]: the routers, through one trait; [`probes`]:
//!   what each does and does not do; [`comparison`]: all of them in all conditions; [`summary`]: as tables;
//! - [`styles`]: the six styles as their tables grow; [`chart`]: as a picture;
//! - [`lab`]: the six servers under load, and what they cost besides;
//! - [`gate`]: instructions of the six for a request, held to a baseline;
//! - [`machine`]: where and with what; [`run`]: the folder that a run leaves; [`progress`]: how far it is.

pub mod chart;
pub mod comparison;
pub mod conditions;
pub mod estimate;
pub mod gate;
pub mod instructions;
pub mod lab;
pub mod machine;
pub mod measure;
pub mod probes;
pub mod progress;
pub mod routers;
pub mod run;
pub mod styles;
pub mod summary;
