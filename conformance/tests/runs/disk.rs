//! A disk that is full: 507, the old file stays as it is, nothing is left behind, and once there is room all is well.

use crate::binaries::{Process, Program, SOON, folder};
use conformance::{
    client::Exchange,
    fact::{Fact, exactly, json},
    finding::Finding,
    request::Request,
    target::Target,
};
use shared::Error;
use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    thread,
    time::Instant,
};

/// No file may grow beyond 8 MiB: a shell of POSIX counts in blocks of 512 bytes.
const BLOCKS: usize = 8 << 11;
const TOO_LARGE: usize = 9 << 20;
/// What the small disk holds.
const DISK: usize = 3 << 20;
/// Of which so much is somebody else's.
const BALLAST: usize = 256 << 10;

fn put(path: &str, size: usize) -> Request {
    Request::new("PUT", path).body(vec![b'x'; size])
}

fn no_room() -> Fact {
    exactly(&Error::InsufficientStorage)
}

/// The program behind a line of a shell, which makes the room small.
fn narrowed(program: &Program, mut shell: Command, line: &str) -> Result<Process, Finding> {
    shell.arg("-c").arg(format!("{line} && exec \"$0\" \"$@\"")).arg(folder().join(program.server.name));
    shell.args(["--port", "0", "--data-dir", "data"]).env_clear().env("NO_GOSSIP", "true").env("RUST_LOG", "warn");
    shell.current_dir(program.home.path()).stdin(Stdio::null());
    program.start_command(shell)
}

/// A limit on the size of files, which any system has. Whoever is over it gets a signal, unless it is ignored.
pub fn limited(program: Program) -> Result<(), Finding> {
    let process = narrowed(&program, Command::new("sh"), &format!("trap '' XFSZ && ulimit -f {BLOCKS}"))?;
    let target = &process.target;
    let blobs = program.home.path().join("data/sextet.db.files");
    target.expect(&put("/files/a", 1000), &[Fact::Status(201)])?;
    for request in [put("/files/a", TOO_LARGE), put("/files/b", TOO_LARGE), put("/files/a", TOO_LARGE).chunked()] {
        target.expect(&request, &[no_room()])?;
        as_listed(target, &blobs)?;
    }
    target.expect(&Request::get("/files/a"), &[Fact::Status(200), Fact::Body("x".repeat(1000))])?;
    target.expect(&Request::get("/files/b"), &[exactly(&Error::NotFound)])?;
    target.expect(&Request::new("POST", "/todos").json(r#"{"title":"milk"}"#), &[Fact::Status(201)])?;
    target.expect(&put("/files/a", 2 << 20), &[Fact::Status(200)])?;
    works(target)?;
    process.signal("TERM");
    process.ended(SOON)?.with(0).map(|_| ())
}

/// The same with so little that the database cannot grow: what cannot be kept is refused again and again, what was kept
/// can be read, and the next start, with room, goes on from there.
pub fn limited_database(program: Program) -> Result<(), Finding> {
    const BLOCKS: usize = 128 << 1;
    let process = narrowed(&program, Command::new("sh"), &format!("trap '' XFSZ && ulimit -f {BLOCKS}"))?;
    let target = &process.target;
    let todo = Request::new("POST", "/todos").json(format!(r#"{{"title":"{}"}}"#, "x".repeat(200)));
    let mut made = 0;
    while target.ask(&todo)?.answer.status == 201 {
        made += 1;
    }
    let down = [exactly(&Error::Unavailable("The store cannot be reached."))];
    for _ in 0..20 {
        target.expect(&todo, &down)?;
        target.expect(&Request::new("PATCH", "/todos/1").json(r#"{"completed":true}"#), &down)?;
        target.expect(&put("/files/a", 1), &down)?;
    }
    works(target)?;
    process.signal("TERM");
    process.ended(SOON)?.with(0)?;
    let process = program.start(&[])?;
    let list = process.target.expect(&Request::get("/todos"), &[Fact::Status(200)])?;
    if count(&list)? != made {
        return Err(list.finding(format!("these are not the {made} todos that were answered with 201")));
    }
    process.target.expect(&todo, &[Fact::Status(201)])?;
    process.target.expect(&put("/files/a", 1), &[Fact::Status(201)])?;
    as_listed(&process.target, &program.home.path().join("data/sextet.db.files"))
}

/// A disk of its own, which is small. Not every system lets a user mount one: where it does not, that is said, and
/// the limit on files must do.
pub fn full(program: Program) -> Result<(), Finding> {
    let Some(shell) = mounter() else {
        println!("{}: no disk can be mounted here, so none was filled", program.server.name);
        return Ok(());
    };
    let line =
        format!("mkdir data && mount -t tmpfs -o size={DISK} sextet data && head -c {BALLAST} /dev/zero >data/ballast");
    let process = narrowed(&program, shell, &line)?;
    let target = &process.target;
    // Nobody else sees the disk.
    let disk = PathBuf::from(format!("/proc/{}/cwd/data", process.pid()));
    let blobs = disk.join("sextet.db.files");
    target.expect(&put("/files/old", 1000), &[Fact::Status(201)])?;
    make_room_by_deleting(target, &blobs)?;
    fill(target, &blobs)?;
    while_full(target, &blobs)?;
    // The database writes before it forgets: with no room at all nothing can be deleted either, and room must come
    // from somewhere else.
    fs::remove_file(disk.join("ballast")).map_err(|cause| Finding::new(cause.to_string()))?;
    target.expect(&Request::new("DELETE", "/files/some/0"), &[Fact::Status(204)])?;
    target.expect(&put("/files/new", DISK / 4), &[Fact::Status(201)])?;
    target.expect(&Request::new("POST", "/todos").json(r#"{"title":"milk"}"#), &[Fact::Status(201)])?;
    target.expect(&Request::get("/files/old"), &[Fact::Status(200), Fact::Body("x".repeat(1000))])?;
    as_listed(target, &blobs)?;
    works(target)?;
    process.signal("TERM");
    process.ended(SOON)?.with(0).map(|_| ())
}

/// What is too large leaves room for what is smaller, and a file that goes makes room for another.
fn make_room_by_deleting(target: &Target, blobs: &Path) -> Result<(), Finding> {
    for request in [put("/files/old", DISK), put("/files/half", DISK).chunked()] {
        target.expect(&request, &[no_room()])?;
        as_listed(target, blobs)?;
    }
    let half = |path| put(path, DISK / 2);
    target.expect(&half("/files/half"), &[Fact::Status(201)])?;
    target.expect(&half("/files/other"), &[no_room()])?;
    target.expect(&half("/files/half"), &[no_room()])?;
    target.expect(&Request::new("DELETE", "/files/half"), &[Fact::Status(204)])?;
    target.expect(&half("/files/other"), &[Fact::Status(201)])?;
    target.expect(&Request::new("DELETE", "/files/other"), &[Fact::Status(204)])?;
    as_listed(target, blobs)
}

/// A shell that may mount: as root, or as a user who is root in a world of his own.
fn mounter() -> Option<Command> {
    ["-m", "-rm"].into_iter().find_map(|flags| {
        let mut probe = Command::new("unshare");
        probe.args([flags, "sh", "-c", "mount -t tmpfs -o size=4096 sextet /tmp"]);
        let works = probe.stderr(Stdio::null()).status().is_ok_and(|status| status.success());
        let mut shell = Command::new("unshare");
        shell.args([flags, "sh"]);
        works.then_some(shell)
    })
}

/// Puts smaller and smaller files until not even a byte has room.
fn fill(target: &Target, blobs: &Path) -> Result<(), Finding> {
    let (mut size, mut count) = (DISK / 4, 0);
    while size > 0 {
        let exchange = target.ask(&put(&format!("/files/some/{count}"), size))?;
        if exchange.answer.status == 201 {
            count += 1;
        } else {
            exchange.expect(&[no_room()])?;
            as_listed(target, blobs)?;
            size /= 4;
        }
    }
    Ok(())
}

/// Nothing can be written, and everything can be read. A todo may find room in what the database has already.
fn while_full(target: &Target, blobs: &Path) -> Result<(), Finding> {
    for path in ["/livez", "/readyz", "/todos", "/files", "/files/old", "/json"] {
        target.expect(&Request::get(path), &[Fact::Status(200)])?;
    }
    for _ in 0..20 {
        let todo = target.ask(&Request::new("POST", "/todos").json(format!(r#"{{"title":"{}"}}"#, "x".repeat(200))))?;
        if todo.answer.status != 201 {
            todo.expect(&[no_room()])?;
        }
        for request in [put("/files/old", 5000), put("/files/new", 1), put("/files/new", 1).chunked()] {
            target.expect(&request, &[no_room()])?;
        }
    }
    as_listed(target, blobs)
}

/// In the folder is what is listed, and nothing else; soon after the answer at the latest.
fn as_listed(target: &Target, blobs: &Path) -> Result<(), Finding> {
    let list = target.expect(&Request::get("/files"), &[Fact::Status(200)])?;
    let wanted = count(&list)?;
    let deadline = Instant::now() + SOON;
    loop {
        let found = fs::read_dir(blobs).map_err(|cause| Finding::new(cause.to_string()))?.count();
        if found == wanted {
            return Ok(());
        }
        if Instant::now() > deadline {
            return Err(list.finding(format!("{found} blobs are in the folder")));
        }
        thread::yield_now();
    }
}

fn count(list: &Exchange) -> Result<usize, Finding> {
    let files = json(&list.answer).map_err(|what| list.finding(what))?;
    files.as_array().map(Vec::len).ok_or_else(|| list.finding("this is no list"))
}

fn works(target: &Target) -> Result<(), Finding> {
    for path in ["/readyz", "/todos", "/files", "/metrics"] {
        target.expect(&Request::get(path), &[Fact::Status(200)])?;
    }
    Ok(())
}
