//! The life of the house: everything that the six servers share, and no HTTP library.
//!
//! In reading order:
//!
//! - [`contract`]: the route table and the fixed figures, once
//! - [`domain`]: values that cannot be wrong
//! - [`store`]: where todos and files live, and the news of their changes; the only place with a lock or a query
//! - [`handlers`]: one function per operation
//! - [`error`]: what went wrong, and what the client is told of it
//! - [`policy`]: what the middleware decides, as plain functions
//! - [`page`] and [`openapi`]: the service, described for people and for programs
//!
//! and the shell, which may use tokio:
//!
//! - [`app`]: what a server serves
//! - [`config`]: the command line
//! - [`gossip`]: finds the siblings
//! - [`resolver`]: asks the system for addresses
//! - [`relay`]: asks the siblings in turn
//! - [`telemetry`]: logs and figures
//! - [`boot`]: from a command line to a running server

pub mod contract;
pub mod domain;
pub mod store;
pub mod handlers;
pub mod error;
pub mod policy;
pub mod page;
pub mod openapi;

pub mod app;
pub mod config;
pub mod gossip;
pub mod resolver;
pub mod relay;
pub mod telemetry;
pub mod boot;

pub use app::{App, Shutdown, Stop};
pub use error::Error;
