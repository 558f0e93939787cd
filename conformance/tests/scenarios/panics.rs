//! Handlers that panic by the hundred, beside others that do not.

use super::{IN_FLIGHT, Kind, SOON, Scenario};
use conformance::{
    client::Client,
    fact::{Fact, exactly},
    finding::Finding,
    request::Request,
    target::Target,
};
use shared::{
    Error,
    store::{Fault, Store},
};
use std::thread;

/// Requests that end in a panic, and as many that do not, all sent before any is answered.
const CROWD: usize = 100;
/// How often each of them asks.
const ROUNDS: usize = 3;

pub fn all() -> Vec<Scenario> {
    vec![("a_hundred_panics_at_once_hurt_nobody_else", many)]
}

fn many(kind: Kind) -> Result<(), Finding> {
    let running = kind.start(Store::faulty(Fault::Panic), |_| {});
    let target = &running.target;
    thread::scope(|scope| {
        let healthy = scope.spawn(|| ask(target, "/json", &[Fact::Status(200)]));
        let panics = ask(target, "/todos/1", &[exactly(&Error::Internal), Fact::Has("x-request-id")]);
        panics.and(healthy.join().unwrap_or_else(|_| Err(Finding::new("a panic in the test"))))
    })?;
    counted(target, "get_todo", 500)?;
    counted(target, "json", 200)?;
    target.await_metric(IN_FLIGHT, |value| value == 1.0, SOON)?;
    target.await_metric("http_connections", |value| value == 1.0, SOON)
}

/// So many clients at once, each on a connection that it keeps in spite of all panics.
fn ask(target: &Target, path: &str, facts: &[Fact]) -> Result<(), Finding> {
    let mut clients = (0..CROWD).map(|_| target.connect()).collect::<Result<Vec<Client>, _>>()?;
    let request = Request::get(path).bytes(&target.host);
    for _ in 0..ROUNDS {
        clients.iter_mut().for_each(|client| client.send(&request));
        clients.iter_mut().try_for_each(|client| client.receive(false)?.expect(facts))?;
    }
    Ok(())
}

fn counted(target: &Target, operation: &str, status: u16) -> Result<(), Finding> {
    let series = format!(r#"http_requests_total{{operation="{operation}",method="GET",status="{status}"}}"#);
    let (count, wanted) = (target.metric(&series)?, (CROWD * ROUNDS) as f64);
    if count == wanted { Ok(()) } else { Err(Finding::new(format!("{series} is {count}, not {wanted}"))) }
}
