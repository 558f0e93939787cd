//! A store on which everything goes wrong: 500, 503 or 504, and the server lives.

use super::{CANCELLED, IN_FLIGHT, Kind, SOON, Scenario, leave, millis, within};
use conformance::{
    client::Client,
    fact::{Fact, exactly, field},
    finding::Finding,
    request::Request,
    target::Target,
};
use shared::{
    Error,
    store::{Fault, Store},
};
use std::time::Duration;

/// What the broken store gives as its reason.
pub const CAUSE: &str = "the-cause-that-must-not-leak";

pub fn all() -> Vec<Scenario> {
    vec![
        ("a_panic_is_500_and_the_server_lives", panic),
        ("a_failure_is_500_without_its_cause", fail),
        ("a_store_that_is_gone_is_503", gone),
        ("a_store_that_hangs_is_504", hang),
        ("a_full_house_is_503_until_somebody_leaves", full),
        ("a_delay_past_the_timeout_is_504", delayed),
        ("a_client_that_leaves_ends_a_delay", delay_left),
        ("a_client_that_leaves_cancels_its_request", left),
        ("a_client_that_says_it_is_done_cancels_what_hangs", half_closed),
    ]
}

/// One request for every route that asks the store.
fn requests() -> Vec<Request> {
    vec![
        Request::get("/todos"),
        Request::new("POST", "/todos").json(r#"{"title":"milk"}"#),
        Request::new("DELETE", "/todos"),
        Request::get("/todos/stats"),
        Request::get("/todos/1"),
        Request::new("PATCH", "/todos/1").json(r#"{"order":1}"#),
        Request::new("DELETE", "/todos/1"),
        Request::get("/files"),
        Request::new("PUT", "/files/a").body("x"),
        Request::get("/files/a"),
        Request::new("DELETE", "/files/a"),
        Request::get("/events"),
        Request::get("/readyz"),
    ]
}

fn all_answer(target: &Target, error: &Error, fields: &[Fact]) -> Result<(), Finding> {
    for request in requests() {
        let exchange =
            target.expect(&request.field("x-request-id", "mine"), &[exactly(error), field("x-request-id", "mine")])?;
        exchange.expect(fields)?;
        if String::from_utf8_lossy(&exchange.received).contains(CAUSE) {
            return Err(exchange.finding("the cause leaks"));
        }
    }
    target.expect(&Request::get("/livez"), &[Fact::Status(200)])?;
    target.expect(&Request::get("/json/50"), &[Fact::Status(200)]).map(|_| ())
}

fn panic(kind: Kind) -> Result<(), Finding> {
    let running = kind.start(Store::faulty(Fault::Panic), |_| {});
    let facts = [Fact::Has("date"), Fact::Varies("origin"), Fact::Has("content-length")];
    all_answer(&running.target, &Error::Internal, &facts)?;
    let counted = running.target.metric("http_requests_total{operation=\"get_todo\",method=\"GET\",status=\"500\"}")?;
    let in_flight = running.target.metric(IN_FLIGHT)?;
    if counted == 1.0 && in_flight == 1.0 {
        return Ok(());
    }
    Err(Finding::new(format!("{counted} answers of 500 counted, {in_flight} requests in flight, one of each is right")))
}

fn fail(kind: Kind) -> Result<(), Finding> {
    let running = kind.start(Store::faulty(Fault::Fail), |_| {});
    all_answer(&running.target, &Error::Internal, &[Fact::Lacks("retry-after")])
}

fn gone(kind: Kind) -> Result<(), Finding> {
    let running = kind.start(Store::faulty(Fault::Gone), |_| {});
    all_answer(&running.target, &Error::Unavailable("The store cannot be reached."), &[field("retry-after", "1")])
}

fn hang(kind: Kind) -> Result<(), Finding> {
    let limit = millis(100);
    let running = kind.start(Store::faulty(Fault::Hang), |config| config.limits.request_timeout = limit);
    all_answer(&running.target, &Error::Timeout(limit), &[Fact::Lacks("retry-after")])
}

fn full(kind: Kind) -> Result<(), Finding> {
    let running = kind.start(Store::faulty(Fault::Hang), |config| config.limits.max_in_flight = 2);
    let target = &running.target;
    let first = hanging(target, &Request::get("/todos"))?;
    // Nobody may ask while the second comes in, or that one is refused and the house is never full.
    let mut second = target.connect()?;
    second.wait_for(millis(300));
    second.send(&Request::get("/todos").bytes(&target.host));
    if let Ok(answered) = second.receive(false) {
        return Err(answered.finding("the second guest should wait"));
    }
    let refused = until(target, 503)?;
    refused.expect(&[exactly(&Error::Overloaded), field("retry-after", "1")])?;
    drop(first);
    until(target, 200).map(|_| ())
}

/// Asks until an answer has this status.
fn until(target: &Target, status: u16) -> Result<conformance::client::Exchange, Finding> {
    let deadline = std::time::Instant::now() + SOON;
    loop {
        let exchange = target.ask(&Request::get("/plaintext"))?;
        if exchange.answer.status == status || std::time::Instant::now() > deadline {
            exchange.expect(&[Fact::Status(status)])?;
            return Ok(exchange);
        }
    }
}

/// The wait is over for the client, and then for the server.
fn delayed(kind: Kind) -> Result<(), Finding> {
    let limit = millis(100);
    let running = kind.start_plain(|config| config.limits.request_timeout = limit);
    let begun = std::time::Instant::now();
    running.target.expect(&Request::get("/delay/10000"), &[exactly(&Error::Timeout(limit))])?;
    within(begun, limit, SOON)?;
    running.target.expect(&Request::get("/delay/20"), &[Fact::Status(200)])?;
    running.target.await_metric(IN_FLIGHT, |value| value == 1.0, SOON)
}

fn delay_left(kind: Kind) -> Result<(), Finding> {
    let running = kind.start_plain(|_| {});
    leave(&running.target, || hanging(&running.target, &Request::get("/delay/10000")))
}

/// A client that waits for its answer.
fn hanging(target: &Target, request: &Request) -> Result<Client, Finding> {
    let mut client = target.connect()?;
    client.send(&request.bytes(&target.host));
    target.await_metric(IN_FLIGHT, |value| value == 2.0, SOON)?;
    Ok(client)
}

/// Whatever the handler waits for.
fn left(kind: Kind) -> Result<(), Finding> {
    let running = kind.start(Store::faulty(Fault::Hang), |_| {});
    for request in requests() {
        leave(&running.target, || hanging(&running.target, &request))?;
    }
    running.target.await_metric(IN_FLIGHT, |value| value == 1.0, SOON)
}

fn half_closed(kind: Kind) -> Result<(), Finding> {
    let running = kind.start(Store::faulty(Fault::Hang), |_| {});
    let target = &running.target;
    let mut client = hanging(target, &Request::get("/todos"))?;
    client.finish();
    target.await_metric(CANCELLED, |value| value == 1.0, Duration::from_secs(1))?;
    target.await_metric(IN_FLIGHT, |value| value == 1.0, SOON)
}
