//! `Content-Length` (RFC 9112, sections 6.2 and 6.3; RFC 9110, section 8.6).

use super::{
    case::{Case, must, should},
    outcome::{CLIENT_ERROR, ERROR},
    subject::{BODY, Need, Subject},
};
use crate::finding::{Verdict, each};

/// A request that must not be answered when it stands in the body of another.
const HIDDEN: &str = "GET /hidden/in/a/body HTTP/1.1\r\nHost: {host}\r\n\r\n";

pub(super) fn cases() -> Vec<Case> {
    [sound(), bodies(), invalid(), lists(), incomplete()].concat()
}

fn sound() -> Vec<Case> {
    let says = "a body is as long as it says, and the next request begins behind it";
    let rows: [(&'static str, &str); 3] = [
        ("content-length/plain", "Content-Length: 2\r\n"),
        ("content-length/leading-zeros", "Content-Length: 0000000000000000000000000002\r\n"),
        ("content-length/name-in-capitals", "CONTENT-LENGTH: 2\r\n"),
    ];
    let mut cases = rows.map(|(id, fields)| must(id, "RFC 9112, 6.3", says).posts(fields, BODY).served()).to_vec();
    let space = "space around a value is none of it";
    let rows: [(&'static str, &str); 2] = [
        ("content-length/no-space", "Content-Length:2\r\n"),
        ("content-length/much-space", "Content-Length: \t 2 \t \r\n"),
    ];
    cases.extend(rows.map(|(id, fields)| must(id, "RFC 9112, 5.1", space).posts(fields, BODY).served()));
    cases.push(must("content-length/zero-for-get", "RFC 9112, 6.3", says).gets("Content-Length: 0\r\n").served());
    cases.push(
        must("content-length/zero-for-post", "RFC 9112, 6.3", says)
            .posts("Content-Length: 0\r\n", "")
            .answered(super::outcome::NO_FAILURE),
    );
    cases.push(
        must("content-length/post-without-body", "RFC 9112, 6.3", "a request that tells of no body has none")
            .posts("", "")
            .answered(super::outcome::NO_FAILURE),
    );
    cases
}

/// Bodies of requests that hardly ever have one: read or refused, but never taken for a request.
fn bodies() -> Vec<Case> {
    let says = "the body of a request is never read as the next one";
    let length = || format!("Content-Length: {}\r\n\r\n", HIDDEN.len() - "{host}".len() + 9);
    let body = HIDDEN.replace("{host}", "localhost");
    let methods = [
        ("content-length/body-of-get", "GET {path}"),
        ("content-length/body-of-head", "HEAD {path}"),
        ("content-length/body-of-delete", "DELETE /no/such/resource"),
        ("content-length/body-of-options", "OPTIONS {path}"),
        ("content-length/body-of-an-unknown-method", "BREW {path}"),
        ("content-length/body-of-what-is-not-there", "POST /no/such/resource"),
        ("content-length/body-of-post", "POST {post}"),
    ];
    methods
        .map(|(id, line)| {
            let bytes = format!("{line} HTTP/1.1\r\nHost: {{host}}\r\n{}{body}", length());
            must(id, "RFC 9112, 6.3", says).sends(bytes).answered(super::outcome::ANY)
        })
        .to_vec()
}

fn invalid() -> Vec<Case> {
    let says = "a Content-Length that is no number is 400, and the connection closes";
    let rows: [(&'static str, &[u8]); 16] = [
        ("content-length/plus", b"Content-Length: +2\r\n"),
        ("content-length/minus", b"Content-Length: -2\r\n"),
        ("content-length/minus-zero", b"Content-Length: -0\r\n"),
        ("content-length/hexadecimal", b"Content-Length: 0x2\r\n"),
        ("content-length/fraction", b"Content-Length: 2.0\r\n"),
        ("content-length/exponent", b"Content-Length: 2e0\r\n"),
        ("content-length/empty", b"Content-Length:\r\n"),
        ("content-length/spaces", b"Content-Length: \t \r\n"),
        ("content-length/letters", b"Content-Length: two\r\n"),
        ("content-length/number-and-letter", b"Content-Length: 2a\r\n"),
        ("content-length/two-numbers", b"Content-Length: 2 2\r\n"),
        ("content-length/parameter", b"Content-Length: 2;x=1\r\n"),
        ("content-length/quoted", b"Content-Length: \"2\"\r\n"),
        ("content-length/underscore", b"Content-Length: 0_2\r\n"),
        ("content-length/not-ascii", b"Content-Length: \xef\xbc\x92\r\n"),
        ("content-length/vertical-tab", b"Content-Length: \x0b2\r\n"),
    ];
    let mut cases =
        rows.map(|(id, fields)| must(id, "RFC 9112, 6.3", says).posts(fields, BODY).refused(&[400])).to_vec();
    let large = "a number too large for the server is no small one";
    let overflows = [
        ("content-length/beyond-64-bits", "Content-Length: 18446744073709551618\r\n"),
        ("content-length/beyond-63-bits", "Content-Length: 9223372036854775810\r\n"),
        ("content-length/beyond-32-bits", "Content-Length: 4294967298\r\n"),
        ("content-length/beyond-128-bits", "Content-Length: 340282366920938463463374607431768211458\r\n"),
        ("content-length/forty-nines", "Content-Length: 9999999999999999999999999999999999999999\r\n"),
    ];
    cases.extend(
        overflows
            .map(|(id, fields)| must(id, "RFC 9110, 8.6", large).posts(fields, BODY).refused(CLIENT_ERROR).awaited()),
    );
    cases
}

fn lists() -> Vec<Case> {
    let same = "equal lengths are refused, or read as one";
    let differ = "lengths that differ are 400, and the connection closes";
    let rows: [(&'static str, &str); 2] = [
        ("content-length/twice-the-same", "Content-Length: 2\r\nContent-Length: 2\r\n"),
        ("content-length/list-of-the-same", "Content-Length: 2, 2\r\n"),
    ];
    let mut cases: Vec<_> =
        rows.map(|(id, fields)| must(id, "RFC 9112, 6.3", same).posts(fields, BODY).refused(&[400]).served()).to_vec();
    let rows: [(&'static str, &str); 6] = [
        ("content-length/twice", "Content-Length: 2\r\nContent-Length: 40\r\n"),
        ("content-length/twice-the-smaller-last", "Content-Length: 40\r\nContent-Length: 2\r\n"),
        ("content-length/twice-apart", "Content-Length: 2\r\nX: 1\r\ncontent-length: 0\r\n"),
        ("content-length/list", "Content-Length: 2, 40\r\n"),
        ("content-length/list-with-a-word", "Content-Length: 2, two\r\n"),
        ("content-length/twice-one-invalid", "Content-Length: 2\r\nContent-Length: +2\r\n"),
    ];
    cases.extend(rows.map(|(id, fields)| must(id, "RFC 9112, 6.3", differ).posts(fields, BODY).refused(&[400])));
    cases
}

fn incomplete() -> Vec<Case> {
    let says = "a request that is cut short is not answered as if it were whole";
    vec![
        must("content-length/cut-body", "RFC 9112, 8", says).needs(Need::Post).law(cut_bodies),
        should("content-length/cut-head", "RFC 9112, 8", "half a head is answered with an error or not at all")
            .law(cut_heads),
    ]
}

/// The client says that it sends no more, and has not sent all.
fn cut(subject: &Subject, bytes: &[u8]) -> Result<(), crate::finding::Finding> {
    let mut client = subject.connect()?;
    client.send(&subject.fill(bytes));
    client.finish();
    let heard = client.rest();
    let answers = heard.answers(bytes)?;
    match answers.as_slice() {
        [] => Ok(()),
        [answer] if ERROR.contains(&answer.status) => Ok(()),
        _ => Err(heard.finding(format!("half a request is answered with {}", heard.told(&answers)))),
    }
}

fn cut_bodies(subject: &Subject) -> Verdict {
    let head = "POST {post} HTTP/1.1\r\nHost: {host}\r\n";
    let cut_short = [
        format!("{head}Content-Length: 3\r\n\r\n12"),
        format!("{head}Content-Length: 1\r\n\r\n"),
        format!("{head}Transfer-Encoding: chunked\r\n\r\n2\r\n12\r\n"),
        format!("{head}Transfer-Encoding: chunked\r\n\r\n2\r\n12\r\n0\r\n"),
        format!("{head}Transfer-Encoding: chunked\r\n\r\n3\r\n12"),
    ];
    each(cut_short, |bytes| cut(subject, bytes.as_bytes()))
}

fn cut_heads(subject: &Subject) -> Verdict {
    each(
        ["GET", "GET {path} HTTP/1.1\r\n", "GET {path} HTTP/1.1\r\nHost: {host}\r\n", "GET {path} HTTP/1.1\r\nHos"],
        |bytes| cut(subject, bytes.as_bytes()),
    )
}
