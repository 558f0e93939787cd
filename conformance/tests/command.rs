//! The command line of the judge: what it prints, what it writes, and how it ends.

mod servers;

use serde_json::Value;
use std::{
    fs,
    io::{Read, Write},
    net::TcpListener,
    process::{Command, Output},
    thread,
};

fn run(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_conformance")).args(args).output().expect("the judge runs")
}

fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// One line on standard error, exit code 2.
fn is_refused(args: &[&str]) {
    let output = run(args);
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{args:?}: {stderr}");
    assert!(stderr.starts_with("error: ") && stderr.lines().count() == 1, "{args:?}: {stderr}");
    assert!(output.stdout.is_empty(), "{args:?}");
}

/// A server that gives everything this answer; where it listens.
fn simpleton(answer: &'static [u8]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("a bound socket"));
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            // The judge notices by itself when either fails.
            let _ = stream.read(&mut [0; 4096]);
            let _ = stream.write_all(answer);
        }
    });
    url
}

#[test]
fn what_cannot_be_judged_is_exit_code_2() {
    let free = TcpListener::bind("127.0.0.1:0").expect("a free port").local_addr().expect("a bound socket");
    let closed = format!("http://{free}");
    let folder = env!("CARGO_MANIFEST_DIR");
    for args in [
        &[][..],
        &["nonsense"],
        &["https://localhost"],
        &["http://a/b"],
        &["--wrong"],
        &[&closed],
        &[&closed, "--only", "("],
        &[&closed, "--only", "no such check"],
        &[&closed, "--level", "may"],
        &[&closed, "--patience", "0"],
        &[&simpleton(b"SSH-2.0-OpenSSH_9.2p1\r\n\r\n")],
        &[&simpleton(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"), "--json", folder],
    ] {
        is_refused(args);
    }
}

/// Exit code 2 as well, though with the exchange behind the line.
#[test]
fn a_path_that_is_not_there_cannot_be_judged_by() {
    let output = run(&[&simpleton(b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")]);
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{stderr}");
    assert!(stderr.contains("GET / is answered with 404: name another one (--path)"), "{stderr}");
}

#[test]
fn a_sound_server_is_exit_code_0_and_is_left_as_it_was() {
    let (server, serve) = servers::all().remove(0);
    let running = servers::start(server, serve);
    let url = format!("http://{}", running.address);
    // The rest is judged by other tests, and takes its time.
    let output = run(&[&url, "--verbose", "--only", "^[a-z_]+$|^(bench|files|todo)::|/(missing|plain)$"]);
    let text = stdout(&output);
    assert_eq!(output.status.code(), Some(0), "{text}");
    for line in
        ["method_not_allowed_names_allow ... ok\n", "protocol::host/missing ... ok\n", "pieces::host/missing ... ok\n"]
    {
        assert!(text.contains(line), "{text}");
    }
    assert!(text.contains("left out, as it removes every todo") && !text.contains('\u{1b}'), "{text}");
    let last = text.lines().last().unwrap_or_default();
    assert!(last.starts_with("passed: ") && last.contains(" 0 violations of a MUST"), "{last}");
    for path in ["/todos", "/files"] {
        let list = running.target.ask(&conformance::request::Request::get(path)).expect("an answer");
        assert_eq!(list.answer.body, b"[]", "something is left behind at {path}");
    }
}

/// Whoever starts one of the six judges one that has no sibling.
#[test]
fn a_lone_server_is_exit_code_0() {
    let (server, serve) = servers::all().remove(0);
    let running = servers::start_alone(server, serve);
    let output = run(&[&format!("http://{}", running.address), "--only", "^[a-z_]+$|^relay::"]);
    let text = stdout(&output);
    assert_eq!(output.status.code(), Some(0), "{text}");
    let last = text.lines().last().unwrap_or_default();
    assert!(last.starts_with("passed: "), "{last}");
}

#[test]
fn a_broken_server_is_exit_code_1_with_its_bytes_and_its_verdict() {
    let url = simpleton(b"HTTP/1.1 200 OK\r\nserver: haste/1\r\ncontent-length: 4\r\n\r\noops");
    let folder = tempfile::TempDir::new().expect("a folder for temporary files");
    let file = folder.path().join("verdict.json");
    let named = ["--patience", "0.3", "--only", "host/|bench::plaintext|tag$", "--contract", "--json"];
    let path = file.to_str().expect("a path in UTF-8");
    fs::write(&file, "the verdict before").expect("a folder that can be written to");
    // No file can be put there.
    let output = run(&[&[url.as_str()], &named[..], &[path]].concat());
    assert_eq!(output.status.code(), Some(2), "what has no files cannot be held to the contract");
    assert_eq!(fs::read(&file).expect("a file"), b"the verdict before");
    let output = run(&[&url, "--patience", "0.3", "--only", "host/|tag$", "--json", path]);
    let text = stdout(&output);
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(text.contains("protocol::host/missing ... FAILED\n  MUST RFC 9112, 3.2: "), "{text}");
    assert!(text.contains("> GET / HTTP/1.1\\r\\n") && text.contains("< oops"), "{text}");
    assert!(text.lines().last().unwrap_or_default().starts_with("FAILED: "), "{text}");
    let verdict: Value = serde_json::from_slice(&fs::read(&file).expect("a verdict")).expect("JSON");
    assert_eq!((&verdict["server"]["name"], &verdict["server"]["software"]), (&"haste/1".into(), &"haste/1".into()));
    assert!(verdict["summary"]["must"].as_u64() > Some(10), "{verdict}");
    assert!(verdict["left_out"][0]["why"].as_str().is_some_and(|why| why.contains("ETag")), "{verdict}");
    is_by_the_schema(&verdict);
}

fn is_by_the_schema(verdict: &Value) {
    let schema = fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/report.schema.json")).expect("the schema");
    let schema: Value = serde_json::from_slice(&schema).expect("JSON");
    let (mut schemas, mut compiler) = (boon::Schemas::new(), boon::Compiler::new());
    compiler.add_resource("verdict", schema).expect("a schema");
    let compiled = compiler.compile("verdict", &mut schemas).expect("a sound schema");
    if let Err(wrong) = schemas.validate(verdict, compiled) {
        panic!("{wrong:#}");
    }
    assert!(schemas.validate(&Value::Object(serde_json::Map::new()), compiled).is_err(), "it says no to something");
}

#[test]
fn the_level_decides_what_counts() {
    let url = simpleton(b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\nconnection: close\r\n\r\noops");
    let only = ["--only", "protocol::answers/content-type"];
    assert_eq!(run(&[&[url.as_str()], &only[..]].concat()).status.code(), Some(1));
    let refused = run(&[&[url.as_str(), "--level", "must"], &only[..]].concat());
    assert_eq!(refused.status.code(), Some(2), "no MUST has this id");
}

#[test]
fn the_help_tells_of_what_it_removes() {
    let output = run(&["--help"]);
    let text = stdout(&output);
    assert_eq!(output.status.code(), Some(0));
    for told in ["--only", "--level", "--json", "--path", "--post", "--destructive", "DELETE /todos", "Exit code"] {
        assert!(text.contains(told), "{told} is missing: {text}");
    }
    let list = stdout(&run(&["--list"]));
    for id in ["method_not_allowed_names_allow", "protocol::host/missing", "pieces::chunks/two"] {
        assert!(list.lines().any(|line| line == id), "{id} is missing");
    }
}
