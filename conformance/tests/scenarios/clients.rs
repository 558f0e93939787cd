//! Clients that are silent, drip or stall: each is cut, whatever it is in the middle of.

use super::{Kind, SOON, Scenario, millis, within};
use crate::servers::Running;
use conformance::{
    client::Client,
    fact::{Fact, exactly, field},
    finding::Finding,
    request::Request,
    target::Target,
};
use shared::{Error, config::Config};
use std::{
    thread,
    time::{Duration, Instant},
};

const HEAD: Duration = millis(300);
const IDLE: Duration = millis(600);
/// Between two bytes of one that drips.
const DRIP: Duration = millis(20);

pub fn all() -> Vec<Scenario> {
    vec![
        ("a_silent_client_is_cut", silent),
        ("a_dripping_head_is_408", dripping_head),
        ("a_later_head_that_drips_is_408", dripping_later_head),
        ("a_head_that_stops_is_408", stopped_head),
        ("an_idle_connection_is_cut", idle),
        ("a_stalled_body_is_408", stalled_body),
        ("a_stalled_body_in_chunks_is_408", stalled_chunks),
        ("a_stalled_later_body_is_408", stalled_later_body),
        ("a_slow_body_that_keeps_its_rate_is_read", slow_body),
        ("answers_that_nobody_reads_are_cut", unread),
        ("a_crowd_of_idlers_hurts_nobody", crowd),
    ]
}

fn short(config: &mut Config) {
    config.limits.head_timeout = HEAD;
    config.limits.idle_timeout = IDLE;
    config.limits.rate_window = HEAD;
}

fn start(kind: Kind) -> Result<(Running, Client), Finding> {
    let running = kind.start_plain(short);
    let client = running.target.connect()?;
    Ok((running, client))
}

/// Healthy clients notice nothing.
fn lives(target: &Target) -> Result<(), Finding> {
    target.expect(&Request::get("/plaintext"), &[Fact::Status(200)]).map(|_| ())
}

fn ask(client: &mut Client, target: &Target) -> Result<(), Finding> {
    client.send(&Request::get("/plaintext").bytes(&target.host));
    client.receive(false)?.expect(&[Fact::Status(200)])
}

/// The answer to one that was too slow, and the end of its connection.
fn told_off(client: &mut Client) -> Result<(), Finding> {
    client.receive(false)?.expect(&[exactly(&Error::RequestTimeout), field("connection", "close")])?;
    client.closed()
}

fn silent(kind: Kind) -> Result<(), Finding> {
    let begun = Instant::now();
    let (running, mut client) = start(kind)?;
    client.closed()?;
    within(begun, HEAD, SOON)?;
    lives(&running.target)
}

/// Sends a byte now and then until the server has had enough.
fn drip(client: &mut Client, target: &Target) {
    let begun = Instant::now();
    client.send(format!("GET /plaintext HTTP/1.1\r\nhost: {}\r\nx: ", target.host).as_bytes());
    while begun.elapsed() < HEAD + millis(100) {
        client.send(b"x");
        thread::sleep(DRIP);
    }
}

fn dripping_head(kind: Kind) -> Result<(), Finding> {
    let (running, mut client) = start(kind)?;
    drip(&mut client, &running.target);
    told_off(&mut client)?;
    lives(&running.target)
}

fn dripping_later_head(kind: Kind) -> Result<(), Finding> {
    let (running, mut client) = start(kind)?;
    ask(&mut client, &running.target)?;
    drip(&mut client, &running.target);
    told_off(&mut client)
}

fn stopped_head(kind: Kind) -> Result<(), Finding> {
    let (running, mut client) = start(kind)?;
    ask(&mut client, &running.target)?;
    let begun = Instant::now();
    client.send(b"GET /plaintext HTTP/1.1\r\nhost: 127.0.");
    told_off(&mut client)?;
    within(begun, HEAD - millis(20), SOON)
}

fn idle(kind: Kind) -> Result<(), Finding> {
    let (running, mut client) = start(kind)?;
    ask(&mut client, &running.target)?;
    let begun = Instant::now();
    client.closed()?;
    within(begun, IDLE - millis(20), SOON)?;
    lives(&running.target)
}

fn body_head(target: &Target, framing: &str) -> Vec<u8> {
    format!("POST /baseline11?a=1&b=2 HTTP/1.1\r\nhost: {}\r\n{framing}\r\n\r\n", target.host).into_bytes()
}

fn stall(client: &mut Client, target: &Target, framing: &str, body: &str) -> Result<(), Finding> {
    let begun = Instant::now();
    client.send(&body_head(target, framing));
    client.send(body.as_bytes());
    told_off(client)?;
    within(begun, HEAD - millis(20), SOON)
}

fn stalled_body(kind: Kind) -> Result<(), Finding> {
    let (running, mut client) = start(kind)?;
    stall(&mut client, &running.target, "content-length: 10", "4")?;
    let (_, mut client) = (lives(&running.target)?, running.target.connect()?);
    // Not even its first byte comes.
    stall(&mut client, &running.target, "content-length: 1", "")
}

fn stalled_chunks(kind: Kind) -> Result<(), Finding> {
    let (running, mut client) = start(kind)?;
    stall(&mut client, &running.target, "transfer-encoding: chunked", "1\r\n4\r\n")?;
    lives(&running.target)
}

fn stalled_later_body(kind: Kind) -> Result<(), Finding> {
    let (running, mut client) = start(kind)?;
    ask(&mut client, &running.target)?;
    stall(&mut client, &running.target, "content-length: 10", "4")
}

/// It takes longer than every limit but the rate's, which it keeps.
fn slow_body(kind: Kind) -> Result<(), Finding> {
    let running = kind.start_plain(|config| {
        short(config);
        config.limits.request_timeout = HEAD;
    });
    let mut client = running.target.connect()?;
    let pieces = 40;
    client.send(&body_head(&running.target, &format!("content-length: {}", 1 + 100 * pieces)));
    client.send(b"4");
    for _ in 0..pieces {
        client.send(&[b' '; 100]);
        thread::sleep(DRIP);
    }
    client.receive(false)?.expect(&[Fact::Status(200), Fact::Body("7".into())])
}

/// One that asks for much and reads nothing must not keep its connection.
fn unread(kind: Kind) -> Result<(), Finding> {
    let running = kind.start_plain(|config| config.limits.rate_window = HEAD);
    let target = &running.target;
    let large = Request::new("POST", "/todos").json(format!("{{\"title\":\"{}\"}}", "\\u0001".repeat(200)));
    for _ in 0..200 {
        target.expect(&large, &[Fact::Status(201)])?;
    }
    let mut client = target.connect()?;
    client.send(&Request::get("/todos").bytes(&target.host).repeat(100));
    target.await_metric(
        "http_requests_total{operation=\"list_todos\",method=\"GET\",status=\"200\"}",
        |value| value >= 1.0,
        SOON,
    )?;
    target.await_metric("http_connections", |value| value == 1.0, SOON)
}

/// Silent ones, half heads and half bodies by the hundred: all are cut, and healthy clients see no failure meanwhile.
fn crowd(kind: Kind) -> Result<(), Finding> {
    let running = kind.start_plain(short);
    let target = &running.target;
    let begins = [Vec::new(), b"GET /plaintext HTTP/1.1\r\nhost".to_vec(), body_head(target, "content-length: 10")];
    let mut idlers = Vec::new();
    for begin in begins.iter().cycle().take(300) {
        let mut idler = target.connect()?;
        idler.send(begin);
        idlers.push((idler, !begin.is_empty()));
    }
    for _ in 0..100 {
        lives(target)?;
    }
    for (mut idler, answered) in idlers {
        if answered { told_off(&mut idler)? } else { idler.closed()? }
    }
    target.await_metric("http_connections", |value| value == 1.0, SOON)
}
