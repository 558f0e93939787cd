//! Events among siblings, through a restart, and to many.

use crate::binaries::{Process, Program, SOON};
use conformance::{client::Events, fact::Fact, finding::Finding, request::Request};
use std::{
    fs, thread,
    time::{Duration, Instant},
};

/// Within this a sibling's change must arrive.
const SOON_ENOUGH: Duration = Duration::from_secs(1);

fn put(path: &str, content: impl AsRef<[u8]>) -> Request {
    Request::new("PUT", path).body(content)
}

pub fn of_siblings(program: Program) -> Result<(), Finding> {
    among_siblings(&program, &[])
}

/// What changes through one is told by the other, once, in order and soon; ids outlive a restart.
pub fn among_siblings(program: &Program, args: &[&str]) -> Result<(), Finding> {
    let one = program.start(args)?;
    let two = program.start(args)?;
    let mut heard = Events::listen(&two.target, "", None)?;
    let todo = Request::new("POST", "/todos").json(r#"{"title":"x"}"#);
    for round in 0..10 {
        let (here, there) = if round % 2 == 0 { (&one.target, &two.target) } else { (&two.target, &one.target) };
        here.expect(&todo, &[Fact::Status(201)])?;
        there.expect(&put(&format!("/files/{round}"), "x"), &[Fact::Status(201)])?;
        let begun = Instant::now();
        for (step, name) in ["todo_created", "file_created"].iter().enumerate() {
            let event = heard.expect()?;
            if event.id != (2 * round + step + 1).to_string() || event.name != *name {
                return Err(heard.finding(format!("round {round}: {event:?} is not the next {name}")));
            }
        }
        if begun.elapsed() > SOON_ENOUGH {
            return Err(Finding::new(format!("the events took {:?}", begun.elapsed())));
        }
    }
    one.signal("KILL");
    one.ended(SOON)?;
    two.signal("TERM");
    two.ended(SOON)?.with(0)?;
    let again = program.start(args)?;
    let mut heard = Events::listen(&again.target, "?limit=3", Some("18"))?;
    again.target.expect(&todo, &[Fact::Status(201)])?;
    let ids = [heard.expect()?.id, heard.expect()?.id, heard.expect()?.id];
    if ids == ["19", "20", "21"] { Ok(()) } else { Err(Finding::new(format!("the ids are {ids:?}"))) }
}

/// A thousand hear everything; when they have gone, no descriptor is left behind.
pub fn a_thousand_listeners(program: Program) -> Result<(), Finding> {
    const LISTENERS: usize = 1000;
    let allowed = rlimit::increase_nofile_limit(2 * LISTENERS as u64).unwrap_or_default();
    if allowed <= LISTENERS as u64 + 100 {
        return Err(Finding::new(format!(
            "this needs more than {LISTENERS} file descriptors, and {allowed} are allowed"
        )));
    }
    let process = program.start(&[])?;
    let target = &process.target;
    target.expect(&put("/files/a", "x"), &[Fact::Status(201)])?;
    // Some descriptors are opened once, with the first listener.
    drop(Events::listen(target, "", None)?);
    target.await_metric("http_connections", |value| value == 1.0, SOON)?;
    let before = settled(&process);
    let mut all = (0..LISTENERS).map(|_| Events::listen(target, "", None)).collect::<Result<Vec<_>, _>>()?;
    for round in 0..5 {
        target.expect(&put("/files/a", round.to_string()), &[Fact::Status(200)])?;
    }
    for events in &mut all {
        for id in 2..=6 {
            let event = events.expect()?;
            if event.id != id.to_string() {
                return Err(events.finding(format!("{event:?} is not number {id}")));
            }
        }
    }
    drop(all);
    target.await_metric("http_connections", |value| value == 1.0, SOON)?;
    // The store may have opened more connections for reading meanwhile: three more, of two or three files each.
    let deadline = Instant::now() + SOON;
    while descriptors(&process) > before + 9 {
        if Instant::now() > deadline {
            let now = descriptors(&process);
            return Err(Finding::new(format!(
                "{now} descriptors are open, and {before} were before the listeners came"
            )));
        }
        thread::yield_now();
    }
    Ok(())
}

fn descriptors(process: &Process) -> usize {
    fs::read_dir(format!("/proc/{}/fd", process.pid())).map_or(0, Iterator::count)
}

/// How many there are once their number stays the same.
fn settled(process: &Process) -> usize {
    let (mut count, mut since) = (descriptors(process), Instant::now());
    while since.elapsed() < Duration::from_millis(300) {
        let now = descriptors(process);
        if now != count {
            (count, since) = (now, Instant::now());
        }
        thread::yield_now();
    }
    count
}
