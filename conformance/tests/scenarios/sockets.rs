//! WebSockets: signs of life, clients that leave or do not read, and the end of the server.

use super::{Kind, SOON, Scenario, millis, within};
use conformance::{
    client::{
        Frame, Socket,
        frame::{BINARY, PING, PONG, TEXT},
    },
    finding::Finding,
    target::Target,
};
use std::time::{Duration, Instant};

const PINGS: Duration = millis(100);
const IDLE: Duration = millis(500);
const CONNECTIONS: &str = "http_connections";

pub fn all() -> Vec<Scenario> {
    vec![
        ("sockets_are_pinged", pinged),
        ("a_socket_without_a_sign_of_life_is_cut", silent),
        ("sockets_that_end_leave_no_connection_behind", ended),
        ("sockets_that_nobody_ends_leave_no_connection_behind", left),
        ("a_socket_that_nobody_reads_is_cut", unread),
        ("a_socket_that_nobody_reads_does_not_hold_up_the_stop", unread_at_the_stop),
        ("sockets_are_closed_with_1001_at_the_stop", stop),
        ("a_socket_that_does_not_answer_does_not_hold_up_the_stop", unanswered_at_the_stop),
        ("sockets_may_be_limited_otherwise", limited),
        ("a_stock_server_has_sockets", stock),
    ]
}

/// A message and its echo; pings that come before it are answered.
fn echo(socket: &mut Socket) -> Result<(), Finding> {
    let message = Frame::new(TEXT, "here");
    socket.send(&message);
    loop {
        match socket.receive()? {
            ping if ping.kind == PING => socket.send(&Frame::new(PONG, ping.payload)),
            other if other == message => return Ok(()),
            _ => return Err(socket.client().finding("this is no echo")),
        }
    }
}

fn served(target: &Target) -> Result<Socket, Finding> {
    let mut socket = target.socket()?;
    echo(&mut socket)?;
    Ok(socket)
}

fn pinged(kind: Kind) -> Result<(), Finding> {
    let running = kind.start_plain(|config| config.limits.socket_ping = PINGS);
    let begun = Instant::now();
    let mut socket = running.target.socket()?;
    for _ in 0..3 {
        socket.expect(&Frame::new(PING, ""))?;
        socket.send(&Frame::new(PONG, ""));
    }
    within(begun, 3 * PINGS - millis(20), SOON)?;
    echo(&mut socket)
}

/// While one that does nothing but answer pings stays.
fn silent(kind: Kind) -> Result<(), Finding> {
    let running = kind.start_plain(|config| {
        config.limits.socket_ping = PINGS;
        config.limits.socket_idle = IDLE;
    });
    let (mut silent, mut alive) = (running.target.socket()?, running.target.socket()?);
    let begun = Instant::now();
    while begun.elapsed() < 3 * IDLE {
        alive.expect(&Frame::new(PING, ""))?;
        alive.send(&Frame::new(PONG, ""));
    }
    running.target.await_metric(CONNECTIONS, |value| value == 2.0, SOON)?;
    echo(&mut alive)?;
    let pings = (IDLE.as_millis() / PINGS.as_millis()) as usize;
    for _ in 0..=pings {
        match silent.receive() {
            Ok(frame) if frame == Frame::new(PING, "") => {}
            Ok(_) => return Err(silent.client().finding("there was nothing to say but pings")),
            Err(_) => return silent.client().closed(),
        }
    }
    Err(silent.client().finding(format!("more than {pings} pings came, and none was answered")))
}

fn ended(kind: Kind) -> Result<(), Finding> {
    let running = kind.start_plain(|_| {});
    for _ in 0..50 {
        let mut socket = served(&running.target)?;
        socket.send(&Frame::close(1000));
        socket.closes(1000)?;
    }
    running.target.await_metric(CONNECTIONS, |value| value == 1.0, SOON)
}

/// After the handshake, a message, a part of a message, a part of a frame.
fn left(kind: Kind) -> Result<(), Finding> {
    let running = kind.start_plain(|_| {});
    let message = Frame::new(TEXT, "left");
    let last = [Vec::new(), message.bytes(), message.clone().part().bytes(), message.bytes()[..3].to_vec()];
    for bytes in last.iter().cycle().take(40) {
        running.target.socket()?.client().send(bytes);
    }
    running.target.await_metric(CONNECTIONS, |value| value == 1.0, SOON)
}

/// Sends until the server takes no more, which is long before so much is sent.
fn flood(target: &Target) -> Result<Socket, Finding> {
    let mut impatient = target.clone();
    impatient.patience = millis(500);
    let mut socket = impatient.socket()?;
    let message = Frame::new(BINARY, vec![0; 64 * 1024]).bytes();
    for count in 1..=1000 {
        socket.client().send(&message);
        if socket.client().sent() < count * message.len() {
            return Ok(socket);
        }
    }
    Err(Finding::new("the server takes messages without end, though none of its own is taken"))
}

fn unread(kind: Kind) -> Result<(), Finding> {
    let running = kind.start_plain(|config| config.limits.rate_window = millis(300));
    let mut other = served(&running.target)?;
    let socket = flood(&running.target)?;
    echo(&mut other)?;
    running.target.await_metric(CONNECTIONS, |value| value == 2.0, SOON)?;
    drop(socket);
    echo(&mut other)
}

fn unread_at_the_stop(kind: Kind) -> Result<(), Finding> {
    let mut running = kind.start_plain(|config| config.limits.drain_timeout = millis(300));
    let socket = flood(&running.target)?;
    let begun = Instant::now();
    running.stop();
    running.ended(SOON).map_err(Finding::new)?;
    drop(socket);
    within(begun, Duration::ZERO, SOON)
}

/// One that waits for something to say, and one in the middle of a message.
fn stop(kind: Kind) -> Result<(), Finding> {
    let mut running = kind.start_plain(|_| {});
    let mut sockets = [served(&running.target)?, served(&running.target)?];
    sockets[1].send(&Frame::new(TEXT, "half").part());
    let begun = Instant::now();
    running.stop();
    sockets.iter_mut().try_for_each(|socket| socket.closes(1001))?;
    running.ended(SOON).map_err(Finding::new)?;
    // Much sooner than the drain's deadline, which is for those that do not answer.
    within(begun, Duration::ZERO, SOON)
}

fn unanswered_at_the_stop(kind: Kind) -> Result<(), Finding> {
    let mut running = kind.start_plain(|config| config.limits.drain_timeout = millis(300));
    let mut socket = served(&running.target)?;
    running.stop();
    socket.expect(&Frame::close(1001))?;
    running.ended(SOON).map_err(Finding::new)?;
    socket.client().closed()
}

fn limited(kind: Kind) -> Result<(), Finding> {
    let running = kind.start_plain(|config| config.limits.max_message_bytes = 10);
    let mut socket = running.target.socket()?;
    for len in [10, 0, 9] {
        let message = Frame::new(BINARY, vec![0xff; len]);
        socket.send(&message);
        socket.expect(&message)?;
    }
    socket.send(&Frame::new(BINARY, [0xff; 11]));
    socket.closes(1009)
}

fn stock(kind: Kind) -> Result<(), Finding> {
    let mut running = kind.start_plain(|config| config.stock = true);
    let mut socket = served(&running.target)?;
    socket.send(&Frame::close(1000));
    socket.closes(1000)?;
    running.stop();
    running.ended(SOON).map_err(Finding::new)
}
