//! Servers with something wrong about them: each is caught, and by the right name.

mod server;

use load::{ErrorKind, Exchange, Expected, Fault, Outcome, Pace, Plan, run};
use server::{HELLO, Reaction, Request, Server};
use std::{
    sync::{Mutex, atomic::AtomicBool},
    thread,
    time::Duration,
};

const MILLISECOND: Duration = Duration::from_millis(1);

fn plan(server: &Server, pace: Pace) -> Plan {
    let hello = Exchange::get("/plaintext", Expected::Bytes(b"Hello, World!".to_vec()));
    Plan {
        connections: 4,
        warm_up: Duration::from_millis(50),
        duration: Duration::from_millis(500),
        timeout: Duration::from_millis(300),
        ..Plan::new(server.address, vec![hello], pace)
    }
}

fn measure(plan: &Plan) -> Outcome {
    run(plan, &AtomicBool::new(false), &mut || ()).expect("an outcome")
}

/// What comes of 1000 requests per second to a server that reacts like this.
fn spoiled(react: impl Fn(&Request) -> Reaction + Send + Sync + 'static) -> Outcome {
    let server = Server::start(react);
    measure(&plan(&server, Pace::Rate(1000.0)))
}

fn wrong(outcome: &Outcome) -> (u64, String) {
    let found = outcome.faults().into_iter().find_map(|fault| match fault {
        Fault::Wrong { count, sample } => Some((count, sample)),
        _ => None,
    });
    found.unwrap_or_else(|| panic!("nothing was found wrong: {outcome:?}"))
}

/// How many errors of this kind there were; none may be of another but `also`.
fn errors(outcome: &Outcome, kind: ErrorKind, also: &[ErrorKind]) -> u64 {
    assert!(outcome.faults().iter().any(|fault| matches!(fault, Fault::Errors { .. })), "{outcome:?}");
    assert!(!outcome.errors.samples.is_empty());
    let counts = &outcome.errors.counts;
    assert!(counts.keys().all(|found| *found == kind || also.contains(found)), "{:?}", outcome.errors);
    counts.get(&kind).copied().unwrap_or_else(|| panic!("{:?}", outcome.errors))
}

/// One answer at a time, each after a millisecond.
fn slow() -> Server {
    let one_at_a_time = Mutex::new(());
    Server::start(move |_| {
        let _turn = one_at_a_time.lock().expect("nobody panics");
        thread::sleep(MILLISECOND);
        Reaction::Answer(HELLO.to_vec())
    })
}

#[test]
fn a_server_that_cannot_keep_up_is_told_by_rate_and_latency() {
    let server = slow();
    // It manages fewer than a thousand.
    let outcome = measure(&plan(&server, Pace::Rate(2000.0)));
    let short = outcome.faults().into_iter().find_map(|fault| match fault {
        Fault::Short { share } => Some(share),
        _ => None,
    });
    assert!(short.is_some_and(|share| share < 0.55), "{short:?}");
    assert!(outcome.achieved < 1000.0, "{}", outcome.achieved);
    let open = outcome.open.as_ref().expect("an open loop");
    // Half a second offers twice what can be done, so the last requests wait for a quarter and more.
    assert!(open.latency.max > 250_000.0, "{:?}", open.latency);
    assert!(open.latency.p50 > 100_000.0, "{:?}", open.latency);
    assert!(open.service.p50 < 50_000.0, "{:?}", open.service);
    assert!(open.longest_queue > 100, "{}", open.longest_queue);
    // What was given up is in the latencies, too.
    assert_eq!(open.latency.count, outcome.answered + outcome.errors.total());
    assert!((open.offered / 2000.0 - 1.0).abs() < 0.05, "{}", open.offered);

    let closed = measure(&plan(&server, Pace::FlatOut));
    // The closed loop sees the same server, and nothing amiss: it asks no more than it gets.
    assert!(closed.open.is_none() && !closed.faults().iter().any(|fault| !fault.is_own()), "{:?}", closed.faults());
    let service = closed.in_flight_by_little / closed.achieved * 1e6;
    assert!(service * 10.0 < open.latency.p50, "{service} {}", open.latency.p50);
}

#[test]
fn a_pause_is_seen_by_all_that_would_have_come_meanwhile() {
    const PAUSE: Duration = Duration::from_millis(200);
    let server = Server::start(|request| {
        if request.number == 250 {
            thread::sleep(PAUSE);
        }
        Reaction::Answer(HELLO.to_vec())
    });
    let outcome = measure(&Plan { connections: 1, timeout: 5 * PAUSE, ..plan(&server, Pace::Rate(1000.0)) });
    let open = outcome.open.as_ref().expect("an open loop");
    // Of 500 requests 200 were due in the pause and have waited for what was left of it: a closed loop would
    // have seen one long time and sent nothing meanwhile.
    assert!(open.latency.p90 > 100_000.0, "{:?}", open.latency);
    assert!(open.latency.p90 > 2.0 * open.service.p90, "{:?} {:?}", open.latency, open.service);
    assert!(open.service.max >= 200_000.0 && open.latency.max >= open.service.max);
    assert!(open.longest_queue > 150, "{}", open.longest_queue);
    // Nothing of it was the generator's own lateness.
    assert!(open.lag.count < outcome.sent - 150, "{} {}", open.lag.count, outcome.sent);
}

#[test]
fn another_status_is_wrong() {
    let outcome =
        spoiled(|_| Reaction::Answer(b"HTTP/1.1 404 Not Found\r\ncontent-length: 13\r\n\r\nHello, World!".into()));
    let (count, sample) = wrong(&outcome);
    assert_eq!(count, outcome.answered);
    assert_eq!(sample, "GET /plaintext: status 404 for 200: `Hello, World!`");
    assert_eq!((outcome.completed, outcome.achieved), (0, 0.0));
    assert!(outcome.faults().contains(&Fault::Nothing));
}

#[test]
fn one_wrong_body_in_a_hundred_is_found() {
    let outcome = spoiled(|request| {
        let body = if request.number % 100 == 99 { "Hello, world!" } else { "Hello, World!" };
        Reaction::Answer(format!("HTTP/1.1 200 OK\r\ncontent-length: 13\r\n\r\n{body}").into_bytes())
    });
    let (count, sample) = wrong(&outcome);
    assert!(count.abs_diff(outcome.answered / 100) <= 1, "{count} of {}", outcome.answered);
    assert_eq!(sample, "GET /plaintext: the body is another from byte 7 on: `world!`");
}

#[test]
fn a_wrong_byte_in_a_large_body_is_found_though_few_are_compared() {
    const LENGTH: usize = 1_000_000;
    let mut answer = format!("HTTP/1.1 200 OK\r\ncontent-length: {LENGTH}\r\n\r\n").into_bytes();
    answer.resize(answer.len() + LENGTH, b'x');
    let middle = answer.len() - LENGTH / 2;
    answer[middle] = b'y';
    let server = Server::start(move |_| Reaction::Answer(answer.clone()));
    let file = Exchange::get("/file", Expected::Repeated { pattern: b"x".to_vec(), length: LENGTH as u64 });
    let outcome = measure(&Plan { exchanges: vec![file], ..plan(&server, Pace::Rate(20.0)) });
    let (count, sample) = wrong(&outcome);
    assert!(count == outcome.compared && count < outcome.answered, "{count} of {}", outcome.answered);
    assert!(sample.starts_with("GET /file: the body is another from byte 500000 on: `yxxx"), "{sample}");
}

#[test]
fn a_body_of_another_length_is_wrong() {
    let outcome = spoiled(|_| Reaction::Answer(b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nHello".into()));
    assert_eq!(wrong(&outcome), (outcome.answered, "GET /plaintext: a body of 5 bytes for 13".to_owned()));
}

#[test]
fn connections_that_are_not_kept_are_errors() {
    let outcome = spoiled(|request| match request.number % 50 {
        49 => Reaction::Last(HELLO.to_vec()),
        _ => Reaction::Answer(HELLO.to_vec()),
    });
    // Whether the client has sent another request by then decides by what name.
    let count = errors(&outcome, ErrorKind::ClosedKeepAlive, &[ErrorKind::Reset]);
    assert!((5..=15).contains(&count), "{count}");
    assert!(outcome.connects >= count - 1, "{} connections for {count}", outcome.connects);

    let says = [&HELLO[..17], b"connection: close\r\n", &HELLO[17..]].concat();
    // To say so is enough.
    let outcome = spoiled(move |_| Reaction::Answer(says.clone()));
    assert!(errors(&outcome, ErrorKind::ClosedKeepAlive, &[]) > 10, "{:?}", outcome.errors);
}

#[test]
fn connections_that_are_kept_although_they_should_close_are_errors() {
    let server = Server::sound();
    let timeout = Duration::from_millis(100);
    let outcome = measure(&Plan { keep_alive: false, timeout, ..plan(&server, Pace::Rate(20.0)) });
    assert!(errors(&outcome, ErrorKind::KeptOpen, &[ErrorKind::Unsent]) > 3);
}

#[test]
fn answers_that_are_cut_are_errors() {
    let outcome = spoiled(|request| match request.number % 50 {
        49 => Reaction::Last(HELLO[..HELLO.len() - 1].to_vec()),
        _ => Reaction::Answer(HELLO.to_vec()),
    });
    let count = errors(&outcome, ErrorKind::ClosedEarly, &[]);
    assert!((5..=15).contains(&count), "{count}");
    assert!(outcome.errors.samples[0].contains("closed within an answer"), "{:?}", outcome.errors.samples);
}

#[test]
fn garbage_is_an_error() {
    let outcome = spoiled(|request| match request.number % 50 {
        49 => Reaction::Answer(b"What do you want?\r\n\r\n".to_vec()),
        _ => Reaction::Answer(HELLO.to_vec()),
    });
    let count = errors(&outcome, ErrorKind::Malformed, &[]);
    assert!((5..=15).contains(&count), "{count}");
    assert!(outcome.errors.samples[0].contains("What do you want?"), "{:?}", outcome.errors.samples);
}

#[test]
fn an_answer_too_many_is_an_error() {
    let outcome = spoiled(|request| match request.number % 50 {
        49 => Reaction::Answer([HELLO, HELLO].concat()),
        _ => Reaction::Answer(HELLO.to_vec()),
    });
    assert!(errors(&outcome, ErrorKind::Malformed, &[]) >= 5);
    assert!(outcome.errors.samples[0].contains("nobody asked"), "{:?}", outcome.errors.samples);
}

#[test]
fn silence_is_an_error_and_holds_nothing_up() {
    let server = Server::start(|_| Reaction::Silence);
    let outcome = measure(&Plan { warm_up: Duration::ZERO, ..plan(&server, Pace::Rate(1000.0)) });
    assert!(errors(&outcome, ErrorKind::Timeout, &[ErrorKind::Unsent]) >= 4);
    assert_eq!((outcome.answered, outcome.completed), (0, 0));
    // What never came has waited, and is told so.
    let open = outcome.open.as_ref().expect("an open loop");
    assert!(open.latency.count > 400 && open.latency.p50 >= 300_000.0, "{:?}", open.latency);
    assert_eq!(open.service.count, 0);
}

#[test]
fn a_reset_is_an_error() {
    let outcome = spoiled(|request| match request.number % 50 {
        49 => Reaction::Reset,
        _ => Reaction::Answer(HELLO.to_vec()),
    });
    assert!(errors(&outcome, ErrorKind::Reset, &[]) >= 5, "{:?}", outcome.errors);
}

#[test]
fn a_server_that_goes_away_is_an_error() {
    let server = Server::sound();
    let plan = Plan { keep_alive: false, ..plan(&server, Pace::FlatOut) };
    drop(server);
    let outcome = measure(&plan);
    assert!(errors(&outcome, ErrorKind::Refused, &[]) > 10);
    assert!(outcome.faults().contains(&Fault::Nothing));
}
