//! A database that another program has locked: who only reads notices nothing, who writes waits, and afterwards all is
//! as before.

use crate::binaries::{Program, SOON};
use conformance::{
    fact::{Fact, exactly},
    finding::Finding,
    request::Request,
    target::Target,
};
use shared::Error;
use sqlx::{ConnectOptions, Connection, Executor, SqliteConnection, sqlite::SqliteConnectOptions};
use std::time::Duration;
use tokio::runtime::Builder;

const LIMIT: Duration = Duration::from_millis(500);

pub fn waited_for(program: Program) -> Result<(), Finding> {
    let process = program.start(&["--request-timeout", "0.5"])?;
    let target = &process.target;
    let todo = Request::new("POST", "/todos").json(r#"{"title":"milk"}"#);
    target.expect(&todo, &[Fact::Status(201)])?;
    let options = SqliteConnectOptions::new().filename(program.home.path().join("data/sextet.db"));
    let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
    let failed = |cause: sqlx::Error| Finding::new(cause.to_string());
    let mut other: SqliteConnection = runtime.block_on(options.connect()).map_err(failed)?;
    for round in 1..=2 {
        runtime.block_on(other.execute("BEGIN EXCLUSIVE")).map_err(failed)?;
        target.expect(&todo, &[exactly(&Error::Timeout(LIMIT))])?;
        target.expect(&Request::new("PUT", "/files/a").body("x"), &[exactly(&Error::Timeout(LIMIT))])?;
        lives(target, round)?;
        runtime.block_on(other.execute("ROLLBACK")).map_err(failed)?;
        // Those who gave up may still have their turn first, one after the other.
        target.await_metric("http_requests_in_flight", |value| value == 1.0, SOON)?;
        target.expect(&Request::new("DELETE", &format!("/todos/{round}")), &[Fact::Status(204)])?;
        target.expect(&todo, &[Fact::Status(201)])?;
    }
    runtime.block_on(other.close()).map_err(failed)?;
    process.signal("TERM");
    process.ended(SOON)?.with(0).map(|_| ())
}

/// Who only reads does not wait.
fn lives(target: &Target, id: usize) -> Result<(), Finding> {
    for path in ["/livez", "/readyz", "/todos", &format!("/todos/{id}"), "/files", "/json"] {
        target.expect(&Request::get(path), &[Fact::Status(200)])?;
    }
    Ok(())
}
