//! SIGTERM while everybody is at it: what was asked before it is answered, no answer is cut, newcomers are refused, and
//! the deadline holds whatever hangs.

use super::signals::wait_until_refused;
use crate::binaries::{Process, Program, SOON};
use conformance::{
    client::{Client, Events},
    fact::{Fact, json},
    finding::Finding,
    request::Request,
    target::Target,
};
use std::{
    sync::atomic::{AtomicUsize, Ordering},
    thread,
    time::{Duration, Instant},
};

/// So many answers come before the signal.
const SOME: usize = 300;
/// Clients of each kind.
const EACH: usize = 3;

/// Each kind of request, and its status.
fn kinds() -> [(Request, u16); 6] {
    [
        (Request::get("/json/50"), 200),
        (Request::new("POST", "/todos").json(r#"{"title":"milk"}"#), 201),
        (Request::new("POST", "/upload").body(vec![b'x'; 300_000]).chunked(), 200),
        (Request::new("PUT", "/files/same").body(vec![b'x'; 100_000]), 200),
        (Request::get("/files/same"), 200),
        (Request::get("/delay/100"), 200),
    ]
}

/// What a client has seen when its connection is at its end.
struct Seen {
    path: String,
    answers: usize,
    /// When the request was sent that was not answered, if there is one.
    unanswered: Option<Instant>,
}

impl Seen {
    /// How many todos were made; all that was sent before the signal must have been answered.
    fn todos(self, told: Instant) -> Result<usize, Finding> {
        match self.unanswered {
            Some(sent) if sent < told => {
                let ahead = told - sent;
                Err(Finding::new(format!("{} was sent {ahead:?} before the signal, and not answered", self.path)))
            }
            _ => Ok(if self.path == "/todos" { self.answers } else { 0 }),
        }
    }
}

pub fn under_load(program: Program) -> Result<(), Finding> {
    let process = program.start(&[])?;
    let target = &process.target;
    target.expect(&Request::new("PUT", "/files/same").body(vec![b'x'; 100_000]), &[Fact::Status(201)])?;
    let (answered, all) = (AtomicUsize::new(0), kinds());
    let todos = thread::scope(|scope| {
        let begin =
            |_| all.each_ref().map(|(request, status)| scope.spawn(|| hammer(target, request, *status, &answered)));
        let clients: Vec<_> = (0..EACH).flat_map(begin).collect();
        while answered.load(Ordering::Relaxed) < SOME && !clients.iter().any(thread::ScopedJoinHandle::is_finished) {
            thread::yield_now();
        }
        let told = Instant::now();
        process.signal("TERM");
        wait_until_refused(target)?;
        let seen = clients.into_iter().map(|client| client.join().expect("a client does not panic"));
        seen.map(|seen| seen?.todos(told)).sum::<Result<usize, _>>()
    })?;
    let ended = process.ended(Duration::from_secs(10))?.with(0)?;
    if ended.stderr.contains("the drain time is over") || ended.stderr.contains("panicked") {
        return Err(ended.finding("it was not done in time, or it panicked"));
    }
    kept(&program, todos)
}

/// Asks on one connection until the server closes it. Every answer must be whole.
fn hammer(target: &Target, request: &Request, status: u16, answered: &AtomicUsize) -> Result<Seen, Finding> {
    let mut client = target.connect()?;
    let (bytes, path) = (request.bytes(&target.host), request.target.clone());
    for answers in 0.. {
        // Not pipelined: what is sent here is sent before the answer could say that it is the last one.
        client.send(&bytes);
        let sent = Instant::now();
        match client.receive(false) {
            Ok(exchange) => {
                exchange.expect(&[Fact::Status(status)])?;
                answered.fetch_add(1, Ordering::Relaxed);
                if exchange.answer.tokens("connection").iter().any(|token| token == "close") {
                    return client.closed().map(|()| Seen { path, answers: answers + 1, unanswered: None });
                }
            }
            // Both have closed at the same moment, and nothing was said.
            Err(_) if !client.has_more() && sent.elapsed() < target.patience => {
                return Ok(Seen { path, answers, unanswered: Some(sent) });
            }
            Err(cut) => return Err(cut),
        }
        client.forget();
    }
    Err(Finding::new("it goes on for ever"))
}

/// What was answered has lasted.
fn kept(program: &Program, todos: usize) -> Result<(), Finding> {
    let process = program.start(&[])?;
    let list = process.target.expect(&Request::get("/todos/stats"), &[Fact::Status(200)])?;
    let stats = json(&list.answer).map_err(|what| list.finding(what))?;
    match stats["total"].as_u64() {
        Some(total) if total >= todos as u64 => Ok(()),
        _ => Err(list.finding(format!("{todos} todos were made"))),
    }
}

/// One of each kind of request that never ends by itself.
struct Hanging {
    _clients: Vec<Client>,
    _events: Events,
}

fn hang(process: &Process) -> Result<Hanging, Finding> {
    let target = &process.target;
    target.expect(&Request::new("PUT", "/files/large").body(vec![b'x'; 8 << 20]), &[Fact::Status(201)])?;
    let host = &target.host;
    let mut clients = Vec::new();
    for bytes in [
        Request::get("/delay/10000").bytes(host),
        Request::get("/files/large").bytes(host),
        format!("PUT /files/new HTTP/1.1\r\nhost: {host}\r\ncontent-length: 1000\r\n\r\nhalf").into_bytes(),
        format!("POST /baseline11?a=1&b=2 HTTP/1.1\r\nhost: {host}\r\ncontent-length: 9\r\n\r\n1").into_bytes(),
    ] {
        let mut client = target.connect()?;
        client.send(&bytes);
        clients.push(client);
    }
    clients[1].receive_head()?;
    // The download has its answer; the other three and this question have not.
    target.await_metric("http_requests_in_flight", |value| value == 4.0, SOON)?;
    Ok(Hanging { _clients: clients, _events: Events::listen(target, "", None)? })
}

/// Whatever hangs is given up at the deadline, which is an end as good as any: exit code 0.
pub fn deadline(program: Program) -> Result<(), Finding> {
    const DEADLINE: Duration = Duration::from_secs(1);
    /// For a process to end, on a machine that is busy.
    const SLACK: Duration = Duration::from_secs(3);
    let process = program.start(&["--drain-timeout", "1"])?;
    let _hanging = hang(&process)?;
    let told = Instant::now();
    process.signal("TERM");
    let ended = process.ended(SOON)?.with(0)?;
    let took = told.elapsed();
    if took >= DEADLINE && took < DEADLINE + SLACK {
        return Ok(());
    }
    Err(ended.finding(format!("it took {took:?}")))
}
