//! A load generator for HTTP/1.1 on loopback that tells what it could not do.
//!
//! One thread, sockets that never block, no runtime. At a given rate it is an *open loop*: requests are due
//! when the clock says so, whether or not the server has kept up, and every latency counts from the moment
//! at which the request was *due*. One that had to wait for a free connection has waited. A generator that
//! sends the next request when the last answer is there measures a slow server less often while it is slow
//! ([coordinated omission](https://www.scylladb.com/2021/04/22/on-coordinated-omission/)); flat out this one
//! does so too, and then gives a rate and no percentiles.
//!
//! Every answer is checked for its status and its length; small ones are compared in full, large ones by lot
//! (one in a hundred, and the first). What would void a run (a wrong answer, a lost one, a generator that was
//! itself the limit) is told by [`Outcome::faults`].
//!
//! The map, in the order in which it is best read:
//! - [`plan`]: what to send and how; [`exchange`]: one request and what must come back; [`error`]: why a run
//!   did not happen;
//! - [`outcome`]: what came of it; [`distribution`]: times, as percentiles; [`fault`]: what voids it;
//! - `generator`: the loop, and `generator/slots`: which connection sends what; `schedule`: when requests are due; `connection`: one socket; `answer`: bytes into
//!   answers; `judge`: is this the right one?; `tally`: what counts; `meter`: what the generator itself spends;
//! - [`cpu`]: cores to run on, and the time that a process has used.
//!
//! ```no_run
//! use load::{Exchange, Expected, Pace, Plan};
//! use std::sync::atomic::AtomicBool;
//!
//! # fn main() -> Result<(), load::Error> {
//! let hello = Exchange::get("/plaintext", Expected::Bytes(b"Hello, World!".to_vec()));
//! let plan = Plan::new(([127, 0, 0, 1], 3001).into(), vec![hello], Pace::Rate(10_000.0));
//! let outcome = load::run(&plan, &AtomicBool::new(false), &mut || load::cpu::of_process(4711))?;
//! for fault in outcome.faults() {
//!     println!("void: {fault}");
//! }
//! # Ok(())
//! # }
//! ```

pub mod cpu;
pub mod distribution;
pub mod error;
pub mod exchange;
pub mod fault;
pub mod outcome;
pub mod plan;

mod answer;
mod connection;
mod generator;
mod judge;
mod meter;
mod schedule;
mod tally;

pub use distribution::Distribution;
pub use error::Error;
pub use exchange::{Exchange, Expected};
pub use fault::Fault;
pub use outcome::{ErrorKind, Open, Outcome};
pub use plan::{Pace, Plan};

use std::sync::atomic::AtomicBool;

/// Does what the plan says, on this thread, and ends by itself: after the time to connect, the warm-up, the
/// duration, and at most one time-out for what is still open then.
///
/// `probe` is called twice, right before the window opens and right after it closes, and what it gives is
/// kept in [`Outcome::probes`]: read there what the server has used. No request is sent meanwhile, so it
/// should be quick (well below a millisecond). `stop` ends the run early; it is looked at a hundred times a
/// second.
///
/// # Errors
/// When the plan makes no sense, nobody listens there, `stop` was set, or the system refuses. Whatever goes
/// wrong with single requests is no error but part of the outcome.
pub fn run<P>(plan: &Plan, stop: &AtomicBool, probe: &mut dyn FnMut() -> P) -> Result<Outcome<P>, Error> {
    plan.check()?;
    generator::Generator::new(plan, stop)?.run(probe)
}
