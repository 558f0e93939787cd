//! What a server does to its clients: it dies, stops, cuts connections, locks. While it lasts the programs say so in time;
//! afterwards all is as before, and nobody has to start anything again.

use crate::{
    binaries::{Process, Program, SOON},
    databases::{
        Databases,
        cluster::{PASSWORD, Session},
    },
    runs::locks,
};
use conformance::{
    case::Given,
    client::Events,
    fact::{Fact, exactly, field},
    finding::Finding,
    request::Request,
    target::Target,
};
use shared::Error;
use std::{
    sync::{Mutex, PoisonError},
    thread,
    time::{Duration, Instant},
};

/// Within this a server that is gone must be told.
const IN_TIME: Duration = Duration::from_secs(8);
/// Fails a change while it is committed, by the code that it is told, or by cutting the connection.
const FAIL: &str = "
    CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF TG_ARGV[0] <> 'cut' THEN RAISE 'so it is wanted' USING ERRCODE = TG_ARGV[0]; END IF;
        PERFORM pg_terminate_backend(pg_backend_pid());
        PERFORM pg_sleep(10);
    END $$";
const TODO: &str = r#"{"title":"milk"}"#;
const GONE: Error = Error::Unavailable("The store cannot be reached.");

/// Every route that needs the store.
fn of_the_store() -> [Request; 9] {
    [
        Request::get("/readyz"),
        Request::get("/todos"),
        Request::get("/todos/stats"),
        Request::new("POST", "/todos").json(TODO),
        Request::new("DELETE", "/todos"),
        Request::get("/files"),
        Request::get("/files/a"),
        Request::new("PUT", "/files/a").body("y"),
        Request::get("/events"),
    ]
}

/// One that works, and its events.
fn begin(program: &Program, url: &str) -> Result<(Process, Events), Finding> {
    let process = program.start(&["--store", url])?;
    let mut events = Events::listen(&process.target, "", None)?;
    works(&process.target, &mut events)?;
    Ok((process, events))
}

pub fn dies(program: &Program, databases: &Databases) -> Result<(), Finding> {
    let cluster = databases.cluster()?;
    let (process, mut events) = begin(program, &cluster.url("postgres"))?;
    let target = &process.target;
    for _ in 0..2 {
        cluster.kill()?;
        all_say(target, &exactly(&GONE))?;
        cluster.revive()?;
        await_ready(target)?;
        works(target, &mut events)?;
    }
    ends(process)
}

pub fn is_stopped(program: &Program, databases: &Databases) -> Result<(), Finding> {
    let cluster = databases.cluster()?;
    let (process, mut events) = begin(program, &cluster.url("postgres"))?;
    let target = &process.target;
    cluster.signal("STOP", true)?;
    let told = all_say(target, &exactly(&GONE));
    cluster.signal("CONT", true)?;
    told?;
    await_ready(target)?;
    works(target, &mut events)?;
    // All connections end silently, as behind a router that forgets them; new ones can be had.
    cluster.signal("STOP", false)?;
    let healed = works(target, &mut events);
    cluster.signal("CONT", true)?;
    healed?;
    ends(process)
}

/// An administrator cuts all connections: no request that comes afterwards notices.
pub fn are_cut(program: &Program, databases: &Databases) -> Result<(), Finding> {
    let database = databases.database()?;
    let (process, mut events) = begin(program, &database.url())?;
    let target = &process.target;
    let cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
               WHERE datname = current_database() AND pid <> pg_backend_pid()";
    for _ in 0..5 {
        together(8, |_| target.expect(&Request::get("/todos"), &[Fact::Status(200)]).map(|_| ()))?;
        database.cluster.run(&database.name, cut)?;
        together(8, |_| target.expect(&Request::get("/todos"), &[Fact::Status(200)]).map(|_| ()))?;
        database.cluster.run(&database.name, cut)?;
        works(target, &mut events)?;
    }
    ends(process)
}

pub fn is_locked(program: &Program, databases: &Databases) -> Result<(), Finding> {
    let url = databases.database()?.url();
    let mut other = Session::open(&url)?;
    // The tables are there once a program has been.
    program.start(&["--store", &url])?;
    locks::hold_up_writers(program, &["--store", &url], |is_held| {
        other.run(if is_held { "BEGIN; LOCK TABLE newest" } else { "ROLLBACK" })
    })?;
    other.close()
}

/// More wait for it than there are connections: who only reads does not notice.
pub fn stays_locked(program: &Program, databases: &Databases) -> Result<(), Finding> {
    const WRITERS: usize = 4;
    let url = databases.database()?.url();
    let process = program.start(&["--store", &url])?;
    // Who waits behind another waiter waits anew once that one has given up: the lock's five seconds for each of them.
    let target = &Target { patience: Duration::from_secs(25), ..process.target.clone() };
    let todo = Given::make(target, TODO)?;
    let mut other = Session::open(&url)?;
    other.run(&format!("BEGIN; SELECT FROM todo WHERE id = {} FOR UPDATE", todo.id))?;
    let busy = [exactly(&Error::Unavailable("The store is busy.")), field("retry-after", "1")];
    together(WRITERS, |n| {
        let change = match n % 2 {
            0 => Request::new("PATCH", &todo.path()).json(r#"{"completed":true}"#),
            _ => Request::new("DELETE", &todo.path()),
        };
        target.expect(&change, &busy)?;
        target.expect(&Request::get(&todo.path()), &[Fact::Status(200)]).map(|_| ())
    })?;
    Given::make(target, TODO)?;
    other.run("ROLLBACK")?;
    other.close()?;
    target.expect(&Request::new("DELETE", &todo.path()), &[Fact::Status(204)])?;
    ends(process)
}

/// However many files are on their way, whoever wants something else does not notice.
pub fn moves_bytes(program: &Program, databases: &Databases) -> Result<(), Finding> {
    const MANY: usize = 6;
    let url = databases.database()?.url();
    let process = program.start(&["--store", &url])?;
    let target = &process.target;
    target.expect(&Request::new("PUT", "/files/a").body("x"), &[Fact::Status(201)])?;
    let other = Mutex::new(Session::open(&url)?);
    other.lock().unwrap_or_else(PoisonError::into_inner).run("BEGIN; LOCK TABLE piece")?;
    together(MANY + 1, |n| {
        if n < MANY {
            return target.expect(&Request::get("/files/a"), &[Fact::Status(200)]).map(|_| ());
        }
        target.await_metric("http_requests_in_flight", |value| value == MANY as f64 + 1.0, SOON)?;
        for path in ["/readyz", "/todos", "/files"] {
            target.expect(&Request::get(path), &[Fact::Status(200)])?;
        }
        Given::make(target, TODO)?;
        other.lock().unwrap_or_else(PoisonError::into_inner).run("ROLLBACK")
    })?;
    ends(process)
}

/// Whatever goes wrong, even at the last moment, has its answer, and nothing of the change is left: neither a todo nor
/// the news of one.
pub fn fails(program: &Program, databases: &Databases) -> Result<(), Finding> {
    let url = databases.database()?.url();
    let process = program.start(&["--store", &url])?;
    let target = &process.target;
    let mut events = Events::listen(target, "", None)?;
    let mut other = Session::open(&url)?;
    other.run(FAIL)?;
    let (busy, slow) = (Error::Unavailable("The store is busy."), Error::Timeout(Duration::from_secs(20)));
    for (code, error) in [
        ("cut", GONE),
        ("08006", GONE),
        ("57P01", GONE),
        ("25006", GONE),
        ("53200", GONE),
        ("53100", Error::InsufficientStorage),
        ("57014", slow),
        ("40P01", busy),
        ("XX000", Error::Internal),
    ] {
        other.run(&format!(
            "CREATE CONSTRAINT TRIGGER fails AFTER INSERT ON outbox DEFERRABLE INITIALLY DEFERRED
             FOR EACH ROW EXECUTE FUNCTION fail('{code}')"
        ))?;
        target.expect(&Request::new("POST", "/todos").json(TODO), &[exactly(&error)])?;
        target.expect(&Request::new("PUT", "/files/b").body("x"), &[exactly(&error)])?;
        other.run("DROP TRIGGER fails ON outbox")?;
    }
    other.close()?;
    for path in ["/todos", "/files"] {
        target.expect(&Request::get(path), &[Fact::Status(200), Fact::Body("[]".into())])?;
    }
    works(target, &mut events)?;
    ends(process)
}

/// Everything works, and who listens hears of it, each change once.
fn works(target: &Target, events: &mut Events) -> Result<(), Finding> {
    let todo = Given::make(target, TODO)?;
    let file = target.ask(&Request::new("PUT", "/files/a").body(todo.id.as_bytes()))?;
    if ![200, 201].contains(&file.answer.status) {
        return Err(file.finding("no file can be put"));
    }
    target.expect(&Request::get("/files/a"), &[Fact::Status(200), Fact::Body(todo.id.clone())])?;
    let told = events.expect()?;
    if told.name != "todo_created" || !told.data.contains(&format!(r#""id":{},"#, todo.id)) {
        return Err(events.finding(format!("{told:?} is not the news of todo {}", todo.id)));
    }
    let told = events.expect()?;
    if told.name.starts_with("file_") { Ok(()) } else { Err(events.finding(format!("{told:?} is not that of a file"))) }
}

/// Every route of the store says so in time; the others do not notice.
fn all_say(target: &Target, fact: &Fact) -> Result<(), Finding> {
    let requests = of_the_store();
    together(requests.len(), |n| {
        let begun = Instant::now();
        target.expect(&requests[n], &[fact.clone(), field("retry-after", "1")])?;
        let took = begun.elapsed();
        if took < IN_TIME { Ok(()) } else { Err(Finding::new(format!("{:?} took {took:?}", requests[n]))) }
    })?;
    for path in ["/livez", "/json"] {
        target.expect(&Request::get(path), &[Fact::Status(200)])?;
    }
    Ok(())
}

fn await_ready(target: &Target) -> Result<(), Finding> {
    let deadline = Instant::now() + SOON;
    loop {
        let told = target.ask(&Request::get("/readyz"))?;
        match told.answer.status {
            200 => return Ok(()),
            _ if Instant::now() > deadline => return Err(told.finding("it is not ready, but the database is")),
            _ => {}
        }
    }
}

/// It ends as it should, and has never said the password.
fn ends(process: Process) -> Result<(), Finding> {
    process.signal("TERM");
    let ended = process.ended(SOON)?.with(0)?;
    let said = [&ended.stderr, &ended.stdout].iter().any(|text| text.contains(PASSWORD));
    if said { Err(ended.finding("the log shows the password")) } else { Ok(()) }
}

/// Does something so many times at once.
fn together(count: usize, work: impl Fn(usize) -> Result<(), Finding> + Sync) -> Result<(), Finding> {
    thread::scope(|scope| {
        let work = &work;
        let all: Vec<_> = (0..count).map(|n| scope.spawn(move || work(n))).collect();
        all.into_iter().try_for_each(|one| one.join().expect("asking does not panic"))
    })
}
