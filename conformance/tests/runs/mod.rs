//! What the programs are made to do.

/// What lasts: one file, kills, siblings.
pub mod data;
/// What runs out.
pub mod descriptors;
/// Files and events through kills, restarts and siblings.
pub mod files;
/// Flags and variables, well and badly used.
pub mod flags;
/// What is logged.
pub mod logs;
/// SIGTERM and SIGINT.
pub mod signals;
