//! What a process keeps of bodies that are larger than it may be.

use crate::binaries::Program;
use conformance::{fact::Fact, finding::Finding, request::Request, target::Target};
use std::{
    thread,
    time::{Duration, Instant},
};

/// A client that does not read on keeps the server from reading on: no more of a file is taken from the disk than the
/// buffers on the way hold, the kernel's included, and a mebibyte.
pub fn wait_for_their_reader(program: Program) -> Result<(), Finding> {
    const SIZE: usize = 32 << 20;
    // Linux books twice the send buffer that it was asked for, 128 KiB; the client's buffer is no larger as long as it
    // does not read.
    const BOUND: usize = (1 << 20) + 2 * (256 << 10);
    let process = program.start(&["--store", "memory"])?;
    let target = &process.target;
    target.expect(&Request::new("PUT", "/files/large").body(vec![b'x'; SIZE]), &[Fact::Status(201)])?;
    let before = process.read()?;
    let mut client = target.connect()?;
    client.send(&Request::get("/files/large").bytes(&target.host));
    client.receive_head()?;
    let (mut read, mut since) = (process.read()?, Instant::now());
    while since.elapsed() < Duration::from_millis(300) {
        let now = process.read()?;
        if now != read {
            (read, since) = (now, Instant::now());
        }
        thread::yield_now();
    }
    println!("{}: {} KiB read ahead of its client", target.server.name, (read - before) >> 10);
    match read - before {
        ahead if ahead <= BOUND => Ok(()),
        ahead => Err(Finding::new(format!("{ahead} bytes were read for a client that reads nothing"))),
    }
}

pub fn large_files(program: Program) -> Result<(), Finding> {
    need_no_memory(&program, &[])
}

/// More than memory may hold goes up and down: what the process needs for it stays below this many bytes.
pub fn need_no_memory(program: &Program, args: &[&str]) -> Result<(), Finding> {
    const BOUND: usize = 64 << 20;
    // `MEMORY_MIB` says how much; enough to show that it is not kept unless it is set.
    let size = std::env::var("MEMORY_MIB").ok().and_then(|text| text.parse().ok()).unwrap_or(128_usize) << 20;
    let process = program.start(&[&["--max-upload-bytes", &size.to_string()], args].concat())?;
    let target = Target { patience: Duration::from_secs(120), ..process.target.clone() };
    target.expect(&Request::get("/files"), &[Fact::Status(200)])?;
    let idle = process.memory("VmRSS")?;
    for step in ["PUT by length", "PUT in chunks", "GET", "POST /upload"] {
        stream(&target, step, size)?;
        let peak = process.memory("VmHWM")?.saturating_sub(idle);
        println!("{}: {step}, {} MiB: peak {} KiB above idle", target.server.name, size >> 20, peak >> 10);
        if peak > BOUND {
            return Err(Finding::new(format!("{step}: {peak} bytes above idle")));
        }
    }
    Ok(())
}

/// Sends or takes so many bytes without keeping them.
fn stream(target: &Target, step: &str, size: usize) -> Result<(), Finding> {
    let piece = vec![b'x'; 1 << 20];
    let host = &target.host;
    let mut client = target.connect()?;
    let (head, chunked) = match step {
        "PUT by length" => {
            (format!("PUT /files/large HTTP/1.1\r\nhost: {host}\r\ncontent-length: {size}\r\n\r\n"), false)
        }
        "PUT in chunks" => {
            (format!("PUT /files/large HTTP/1.1\r\nhost: {host}\r\ntransfer-encoding: chunked\r\n\r\n"), true)
        }
        "GET" => return client.take(&Request::get("/files/large").bytes(host), size),
        _ => (format!("POST /upload HTTP/1.1\r\nhost: {host}\r\ncontent-length: {size}\r\n\r\n"), false),
    };
    client.send(head.as_bytes());
    for _ in 0..size >> 20 {
        if chunked {
            client.pour(b"100000\r\n");
        }
        client.pour(&piece);
        if chunked {
            client.pour(b"\r\n");
        }
    }
    if chunked {
        client.pour(b"0\r\n\r\n");
    }
    let exchange = client.receive(false)?;
    if [200, 201].contains(&exchange.answer.status) { Ok(()) } else { Err(exchange.finding("this is refused")) }
}
