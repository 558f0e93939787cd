//! Every rule about a request head, with its good and its bad side, and that delivery in pieces changes nothing.
#![allow(clippy::unwrap_used, reason = "a test may panic; its helpers are not `#[test]` functions")]

mod common;

use common::{Running, statuses};
use listen::Limits;

/// A request, and the status of its answer.
fn table() -> Vec<(Vec<u8>, u16)> {
    let long = |n: usize| "a".repeat(n);
    let fields = |n: usize| (0..n).map(|i| format!("f{i}: v\r\n")).collect::<String>();
    let text: Vec<(String, u16)> = vec![
        // Request line.
        ("GET / HTTP/1.1\r\nHost: a\r\n\r\n".into(), 200),
        ("\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n".into(), 200),
        (format!("{}GET / HTTP/1.1\r\nHost: a\r\n\r\n", "\r\n".repeat(20)), 400),
        ("BREW / HTTP/1.1\r\nHost: a\r\n\r\n".into(), 200),
        ("G(T / HTTP/1.1\r\nHost: a\r\n\r\n".into(), 400),
        (" GET / HTTP/1.1\r\nHost: a\r\n\r\n".into(), 400),
        ("GET  / HTTP/1.1\r\nHost: a\r\n\r\n".into(), 400),
        ("GET / HTTP/1.1 \r\nHost: a\r\n\r\n".into(), 400),
        ("GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n".into(), 400),
        ("GET /a b HTTP/1.1\r\nHost: a\r\n\r\n".into(), 400),
        ("GET /\r\n\r\n".into(), 400),
        ("GET / http/1.1\r\nHost: a\r\n\r\n".into(), 400),
        ("GET / HTTP/1\r\nHost: a\r\n\r\n".into(), 400),
        ("GET / HTTP/1.2\r\nHost: a\r\n\r\n".into(), 200),
        ("POST /body HTTP/1.9\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc".into(), 200),
        ("GET http://b/c HTTP/1.2\r\nHost: a\r\n\r\n".into(), 200),
        ("GET / HTTP/2.0\r\nHost: a\r\n\r\n".into(), 505),
        ("GET / HTTP/0.9\r\nHost: a\r\n\r\n".into(), 505),
        ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".into(), 505),
        // Line ends.
        ("GET / HTTP/1.1\nHost: a\r\n\r\n".into(), 400),
        ("GET / HTTP/1.1\r\nHost: a\n\r\n".into(), 400),
        ("GET / HTTP/1.1\r\nHost: a\r\n\n".into(), 400),
        ("GET / HTTP/1.1\r\nHost: a\r\nX: a\rb\r\n\r\n".into(), 400),
        ("GET /\rb HTTP/1.1\r\nHost: a\r\n\r\n".into(), 400),
        // Targets.
        ("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n".into(), 200),
        ("GET * HTTP/1.1\r\nHost: a\r\n\r\n".into(), 400),
        ("GET a HTTP/1.1\r\nHost: a\r\n\r\n".into(), 400),
        ("GET ftp://a/ HTTP/1.1\r\nHost: a\r\n\r\n".into(), 400),
        ("CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n".into(), 400),
        ("GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n".into(), 400),
        ("GET /a\"b HTTP/1.1\r\nHost: a\r\n\r\n".into(), 400),
        ("GET /{a} HTTP/1.1\r\nHost: a\r\n\r\n".into(), 400),
        ("GET /\u{e9} HTTP/1.1\r\nHost: a\r\n\r\n".into(), 400),
        ("GET /\u{0} HTTP/1.1\r\nHost: a\r\n\r\n".into(), 400),
        ("GET /%41%c3%a9?%c3%a9 HTTP/1.1\r\nHost: a\r\n\r\n".into(), 200),
        ("GET /%4 HTTP/1.1\r\nHost: a\r\n\r\n".into(), 400),
        ("GET /%+1 HTTP/1.1\r\nHost: a\r\n\r\n".into(), 400),
        ("GET /?%zz HTTP/1.1\r\nHost: a\r\n\r\n".into(), 400),
        ("GET /%ff HTTP/1.1\r\nHost: a\r\n\r\n".into(), 400),
        ("GET /?%ff HTTP/1.1\r\nHost: a\r\n\r\n".into(), 400),
        ("GET /%c3?%a9 HTTP/1.1\r\nHost: a\r\n\r\n".into(), 400),
        ("GET http://b/c HTTP/1.1\r\nHost: a\r\n\r\n".into(), 200),
        ("GET HTTPS://b:1?c HTTP/1.1\r\nHost: a\r\n\r\n".into(), 200),
        ("GET http:///c HTTP/1.1\r\nHost: a\r\n\r\n".into(), 400),
        ("GET http://u@b/c HTTP/1.1\r\nHost: a\r\n\r\n".into(), 400),
        ("GET http://b/c#d HTTP/1.1\r\nHost: a\r\n\r\n".into(), 400),
        ("GET http://b/c HTTP/1.1\r\n\r\n".into(), 400),
        // Sizes: the method, the target and the version count 13 bytes beside `aaa`.
        (format!("GET /{} HTTP/1.1\r\nHost: a\r\n\r\n", long(8191)), 200),
        (format!("GET /{} HTTP/1.1\r\nHost: a\r\n\r\n", long(8192)), 414),
        (format!("GET /{}", long(9000)), 414),
        (format!("GET / HTTP/1.1\r\nHost: a\r\nx: {}\r\n\r\n", long(16 * 1024 - 32)), 200),
        (format!("GET / HTTP/1.1\r\nHost: a\r\nx: {}\r\n\r\n", long(16 * 1024 - 31)), 431),
        (format!("GET / HTTP/1.1\r\nHost: a\r\nx: {}", long(17 * 1024)), 431),
        (long(17 * 1024), 431),
        (format!("GET / HTTP/1.1\r\nHost: a\r\n{}\r\n", fields(89)), 200),
        (format!("GET / HTTP/1.1\r\nHost: a\r\n{}\r\n", fields(90)), 431),
        // Fields.
        ("GET / HTTP/1.1\r\nHost: a\r\nx:\r\ny:\t1 \r\n\r\n".into(), 200),
        ("GET / HTTP/1.1\r\nHost: a\r\nx : 1\r\n\r\n".into(), 400),
        ("GET / HTTP/1.1\r\nHost: a\r\nx: 1\r\n 2\r\n\r\n".into(), 400),
        ("GET / HTTP/1.1\r\n x: 1\r\nHost: a\r\n\r\n".into(), 400),
        ("GET / HTTP/1.1\r\nHost: a\r\nx\r\n\r\n".into(), 400),
        ("GET / HTTP/1.1\r\nHost: a\r\n: 1\r\n\r\n".into(), 400),
        ("GET / HTTP/1.1\r\nHost: a\r\nx(: 1\r\n\r\n".into(), 400),
        ("GET / HTTP/1.1\r\nHost: a\r\nx: \u{0}\r\n\r\n".into(), 400),
        ("GET / HTTP/1.1\r\nHost: a\r\nx: \u{7f}\r\n\r\n".into(), 400),
        // Host.
        ("GET / HTTP/1.1\r\n\r\n".into(), 400),
        ("GET / HTTP/1.1\r\nHost: a\r\nhost: a\r\n\r\n".into(), 400),
        ("GET / HTTP/1.1\r\nHost:\r\n\r\n".into(), 400),
        ("GET / HTTP/1.1\r\nHost: a b\r\n\r\n".into(), 400),
        ("GET / HTTP/1.1\r\nHost: a/b\r\n\r\n".into(), 400),
        ("GET / HTTP/1.1\r\nHost: u@a\r\n\r\n".into(), 400),
        ("GET / HTTP/1.1\r\nHost: a, b\r\n\r\n".into(), 400),
        ("GET / HTTP/1.1\r\nHost: a:65535\r\n\r\n".into(), 200),
        ("GET / HTTP/1.1\r\nHost: a:65536\r\n\r\n".into(), 400),
        ("GET / HTTP/1.1\r\nHost: a:4294967376\r\n\r\n".into(), 400),
        ("GET / HTTP/1.1\r\nHost: a:x\r\n\r\n".into(), 400),
        ("GET / HTTP/1.1\r\nHost: [::1]:80\r\n\r\n".into(), 200),
        ("GET / HTTP/1.1\r\nHost: [::1\r\n\r\n".into(), 400),
        ("GET / HTTP/1.1\r\nHost: [1]\r\n\r\n".into(), 400),
        ("GET / HTTP/1.1\r\nHost: ::1\r\n\r\n".into(), 400),
        ("GET / HTTP/1.0\r\n\r\n".into(), 200),
        ("GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n".into(), 400),
        // Framing.
        ("POST /body HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc".into(), 200),
        ("POST /body HTTP/1.1\r\nHost: a\r\nContent-Length: 003\r\n\r\nabc".into(), 200),
        ("POST /body HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\nabc".into(), 400),
        ("POST /body HTTP/1.1\r\nHost: a\r\nContent-Length: 3, 3\r\n\r\nabc".into(), 400),
        ("POST /body HTTP/1.1\r\nHost: a\r\nContent-Length: +3\r\n\r\nabc".into(), 400),
        ("POST /body HTTP/1.1\r\nHost: a\r\nContent-Length: -3\r\n\r\nabc".into(), 400),
        ("POST /body HTTP/1.1\r\nHost: a\r\nContent-Length: 0x3\r\n\r\nabc".into(), 400),
        ("POST /body HTTP/1.1\r\nHost: a\r\nContent-Length:\r\n\r\n".into(), 400),
        ("POST /body HTTP/1.1\r\nHost: a\r\nContent-Length: 9223372036854775808\r\n\r\n".into(), 400),
        ("POST /body HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n0\r\n\r\n".into(), 200),
        ("POST /body HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n".into(), 501),
        ("POST /body HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n".into(), 501),
        ("POST /body HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n".into(), 400),
        ("POST /body HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: (, chunked\r\n\r\n0\r\n\r\n".into(), 400),
        ("POST /body HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: identity\r\n\r\n".into(), 400),
        ("POST /body HTTP/1.1\r\nHost: a\r\nTransfer-Encoding:\r\n\r\n".into(), 400),
        (
            "POST /body HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
                .into(),
            400,
        ),
        (
            "POST /body HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n".into(),
            400,
        ),
        ("POST /body HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n".into(), 400),
    ];
    let mut table: Vec<_> = text.into_iter().map(|(request, status)| (request.into_bytes(), status)).collect();
    table.push((b"GET / HTTP/1.1\r\nHost: a\r\nx: \xff\r\n\r\n".to_vec(), 200));
    table.push((b"GET / HTTP/1.1\r\nHost: \xff\r\n\r\n".to_vec(), 400));
    table.push((b"GET /\xff HTTP/1.1\r\nHost: a\r\n\r\n".to_vec(), 400));
    table.push((b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03".to_vec(), 400));
    table
}

/// The answer to `request` sent in pieces, a last request behind it so that the connection ends either way.
async fn answer(server: &Running, request: &[u8], piece: usize) -> Vec<u16> {
    let mut client = server.connect().await;
    let mut input = request.to_vec();
    input.extend_from_slice(b"GET /last HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    let text = String::from_utf8_lossy(request).into_owned();
    for part in input.chunks(piece) {
        // A refusal may come before all is sent, and the client's rest may then meet a closed socket.
        let sent = tokio::io::AsyncWriteExt::write_all(&mut client.0, part).await;
        if sent.is_err() {
            break;
        }
        if piece < 100 {
            tokio::task::yield_now().await;
        }
    }
    let got = statuses(&client.read_to_end().await);
    assert!(!got.is_empty(), "no answer to {text:?}");
    got
}

/// A refusal ends the connection; HTTP/1.0 ends it too.
fn expected(request: &[u8], status: u16) -> Vec<u16> {
    let ends = status >= 400 || request.windows(8).any(|w| w == b"HTTP/1.0");
    if ends { vec![status] } else { vec![status, 200] }
}

#[tokio::test]
async fn each_rule_has_a_good_and_a_bad_side() {
    let server = Running::start(Limits::default());
    for (request, status) in table() {
        let got = answer(&server, &request, usize::MAX).await;
        let text = String::from_utf8_lossy(&request).chars().take(120).collect::<String>();
        assert_eq!(got, expected(&request, status), "{text:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pieces_are_judged_like_the_whole() {
    let server = Running::start(Limits::default());
    for (request, status) in table().into_iter().filter(|(request, _)| request.len() < 2000) {
        for piece in [1, 7] {
            let got = answer(&server, &request, piece).await;
            assert_eq!(got, expected(&request, status), "{:?}", String::from_utf8_lossy(&request));
        }
    }
}

/// What the guard lets through must not be answered by hyper itself: each byte that a target may have reaches the service.
#[tokio::test]
async fn every_allowed_target_byte_reaches_the_service() {
    let server = Running::start(Limits::default());
    for byte in (0x21..=0x7eu8).filter(|byte| !b"\"#<>`{}%".contains(byte)) {
        let byte = char::from(byte);
        let target = format!("/{byte}?{byte}");
        let answer = server.talk(format!("GET {target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")).await;
        assert!(answer.ends_with(&format!("GET {target}")), "{target}: {answer}");
    }
}

#[tokio::test]
async fn an_absolute_target_becomes_origin_form_and_host() {
    let server = Running::start(Limits::default());
    for (target, host, rest) in
        [("http://b.example:81/host/x?y", "b.example:81", "/host/x?y"), ("HTTP://b/host", "b", "/host")]
    {
        let answer =
            server.talk(format!("GET {target} HTTP/1.1\r\nx: 1\r\nHost: a\r\nConnection: close\r\n\r\n")).await;
        assert!(answer.ends_with(&format!("[\"{host}\"] {rest}")), "{answer}");
    }
    let bare = server.talk("GET http://b?q HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").await;
    assert!(bare.ends_with("GET /?q"), "{bare}");
}

#[tokio::test]
async fn a_refusal_keeps_the_request_id_and_the_method() {
    let server = Running::start(Limits::default());
    let kept = server.talk("GET /%zz HTTP/1.1\r\nHost: a\r\nX-Request-Id: id-1\r\n\r\n").await;
    assert!(kept.contains("x-request-id: id-1\r\n"), "{kept}");
    for bad in ["a b", "", "\u{e9}", &"a".repeat(65)] {
        let dropped = server.talk(format!("GET / HTTP/1.1\r\nX-Request-Id: {bad}\r\n\r\n")).await;
        assert!(statuses(&dropped) == [400] && !dropped.contains("x-request-id"), "{dropped}");
    }
    let twice = server.talk("GET / HTTP/1.1\r\nX-Request-Id: a\r\nX-Request-Id: a\r\n\r\n").await;
    assert!(!twice.contains("x-request-id"), "{twice}");
    let head = server.talk("HEAD / HTTP/1.1\r\n\r\n").await;
    assert!(statuses(&head) == [400] && head.ends_with("\r\n\r\n"), "{head}");
}
