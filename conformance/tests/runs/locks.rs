//! A database that another program has locked: who only reads notices nothing, who writes waits, and afterwards all is
//! as before.

use crate::binaries::{Program, SOON};
use conformance::{
    case::Given,
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
const TODO: &str = r#"{"title":"milk"}"#;

pub fn waited_for(program: Program) -> Result<(), Finding> {
    // Made with the first process that looks.
    program.start(&[])?;
    let options = SqliteConnectOptions::new().filename(program.home.path().join("data/sextet.db"));
    let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
    let failed = |cause: sqlx::Error| Finding::new(cause.to_string());
    let mut other: SqliteConnection = runtime.block_on(options.connect()).map_err(failed)?;
    hold_up_writers(&program, &[], |is_held| {
        let statement = if is_held { "BEGIN EXCLUSIVE" } else { "ROLLBACK" };
        runtime.block_on(other.execute(statement)).map_err(failed).map(|_| ())
    })?;
    runtime.block_on(other.close()).map_err(failed)
}

/// While `hold` has it, who writes waits for it until the time is over.
pub fn hold_up_writers(
    program: &Program,
    args: &[&str],
    mut hold: impl FnMut(bool) -> Result<(), Finding>,
) -> Result<(), Finding> {
    let process = program.start(&[&["--request-timeout", "0.5"], args].concat())?;
    let target = &process.target;
    let mut todo = Given::make(target, TODO)?;
    for _ in 1..=2 {
        hold(true)?;
        target.expect(&Request::new("POST", "/todos").json(TODO), &[exactly(&Error::Timeout(LIMIT))])?;
        target.expect(&Request::new("PUT", "/files/a").body("x"), &[exactly(&Error::Timeout(LIMIT))])?;
        lives(target, &todo)?;
        hold(false)?;
        // Those who gave up may still have their turn first, one after the other.
        target.await_metric("http_requests_in_flight", |value| value == 1.0, SOON)?;
        target.expect(&Request::new("DELETE", &todo.path()), &[Fact::Status(204)])?;
        todo = Given::make(target, TODO)?;
    }
    process.signal("TERM");
    process.ended(SOON)?.with(0).map(|_| ())
}

/// Who only reads does not wait.
fn lives(target: &Target, todo: &Given) -> Result<(), Finding> {
    for path in ["/livez", "/readyz", "/todos", &todo.path(), "/files", "/json"] {
        target.expect(&Request::get(path), &[Fact::Status(200)])?;
    }
    Ok(())
}
