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
    ffi::OsString,
    io::{self, Write as _},
    net::{SocketAddr, TcpListener},
    process::{self, ExitCode},
    thread,
    time::Duration,
};
use tokio::{
    runtime::{Builder, Runtime},
    signal::unix::{Signal, SignalKind, signal},
    sync::oneshot,
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
    run_config(server, Config::read(server, std::env::args_os()), false, serve)
}

/// Runs `server` as one of a group: it stops, too, when its standard input ends.
pub fn run_in_group<F>(
    server: &'static Server,
    args: impl IntoIterator<Item = OsString>,
    serve: impl FnOnce(TcpListener, App, Shutdown) -> F,
) -> ExitCode
where
    F: Future<Output = io::Result<()>>,
{
    run_config(server, Config::read_in_group(server, args), true, serve)
}

fn run_config<F>(
    server: &'static Server,
    config: Result<Config, clap::Error>,
    has_lifeline: bool,
    serve: impl FnOnce(TcpListener, App, Shutdown) -> F,
) -> ExitCode
where
    F: Future<Output = io::Result<()>>,
{
    match config {
        Ok(config) => match start(server, config, has_lifeline, serve) {
            Ok(()) => ExitCode::SUCCESS,
            Err(line) => fail(&line),
        },
        Err(error) => answer(&error),
    }
}

/// `--help` and `--version` go to standard output; a mistake is told in one line.
pub fn answer(error: &clap::Error) -> ExitCode {
    if !error.use_stderr() {
        let told = error.print();
        return if told.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE };
    }
    let text = error.to_string();
    let line = text.lines().next().unwrap_or_default();
    fail(&format!("{} (see --help)", line.trim_start_matches("error: ")))
}

/// One clear line, and exit code 2.
pub fn fail(line: &str) -> ExitCode {
    eprintln!("error: {line}");
    ExitCode::from(2)
}

fn start<F>(
    server: &'static Server,
    config: Config,
    has_lifeline: bool,
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
        stop_by(Signals::watch()?, has_lifeline, stop);
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

/// SIGTERM and SIGINT.
pub struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    /// From now on they do not end this process by themselves.
    ///
    /// # Errors
    /// One line, when the system refuses.
    pub fn watch() -> Result<Self, String> {
        let listen = |kind| signal(kind).map_err(|cause| format!("cannot watch for signals: {cause}"));
        Ok(Signals { terminate: listen(SignalKind::terminate())?, interrupt: listen(SignalKind::interrupt())? })
    }

    /// The number of the next one.
    pub async fn next(&mut self) -> i32 {
        tokio::select! {
            _ = self.terminate.recv() => SignalKind::terminate().as_raw_value(),
            _ = self.interrupt.recv() => SignalKind::interrupt().as_raw_value(),
        }
    }
}

/// The first signal, or the end of the lifeline, begins the drain; a second signal ends the process at once.
fn stop_by(mut signals: Signals, has_lifeline: bool, stop: Stop) {
    let cut = lifeline(has_lifeline);
    tokio::spawn(async move {
        tokio::select! {
            _ = signals.next() => {}
            Ok(()) = cut => {}
        }
        tracing::info!("stopping: what is in flight may finish; a second signal ends at once");
        stop.stop();
        let number = signals.next().await;
        // By convention 128 plus the number of the signal.
        process::exit(128 + number);
    });
}

/// Resolves at the end of standard input; never for one that does not depend on it.
fn lifeline(is_there: bool) -> oneshot::Receiver<()> {
    let (cut, is_cut) = oneshot::channel();
    if is_there {
        // Not a task of the runtime, which would wait for it to end.
        thread::spawn(move || {
            // Whatever comes is of no interest, and neither is how it ends.
            let _ = io::copy(&mut io::stdin(), &mut io::sink());
            cut.send(())
        });
    }
    is_cut
}
