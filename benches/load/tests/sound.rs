//! Sound servers: what is told of them, and that nothing voids the run.

mod server;

use load::{Error, Exchange, Expected, Fault, Outcome, Pace, Plan, run};
use server::{HELLO, Reaction, Server};
use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

/// How often a run is tried again that the machine has disturbed, which had other things to do.
const TRIES: usize = 5;
/// The share of the time in which the generator did not get to run, from which on it may well have been late.
const DISTURBED: f64 = 0.02;

fn hello() -> Exchange {
    Exchange::get("/plaintext", Expected::Bytes(b"Hello, World!".to_vec()))
}

fn plan(server: &Server, pace: Pace) -> Plan {
    Plan {
        connections: 4,
        warm_up: Duration::from_millis(50),
        duration: Duration::from_millis(500),
        ..Plan::new(server.address, vec![hello()], pace)
    }
}

/// One at a time: two generators that watch leave no core to a server on a machine of two.
static ALONE: Mutex<()> = Mutex::new(());

/// A run that is sound, or at least the last one that was not by the machine's fault.
fn quiet(plan: &Plan) -> Outcome<u32> {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    for last in [false; TRIES - 1].into_iter().chain([true]) {
        let mut calls = 0;
        let mut probe = || {
            calls += 1;
            calls
        };
        let outcome = run(plan, &AtomicBool::new(false), &mut probe).expect("an outcome");
        let faults = outcome.faults();
        let is_disturbed = outcome.generator.preempted > DISTURBED;
        let may_be_noise =
            |fault: &Fault| matches!(fault, Fault::Preempted { .. } | Fault::Late { .. } | Fault::Short { .. });
        let is_noise = |fault: &Fault| is_disturbed && may_be_noise(fault);
        assert!(faults.iter().all(is_noise), "{faults:?} {:?}", outcome.generator);
        if faults.is_empty() || last {
            return outcome;
        }
    }
    unreachable!("the last try returns")
}

#[test]
fn a_sound_server_passes_at_a_rate() {
    let server = Server::sound();
    for pace in [Pace::Rate(1000.0), Pace::Poisson(1000.0)] {
        let outcome = quiet(&plan(&server, pace));
        let open = outcome.open.as_ref().expect("an open loop");
        let tolerance = if pace == Pace::Rate(1000.0) { 0.01 } else { 0.2 };
        assert!((open.offered / 1000.0 - 1.0).abs() < tolerance, "{}", open.offered);
        assert!((outcome.achieved / open.offered - 1.0).abs() < 0.05, "{} {}", outcome.achieved, open.offered);
        assert!((outcome.seconds - 0.5).abs() < 0.1, "{}", outcome.seconds);
        assert_eq!(
            (outcome.sent, outcome.answered, outcome.compared),
            (open.latency.count, outcome.sent, outcome.sent)
        );
        assert_eq!(outcome.probes, [1, 2]);
        assert_eq!(outcome.bytes_out.round() as usize, hello().request.len());
        assert_eq!(outcome.bytes_in.round() as usize, HELLO.len());
        assert_eq!(outcome.connects, 0);
        // From when it was due can never be less than from when it was sent.
        for (latency, service) in [
            (open.latency.mean, open.service.mean),
            (open.latency.p50, open.service.p50),
            (open.latency.p99, open.service.p99),
            (open.latency.max, open.service.max),
        ] {
            assert!(latency >= service && service > 0.0, "{latency} {service}");
        }
        // On a busy machine there may always be a queue.
        assert!(open.lag.count > 0 || !outcome.faults().is_empty());
        // What is told can be kept and read again.
        let text = serde_json::to_string(&outcome).expect("JSON");
        let again: Outcome<u32> = serde_json::from_str(&text).expect("what was written");
        assert_eq!(again.completed, outcome.completed);
    }
}

#[test]
fn the_warm_up_does_not_count() {
    let server = Server::start(|request| match request.number {
        // At a thousand per second all of these come in the first fifth of a second.
        0..200 => Reaction::Answer(b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n".to_vec()),
        200 => Reaction::Reset,
        _ => Reaction::Answer(HELLO.to_vec()),
    });
    let plan = Plan { warm_up: Duration::from_millis(500), ..plan(&server, Pace::Rate(1000.0)) };
    let outcome = quiet(&plan);
    assert!(outcome.sent.abs_diff(500) < 50, "{}", outcome.sent);
}

#[test]
fn flat_out_gives_a_rate_and_no_latency() {
    let server = Server::sound();
    let started = Instant::now();
    let outcome = quiet_ceiling(&plan(&server, Pace::FlatOut));
    // Nothing is sent behind the window, so that there is nothing to wait for.
    assert!(started.elapsed() < Duration::from_secs(4), "{:?}", started.elapsed());
    assert!(outcome.open.is_none());
    assert!(outcome.achieved > 1000.0, "{}", outcome.achieved);
    // All connections have a request on its way nearly always.
    assert!(outcome.in_flight > 3.0 && outcome.in_flight <= 4.0, "{}", outcome.in_flight);
}

/// Flat out the generator may well be the limit.
fn quiet_ceiling(plan: &Plan) -> Outcome {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let outcome = run(plan, &AtomicBool::new(false), &mut || ()).expect("an outcome");
    let faults = outcome.faults();
    assert!(faults.iter().all(Fault::is_own), "{faults:?}");
    outcome
}

#[test]
fn pipelined_requests_go_out_together_and_are_answered_in_order() {
    let server = Server::start(|request| {
        let body = request.line.split(' ').nth(1).unwrap_or_default().to_owned();
        let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len());
        Reaction::Answer(head.into_bytes())
    });
    let exchange = |path: &str| Exchange::get(path, Expected::Bytes(path.as_bytes().to_vec()));
    let exchanges: Vec<_> = (0..10).map(|number| exchange(&format!("/{number}"))).collect();
    let plan = Plan { depth: 16, exchanges, ..plan(&server, Pace::Rate(3200.0)) };
    let outcome = quiet(&plan);
    assert_eq!(outcome.sent % 16, 0);
    assert!(outcome.sent.abs_diff(1600) <= 32, "{}", outcome.sent);
    assert!(outcome.compared == outcome.answered);
    let flat_out = quiet_ceiling(&Plan { pace: Pace::FlatOut, ..plan });
    assert!(flat_out.achieved > 3200.0, "{}", flat_out.achieved);
}

#[test]
fn each_request_gets_a_connection_of_its_own() {
    let asked = Arc::new(AtomicU64::new(0));
    let server = Server::start({
        let asked = Arc::clone(&asked);
        move |request| {
            asked.fetch_add(1, Ordering::SeqCst);
            let reaction = if request.closes { Reaction::Last } else { Reaction::Answer };
            reaction(HELLO.to_vec())
        }
    });
    let outcome = quiet(&Plan { keep_alive: false, ..plan(&server, Pace::Rate(500.0)) });
    assert!(outcome.connects.abs_diff(250) < 10, "{}", outcome.connects);
    // A connection for each, no more and no less.
    let connections = server.connections.load(Ordering::SeqCst);
    assert_eq!(connections, asked.load(Ordering::SeqCst));
    let flat_out = quiet_ceiling(&Plan { keep_alive: false, ..plan(&server, Pace::FlatOut) });
    assert!(flat_out.connects as f64 >= flat_out.completed as f64 - 4.0);
}

#[test]
fn large_bodies_get_through_whole() {
    const LENGTH: usize = 10_000_000;
    let pattern: Vec<u8> = (0..=250).collect();
    let content: Vec<u8> = pattern.iter().copied().cycle().take(LENGTH).collect();
    let answer = [format!("HTTP/1.1 200 OK\r\ncontent-length: {LENGTH}\r\n\r\n").as_bytes(), &content].concat();
    let server = Server::start(move |request| match request.line.split(' ').next() {
        Some("POST") => {
            let text = request.length.to_string();
            let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{text}", text.len());
            Reaction::Answer(head.into_bytes())
        }
        _ => Reaction::Answer(answer.clone()),
    });
    let length = LENGTH.to_string().into_bytes();
    let up = Exchange::send("POST", "/upload", "application/octet-stream", &content, 200, Expected::Bytes(length));
    let down = Exchange::get("/file", Expected::Repeated { pattern, length: LENGTH as u64 });
    let plan = Plan { exchanges: vec![up, down], ..plan(&server, Pace::Rate(20.0)) };
    let outcome = run(&plan, &AtomicBool::new(false), &mut || ()).expect("an outcome");
    let faults = outcome.faults();
    // Unoptimised on a busy machine it may be slow, but neither wrong nor stuck.
    assert!(faults.iter().all(|fault| fault.is_own() || matches!(fault, Fault::Short { .. })), "{faults:?}");
    assert_eq!(outcome.answered, outcome.sent);
    assert!(outcome.sent >= 9 && outcome.completed > 0, "{outcome:?}");
}

#[test]
fn a_run_can_be_stopped() {
    let (server, stop) = (Server::sound(), AtomicBool::new(false));
    let plan = Plan { duration: Duration::from_secs(60), ..plan(&server, Pace::Rate(1.0)) };
    let started = Instant::now();
    let result = thread::scope(|scope| {
        let running = scope.spawn(|| run(&plan, &stop, &mut || ()));
        stop.store(true, Ordering::SeqCst);
        running.join().expect("no panic")
    });
    assert!(matches!(result, Err(Error::Stopped)), "{result:?}");
    assert!(started.elapsed() < Duration::from_secs(5));
}

#[test]
fn a_run_without_a_server_is_an_error() {
    let address = Server::sound().address;
    let plan = Plan::new(address, vec![hello()], Pace::FlatOut);
    let told = run(&plan, &AtomicBool::new(false), &mut || ()).expect_err("nobody there").to_string();
    assert!(told.contains("is the server up?"), "{told}");
}
