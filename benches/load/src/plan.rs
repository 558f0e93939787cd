//! What to send, how often, and on how many connections.

use crate::{
    error::Error,
    exchange::{CLOSE, Exchange},
};
use std::{net::SocketAddr, time::Duration};

/// The most connections at a time.
pub const MAX_CONNECTIONS: usize = 10_000;
/// The most requests in one write.
pub const MAX_DEPTH: usize = 1_024;
/// The lowest rate, in requests per second.
pub const MIN_RATE: f64 = 0.001;
/// The highest rate, in requests per second. No single thread gets near it over sockets.
pub const MAX_RATE: f64 = 10_000_000.0;

/// When requests are due.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Pace {
    /// So many per second, evenly spaced: an open loop.
    Rate(f64),
    /// So many per second on average, as if from many clients that know nothing of each other (a Poisson
    /// process): an open loop.
    Poisson(f64),
    /// Whenever a connection is free: a closed loop. It finds the ceiling and no latency.
    FlatOut,
}

/// What to do. [`Plan::new`] has defaults for most of it.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Where the server listens; on loopback.
    pub address: SocketAddr,
    /// What may be sent. Each request is one of these, drawn by the seed, all equally likely.
    pub exchanges: Vec<Exchange>,
    /// When requests are due.
    pub pace: Pace,
    /// How many connections there are; with `keep_alive` off, how many there may be at a time.
    pub connections: usize,
    /// How many requests go out together, in one write on one connection (pipelining). They are due at the
    /// same moment, and the connection takes the next lot when the last of them is answered.
    pub depth: usize,
    /// Whether connections are used again. If not, each request says `connection: close`, gets a connection
    /// of its own, and its times have the time to connect in them.
    pub keep_alive: bool,
    /// How long requests are sent before any counts.
    pub warm_up: Duration,
    /// How long requests are sent that count: the window.
    pub duration: Duration,
    /// How long anything is waited for: a connection, an answer, and all that is open when the window ends.
    pub timeout: Duration,
    /// What exchanges, answers to compare and random arrivals are drawn from.
    pub seed: u64,
}

impl Plan {
    /// Sixteen connections that are kept, one request at a time on each, a second to warm up, ten that
    /// count, five to wait.
    pub fn new(address: SocketAddr, exchanges: Vec<Exchange>, pace: Pace) -> Self {
        Plan {
            address,
            exchanges,
            pace,
            connections: 16,
            depth: 1,
            keep_alive: true,
            warm_up: Duration::from_secs(1),
            duration: Duration::from_secs(10),
            timeout: Duration::from_secs(5),
            seed: 1,
        }
    }

    /// Whether it can be done at all.
    ///
    /// # Errors
    /// [`Error::NotLoopback`], or [`Error::Plan`] with what to change.
    pub fn check(&self) -> Result<(), Error> {
        if !self.address.ip().is_loopback() {
            return Err(Error::NotLoopback(self.address));
        }
        let wrong = |text: String| Err(Error::Plan(text));
        if let Pace::Rate(rate) | Pace::Poisson(rate) = self.pace
            && !(MIN_RATE..=MAX_RATE).contains(&rate)
        {
            return wrong(format!("a rate must be {MIN_RATE} to {MAX_RATE} per second, not {rate}"));
        }
        if !(1..=MAX_CONNECTIONS).contains(&self.connections) {
            return wrong(format!("there must be 1 to {MAX_CONNECTIONS} connections, not {}", self.connections));
        }
        if !(1..=MAX_DEPTH).contains(&self.depth) {
            return wrong(format!("the depth must be 1 to {MAX_DEPTH}, not {}", self.depth));
        }
        if self.depth > 1 && !self.keep_alive {
            return wrong("requests cannot be pipelined on connections that close: set depth to 1".to_owned());
        }
        if self.duration.is_zero() || self.timeout.is_zero() {
            return wrong("the duration and the timeout must not be zero".to_owned());
        }
        if self.exchanges.is_empty() {
            return wrong("there is nothing to send: add an exchange".to_owned());
        }
        self.exchanges.iter().try_for_each(Exchange::check)
    }

    /// What is really sent.
    pub(crate) fn outgoing(&self) -> Vec<Exchange> {
        let mut exchanges = self.exchanges.clone();
        for exchange in exchanges.iter_mut().filter(|_| !self.keep_alive) {
            exchange.add(CLOSE);
        }
        exchanges
    }

    /// Requests per second, unless flat out.
    pub(crate) fn rate(&self) -> Option<f64> {
        match self.pace {
            Pace::Rate(rate) | Pace::Poisson(rate) => Some(rate),
            Pace::FlatOut => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Expected;

    #[test]
    fn what_makes_no_sense_is_told() {
        let sound = Plan::new(
            ([127, 0, 0, 1], 80).into(),
            vec![Exchange::get("/", Expected::Bytes(Vec::new()))],
            Pace::Rate(1.0),
        );
        assert!(sound.check().is_ok());
        let refused = |change: &dyn Fn(&mut Plan), word: &str| {
            let mut plan = sound.clone();
            change(&mut plan);
            let told = plan.check().expect_err(word).to_string();
            assert!(told.contains(word), "{told}");
        };
        refused(&|plan| plan.address = ([192, 0, 2, 1], 80).into(), "not on loopback");
        for rate in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            refused(&|plan| plan.pace = Pace::Rate(rate), "rate");
            refused(&|plan| plan.pace = Pace::Poisson(rate), "rate");
        }
        refused(&|plan| plan.connections = 0, "connections");
        refused(&|plan| plan.depth = 0, "depth");
        refused(&|plan| (plan.depth, plan.keep_alive) = (2, false), "pipelined");
        refused(&|plan| plan.duration = Duration::ZERO, "duration");
        refused(&|plan| plan.exchanges.clear(), "nothing to send");
        refused(&|plan| plan.exchanges[0].request = b"GET / HTTP/1.1\r\n".to_vec(), "head");
    }
}
