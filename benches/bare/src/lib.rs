//! The frameworks with nothing around them, and the floor below them all.
//!
//! What do a server's limits, its log and its figures cost? That is the difference between one of the six
//! and the same framework's own smallest program. Four of these are here, each as its documentation has it,
//! with the two routes that ask for next to nothing: `GET /plaintext` and `GET /json`. `floor` is no HTTP
//! server at all but the least that any server on this kernel must do.
//!
//! They listen as the six do: on one socket, on a runtime of so many workers, and they write without delay
//! (`TCP_NODELAY`) where the framework lets them say so; warp does not. A signal ends them at once.
//!
//! The map, in the order in which it is best read: this file, which is their command line; then
//! `bin/bare-hyper.rs`, `bin/bare-axum.rs`, `bin/bare-actix-web.rs`, `bin/bare-warp.rs`; then `bin/floor.rs`.

use clap::Parser;
use serde::Serialize;
use std::{
    io::{self, Write as _},
    net::{Ipv4Addr, TcpListener},
    num::NonZeroUsize,
    process::ExitCode,
};
use tokio::runtime::Builder;

/// What `/plaintext` answers.
pub const HELLO: &str = "Hello, World!";
/// The media type of `/plaintext`, as the six send it.
pub const TEXT: &str = "text/plain; charset=utf-8";
/// The media type of `/json`, as the six send it.
pub const JSON: &str = "application/json";

/// What `/json` answers: `{"message":"Hello, World!"}`.
#[derive(Debug, Serialize)]
pub struct Message {
    /// The greeting.
    pub message: &'static str,
}

/// The answer of `/json`, to be serialised for each request.
pub fn message() -> Message {
    Message { message: HELLO }
}

/// A server to measure others by.
#[derive(Debug, Parser)]
pub struct Args {
    /// Where to listen on 127.0.0.1; 0 is any free port.
    #[arg(long, default_value_t = 0)]
    pub port: u16,
    /// Worker threads.
    #[arg(long, default_value = "1")]
    pub workers: NonZeroUsize,
}

/// Runs a server on the runtime that the six have: so many workers, and the main thread, which waits.
pub fn run<F>(name: &str, serve: impl FnOnce(TcpListener, usize) -> F) -> ExitCode
where
    F: Future<Output = io::Result<()>>,
{
    start(name, |listener, workers| {
        let runtime = Builder::new_multi_thread().worker_threads(workers).enable_all().build()?;
        runtime.block_on(async { serve(listener, workers).await })
    })
}

/// Binds, says where, and serves with so many workers, runtime or not.
pub fn start(name: &str, serve: impl FnOnce(TcpListener, usize) -> io::Result<()>) -> ExitCode {
    let args = Args::parse();
    let served = listen(name, args.port).and_then(|listener| serve(listener, args.workers.get()));
    match served {
        Ok(()) => ExitCode::SUCCESS,
        Err(cause) => {
            eprintln!("error: {name} cannot serve on port {}: {cause}", args.port);
            ExitCode::from(2)
        }
    }
}

fn listen(name: &str, port: u16) -> io::Result<TcpListener> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
    listener.set_nonblocking(true)?;
    let mut out = io::stdout().lock();
    // In the words of the six.
    writeln!(out, "{name} listens on http://{}", listener.local_addr()?)?;
    out.flush()?;
    Ok(listener)
}
