//! Who is cut, and when: silent and dripping clients, clients that leave, clients that do not read; and who is not.
#![allow(clippy::unwrap_used, reason = "a test may panic; its helpers are not `#[test]` functions")]

mod common;

use std::sync::atomic::Ordering;
use std::time::Duration;

use common::{Running, statuses, timed, within};
use listen::{GRACE, Limits};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

const HEAD: Duration = Duration::from_millis(150);
const IDLE: Duration = Duration::from_millis(400);

fn short() -> Limits {
    Limits { head_timeout: HEAD, idle_timeout: IDLE, ..Limits::default() }
}

/// No earlier than `time`, and not much later.
fn assert_about(elapsed: Duration, time: Duration) {
    assert!(elapsed >= time - Duration::from_millis(20) && elapsed < time + Duration::from_millis(120), "{elapsed:?}");
}

#[tokio::test]
async fn silence_from_the_start_is_closed_without_a_word() {
    let server = Running::start(short());
    let mut client = server.connect().await;
    let (answer, elapsed) = timed(client.read_to_end()).await;
    assert_eq!(answer, "");
    assert_about(elapsed, HEAD);
}

#[tokio::test]
async fn a_first_head_must_end_in_time_however_it_drips() {
    let server = Running::start(short());
    let (mut read, mut write) = server.connect().await.0.into_split();
    let drip = tokio::spawn(async move {
        write.write_all(b"GET / HTTP/1.1\r\n").await.unwrap();
        while write.write_all(b"x: 1\r\n").await.is_ok() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    });
    let mut answer = [0; 12];
    let (_, elapsed) = timed(read.read_exact(&mut answer)).await;
    assert_eq!(&answer, b"HTTP/1.1 408");
    assert_about(elapsed, HEAD);
    drip.abort();
}

#[tokio::test]
async fn a_later_head_is_timed_from_its_first_byte() {
    let server = Running::start(short());
    let mut client = server.connect().await;
    client.send("GET /a HTTP/1.1\r\nHost: a\r\n\r\n").await;
    client.read_until("GET /a").await;
    tokio::time::sleep(HEAD + HEAD / 2).await;
    client.send("GET /b").await;
    let (answer, elapsed) = timed(client.read_to_end()).await;
    assert_eq!(statuses(&answer), [408]);
    assert_about(elapsed, HEAD);
}

#[tokio::test]
async fn an_idle_connection_is_closed_without_a_word() {
    let server = Running::start(short());
    let mut client = server.connect().await;
    client.send("GET /a HTTP/1.1\r\nHost: a\r\n\r\n").await;
    client.read_until("GET /a").await;
    let (answer, elapsed) = timed(client.read_to_end()).await;
    assert_eq!(answer, "");
    assert_about(elapsed, IDLE);
}

#[tokio::test]
async fn no_clock_runs_while_an_answer_is_open() {
    let server = Running::start(short());
    let mut client = server.connect().await;
    client.send("GET /wait/1000 HTTP/1.1\r\nHost: a\r\n\r\nGET /half").await;
    let (answer, elapsed) = timed(client.read_to_end()).await;
    assert_eq!(statuses(&answer), [200, 408], "{answer}");
    assert_about(elapsed, Duration::from_millis(1000) + HEAD);
}

#[tokio::test]
async fn a_bare_fin_still_gets_an_answer_that_is_ready() {
    let server = Running::start(Limits::default());
    for request in ["GET /wait/10 HTTP/1.1\r\nHost: a\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\n\r\n"] {
        let mut client = server.connect().await;
        client.send(request).await;
        client.0.shutdown().await.unwrap();
        let answer = client.read_to_end().await;
        assert_eq!(statuses(&answer), [200], "{answer}");
    }
}

/// More than the socket buffers hold, so that it takes the client a while to read it.
#[tokio::test]
async fn a_bare_fin_does_not_cut_an_answer_that_is_being_read() {
    let server = Running::start(Limits::default());
    let mut client = server.connect().await;
    client.send("GET /big/20000000 HTTP/1.1\r\nHost: a\r\n\r\n").await;
    client.0.shutdown().await.unwrap();
    tokio::time::sleep(4 * GRACE).await;
    let answer = client.read_to_end().await;
    assert_eq!(answer.matches('x').count(), 20_000_000);
}

/// For longer in all than a client is still served that has left, though never for long without a piece.
#[tokio::test]
async fn a_bare_fin_does_not_cut_an_answer_that_comes_in_pieces() {
    let server = Running::start(Limits::default());
    let mut client = server.connect().await;
    client.send("GET /pieces/10 HTTP/1.1\r\nHost: a\r\n\r\n").await;
    client.0.shutdown().await.unwrap();
    let answer = client.read_to_end().await;
    assert!(answer.ends_with("\r\n0\r\n\r\n"), "{answer}");
}

#[tokio::test]
async fn work_that_waits_is_given_up_when_the_client_leaves() {
    let server = Running::start(Limits::default());
    for bare in [true, false] {
        let mut client = server.connect().await;
        client.send("GET /wait/10000 HTTP/1.1\r\nHost: a\r\n\r\n").await;
        within(server.seen.begun.notified()).await;
        if bare {
            client.0.shutdown().await.unwrap();
        } else {
            drop(client);
        }
        let ((), elapsed) = timed(server.seen.cancel.notified()).await;
        assert!(elapsed < Duration::from_millis(100), "{elapsed:?}");
    }
    assert_eq!(server.seen.cancelled.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn a_client_that_does_not_read_is_reset() {
    let limits = Limits { rate_window: Duration::from_millis(500), ..Limits::default() };
    let server = Running::start(limits);
    let mut client = server.connect().await;
    client.send("GET /big/50000000 HTTP/1.1\r\nHost: a\r\n\r\n").await;
    within(async {
        while client.0.take_error().unwrap().is_none() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    })
    .await;
    within(async {
        while server.seen.open.load(Ordering::SeqCst) > 0 {
            tokio::task::yield_now().await;
        }
    })
    .await;
}

#[tokio::test]
async fn a_client_that_reads_slowly_but_well_is_served() {
    let limits = Limits { rate_window: Duration::from_millis(300), min_rate: 100_000, ..Limits::default() };
    let server = Running::start(limits);
    let mut client = server.connect().await;
    client.send("GET /big/8000000 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").await;
    let mut room = vec![0; 400_000];
    let mut total = 0;
    loop {
        match within(client.0.read(&mut room)).await.unwrap() {
            0 => break,
            n => total += n,
        }
        tokio::time::sleep(Duration::from_millis(30)).await;
    }
    assert!(total > 8_000_000);
}
