//! SIGTERM and SIGINT: the first begins the drain, the second ends at once.

use crate::binaries::{Program, SOON};
use conformance::{fact::Fact, finding::Finding, request::Request, target::Target};
use std::{
    net::TcpStream,
    time::{Duration, Instant},
};

fn ends_with_0(program: &Program, signal: &str) -> Result<(), Finding> {
    let process = program.start(&[])?;
    let mut idle = process.target.connect()?;
    idle.send(&Request::get("/todos").bytes(&process.target.host));
    idle.receive(false)?.expect(&[Fact::Status(200)])?;
    let begun = Instant::now();
    process.signal(signal);
    idle.closed()?;
    let ended = process.ended(SOON)?.with(0)?;
    // The drain's deadline is for what is in flight, and nothing is.
    if begun.elapsed() > Duration::from_secs(8) || ended.stderr.contains("panicked") {
        return Err(ended.finding(format!("it took {:?}, or it panicked", begun.elapsed())));
    }
    if ended.stdout.lines().count() == 1 { Ok(()) } else { Err(ended.finding("there is more than one line on stdout")) }
}

pub fn sigterm(program: Program) -> Result<(), Finding> {
    ends_with_0(&program, "TERM")
}

pub fn sigint(program: Program) -> Result<(), Finding> {
    ends_with_0(&program, "INT")
}

pub fn second_signal(program: Program) -> Result<(), Finding> {
    for (signal, code) in [("TERM", 128 + 15), ("INT", 128 + 2)] {
        let process = program.start(&["--store", "memory", "--drain-timeout", "600"])?;
        let target = process.target.clone();
        let mut client = target.connect()?;
        let head = format!("POST /baseline11?a=1&b=2 HTTP/1.1\r\nhost: {}\r\ncontent-length: 9\r\n\r\n1", target.host);
        client.send(head.as_bytes());
        target.await_metric("http_requests_in_flight", |value| value == 2.0, SOON)?;
        process.signal("TERM");
        wait_until_refused(&target)?;
        process.signal(signal);
        process.ended(Duration::from_secs(3))?.with(code)?;
    }
    Ok(())
}

/// The listener is closed when the drain begins.
pub fn wait_until_refused(target: &Target) -> Result<(), Finding> {
    let deadline = Instant::now() + SOON;
    while TcpStream::connect(target.address).is_ok() {
        if Instant::now() > deadline {
            return Err(Finding::new("connections are still accepted after the signal"));
        }
    }
    Ok(())
}
