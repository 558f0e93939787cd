//! What is logged, and that the framework's own listener serves as well.

use crate::binaries::{Ended, Program, SOON};
use conformance::{fact::Fact, finding::Finding, request::Request};

/// Starts with these flags, asks once, ends; what was logged.
fn logged(program: &Program, args: &[&str]) -> Result<Ended, Finding> {
    let process = program.start(&[&["--store", "memory"], args].concat())?;
    process.target.expect(&Request::get("/json/many").field("x-request-id", "find-me"), &[Fact::Status(404)])?;
    process.signal("TERM");
    process.ended(SOON)?.with(0)
}

pub fn json_log(program: Program) -> Result<(), Finding> {
    let ended = logged(&program, &["--log-format", "json"])?;
    let lines: Result<Vec<serde_json::Value>, _> = ended.stderr.lines().map(serde_json::from_str).collect();
    let lines = lines.map_err(|_| ended.finding("a line of the log is not JSON"))?;
    let found = lines.iter().any(|line| {
        let fields = &line["fields"];
        fields["id"] == "find-me"
            && fields["status"] == 404
            && fields["path"] == "/json/many"
            && fields["method"] == "GET"
    });
    if found { Ok(()) } else { Err(ended.finding("no line tells of the request")) }
}

pub fn plain_log(program: Program) -> Result<(), Finding> {
    let ended = logged(&program, &[])?;
    let good = ended.stderr.contains("find-me") && !ended.stderr.contains('\u{1b}');
    if good { Ok(()) } else { Err(ended.finding("the request is not logged, or in colours")) }
}

pub fn stock(program: Program) -> Result<(), Finding> {
    let process = program.start(&["--stock", "--store", "memory"])?;
    process.target.expect(&Request::get("/plaintext"), &[Fact::Status(200), Fact::Body("Hello, World!".into())])?;
    process.signal("TERM");
    process.ended(SOON)?.with(0).map(|_| ())
}
