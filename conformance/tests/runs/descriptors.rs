//! File descriptors run out before connections do.

use crate::binaries::{Process, Program, SOON, folder};
use conformance::{client::Client, fact::Fact, finding::Finding, request::Request};
use std::{process::Command, time::Duration};

/// Enough to start with, and for some connections.
const DESCRIPTORS: usize = 96;
/// Longer than an answer to what costs nothing takes, and shorter than anyone likes to wait.
const A_WHILE: Duration = Duration::from_millis(500);
/// How often the healthy client asks meanwhile.
const ROUNDS: usize = 100;

/// A server that may open so many.
fn start(program: &Program) -> Result<Process, Finding> {
    let args = ["--port", "0", "--store", "memory", "--workers", "2"];
    let mut command = Command::new("sh");
    command
        .arg("-c")
        .arg(format!("ulimit -n {DESCRIPTORS}; exec \"$0\" \"$@\""))
        .arg(folder().join(program.server.name));
    command.env_clear().env("NO_GOSSIP", "true").env("RUST_LOG", "warn").current_dir(program.home.path()).args(args);
    program.start_command(command)
}

/// More clients come than there are descriptors: those that are in are served, the others wait, and
/// when all have gone the next one is served. Whoever was there before notices nothing.
pub fn run_out(program: Program) -> Result<(), Finding> {
    let process = start(&program)?;
    let target = &process.target;
    let request = Request::get("/livez").bytes(&target.host);
    let mut healthy = Client::connect(target.address, SOON)?;
    served(&mut healthy, &request)?;
    let connect = |_| Client::connect(target.address, A_WHILE);
    let mut clients = (0..DESCRIPTORS + 8).map(connect).collect::<Result<Vec<_>, _>>()?;
    clients.iter_mut().for_each(|client| client.send(&request));
    let last = clients.last_mut().map(|client| client.receive(false));
    if matches!(last, Some(Ok(_))) {
        return Err(Finding::new("the descriptors have not run out: this shows nothing"));
    }
    healthy.wait_for(A_WHILE);
    (0..ROUNDS).try_for_each(|_| served(&mut healthy, &request))?;
    clients[0].receive(false)?.expect(&[Fact::Status(200)])?;
    drop(clients);
    let mut next = Client::connect(target.address, SOON)?;
    served(&mut next, &request)?;
    served(&mut healthy, &request)?;
    process.signal("TERM");
    process.ended(SOON)?.with(0).map(|_| ())
}

fn served(client: &mut Client, request: &[u8]) -> Result<(), Finding> {
    client.send(request);
    client.receive(false)?.expect(&[Fact::Status(200)])
}
