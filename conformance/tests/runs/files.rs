//! Files through kills, restarts, siblings and links.

use crate::binaries::{Program, SOON};
use conformance::{
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
    time::Instant,
};

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
    await_names(&program, 1)?;
    // A client that leaves in the middle leaves nothing, without anybody's start.
    let mut client = one.target.connect()?;
    client.send(head.as_bytes());
    await_names(&program, 2)?;
    drop(client);
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
