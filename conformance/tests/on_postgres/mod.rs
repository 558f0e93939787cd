//! What the programs are made to do on PostgreSQL.

/// What a server does to its clients: it dies, stops, cuts connections, locks.
pub mod faults;
/// A database that cannot be used is told at the start.
pub mod mistakes;
/// What they do on every store.
pub mod sound;
