//! Every check must be able to fail: servers that answer everything in one way satisfy none of them all.

use conformance::{check, fact::Fact, request::Request, target::Target};
use shared::{Error, contract};
use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    thread,
    time::Duration,
};

/// Listens for as long as the test runs, and answers every head with `answer`.
fn simpleton(answer: String) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("a bound socket");
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let answer = answer.clone();
            thread::spawn(move || serve(stream, &answer));
        }
    });
    address
}

fn serve(mut stream: TcpStream, answer: &str) {
    let (mut room, mut seen) = ([0; 4096], Vec::new());
    while let Ok(len) = stream.read(&mut room) {
        seen.extend_from_slice(&room[..len]);
        let heads = seen.windows(4).filter(|window| window == b"\r\n\r\n").count();
        if len == 0 || heads > 0 && stream.write_all(answer.repeat(heads).as_bytes()).is_err() {
            return;
        }
        if heads > 0 {
            seen.clear();
        }
    }
}

/// Answers that are sound HTTP, and wrong nearly everywhere.
fn answers() -> Vec<String> {
    let nothing = String::from_utf8(Error::NotFound.body()).expect("JSON is UTF-8");
    let missing =
        format!("content-type: application/problem+json\r\ncontent-length: {}\r\n\r\n{nothing}", nothing.len());
    let server = "x-powered-by: haste\r\nserver: a\r\nserver: b\r\n";
    vec![
        "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok".to_owned(),
        format!("HTTP/1.1 404 Not Found\r\n{missing}"),
        format!("HTTP/1.1 200 OK\r\n{server}content-type: text/html\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n"),
        "HTTP/1.1 204 No Content\r\n\r\n".to_owned(),
        // The todo that this makes lets those checks begin that need one.
        "HTTP/1.1 201 Created\r\netag: \"x\"\r\naccess-control-allow-origin: *\r\ncontent-length: 8\r\n\r\n{\"id\":1}"
            .to_owned(),
    ]
}

#[test]
fn every_check_fails_on_some_simpleton() {
    let targets: Vec<_> = answers()
        .into_iter()
        .map(|answer| {
            let mut target = Target::new(simpleton(answer), contract::server("axum-server"));
            target.patience = Duration::from_millis(200);
            target
        })
        .collect();
    let alive = targets[0].expect(&Request::get("/"), &[Fact::Status(200)]);
    assert!(alive.is_ok(), "{alive:?}");
    let satisfied = |check: &check::Check| targets.iter().all(|target| check.judge(target).is_ok());
    let vacuous: Vec<_> = check::all().into_iter().filter(satisfied).map(|check| check.id).collect();
    assert!(vacuous.is_empty(), "these checks never fail: {vacuous:?}");
}

/// A check that needs a todo must fail for what it is about, not only for want of the todo.
#[test]
fn most_checks_fail_for_their_own_sake() {
    let mut target = Target::new(simpleton(answers().remove(4)), contract::server("axum-server"));
    target.patience = Duration::from_millis(200);
    let content: Vec<_> =
        check::all().into_iter().filter(|check| check.judge(&target).is_ok()).map(|check| check.id).collect();
    // These are about what an answer must not have, and this simpleton leaves it out.
    assert!(content.len() <= 12, "too many checks are content with 201 for everything: {content:?}");
}
