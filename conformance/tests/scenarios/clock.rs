//! `Date`, which a server may keep for a second: it must go on while nobody asks.

use super::{Kind, Scenario, millis};
use conformance::{
    client::{Client, Exchange},
    fact::Fact,
    finding::Finding,
    request::Request,
    target::Target,
};
use std::{
    thread,
    time::{Instant, SystemTime, UNIX_EPOCH},
};

/// Those that take their time, and next to nothing else.
pub fn patient() -> Vec<Scenario> {
    vec![("the_date_goes_on_on_a_kept_connection", date)]
}

/// Under load, after two seconds of silence, and under load again; on a kept connection and on fresh ones.
fn date(kind: Kind) -> Result<(), Finding> {
    let running = kind.start_plain(|_| {});
    let target = &running.target;
    let mut kept = target.connect()?;
    for pause in [0, 2000, 2100] {
        thread::sleep(millis(pause));
        is_now(&mut kept, target, "/plaintext")?;
        is_now(&mut target.connect()?, target, "/plaintext")?;
        let begun = Instant::now();
        while begun.elapsed() < millis(1500) {
            is_now(&mut kept, target, "/plaintext")?;
            is_now(&mut kept, target, "/nowhere")?;
            thread::sleep(millis(20));
        }
    }
    Ok(())
}

/// The date is not before the second before the one in which the request was sent, and not after its answer.
fn is_now(client: &mut Client, target: &Target, path: &str) -> Result<(), Finding> {
    let asked = seconds(SystemTime::now());
    client.send(&Request::get(path).bytes(&target.host));
    let exchange = client.receive(false)?;
    let answered = seconds(SystemTime::now());
    let told = told(&exchange)?;
    if (asked - 1..=answered).contains(&told) {
        return Ok(());
    }
    Err(exchange.finding(format!("the date says {told}, and it was {asked} to {answered}")))
}

fn told(exchange: &Exchange) -> Result<u64, Finding> {
    exchange.expect(&[Fact::Has("date")])?;
    let text = exchange.answer.field("date").unwrap_or_default();
    let date = httpdate::parse_http_date(text).map_err(|_| exchange.finding(format!("{text:?} is no date")))?;
    // The old forms of RFC 9110, 5.6.7, are read as well, and must not be sent.
    if httpdate::fmt_http_date(date) == text { Ok(seconds(date)) } else { Err(exchange.finding("not an IMF-fixdate")) }
}

fn seconds(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}
