//! What the programs are made to do.

/// What lasts: one file, kills, siblings.
pub mod data;
/// What runs out.
pub mod descriptors;
/// A disk that is full.
pub mod disk;
/// SIGTERM under load.
pub mod drain;
/// Events among siblings and to many.
pub mod events;
/// Files through kills, restarts, siblings and links.
pub mod files;
/// Flags and variables, well and badly used.
pub mod flags;
/// A database that another has locked.
pub mod locks;
/// What is logged.
pub mod logs;
/// What is kept of large bodies.
pub mod memory;
/// SIGTERM and SIGINT.
pub mod signals;
