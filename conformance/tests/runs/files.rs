//! Files through kills, restarts and siblings; many listeners; memory.

use crate::binaries::{Process, Program, SOON};
use conformance::{
    client::Events,
    fact::{Fact, exactly, field, json},
    finding::Finding,
    request::Request,
    target::Target,
};
use sha2::{Digest, Sha256};
use shared::Error;
use std::{
    fs,
    path::PathBuf,
    sync::atomic::{AtomicUsize, Ordering},
    thread,
    time::{Duration, Instant},
};

/// Within this a sibling's change must arrive.
const SOON_ENOUGH: Duration = Duration::from_secs(1);

fn blobs(program: &Program) -> PathBuf {
    program.home.path().join("data/sextet.db.files")
}

/// The names in the folder of blobs.
fn names(program: &Program) -> Vec<String> {
    let entries = fs::read_dir(blobs(program)).into_iter().flatten().flatten();
    entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
}

fn put(path: &str, content: impl AsRef<[u8]>) -> Request {
    Request::new("PUT", path).body(content)
}

/// A content that tells from its first bytes what the rest must be.
fn content(seed: usize) -> Vec<u8> {
    (0..20_000 + seed % 7 * 60_000).map(|at| ((at * (2 * seed + 1)) >> 5) as u8).collect()
}

/// Killed in the middle of a hundred uploads, some of them to the same paths: what is listed is whole, and there is
/// nothing else in the folder after the next start.
pub fn survive_a_kill(program: Program) -> Result<(), Finding> {
    const UPLOADS: usize = 100;
    let process = program.start(&[])?;
    let (target, next, answered) = (&process.target, AtomicUsize::new(0), AtomicUsize::new(0));
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    // The kill ends it: nothing is put without a server.
                    if seed >= 10 * UPLOADS || target.ask(&put(&path(seed), content(seed))).is_err() {
                        return;
                    }
                    answered.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        while answered.load(Ordering::Relaxed) < UPLOADS / 2 {
            thread::yield_now();
        }
        process.signal("KILL");
    });
    process.ended(SOON)?;
    let left = names(&program).len();
    let process = program.start(&[])?;
    let files = whole_files(&process.target)?;
    let kept = names(&program);
    println!("{left} in the folder after the kill, {} after the start, {files} files", kept.len());
    if files < UPLOADS / 8 {
        return Err(Finding::new(format!("there are only {files} files: this shows nothing")));
    }
    if kept.len() != files {
        return Err(Finding::new(format!("{files} files are listed, and these are in the folder: {kept:?}")));
    }
    Ok(())
}

/// Of four uploads one goes to a path that others use.
fn path(seed: usize) -> String {
    if seed.is_multiple_of(4) { format!("/files/shared/{}", seed % 3) } else { format!("/files/own/{seed}") }
}

/// How many files there are; each must be the content of some upload, and be what the list says it is.
fn whole_files(target: &Target) -> Result<usize, Finding> {
    let list = target.expect(&Request::get("/files"), &[Fact::Status(200)])?;
    let files = json(&list.answer).map_err(|what| list.finding(what))?;
    let files = files.as_array().cloned().unwrap_or_default();
    for file in &files {
        let (path, etag) = (file["path"].as_str().unwrap_or_default(), file["etag"].as_str().unwrap_or_default());
        let facts = [Fact::Status(200), field("etag", etag), field("content-length", file["size"].to_string())];
        let exchange = target.expect(&Request::get(&format!("/files/{path}")), &facts)?;
        let sum: String = Sha256::digest(&exchange.answer.body).iter().map(|byte| format!("{byte:02x}")).collect();
        if etag != format!("\"{sum}\"") {
            return Err(exchange.finding("the tag is not that of these bytes"));
        }
    }
    Ok(files.len())
}

/// A sibling that starts clears away what nobody writes any more, and nothing else.
pub fn outlive_a_siblings_start(program: Program) -> Result<(), Finding> {
    let one = program.start(&[])?;
    one.target.expect(&put("/files/a", "a"), &[Fact::Status(201)])?;
    let mut client = one.target.connect()?;
    let head = format!("PUT /files/slow HTTP/1.1\r\nhost: {}\r\ncontent-length: 8\r\n\r\nhalf", one.target.host);
    client.send(head.as_bytes());
    one.target.await_metric("http_requests_in_flight", |value| value == 2.0, SOON)?;
    // The first byte makes the file, some time after the request was counted.
    await_names(&program, 2)?;
    fs::write(blobs(&program).join("upload-left-by-nobody"), "half")
        .map_err(|cause| Finding::new(cause.to_string()))?;
    let two = program.start(&[])?;
    await_names(&program, 2)?;
    client.send(b"half");
    client.receive(false)?.expect(&[Fact::Status(201)])?;
    for target in [&one.target, &two.target] {
        target.expect(&Request::get("/files/slow"), &[Fact::Status(200), Fact::Body("halfhalf".into())])?;
        target.expect(&Request::get("/files/a"), &[Fact::Status(200), Fact::Body("a".into())])?;
    }
    two.target.expect(&Request::new("DELETE", "/files/slow"), &[Fact::Status(204)])?;
    one.target.expect(&Request::get("/files/slow"), &[exactly(&Error::NotFound)])?;
    await_names(&program, 1)
}

fn await_names(program: &Program, count: usize) -> Result<(), Finding> {
    let deadline = Instant::now() + SOON;
    while names(program).len() != count {
        if Instant::now() > deadline {
            return Err(Finding::new(format!("in the folder are {:?}, not {count}", names(program))));
        }
        thread::yield_now();
    }
    Ok(())
}

/// Links in the folder, by a name that a client says or that a row has, lead nowhere.
pub fn follow_no_links(program: Program) -> Result<(), Finding> {
    let process = program.start(&[])?;
    let secret = program.home.path().join("secret");
    let failed = |cause: std::io::Error| Finding::new(cause.to_string());
    fs::write(&secret, "secret").map_err(failed)?;
    process.target.expect(&put("/files/a", "a"), &[Fact::Status(201)])?;
    let folder = blobs(&program);
    for (to, name) in [(secret.as_path(), "evil"), (program.home.path(), "folder")] {
        std::os::unix::fs::symlink(to, folder.join(name)).map_err(failed)?;
    }
    for path in ["evil", "folder/secret", "folder"] {
        let path = format!("/files/{path}");
        process.target.expect(&Request::get(&path), &[exactly(&Error::NotFound)])?;
        process.target.expect(&Request::new("DELETE", &path), &[exactly(&Error::NotFound)])?;
        process.target.expect(&put(&path, "mine"), &[Fact::Status(201)])?;
        process.target.expect(&Request::get(&path), &[Fact::Body("mine".into())])?;
        process.target.expect(&Request::new("DELETE", &path), &[Fact::Status(204)])?;
    }
    // A blob that was replaced by a link is not read either.
    let blob = names(&program).into_iter().find(|name| !["evil", "folder"].contains(&name.as_str()));
    let blob = folder.join(blob.unwrap_or_default());
    fs::remove_file(&blob).and_then(|()| std::os::unix::fs::symlink(&secret, &blob)).map_err(failed)?;
    process.target.expect(&Request::get("/files/a"), &[exactly(&Error::Internal)])?;
    match fs::read_to_string(&secret).map_err(failed)?.as_str() {
        "secret" => Ok(()),
        other => Err(Finding::new(format!("the secret is now {other:?}"))),
    }
}

/// What changes through one is told by the other, once, in order and soon; ids outlive a restart.
pub fn events_of_siblings(program: Program) -> Result<(), Finding> {
    let one = program.start(&[])?;
    let two = program.start(&[])?;
    let mut heard = Events::listen(&two.target, "", None)?;
    let todo = Request::new("POST", "/todos").json(r#"{"title":"x"}"#);
    for round in 0..10 {
        let (here, there) = if round % 2 == 0 { (&one.target, &two.target) } else { (&two.target, &one.target) };
        here.expect(&todo, &[Fact::Status(201)])?;
        there.expect(&put(&format!("/files/{round}"), "x"), &[Fact::Status(201)])?;
        let begun = Instant::now();
        for (step, name) in ["todo_created", "file_created"].iter().enumerate() {
            let event = heard.expect()?;
            if event.id != (2 * round + step + 1).to_string() || event.name != *name {
                return Err(heard.finding(format!("round {round}: {event:?} is not the next {name}")));
            }
        }
        if begun.elapsed() > SOON_ENOUGH {
            return Err(Finding::new(format!("the events took {:?}", begun.elapsed())));
        }
    }
    one.signal("KILL");
    one.ended(SOON)?;
    two.signal("TERM");
    two.ended(SOON)?.with(0)?;
    let again = program.start(&[])?;
    let mut heard = Events::listen(&again.target, "?limit=3", Some("18"))?;
    again.target.expect(&todo, &[Fact::Status(201)])?;
    let ids = [heard.expect()?.id, heard.expect()?.id, heard.expect()?.id];
    if ids == ["19", "20", "21"] { Ok(()) } else { Err(Finding::new(format!("the ids are {ids:?}"))) }
}

/// A thousand hear everything; when they have gone, no descriptor is left behind.
pub fn a_thousand_listeners(program: Program) -> Result<(), Finding> {
    const LISTENERS: usize = 1000;
    let allowed = rlimit::increase_nofile_limit(2 * LISTENERS as u64).unwrap_or_default();
    if allowed <= LISTENERS as u64 + 100 {
        return Err(Finding::new(format!(
            "this needs more than {LISTENERS} file descriptors, and {allowed} are allowed"
        )));
    }
    let process = program.start(&[])?;
    let target = &process.target;
    target.expect(&put("/files/a", "x"), &[Fact::Status(201)])?;
    // Some descriptors are opened once, with the first listener.
    drop(Events::listen(target, "", None)?);
    target.await_metric("http_connections", |value| value == 1.0, SOON)?;
    let before = settled(&process);
    let mut all = (0..LISTENERS).map(|_| Events::listen(target, "", None)).collect::<Result<Vec<_>, _>>()?;
    for round in 0..5 {
        target.expect(&put("/files/a", round.to_string()), &[Fact::Status(200)])?;
    }
    for events in &mut all {
        for id in 2..=6 {
            let event = events.expect()?;
            if event.id != id.to_string() {
                return Err(events.finding(format!("{event:?} is not number {id}")));
            }
        }
    }
    drop(all);
    target.await_metric("http_connections", |value| value == 1.0, SOON)?;
    // The store may have opened more connections for reading meanwhile: three more, of two or three files each.
    let deadline = Instant::now() + SOON;
    while descriptors(&process) > before + 9 {
        if Instant::now() > deadline {
            let now = descriptors(&process);
            return Err(Finding::new(format!(
                "{now} descriptors are open, and {before} were before the listeners came"
            )));
        }
        thread::yield_now();
    }
    Ok(())
}

fn descriptors(process: &Process) -> usize {
    fs::read_dir(format!("/proc/{}/fd", process.pid())).map_or(0, Iterator::count)
}

/// How many there are once their number stays the same.
fn settled(process: &Process) -> usize {
    let (mut count, mut since) = (descriptors(process), Instant::now());
    while since.elapsed() < Duration::from_millis(300) {
        let now = descriptors(process);
        if now != count {
            (count, since) = (now, Instant::now());
        }
        thread::yield_now();
    }
    count
}

/// A client that does not read on keeps the server from reading on: no more of a file is taken from the disk than the
/// buffers on the way hold, the kernel's included, and a mebibyte.
pub fn wait_for_their_reader(program: Program) -> Result<(), Finding> {
    const SIZE: usize = 32 << 20;
    // Linux books twice the send buffer that it was asked for, 128 KiB; the client's buffer is no larger as long as it
    // does not read.
    const BOUND: usize = (1 << 20) + 2 * (256 << 10);
    let process = program.start(&["--store", "memory"])?;
    let target = &process.target;
    target.expect(&put("/files/large", vec![b'x'; SIZE]), &[Fact::Status(201)])?;
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

/// More than memory may hold goes up and down: what the process needs for it stays below this many bytes.
pub fn memory(program: Program) -> Result<(), Finding> {
    const BOUND: usize = 64 << 20;
    // `MEMORY_MIB` says how much; enough to show that it is not kept unless it is set.
    let size = std::env::var("MEMORY_MIB").ok().and_then(|text| text.parse().ok()).unwrap_or(128_usize) << 20;
    let process = program.start(&["--max-upload-bytes", &size.to_string()])?;
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
