//! The guard alone, as a stack other than hyper sees it: what is handed on to the byte, and when the input ends.
#![allow(clippy::unwrap_used, reason = "a test may panic; its helpers are not `#[test]` functions")]

use std::sync::Arc;
use std::time::{Duration, Instant};

use listen::{Connection, GRACE, Guard, LINGER_TIME, Limits, Refusal};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;

const PATIENCE: Duration = Duration::from_secs(10);

async fn pair() -> (TcpStream, Guard, Connection) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let client = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
    let (guard, connection) = Guard::new(listener.accept().await.unwrap().0, Arc::new(Limits::default()));
    assert_eq!(connection.peer(), Some(client.local_addr().unwrap()));
    (client, guard, connection)
}

/// What the guard hands on of `input`, sent in pieces and left open, until it says that the input ends; and the refusals
/// of the requests in it. Each request is answered as soon as its head is there.
async fn handed_on(input: &str, piece: usize) -> (String, Vec<Option<Refusal>>) {
    let (mut client, mut guard, connection) = pair().await;
    let input = input.as_bytes().to_vec();
    let sending = tokio::spawn(async move {
        for part in input.chunks(piece) {
            client.write_all(part).await.unwrap();
            tokio::task::yield_now().await;
        }
        client
    });
    let (mut all, mut refusals, mut room) = (Vec::new(), Vec::new(), [0; 64]);
    loop {
        match timeout(PATIENCE, guard.read(&mut room)).await.unwrap().unwrap() {
            0 => break,
            len => all.extend_from_slice(&room[..len]),
        }
        let heads = all.windows(7).filter(|word| word == b"HTTP/1.").count();
        while refusals.len() < heads {
            refusals.push(connection.begin().refusal());
        }
    }
    drop(sending.await.unwrap());
    (String::from_utf8(all).unwrap(), refusals)
}

#[tokio::test]
async fn what_is_handed_on_and_where_it_ends() {
    let get = "GET /a HTTP/1.1\r\nHost: a\r\n\r\n";
    let last = "GET /b HTTP/1.1\r\nHost: a\r\nConnection: x, close\r\n\r\n";
    let chunked = "PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
    let stand_in = "GET / HTTP/1.1\r\nhost: refused\r\nconnection: close\r\n\r\n";
    let length = "PUT / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 4\r\n\r\nbody";
    let bad = "GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n";
    for (input, handed, count) in [
        (format!("{get}{last}{get}"), format!("{get}{last}"), 2),
        (format!("{length}{get}"), length.to_owned(), 1),
        (format!("GET / HTTP/1.0\r\n\r\n{get}"), "GET / HTTP/1.0\r\n\r\n".to_owned(), 1),
        (format!("{get}\r\n\r\n{last}"), format!("{get}{last}"), 2),
        (format!("{get}{bad}{get}"), format!("{get}{stand_in}"), 2),
        (format!("{chunked}1\r\na\r\n0\r\nt: 1\r\n\r\n{last}"), format!("{chunked}1\r\na\r\n0\r\n\r\n{last}"), 2),
        (format!("{chunked}1\r\na\r\nx\r\n{last}"), format!("{chunked}1\r\na\r\n!\r\n"), 1),
        (format!("{chunked}1\r\nab\r\n{last}"), format!("{chunked}1\r\na!\r\n"), 1),
    ] {
        for piece in [1, 10, 10_000] {
            let (got, refusals) = handed_on(&input, piece).await;
            assert_eq!(got, handed, "{input:?} in pieces of {piece}");
            assert_eq!(refusals.len(), count);
            let refused = refusals.iter().filter(|refusal| refusal.is_some()).count();
            assert!(refused == usize::from(input.contains("%zz")) && refusals[0].is_none(), "{refusals:?}");
        }
    }
}

/// actix-http mistakes the answers of pipelined requests when one of them is a HEAD, refused or not.
#[tokio::test]
async fn a_head_request_is_alone_with_the_stack() {
    let (get, head) = ("GET /a HTTP/1.1\r\nHost: a\r\n\r\n", "HEAD /b HTTP/1.1\r\nHost: a\r\n\r\n");
    let stand_in = "HEAD / HTTP/1.1\r\nhost: refused\r\nconnection: close\r\n\r\n";
    let (mut client, mut guard, connection) = pair().await;
    let input = [get, get, head, get, "HEAD /%zz HTTP/1.1\r\nHost: a\r\n\r\n"].concat();
    client.write_all(input.as_bytes()).await.unwrap();
    let mut room = [0; 1000];
    for (handed, answers) in [(format!("{get}{get}"), 2), (head.into(), 1), (get.into(), 1), (stand_in.into(), 1)] {
        let len = timeout(PATIENCE, guard.read(&mut room)).await.unwrap().unwrap();
        assert_eq!(str::from_utf8(&room[..len]).unwrap(), handed);
        for _ in 0..answers {
            let more = timeout(Duration::from_millis(10), guard.read(&mut room)).await;
            assert!(more.is_err(), "handed on before {handed:?} was answered");
            drop(connection.begin());
        }
    }
}

/// A close with unread input would reset the connection, and might take the answer from the client's hands.
#[tokio::test]
async fn a_guard_that_is_dropped_leaves_the_answer_readable() {
    let (mut client, mut guard, connection) = pair().await;
    client.write_all(b"GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n").await.unwrap();
    guard.read_u8().await.unwrap();
    client.write_all(&[b'x'; 100_000]).await.unwrap();
    let exchange = connection.begin();
    guard.write_all(b"answer").await.unwrap();
    guard.flush().await.unwrap();
    drop((exchange, guard));
    let mut answer = String::new();
    timeout(PATIENCE, client.read_to_string(&mut answer)).await.unwrap().unwrap();
    assert_eq!(answer, "answer");
}

/// Whether the guard says within `time` that the input ends, and when.
async fn ends_within(guard: &mut Guard, time: Duration) -> Option<Duration> {
    let begun = Instant::now();
    match timeout(time, guard.read(&mut [0; 64])).await {
        Ok(read) => {
            assert_eq!(read.unwrap(), 0);
            Some(begun.elapsed())
        }
        Err(_) => None,
    }
}

#[tokio::test]
async fn a_fin_is_told_late_while_an_answer_is_open_and_at_once_otherwise() {
    for (input, open, late) in [
        ("", false, false),
        ("GET / HT", false, false),
        ("GET / HTTP/1.1\r\nHost: a\r\n\r\n", false, false),
        ("GET / HTTP/1.1\r\nHost: a\r\n\r\n", true, true),
        ("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n", true, false),
    ] {
        let (mut client, mut guard, connection) = pair().await;
        client.write_all(input.as_bytes()).await.unwrap();
        if input.ends_with("\r\n\r\n") {
            guard.read_exact(&mut vec![0; input.len()]).await.unwrap();
        }
        let exchange = open.then(|| connection.begin());
        if input.ends_with("\r\n\r\n") && !open {
            drop(connection.begin());
        }
        client.shutdown().await.unwrap();
        let elapsed = ends_within(&mut guard, PATIENCE).await.unwrap();
        assert_eq!(elapsed >= GRACE, late, "{input:?}: {elapsed:?}");
        assert!(elapsed < 2 * GRACE, "{input:?}: {elapsed:?}");
        drop(exchange);
    }
}

#[tokio::test]
async fn the_end_of_the_answer_ends_the_wait_for_a_client_that_left() {
    let (mut client, mut guard, connection) = pair().await;
    let get = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    client.write_all(get).await.unwrap();
    guard.read_exact(&mut [0; 27]).await.unwrap();
    let exchange = connection.begin();
    client.shutdown().await.unwrap();
    let soon = tokio::spawn(async move {
        tokio::time::sleep(GRACE / 5).await;
        drop(exchange);
    });
    let elapsed = ends_within(&mut guard, PATIENCE).await.unwrap();
    assert!(elapsed < GRACE * 4 / 5, "{elapsed:?}");
    soon.await.unwrap();
}

/// After a last request its answer may take any time: the end of input must not cut it.
#[tokio::test]
async fn a_last_request_does_not_end_before_its_answer() {
    let (mut client, mut guard, connection) = pair().await;
    client.write_all(b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\nmore").await.unwrap();
    guard.read_exact(&mut [0; 46]).await.unwrap();
    let exchange = connection.begin();
    assert_eq!(ends_within(&mut guard, 3 * GRACE).await, None);
    drop(exchange);
    assert!(ends_within(&mut guard, PATIENCE).await.unwrap() < GRACE);
}

/// A closed socket answers what still comes with a reset, which may take the answer from the client's hands.
#[tokio::test]
async fn an_answer_outlives_a_body_that_nobody_reads() {
    let (mut client, mut guard, _connection) = pair().await;
    client.write_all(b"PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999\r\n\r\n").await.unwrap();
    guard.read_exact(&mut [0; 50]).await.unwrap();
    let closing = tokio::spawn(async move {
        guard.write_all(b"answer").await.unwrap();
        guard.shutdown().await.unwrap();
    });
    for _ in 0..20 {
        client.write_all(&[b'a'; 1000]).await.unwrap();
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    let mut answer = String::new();
    client.read_to_string(&mut answer).await.unwrap();
    assert_eq!(answer, "answer");
    assert!(!closing.is_finished(), "the client has not closed");
    drop(client);
    timeout(LINGER_TIME / 2, closing).await.unwrap().unwrap();
}

#[tokio::test]
async fn a_close_does_not_linger_for_ever_nor_without_need() {
    for (input, lingers) in [("", false), ("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n", true)] {
        let (mut client, mut guard, _connection) = pair().await;
        client.write_all(input.as_bytes()).await.unwrap();
        guard.read_exact(&mut vec![0; input.len()]).await.unwrap();
        let begun = Instant::now();
        timeout(PATIENCE, guard.shutdown()).await.unwrap().unwrap();
        let elapsed = begun.elapsed();
        assert!(elapsed < LINGER_TIME * 2 && (elapsed >= LINGER_TIME) == lingers, "{input:?}: {elapsed:?}");
    }
}
