//! The connection limit, the count of open connections, and the drain.
#![allow(clippy::unwrap_used, reason = "a test may panic; its helpers are not `#[test]` functions")]

mod common;

use std::sync::atomic::Ordering;
use std::time::Duration;

use common::{Running, statuses, timed, within};
use listen::Limits;
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;

const GET: &str = "GET /a HTTP/1.1\r\nHost: a\r\n\r\n";

#[tokio::test]
async fn one_client_too_many_waits_until_one_leaves() {
    let server = Running::start(Limits { connections: 2, ..Limits::default() });
    let (mut one, mut two) = (server.connect().await, server.connect().await);
    for client in [&mut one, &mut two] {
        client.send(GET).await;
        client.read_until("GET /a").await;
    }
    let mut three = server.connect().await;
    three.send(GET).await;
    let early = tokio::time::timeout(Duration::from_millis(100), three.0.read_u8()).await;
    assert!(early.is_err(), "the third was served beside two");
    drop(one);
    three.read_until("GET /a").await;
    assert_eq!(server.seen.most_open.load(Ordering::SeqCst), 2);
    drop((two, three));
    within(async {
        while server.seen.open.load(Ordering::SeqCst) > 0 {
            tokio::task::yield_now().await;
        }
    })
    .await;
}

#[tokio::test]
async fn a_drain_finishes_what_is_open_and_closes_what_is_idle() {
    let mut server = Running::start(Limits::default());
    let (mut fresh, mut idle, mut busy) = (server.connect().await, server.connect().await, server.connect().await);
    idle.send(GET).await;
    idle.read_until("GET /a").await;
    within(server.seen.begun.notified()).await;
    busy.send("GET /hold HTTP/1.1\r\nHost: a\r\n\r\n").await;
    within(server.seen.begun.notified()).await;

    server.stop();
    assert_eq!(fresh.read_to_end().await, "");
    assert_eq!(idle.read_to_end().await, "");
    assert!(TcpStream::connect(server.address).await.is_err(), "a newcomer is refused");

    server.seen.release.notify_one();
    let answer = busy.read_to_end().await;
    assert_eq!(statuses(&answer), [200], "{answer}");
    assert!(answer.contains("connection: close"), "{answer}");
    server.ended().await;
}

#[tokio::test]
async fn a_drain_has_an_end() {
    let drain = Duration::from_millis(200);
    let mut server = Running::start(Limits { drain_timeout: drain, ..Limits::default() });
    let mut busy = server.connect().await;
    busy.send("GET /hold HTTP/1.1\r\nHost: a\r\n\r\n").await;
    within(server.seen.begun.notified()).await;
    server.stop();
    let (answer, elapsed) = timed(busy.0.read_u8()).await;
    assert!(answer.is_err() && elapsed >= drain && elapsed < 3 * drain, "{answer:?} after {elapsed:?}");
    server.ended().await;
}

#[tokio::test]
async fn a_server_that_is_full_can_be_stopped() {
    let mut server = Running::start(Limits { connections: 1, ..Limits::default() });
    let mut one = server.connect().await;
    one.send(GET).await;
    one.read_until("GET /a").await;
    server.stop();
    server.ended().await;
}
