//! What lasts: todos in one file, through kills and among siblings.

use crate::binaries::{Program, SOON};
use conformance::{
    case::Given,
    check::{self, Needs},
    fact::{Fact, json},
    finding::Finding,
    report::told,
    request::Request,
    target::Target,
};
use std::{sync::mpsc, thread};

const BODY: &str = r#"{"title":"survive"}"#;

pub fn survives_a_kill(program: Program) -> Result<(), Finding> {
    let data = program.home.path().join("data/below").display().to_string();
    outlives_a_kill(&program, &["--data-dir", &data])
}

/// What was answered is still so after a kill, and no number is given again.
pub fn outlives_a_kill(program: &Program, args: &[&str]) -> Result<(), Finding> {
    let process = program.start(args)?;
    let todo = Given::make(&process.target, BODY)?;
    let gone = Given::make(&process.target, r#"{"title":"be gone"}"#)?;
    process.target.expect(&Request::new("DELETE", &gone.path()), &[Fact::Status(204)])?;
    process.signal("KILL");
    let ended = process.ended(SOON)?;
    if ended.code.is_some() {
        return Err(ended.finding("it was not killed"));
    }
    let process = program.start(args)?;
    let facts = [Fact::Status(200), Fact::Field("etag", todo.etag.clone()), Fact::Contains("survive".into())];
    process.target.expect(&Request::get(&todo.path()), &facts)?;
    process.target.expect(&Request::get(&gone.path()), &[Fact::Status(404)])?;
    let next = Given::make(&process.target, r#"{"title":"next"}"#)?;
    let number = |todo: &Given| todo.id.parse::<i64>().unwrap_or_default();
    if number(&next) > number(&gone) { Ok(()) } else { Err(Finding::new("an id was given twice")) }
}

/// Killed while two write: every todo that was answered is there afterwards, and whole.
pub fn survives_a_kill_while_writing(program: Program) -> Result<(), Finding> {
    const SOME: usize = 40;
    let process = program.start(&[])?;
    let target = &process.target;
    let (tell, answered) = mpsc::channel();
    let made: Vec<Given> = thread::scope(|scope| {
        for _ in 0..2 {
            let tell = tell.clone();
            // The kill ends it: nothing is made without a server.
            scope.spawn(move || while Given::make(target, BODY).is_ok_and(|todo| tell.send(todo).is_ok()) {});
        }
        let mut made: Vec<_> = answered.iter().take(SOME).collect();
        process.signal("KILL");
        drop(tell);
        made.extend(answered.iter());
        made
    });
    process.ended(SOON)?;
    let process = program.start(&[])?;
    made.iter().try_for_each(|todo| {
        let facts = [Fact::Status(200), Fact::Field("etag", todo.etag.clone())];
        process.target.expect(&Request::get(&todo.path()), &facts).map(|_| ())
    })
}

pub fn siblings(program: Program) -> Result<(), Finding> {
    share(&program, &[])
}

/// Two stand on one store, and each sees what the other does.
pub fn share(program: &Program, args: &[&str]) -> Result<(), Finding> {
    // Both make the store at the same time: neither may fail for it.
    let (one, two) = thread::scope(|scope| {
        let other = scope.spawn(|| program.start(args));
        (program.start(args), other.join().expect("starting does not panic"))
    });
    let (one, two) = (one?, two?);
    for (mine, theirs) in [(&one.target, &two.target), (&two.target, &one.target)] {
        let todo = Given::make(mine, r#"{"title":"shared"}"#)?;
        theirs.expect(&Request::get(&todo.path()), &[Fact::Status(200), Fact::Field("etag", todo.etag.clone())])?;
        theirs.expect(&Request::new("PATCH", &todo.path()).json(r#"{"completed":true}"#), &[Fact::Status(200)])?;
        let stale = Request::new("DELETE", &todo.path()).field("if-match", &todo.etag);
        mine.expect(&stale, &[Fact::Status(412)])?;
    }
    write_together(&one.target, &two.target)
}

/// Both write at once: nothing is lost and no number is given twice.
fn write_together(one: &Target, two: &Target) -> Result<(), Finding> {
    const EACH: usize = 25;
    one.expect(&Request::new("DELETE", "/todos"), &[Fact::Status(204)])?;
    thread::scope(|scope| {
        let write = |target: &Target| (0..EACH).try_for_each(|_| Given::make(target, r#"{"title":"x"}"#).map(|_| ()));
        let other = scope.spawn(move || write(two));
        write(one).and(other.join().expect("asking does not panic"))
    })?;
    let exchange = one.expect(&Request::get("/todos"), &[Fact::Status(200)])?;
    let list = json(&exchange.answer).map_err(|what| exchange.finding(what))?;
    match list.as_array().map_or(0, Vec::len) {
        count if count == 2 * EACH => Ok(()),
        count => Err(exchange.finding(format!("there are {count} todos, not {}", 2 * EACH))),
    }
}

/// What the contract says of todos, files and events, on the store that users have.
pub fn sqlite(program: Program) -> Result<(), Finding> {
    let mut stores = (0..).map(|n| Ok(format!("sqlite:{n}.db")));
    keep_the_contract(&program, || stores.next().unwrap_or_else(|| Err(Finding::new("there are no more names"))))
}

/// What the contract says of todos, files and events, on stores that are empty at first.
pub fn keep_the_contract(program: &Program, mut store: impl FnMut() -> Result<String, Finding>) -> Result<(), Finding> {
    let mut start = || program.start(&["--store", &store()?]);
    let process = start()?;
    let groups = ["todos::", "todo::", "life::", "todobackend::", "files::", "events::"];
    let checks = check::all().into_iter().filter(|check| groups.iter().any(|group| check.id.starts_with(group)));
    let mut some = 0;
    for check in checks.filter(|check| check.needs != Needs::Loopback) {
        some += 1;
        let own = (check.needs == Needs::Store).then(&mut start).transpose()?;
        let target = own.as_ref().map_or(&process.target, |own| &own.target);
        check.judge(target).map_err(|findings| Finding::new(format!("{}: {}", check.id, told(&findings))))?;
    }
    if some > 0 { Ok(()) } else { Err(Finding::new("there is no such check")) }
}
