//! The command line of the judge: what it prints, and how it ends.

mod servers;

use std::{
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

#[test]
fn what_cannot_be_judged_is_exit_code_2() {
    let free = TcpListener::bind("127.0.0.1:0").expect("a free port").local_addr().expect("a bound socket");
    let closed = format!("http://{free}");
    for args in [&[][..], &["nonsense"], &["https://localhost"], &["http://a/b"], &["--wrong"], &[&closed]] {
        is_refused(args);
    }
}

#[test]
fn a_sound_server_is_exit_code_0_and_is_left_as_it_was() {
    let (server, serve) = servers::all().remove(0);
    let running = servers::start(server, serve);
    let url = format!("http://{}", running.address);
    is_refused(&[&url, "--only", "no such check"]);
    let output = run(&[&url]);
    let text = stdout(&output);
    assert_eq!(output.status.code(), Some(0), "{text}");
    assert!(text.contains("hyper_server::method_not_allowed_names_allow ... ok\n"), "{text}");
    assert!(text.contains("left out, as they remove every todo") && !text.contains('\u{1b}'), "{text}");
    let last = text.lines().last().unwrap_or_default();
    assert!(last.ends_with(" passed, 0 failed") && !last.starts_with("0 "), "{last}");
    let list = running.target.ask(&conformance::request::Request::get("/todos")).expect("an answer");
    assert_eq!(list.answer.body, b"[]", "todos are left behind");
}

#[test]
fn a_broken_server_is_exit_code_1_with_its_bytes() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("a bound socket"));
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            // The judge notices by itself when either fails.
            let _ = stream.read(&mut [0; 4096]);
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\noops");
        }
    });
    let output = run(&[&url, "--only", "bench::plaintext"]);
    let text = stdout(&output);
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(text.contains("nameless::bench::plaintext ... FAILED\n"), "{text}");
    assert!(text.contains("> GET /plaintext HTTP/1.1\\r\\n") && text.contains("< oops"), "{text}");
    assert_eq!(text.lines().last(), Some("0 passed, 1 failed"), "{text}");
}

#[test]
fn the_help_tells_of_what_it_removes() {
    let output = run(&["--help"]);
    let text = stdout(&output);
    assert_eq!(output.status.code(), Some(0));
    assert!(text.contains("--only") && text.contains("--destructive") && text.contains("DELETE /todos"), "{text}");
    assert!(stdout(&run(&["--list"])).lines().any(|line| line == "method_not_allowed_names_allow"));
}
