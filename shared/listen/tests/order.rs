//! What follows what on one connection: pipelines, refusals in their turn, the end, bodies and where they stop.
#![allow(clippy::unwrap_used, reason = "a test may panic; its helpers are not `#[test]` functions")]

mod common;

use common::{Running, statuses, within};
use listen::Limits;

const LAST: &str = "GET /last HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";

fn get(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: a\r\n\r\n")
}

#[tokio::test]
async fn pipelined_answers_come_in_order() {
    let server = Running::start(Limits::default());
    let requests: String = (0..50).map(|i| get(&format!("/n{i}.{}", if i == 25 { "/wait/20" } else { "" }))).collect();
    let answer = server.talk(format!("{requests}{LAST}")).await;
    let places: Vec<_> = (0..50).map(|i| answer.find(&format!("GET /n{i}.")).expect("answered")).collect();
    assert!(places.is_sorted(), "{places:?}");
    assert_eq!(statuses(&answer).len(), 51);
}

/// An answer must not wait for the one behind it, however many whole requests the stack holds.
#[tokio::test]
async fn a_slow_request_does_not_hold_back_the_answer_before_it() {
    let server = Running::start(Limits::default());
    let mut client = server.connect().await;
    client.send([get("/first"), get("/hold"), get("/third")].concat()).await;
    client.read_until("GET /first").await;
    server.seen.release.notify_one();
    client.read_until("GET /third").await;
}

#[tokio::test]
async fn a_refusal_waits_its_turn_and_ends_the_connection() {
    let server = Running::start(Limits::default());
    let mut client = server.connect().await;
    client.send([get("/hold"), get("/second"), get("/%zz"), get("/never")].concat()).await;
    within(server.seen.begun.notified()).await;
    server.seen.release.notify_one();
    let answer = client.read_to_end().await;
    assert_eq!(statuses(&answer), [200, 200, 400], "{answer}");
    assert!(answer.find("held") < answer.find("GET /second") && answer.contains("percent-encoding"), "{answer}");
    assert_eq!(*server.seen.targets.lock().unwrap(), ["/hold", "/second", "400"]);
}

#[tokio::test]
async fn nothing_is_served_behind_a_last_request() {
    let server = Running::start(Limits::default());
    for last in [
        "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nConnection: x, Close\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nConnection: keep-alive\r\nConnection: close\r\n\r\n",
        "POST /body HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nConnection: close\r\n\r\nab",
        "GET / HTTP/1.0\r\n\r\n",
    ] {
        let answer = server.talk(format!("{last}{}", get("/behind"))).await;
        assert_eq!(statuses(&answer), [200], "{last}");
    }
    let kept = server.talk(format!("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n{LAST}")).await;
    assert_eq!(statuses(&kept), [200, 200]);
    assert!(!server.seen.targets.lock().unwrap().contains(&"/behind".to_owned()));
}

#[tokio::test]
async fn a_body_ends_where_it_ends() {
    let server = Running::start(Limits::default());
    for (framing, body, size) in [
        ("Content-Length: 0", "", 0),
        ("Content-Length: 5", "ab\r\nc", 5),
        ("Transfer-Encoding: chunked", "0\r\n\r\n", 0),
        ("Transfer-Encoding: chunked", "3;x=y\r\nabc\r\n00a\r\n0123456789\r\n0\r\nx: 1\r\n\r\n", 13),
        ("Transfer-Encoding: chunked", "1e\r\nGET /smuggled HTTP/1.1\r\nHost:a\r\n0\r\n\r\n", 30),
    ] {
        let request = format!("POST /body HTTP/1.1\r\nHost: a\r\n{framing}\r\n\r\n{body}{LAST}");
        let whole = server.talk(&request).await;
        assert!(whole.contains(&format!("{size} bytes")) && statuses(&whole) == [200, 200], "{body:?}: {whole}");
        let mut client = server.connect().await;
        for byte in request.as_bytes() {
            client.send([*byte]).await;
            tokio::task::yield_now().await;
        }
        let pieces = client.read_to_end().await;
        assert!(pieces.contains(&format!("{size} bytes")) && statuses(&pieces) == [200, 200], "{body:?}: {pieces}");
    }
}

#[tokio::test]
async fn a_broken_chunk_is_the_end() {
    let server = Running::start(Limits::default());
    for body in
        ["x\r\n", "2\r\nabc\r\n0\r\n\r\n", "1\na\n0\n\n", "1\r\na\r\n0\r\nbad trailer\r\n\r\n", "fffffffffffffffff\r\n"]
    {
        let head = "POST /body HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
        let answer = server.talk(format!("{head}{body}{}", get("/behind"))).await;
        assert_eq!(statuses(&answer), [400], "{body:?}: {answer}");
        assert!(answer.contains("bad body"), "{answer}");
    }
    assert!(!server.seen.targets.lock().unwrap().contains(&"/behind".to_owned()));
}

/// The client sends all of a large body before it looks for the answer.
#[tokio::test]
async fn an_answer_to_an_unread_body_can_be_read() {
    let server = Running::start(Limits::default());
    for size in [10, 100_000, 600_000] {
        let mut client = server.connect().await;
        client
            .send(format!("POST /ignore HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: {size}\r\n\r\n"))
            .await;
        client.send(vec![b'a'; size]).await;
        // To the very end: a reset would show here.
        let answer = client.read_to_end().await;
        assert_eq!(statuses(&answer), [413], "{size}");
    }
}

#[tokio::test]
async fn large_bodies_pass_whole() {
    let server = Running::start(Limits::default());
    let (size, chunk) = (3_000_000, 70_000);
    let plain = format!("POST /body HTTP/1.1\r\nHost: a\r\nContent-Length: {size}\r\n\r\n{}{LAST}", "a".repeat(size));
    assert!(server.talk(plain).await.contains("3000000 bytes"));
    let chunks = format!("{chunk:x}\r\n{}\r\n", "a".repeat(chunk)).repeat(40);
    let head = "POST /body HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
    assert!(server.talk(format!("{head}{chunks}0\r\n\r\n{LAST}")).await.contains("2800000 bytes"));
    let big = server.talk(format!("{}{LAST}", get("/big/5000000"))).await;
    assert!(big.matches('x').count() >= 5_000_000 && statuses(&big) == [200, 200]);
}

#[tokio::test]
async fn an_upgraded_connection_carries_bytes_unread() {
    let limits = Limits { head_timeout: std::time::Duration::from_millis(100), ..Limits::default() };
    let server = Running::start(limits);
    let mut client = server.connect().await;
    client.send("GET /upgrade HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: echo\r\n\r\nnot \nHTTP").await;
    client.read_until("not \nHTTP").await;
    client.send("\0\r\n\r\n!").await;
    client.read_until("\0\r\n\r\n!").await;
}

/// Behind a body that nobody reads hyper would leave out what the kernel had no room for.
#[tokio::test]
async fn an_answer_is_whole_though_another_protocol_was_asked_for() {
    let server = Running::start(Limits::default());
    for upgrade in ["h2c", "echo"] {
        let ask = format!(
            "GET /whole/5000000 HTTP/1.1\r\nHost: a\r\nConnection: close, upgrade\r\nUpgrade: {upgrade}\r\nContent-Length: 2\r\n\r\n1"
        );
        for _ in 0..5 {
            let answer = server.talk(&ask).await;
            assert!(answer.len() > 5_000_000, "{upgrade}: {} bytes", answer.len());
        }
    }
}

#[tokio::test]
async fn an_upgrade_that_is_not_taken_changes_nothing() {
    let server = Running::start(Limits::default());
    let ask = "GET /plain HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: echo\r\n\r\n";
    let answer = server.talk(format!("{ask}{ask}{LAST}")).await;
    assert_eq!(statuses(&answer), [200, 200, 200]);
}
