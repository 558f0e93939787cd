//! The hardened accept loop that five of the six servers stand on, and the guard that all six do.
//!
//! Left alone, an HTTP stack never cuts a silent client, accepts requests whose framing is in doubt and answers bad ones
//! in its own words. This package puts three things between the socket and any HTTP/1.1 stack, so that all of them behave
//! alike. It knows no routes, no handlers and no framework but hyper, and hyper only in `server.rs` and `answer.rs`.
//!
//! | read in this order | what it holds |
//! |---|---|
//! | `limits.rs` | [`Limits`]: every number that an operator may turn |
//! | `server.rs` | [`Server`]: accept, connection limit, drain (hyper) |
//! | `answer.rs` | one [`Exchange`] per request, held until its answer is sent (hyper) |
//! | `connection.rs` | [`Connection`], [`Exchange`], [`Refusal`]: what guard and service tell each other |
//! | `guard.rs` | [`Guard`]: the stream that hands on checked bytes only; its clock and its end |
//! | `due.rs`, `clock.rs`, `timekeeper.rs` | when a silent client is cut; the timer that sees to it; the thread it runs in |
//! | `inbox.rs`, `screen.rs` | bytes in, checked bytes out; which byte belongs to what. No IO, no time |
//! | `head.rs`, `fields.rs` | where a head ends; what its fields must say |
//! | `target.rs`, `host.rs`, `class.rs` | request line and target; `Host`; which byte may stand in them |
//! | `chunks.rs` | the chunked coding |
//! | `outbox.rs` | writing: batches pipelined answers, resets a client that does not read |
//! | `pace.rs`, `stall.rs` | [`Pace`]: "at least so many bytes per second", as plain arithmetic; [`Stall`]: with a timer |
//!
//! The way of a bad head: the inbox swaps it for a small sound request and notes a [`Refusal`] under its number; the
//! stack serves that request like any other, in its turn behind earlier answers; the service finds the refusal and
//! answers it in its own words. So no stack ever sees, or answers, a head that this package would not.

mod answer;
mod chunks;
mod class;
mod clock;
mod connection;
mod due;
mod fields;
mod guard;
mod head;
mod host;
mod inbox;
mod limits;
mod outbox;
mod pace;
mod screen;
mod server;
mod stall;
mod target;
mod timekeeper;

pub use connection::{BodyWatch, Connection, Exchange, Refusal};
pub use due::GRACE;
pub use guard::{Guard, LINGER_BYTES, LINGER_TIME};
pub use limits::Limits;
pub use pace::Pace;
pub use server::Server;
pub use stall::Stall;
