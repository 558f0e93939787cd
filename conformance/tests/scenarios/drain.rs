//! The end of a server: what is in flight finishes, nothing else begins, and there is a deadline.

use super::{IN_FLIGHT, Kind, SOON, Scenario, millis, within};
use conformance::{fact::Fact, finding::Finding, request::Request};
use shared::store::{Fault, Store};
use std::{
    net::TcpStream,
    time::{Duration, Instant},
};

pub fn all() -> Vec<Scenario> {
    vec![
        ("what_is_in_flight_at_the_stop_is_answered", in_flight),
        ("idle_connections_are_closed_at_the_stop", idle),
        ("nothing_is_accepted_after_the_stop", refused),
        ("the_drain_has_a_deadline", deadline),
        ("a_dropped_stop_is_a_stop", dropped),
    ]
}

fn gone(result: Result<(), String>) -> Result<(), Finding> {
    result.map_err(Finding::new)
}

fn in_flight(kind: Kind) -> Result<(), Finding> {
    let mut running = kind.start_plain(|_| {});
    let target = running.target.clone();
    let mut client = target.connect()?;
    let head = format!("POST /baseline11?a=1&b=2 HTTP/1.1\r\nhost: {}\r\ncontent-length: 2\r\n\r\n4", target.host);
    client.send(head.as_bytes());
    target.await_metric(IN_FLIGHT, |value| value == 2.0, SOON)?;
    running.stop();
    // The listener is closed by now or soon: that the stop has been heard shows there.
    until_refused(&running.target.address.to_string())?;
    client.send(b"2");
    client.receive(false)?.expect(&[Fact::Status(200), Fact::Body("45".into())])?;
    client.closed()?;
    gone(running.ended(SOON))
}

fn idle(kind: Kind) -> Result<(), Finding> {
    let mut running = kind.start_plain(|_| {});
    let mut used = running.target.connect()?;
    used.send(&Request::get("/plaintext").bytes(&running.target.host));
    used.receive(false)?;
    let mut fresh = running.target.connect()?;
    running.target.await_metric("http_connections", |value| value == 3.0, SOON)?;
    let begun = Instant::now();
    running.stop();
    used.closed()?;
    fresh.closed()?;
    gone(running.ended(SOON))?;
    // Much sooner than the drain's deadline, which is for what is in flight.
    within(begun, Duration::ZERO, SOON)
}

fn until_refused(address: &str) -> Result<(), Finding> {
    let deadline = Instant::now() + SOON;
    while TcpStream::connect(address).is_ok() {
        if Instant::now() > deadline {
            return Err(Finding::new("connections are still accepted after the stop"));
        }
    }
    Ok(())
}

fn refused(kind: Kind) -> Result<(), Finding> {
    let mut running = kind.start(Store::faulty(Fault::Hang), |config| config.limits.drain_timeout = SOON);
    let mut client = running.target.connect()?;
    client.send(&Request::get("/todos").bytes(&running.target.host));
    running.target.await_metric(IN_FLIGHT, |value| value == 2.0, SOON)?;
    running.stop();
    until_refused(&running.target.address.to_string())?;
    drop(client);
    gone(running.ended(SOON))
}

fn deadline(kind: Kind) -> Result<(), Finding> {
    let limit = millis(300);
    let mut running = kind.start(Store::faulty(Fault::Hang), |config| config.limits.drain_timeout = limit);
    let mut client = running.target.connect()?;
    client.send(&Request::get("/todos").bytes(&running.target.host));
    running.target.await_metric(IN_FLIGHT, |value| value == 2.0, SOON)?;
    let begun = Instant::now();
    running.stop();
    gone(running.ended(SOON))?;
    within(begun, limit - millis(20), SOON)
}

fn dropped(kind: Kind) -> Result<(), Finding> {
    let mut running = kind.start_plain(|_| {});
    running.target.expect(&Request::get("/readyz"), &[Fact::Status(200)])?;
    running.abandon();
    gone(running.ended(SOON))
}
