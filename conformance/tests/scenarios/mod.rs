//! Scenarios, by what goes wrong.

/// Clients that are silent, drip, stall or leave.
pub mod clients;
/// `Date`.
pub mod clock;
/// The end of a server.
pub mod drain;
/// A store on which everything goes wrong.
pub mod faults;
/// Flags that change what is allowed.
pub mod flags;
/// A healthy client in a crowd of bad ones.
pub mod hostile;
/// Handlers that panic, many at once.
pub mod panics;
/// Siblings that are asked in turn, some of them bad.
pub mod relay;
/// How many scenarios run at once.
pub mod seats;
/// WebSockets.
pub mod sockets;
/// A store that goes and comes back.
pub mod store;
/// Long bodies, long answers.
pub mod streams;

use crate::servers::{Running, Serve, start_with};
use conformance::{finding::Finding, target::Target};
use shared::{config::Config, contract::Server, store::Store};
use std::time::{Duration, Instant};

/// One of the six, not yet started.
#[derive(Clone, Copy)]
pub struct Kind {
    pub server: &'static Server,
    pub serve: Serve,
}

/// What is tried, under its name.
pub type Scenario = (&'static str, fn(Kind) -> Result<(), Finding>);

impl Kind {
    pub fn start(self, store: Store, change: impl FnOnce(&mut Config)) -> Running {
        start_with(self.server, self.serve, store, change)
    }

    pub fn start_plain(self, change: impl FnOnce(&mut Config)) -> Running {
        self.start(Store::memory(), change)
    }
}

pub const IN_FLIGHT: &str = "http_requests_in_flight";
/// For what should happen at once, on a machine that is busy.
pub const SOON: Duration = Duration::from_secs(5);

/// Requests whose client left.
pub const CANCELLED: &str = "http_requests_cancelled_total";

/// A client that `come` makes leaves: that ends the work, and counts as cancelled, within 100 ms. On a machine that is
/// busy the best of three counts.
pub fn leave<T>(target: &Target, mut come: impl FnMut() -> Result<T, Finding>) -> Result<(), Finding> {
    let mut late = Ok(());
    for _ in 0..3 {
        let before = target.metric(CANCELLED)?;
        drop(come()?);
        late = target.await_metric(CANCELLED, |value| value == before + 1.0, millis(100));
        if late.is_ok() {
            break;
        }
        target.await_metric(CANCELLED, |value| value == before + 1.0, SOON)?;
    }
    late
}

pub const fn millis(count: u64) -> Duration {
    Duration::from_millis(count)
}

/// Holds a time to its bounds; the upper one is wide, as the machine may be busy.
pub fn within(begun: Instant, least: Duration, most: Duration) -> Result<(), Finding> {
    let took = begun.elapsed();
    if took >= least && took <= most {
        return Ok(());
    }
    Err(Finding::new(format!("it took {took:?}, not {least:?} to {most:?}")))
}
