//! What the programs do on every store, done on PostgreSQL.

use crate::{
    binaries::{Program, SOON},
    databases::{Databases, cluster::Session},
    runs::{data, events, memory},
    writers,
};
use conformance::{case::Given, client::Events, fact::Fact, finding::Finding, request::Request};
use std::{
    fs, thread,
    time::{Duration, Instant},
};

pub fn keep_the_contract(program: &Program, databases: &Databases) -> Result<(), Finding> {
    data::keep_the_contract(program, || Ok(databases.database()?.url()))
}

pub fn siblings(program: &Program, databases: &Databases) -> Result<(), Finding> {
    data::share(program, &["--store", &databases.database()?.url()])
}

pub fn events(program: &Program, databases: &Databases) -> Result<(), Finding> {
    events::among_siblings(program, &["--store", &databases.database()?.url()])
}

pub fn survives_a_kill(program: &Program, databases: &Databases) -> Result<(), Finding> {
    data::outlives_a_kill(program, &["--store", &databases.database()?.url()])
}

pub fn large_files(program: &Program, databases: &Databases) -> Result<(), Finding> {
    memory::need_no_memory(program, &["--store", &databases.database()?.url()])
}

/// Whatever becomes of a file, its bytes are nowhere but in the database, and there only as long as it has a row.
pub fn leave_nothing_behind(program: &Program, databases: &Databases) -> Result<(), Finding> {
    let url = databases.database()?.url();
    let temporary = program.home.path().join("temporary");
    fs::create_dir(&temporary).map_err(|cause| Finding::new(cause.to_string()))?;
    let mut command = program.command(&["--port", "0", "--store", &url]);
    command.env("TMPDIR", &temporary);
    let process = program.start_command(command)?;
    let target = &process.target;
    let put = |text: &str| Request::new("PUT", "/files/a").body(text);
    target.expect(&put("one"), &[Fact::Status(201)])?;
    target.expect(&put("two"), &[Fact::Status(200)])?;
    target.expect(&put("no").field("if-none-match", "*"), &[Fact::Status(412)])?;
    target.expect(&Request::get("/files/a"), &[Fact::Status(200), Fact::Body("two".into())])?;
    // Half an upload.
    let mut client = target.connect()?;
    client.send(format!("PUT /files/b HTTP/1.1\r\nhost: {}\r\ncontent-length: 9\r\n\r\nhalf", target.host).as_bytes());
    target.await_metric("http_requests_in_flight", |value| value == 2.0, SOON)?;
    // Its bytes have a name for a moment, before it is taken from them.
    let left = || fs::read_dir(&temporary).into_iter().flatten().flatten().collect::<Vec<_>>();
    let begun = Instant::now();
    while !left().is_empty() {
        if begun.elapsed() > SOON {
            return Err(Finding::new(format!("on the disk there is {:?}", left())));
        }
        thread::sleep(Duration::from_millis(20));
    }
    drop(client);
    let mut other = Session::open(&url)?;
    other.run(&only("piece", 1))?;
    target.expect(&Request::new("DELETE", "/files/a"), &[Fact::Status(204)])?;
    other.run(&only("piece", 0))?;
    other.close()
}

/// Of the news the last 1000 are kept, and who has missed some is told so.
pub fn forget_old_news(program: &Program, databases: &Databases) -> Result<(), Finding> {
    let url = databases.database()?.url();
    let process = program.start(&["--store", &url])?;
    let mut other = Session::open(&url)?;
    other.run("INSERT INTO outbox SELECT id, 'todos_cleared', '{}' FROM generate_series(1, 5000) AS id")?;
    other.run("UPDATE newest SET id = 5000")?;
    Given::make(&process.target, r#"{"title":"news"}"#)?;
    other.run(&only("outbox", 1000))?;
    other.close()?;
    for (last, ids) in [("7", ["4001", "4002"]), ("4999", ["5000", "5001"])] {
        let mut heard = Events::listen(&process.target, "?limit=2", Some(last))?;
        let found = [heard.expect()?.id, heard.expect()?.id];
        if found != ids {
            return Err(heard.finding(format!("behind {last} come {found:?}")));
        }
    }
    Ok(())
}

/// Fails unless there are so many rows.
fn only(table: &str, count: usize) -> String {
    format!(
        "DO $$ BEGIN
             IF (SELECT count(*) FROM {table}) <> {count} THEN RAISE 'there are not {count} in {table}'; END IF;
         END $$"
    )
}

/// All six meet at an empty database, and write.
pub fn six(databases: &Databases) -> Result<(), Finding> {
    writers::share(&databases.database()?.url())
}
