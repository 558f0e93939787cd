//! A healthy client that asks by the clock, whether or not the last answer has come: a server that holds it up for a
//! second makes two hundred requests late, not one.

use conformance::{
    client::Client,
    fact::{Fact, field},
    finding::Finding,
    request::Request,
    target::Target,
};
use std::{
    thread,
    time::{Duration, Instant},
};

/// Between two requests.
const STEP: Duration = Duration::from_millis(5);
/// Of so many requests one comes on a connection of its own.
const FRESH: usize = 10;

/// What it saw: how long after its time each request was answered.
pub struct Seen(Vec<Duration>);

impl Seen {
    /// The time within which ninety-nine of a hundred were answered.
    pub fn p99(&self) -> Duration {
        let mut sorted = self.0.clone();
        sorted.sort_unstable();
        let at = (sorted.len() * 99).div_ceil(100).saturating_sub(1);
        sorted.get(at).copied().unwrap_or(Duration::MAX)
    }
}

/// Asks for so long, on `kept` and, if wanted, now and then on a fresh connection.
///
/// # Errors
/// When an answer is not as it should be.
pub fn ask(target: &Target, kept: &mut Client, fresh: bool, spell: Duration) -> Result<Seen, Finding> {
    let request = Request::get("/json").bytes(&target.host);
    let begun = Instant::now();
    let mut seen = Vec::new();
    for number in 0_u32.. {
        let due = begun + STEP * number;
        if due > begun + spell {
            break;
        }
        thread::sleep(due.saturating_duration_since(Instant::now()));
        if fresh && (number as usize).is_multiple_of(FRESH) {
            answered(&mut target.connect()?, &request)?;
        } else {
            answered(kept, &request)?;
            kept.forget();
        }
        seen.push(due.elapsed());
    }
    Ok(Seen(seen))
}

fn answered(client: &mut Client, request: &[u8]) -> Result<(), Finding> {
    client.send(request);
    let exchange = client.receive(false)?;
    exchange.expect(&[Fact::Status(200), field("content-length", "27"), Fact::Lacks("connection")])
}
