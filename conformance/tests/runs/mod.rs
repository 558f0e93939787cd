//! What the programs are made to do.

/// What lasts: one file, kills, siblings.
pub mod data;
/// What runs out.
pub mod descriptors;
/// Flags and variables, well and badly used.
pub mod flags;
/// What is logged.
pub mod logs;
/// SIGTERM and SIGINT.
pub mod signals;
