//! A database that cannot be used is told at the start, in one clear line, soon, and without the password.

use crate::{
    binaries::{Ended, Program},
    databases::{
        Databases,
        cluster::{FIRST, PASSWORD},
    },
};
use conformance::finding::Finding;
use std::{
    net::TcpListener,
    time::{Duration, Instant},
};

/// What is waited for a server that says nothing, and as much as a machine that is busy needs to start a program.
const SOON: Duration = Duration::from_secs(15);

pub fn are_told(program: &Program, databases: &Databases) -> Result<(), Finding> {
    let database = databases.database()?;
    let good = database.url();
    let mute = TcpListener::bind("127.0.0.1:0").map_err(|cause| Finding::new(cause.to_string()))?;
    let silent = format!(
        "postgres://me:{PASSWORD}@{}/mine",
        mute.local_addr().map_err(|cause| Finding::new(cause.to_string()))?
    );
    database.cluster.run(FIRST, "CREATE DATABASE latin ENCODING 'LATIN1' TEMPLATE template0").or_else(already)?;
    for (url, what) in [
        (good.replace("127.0.0.1:", "127.0.0.1:9"), "port"),
        (format!("postgres://me:{PASSWORD}@127.0.0.1:1/mine"), "is PostgreSQL running there?"),
        (silent, "does not answer"),
        (good.replace(PASSWORD, &PASSWORD.to_uppercase()), "check user and password"),
        (good.replace("sextet:", "stranger:"), "check user and password"),
        (database.cluster.url("absent"), "createdb"),
        (database.cluster.url("latin"), "its encoding is LATIN1"),
        (format!("{good}?sslmode=require"), "TLS"),
        (format!("{good}?sslmode=nonsense"), "postgres://..."),
    ] {
        told(program, &url, what)?;
    }
    hidden_in_the_help(program, &good)
}

fn told(program: &Program, url: &str, what: &str) -> Result<(), Finding> {
    let begun = Instant::now();
    let ended = program.run(&["--port", "0", "--store", url])?;
    let (took, text) = (begun.elapsed(), ended.stderr.clone());
    let again = Ended { code: ended.code, stdout: ended.stdout.clone(), stderr: text.clone() };
    ended.one_clear_line()?;
    if text.to_lowercase().contains(PASSWORD) || !text.contains(what) || took > SOON {
        return Err(again.finding(format!("after {took:?} it does not say {what:?}, or too much")));
    }
    Ok(())
}

/// The help shows what the environment says, but for this.
fn hidden_in_the_help(program: &Program, url: &str) -> Result<(), Finding> {
    let mut command = program.command(&["--help"]);
    command.env("STORE", url);
    let ended = program.run_command(command)?.with(0)?;
    if ended.stdout.contains(PASSWORD) { Err(ended.finding("the help shows the password")) } else { Ok(()) }
}

/// Another of the six has made it.
fn already(found: Finding) -> Result<(), Finding> {
    if found.what.contains("already exists") { Ok(()) } else { Err(found) }
}
