//! The request line (RFC 9112, sections 2.2 to 3).

use super::{
    case::{Case, must, should},
    outcome::{ANY, CLIENT_ERROR, ERROR},
    subject::Subject,
};
use crate::{
    client::Client,
    finding::{Verdict, once},
};

/// What a line that is none may be told.
const BAD_LINE: &[u16] = &[400, 501, 505];

/// A GET whose request line is this one.
fn line(line: &[u8]) -> Vec<u8> {
    [line, b"\r\nHost: {host}\r\n\r\n"].concat()
}

pub(super) fn cases() -> Vec<Case> {
    [sound(), lenient(), broken(), versions(), ends()].concat()
}

fn sound() -> Vec<Case> {
    vec![
        must("request-line/plain", "RFC 9110, 9.1", "GET is supported").gets("").served(),
        must("request-line/with-query", "RFC 9112, 3.2.1", "a query belongs to the origin form")
            .sends(line(b"GET {path}?judge=1&x=%20%2F/?:@ HTTP/1.1"))
            .answered(super::outcome::NO_FAILURE),
        should("request-line/empty-line-before", "RFC 9112, 2.2", "an empty line before the request line is ignored")
            .sends(line(b"\r\nGET {path} HTTP/1.1"))
            .served(),
        should("request-line/empty-line-after-a-body", "RFC 9112, 2.2", "an extra CRLF behind a body changes nothing")
            .posts("Content-Length: 2\r\n", "12\r\n")
            .served(),
        must("request-line/two-empty-lines-before", "RFC 9112, 2.2", "empty lines are ignored or refused")
            .sends(line(b"\r\n\r\nGET {path} HTTP/1.1"))
            .served()
            .refused(CLIENT_ERROR)
            .dropped(),
    ]
}

/// Where the RFC allows lenient parsing, both ways are sound, as long as the server stays in step.
fn lenient() -> Vec<Case> {
    let rows: [(&'static str, &[u8]); 8] = [
        ("request-line/two-spaces-before-target", b"GET  {path} HTTP/1.1"),
        ("request-line/two-spaces-before-version", b"GET {path}  HTTP/1.1"),
        ("request-line/tab-before-target", b"GET\t{path} HTTP/1.1"),
        ("request-line/tab-before-version", b"GET {path}\tHTTP/1.1"),
        ("request-line/vertical-tab", b"GET\x0b{path} HTTP/1.1"),
        ("request-line/form-feed", b"GET {path}\x0cHTTP/1.1"),
        ("request-line/space-before-method", b" GET {path} HTTP/1.1"),
        ("request-line/space-behind-version", b"GET {path} HTTP/1.1 "),
    ];
    let says = "other whitespace than one space is refused, or read as one space";
    let one = |(id, bytes)| must(id, "RFC 9112, 3", says).sends(line(bytes)).answered(ANY).dropped();
    rows.map(one).to_vec()
}

fn broken() -> Vec<Case> {
    let rows: [(&'static str, &[u8]); 16] = [
        ("request-line/method-alone", b"GET"),
        ("request-line/method-and-space", b"GET "),
        ("request-line/no-method", b"{path} HTTP/1.1"),
        ("request-line/no-target", b"GET HTTP/1.1"),
        ("request-line/four-words", b"GET {path} {path} HTTP/1.1"),
        ("request-line/space-in-target", b"GET {path}?a b HTTP/1.1"),
        ("request-line/method-with-parenthesis", b"G(T {path} HTTP/1.1"),
        ("request-line/method-with-colon", b"GET: {path} HTTP/1.1"),
        ("request-line/method-not-ascii", b"G\xc3\x89T {path} HTTP/1.1"),
        ("request-line/method-with-nul", b"G\0T {path} HTTP/1.1"),
        ("request-line/method-quoted", b"\"GET\" {path} HTTP/1.1"),
        ("request-line/version-for-target", b"GET HTTP/1.1 {path}"),
        ("request-line/comma-behind-method", b"GET, {path} HTTP/1.1"),
        ("request-line/braces", b"{GET} {path} HTTP/1.1"),
        ("request-line/a-field", b"Host: {host}"),
        ("request-line/a-status-line", b"HTTP/1.1 200 OK"),
    ];
    let says = "a line that is no request line is answered with 400, and the connection closes";
    let one = |(id, bytes)| should(id, "RFC 9112, 3", says).sends(line(bytes)).refused(BAD_LINE);
    let mut cases = rows.map(one).to_vec();
    let tls = b"\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03\x00\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\r\n\r\n";
    cases.push(
        must("request-line/tls", "RFC 9112, 2.2", "what is no HTTP is not answered as if it were")
            .sends(tls)
            .refused(CLIENT_ERROR)
            .dropped(),
    );
    cases
}

fn versions() -> Vec<Case> {
    let malformed: [(&'static str, &[u8]); 9] = [
        ("version/lower-case", b"GET {path} http/1.1"),
        ("version/no-minor", b"GET {path} HTTP/1"),
        ("version/empty-minor", b"GET {path} HTTP/1."),
        ("version/empty-major", b"GET {path} HTTP/.1"),
        ("version/two-digits", b"GET {path} HTTP/1.10"),
        ("version/comma", b"GET {path} HTTP/1,1"),
        ("version/another-name", b"GET {path} HTTQ/1.1"),
        ("version/space-in-name", b"GET {path} HTTP /1.1"),
        ("version/plus", b"GET {path} HTTP/+1.1"),
    ];
    let says = "a version that does not match its grammar makes the request line invalid";
    let one = |(id, bytes)| should(id, "RFC 9112, 2.3", says).sends(line(bytes)).refused(BAD_LINE);
    let mut cases = malformed.map(one).to_vec();
    cases.extend([
        should("version/higher-minor", "RFC 9110, 2.5", "a higher minor version is processed as the highest known one")
            .sends(line(b"GET {path} HTTP/1.2"))
            .served(),
        should(
            "version/major-2",
            "RFC 9110, 15.6.6",
            "a major version that is not spoken is not answered as if it were",
        )
        .sends(line(b"GET {path} HTTP/2.0"))
        .refused(&[505, 400, 426])
        .dropped(),
        should(
            "version/major-3",
            "RFC 9110, 15.6.6",
            "a major version that is not spoken is not answered as if it were",
        )
        .sends(line(b"GET {path} HTTP/3.0"))
        .refused(&[505, 400, 426])
        .dropped(),
        should("version/0.9-written-out", "RFC 9110, 15.6.6", "HTTP/0.9 has no version to be written")
            .sends(line(b"GET {path} HTTP/0.9"))
            .refused(BAD_LINE)
            .dropped(),
        should("version/none", "RFC 9112, 3", "a request line without a version is refused")
            .sends(b"GET {path}\r\n\r\n")
            .refused(BAD_LINE)
            .dropped(),
        must("version/preface", "RFC 9110, 2.5", "HTTP/2's preface is refused, or answered in HTTP/2").law(preface),
    ]);
    cases
}

/// HTTP/2 begins with a frame of SETTINGS, which is type 4 on stream 0 (RFC 9113, section 3.4).
fn preface(subject: &Subject) -> Verdict {
    once(|| {
        let mut client: Client = subject.connect()?;
        client.send(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0");
        let heard = client.rest();
        if heard.received.get(3..9) == Some(b"\x04\0\0\0\0\0") {
            return Ok(());
        }
        let answers = heard.answers(b"PRI")?;
        match answers.as_slice() {
            [] => Ok(()),
            [answer] if ERROR.contains(&answer.status) => Ok(()),
            _ => Err(heard.finding(heard.told(&answers))),
        }
    })
}

/// How lines end.
fn ends() -> Vec<Case> {
    let either = |id, says| must(id, "RFC 9112, 2.2", says).refused(CLIENT_ERROR).served().dropped();
    let lf = "a line that ends with LF alone is read or refused";
    let cr = "CR alone is no line end: it is refused, or read as a space";
    vec![
        either("line-ends/lf-everywhere", lf).sends(b"GET {path} HTTP/1.1\nHost: {host}\n\n"),
        either("line-ends/lf-behind-request-line", lf).sends(b"GET {path} HTTP/1.1\nHost: {host}\r\n\r\n"),
        either("line-ends/lf-behind-a-field", lf).gets("X: 1\nY: 2\r\n"),
        either("line-ends/lf-before-the-end", lf).sends(b"GET {path} HTTP/1.1\r\nHost: {host}\n\r\n"),
        either("line-ends/lf-at-the-end", lf).sends(b"GET {path} HTTP/1.1\r\nHost: {host}\r\n\n"),
        either("line-ends/cr-in-a-value", cr).gets("X: a\rContent-Length: 40\r\n"),
        either("line-ends/cr-before-crlf", cr).gets("X: a\r\r\nY: 1\r\n"),
        either("line-ends/cr-behind-request-line", cr).sends(b"GET {path} HTTP/1.1\rX: 1\r\nHost: {host}\r\n\r\n"),
        either("line-ends/cr-in-target", cr).sends(b"GET {path}\r HTTP/1.1\r\nHost: {host}\r\n\r\n"),
        either("line-ends/cr-hides-a-head", cr).gets("X: a\r\rGET /smuggled HTTP/1.1\r\r\r\n"),
    ]
}
