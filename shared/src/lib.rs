//! The life of the house: everything that the six servers share, and no HTTP library.
//!
//! In reading order:
//!
//! - [`contract`]: the route table and the fixed figures, once
//! - [`domain`]: values that cannot be wrong
//! - [`store`]: where todos live; the only place with a lock or a query
//! - [`handlers`]: one function per operation
//! - [`error`]: what went wrong, and what the client is told of it
//! - [`policy`]: what the middleware decides, as plain functions
//! - [`page`] and [`openapi`]: the service, described for people and for programs
//!
//! and the shell, which may use tokio:
//!
//! - [`app`]: what a server serves
//! - [`config`]: the command line
//! - [`telemetry`]: logs and figures
//! - [`boot`]: from a command line to a running server

/// What a server serves.
pub mod app;
/// From a command line to a running server.
pub mod boot;
/// The command line.
pub mod config;
/// The route table and the fixed figures.
pub mod contract;
/// Values that cannot be wrong.
pub mod domain;
/// What went wrong.
pub mod error;
/// One function per operation.
pub mod handlers;
/// The service, described for programs.
pub mod openapi;
/// The service, described for people.
pub mod page;
/// What the middleware decides.
pub mod policy;
/// Where todos live.
pub mod store;
/// Logs and figures.
pub mod telemetry;

pub use app::{App, Shutdown, Stop};
pub use error::Error;
