//! From a command line to a running server, the same for all six: configuration, logs, store,
//! socket, signals. What can go wrong here ends with one clear line and exit code 2.

use crate::{
    app::{App, Shutdown, Stop},
    config::Config,
    contract::Server,
    gossip::Gossip,
    store::Store,
    telemetry,
};
use socket2::{Domain, Socket, Type};
use std::{
    io::{self, Write as _},
    net::{SocketAddr, TcpListener},
    process::{self, ExitCode},
    time::Duration,
};
use tokio::{
    runtime::{Builder, Runtime},
    signal::unix::{Signal, SignalKind, signal},
};

/// How long what blocks may go on once everything else has ended.
const FAREWELL: Duration = Duration::from_secs(1);
/// Connections that wait to be accepted (the kernel caps it at `net.core.somaxconn`).
const BACKLOG: i32 = 4096;

/// Runs `server` until it is told to stop: what a `main` consists of.
pub fn run<F>(server: &'static Server, serve: impl FnOnce(TcpListener, App, Shutdown) -> F) -> ExitCode
where
    F: Future<Output = io::Result<()>>,
{
    let config = match Config::read(server, std::env::args_os()) {
        Ok(config) => config,
        Err(error) => return answer(&error),
    };
    match start(server, config, serve) {
        Ok(()) => ExitCode::SUCCESS,
        Err(line) => fail(&line),
    }
}

/// `--help` and `--version` go to standard output; a mistake is told in one line.
fn answer(error: &clap::Error) -> ExitCode {
    if !error.use_stderr() {
        let told = error.print();
        return if told.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE };
    }
    let text = error.to_string();
    let line = text.lines().next().unwrap_or_default();
    fail(&format!("{} (see --help)", line.trim_start_matches("error: ")))
}

fn fail(line: &str) -> ExitCode {
    eprintln!("error: {line}");
    ExitCode::from(2)
}

fn start<F>(
    server: &'static Server,
    config: Config,
    serve: impl FnOnce(TcpListener, App, Shutdown) -> F,
) -> Result<(), String>
where
    F: Future<Output = io::Result<()>>,
{
    telemetry::log(config.log_format)?;
    allow_descriptors(config.limits.max_connections);
    let runtime = runtime(config.workers())?;
    let outcome = runtime.block_on(async {
        let listener = bind((config.host, config.port).into())?;
        let local = listener.local_addr().map_err(|cause| cause.to_string())?;
        let store = Store::open(&config.location()).await?;
        let (stop, shutdown) = Shutdown::channel();
        watch_signals(stop)?;
        say(server, local)?;
        let app = App::new(server, config, local, store.clone(), shutdown.clone());
        let gossip = Gossip::start(&app);
        let served = serve(listener, app, shutdown).await;
        gossip.ended().await;
        store.close().await;
        served.map_err(|cause| format!("{} stopped: {cause}", server.name))
    });
    // A question to DNS that nobody answers blocks, and cannot be given up: it must not hold up the end.
    runtime.shutdown_timeout(FAREWELL);
    outcome
}

/// Every connection is a file descriptor, and many systems allow a process 1024 unless it asks for
/// more. Where there are fewer than connections allowed, accepting pauses instead of failing.
fn allow_descriptors(connections: usize) {
    let (wanted, spare) = (u64::try_from(connections).unwrap_or(u64::MAX), 256);
    match rlimit::increase_nofile_limit(wanted.saturating_add(spare)) {
        Ok(allowed) if allowed > wanted => {}
        Ok(allowed) => tracing::warn!(allowed, wanted, "fewer file descriptors than --max-connections; see ulimit -n"),
        Err(cause) => tracing::warn!(%cause, "cannot ask for more file descriptors"),
    }
}

fn runtime(workers: usize) -> Result<Runtime, String> {
    let runtime = Builder::new_multi_thread().worker_threads(workers).enable_all().build();
    runtime.map_err(|cause| format!("cannot start {workers} worker threads: {cause}"))
}

/// Binds without SO_REUSEPORT, so that a taken port is an error; with SO_REUSEADDR (as the standard
/// library does on Unix), so that a restart need not wait for old connections to time out.
fn bind(address: SocketAddr) -> Result<TcpListener, String> {
    let open = || {
        let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
        socket.set_reuse_address(true)?;
        socket.set_nonblocking(true)?;
        socket.bind(&address.into())?;
        socket.listen(BACKLOG)?;
        Ok(TcpListener::from(socket))
    };
    open().map_err(|cause: io::Error| match cause.kind() {
        io::ErrorKind::AddrInUse => format!("{address} is taken; choose another with --port"),
        _ => format!("cannot listen on {address}: {cause}"),
    })
}

fn say(server: &Server, local: SocketAddr) -> Result<(), String> {
    let mut out = io::stdout().lock();
    let said = writeln!(out, "{} listens on http://{local}", server.name).and_then(|()| out.flush());
    said.map_err(|cause| format!("cannot write to standard output: {cause}"))
}

/// The first SIGTERM or SIGINT begins the drain, a second one ends the process at once.
fn watch_signals(stop: Stop) -> Result<(), String> {
    let listen = |kind| signal(kind).map_err(|cause| format!("cannot watch for signals: {cause}"));
    let (mut terminate, mut interrupt) = (listen(SignalKind::terminate())?, listen(SignalKind::interrupt())?);
    tokio::spawn(async move {
        next(&mut terminate, &mut interrupt).await;
        tracing::info!("stopping: what is in flight may finish; a second signal ends at once");
        stop.stop();
        let number = next(&mut terminate, &mut interrupt).await;
        // By convention 128 plus the number of the signal.
        process::exit(128 + number);
    });
    Ok(())
}

async fn next(terminate: &mut Signal, interrupt: &mut Signal) -> i32 {
    tokio::select! {
        _ = terminate.recv() => SignalKind::terminate().as_raw_value(),
        _ = interrupt.recv() => SignalKind::interrupt().as_raw_value(),
    }
}
