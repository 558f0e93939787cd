//! Writers at all six programs, which stand on one store.
//!
//! `SIBLINGS_SECONDS` says for how long; a few seconds unless it is set.

use crate::binaries::{Process, Program};
use conformance::{
    client::{Client, Exchange},
    fact::Fact,
    finding::Finding,
    request::Request,
    target::Target,
};
use serde_json::Value;
use shared::contract::SERVERS;
use std::{
    collections::BTreeMap,
    thread,
    time::{Duration, Instant},
};

/// Writers at each server.
const WRITERS: usize = 2;

/// What must be there in the end: titles by number.
type Kept = BTreeMap<i64, String>;

/// Starts all six on an empty store and writes through each of them.
///
/// # Errors
/// When a request is not answered as it should be, or something is lost.
pub fn share(store: &str) -> Result<(), Finding> {
    let seconds = std::env::var("SIBLINGS_SECONDS").ok().and_then(|text| text.parse().ok()).unwrap_or(4);
    let programs = SERVERS.each_ref().map(Program::new);
    // Together, so that they meet at the store.
    let siblings: Vec<Process> = thread::scope(|scope| {
        let start = |program| scope.spawn(move || Program::start(program, &["--store", store]));
        let starting: Vec<_> = programs.iter().map(start).collect();
        starting.into_iter().map(|sibling| sibling.join().expect("starting does not panic")).collect::<Result<_, _>>()
    })?;
    let targets: Vec<_> = siblings.iter().map(|sibling| sibling.target.clone()).collect();
    let kept = write_all(&targets, Instant::now() + Duration::from_secs(seconds))?;
    println!("{} todos kept by {} writers in {seconds} s", kept.len(), targets.len() * WRITERS);
    if kept.len() <= targets.len() {
        return Err(Finding::new("hardly anything was written"));
    }
    targets.iter().try_for_each(|target| match everything(target)? == kept {
        true => Ok(()),
        false => Err(Finding::new(format!("{} sees something else", target.server.name))),
    })
}

fn write_all(targets: &[Target], deadline: Instant) -> Result<Kept, Finding> {
    thread::scope(|scope| {
        let writers = (0..targets.len() * WRITERS).map(|n| scope.spawn(move || write(targets, n, deadline)));
        let writers: Vec<_> = writers.collect();
        let mut kept = Kept::new();
        for writer in writers {
            kept.extend(writer.join().expect("a writer does not panic")?);
        }
        Ok(kept)
    })
}

/// Makes, changes and removes todos of its own through one sibling, and looks at them through the next.
fn write(targets: &[Target], n: usize, deadline: Instant) -> Result<Kept, Finding> {
    let (here, there) = (&targets[n % targets.len()], &targets[(n + 1) % targets.len()]);
    let (mut here, mut there) = (Talk::to(here)?, Talk::to(there)?);
    let mut kept = Kept::new();
    for step in 0.. {
        if Instant::now() > deadline {
            break;
        }
        let made = here.ask(Request::new("POST", "/todos").json(r#"{"title":"new"}"#), 201)?;
        let id = json(&made)["id"].as_i64().ok_or_else(|| made.finding("a todo has a number"))?;
        let (path, title) = (format!("/todos/{id}"), format!("writer {n}, step {step}"));
        let etag = made.answer.field("etag").unwrap_or_default().to_owned();
        let patch = Request::new("PATCH", &path).json(format!(r#"{{"title":"{title}"}}"#));
        here.ask(patch.clone().field("if-match", etag.as_str()), 200)?;
        // The tag is spent.
        there.ask(patch.field("if-match", etag), 412)?;
        let seen = there.ask(Request::get(&path), 200)?;
        if json(&seen)["title"] != title.as_str() {
            return Err(seen.finding("a sibling sees an old title after the answer"));
        }
        there.ask(Request::get("/todos?limit=5"), 200)?;
        if step % 3 == 0 {
            there.ask(Request::new("DELETE", &path), 204)?;
            here.ask(Request::get(&path), 404)?;
        } else {
            kept.insert(id, title);
        }
    }
    Ok(kept)
}

/// One connection that is kept.
struct Talk {
    client: Client,
    host: String,
}

impl Talk {
    fn to(target: &Target) -> Result<Self, Finding> {
        // Longer than a request may take: a 504 shall be seen as what it is.
        let target = Target { patience: Duration::from_secs(40), ..target.clone() };
        Ok(Talk { client: target.connect()?, host: target.host })
    }

    fn ask(&mut self, request: Request, status: u16) -> Result<Exchange, Finding> {
        self.client.send(&request.bytes(&self.host));
        let exchange = self.client.receive(request.is_head())?;
        exchange.expect(&[Fact::Status(status)])?;
        Ok(exchange)
    }
}

fn json(exchange: &Exchange) -> Value {
    serde_json::from_slice(&exchange.answer.body).unwrap_or_default()
}

/// Every todo, page by page.
fn everything(target: &Target) -> Result<Kept, Finding> {
    let mut all = Kept::new();
    loop {
        let page = target.ask(&Request::get(&format!("/todos?limit=1000&offset={}", all.len())))?;
        let Value::Array(todos) = json(&page) else { return Err(page.finding("this is not a list")) };
        if todos.is_empty() {
            return Ok(all);
        }
        let titles = todos.iter().map(|todo| (todo["id"].as_i64(), todo["title"].as_str()));
        for (id, title) in titles {
            all.insert(id.unwrap_or_default(), title.unwrap_or_default().to_owned());
        }
    }
}
