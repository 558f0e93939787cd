//! `Connection`, pipelining, the end of a connection (RFC 9112, section 9; RFC 9110, section 7.6.1).

use super::{
    case::{Case, must, should},
    outcome::ANY,
    subject::{BODY, Subject},
};
use crate::{
    client::Answer,
    finding::{Finding, Verdict, each, once},
};

const GET: &str = "GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n";
const HEAD: &str = "HEAD {path} HTTP/1.1\r\nHost: {host}\r\n\r\n";
const POST: &str = "POST {post} HTTP/1.1\r\nHost: {host}\r\nContent-Length: 2\r\n\r\n12";
const CHUNKED: &str = "POST {post} HTTP/1.1\r\nHost: {host}\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n12\r\n0\r\n\r\n";
const MISSING: &str = "GET /no/such/resource HTTP/1.1\r\nHost: {host}\r\n\r\n";

pub(super) fn cases() -> Vec<Case> {
    [closing(), options(), sequences()].concat()
}

/// The next request, which stands behind each of these, must not be answered.
fn closing() -> Vec<Case> {
    let says = "behind a request with close no other one is answered, and the connection closes";
    let rows: [(&'static str, &str); 6] = [
        ("connection/close", "Connection: close\r\n"),
        ("connection/close-in-capitals", "CONNECTION: CLOSE\r\n"),
        ("connection/close-last-of-a-list", "Connection: keep-alive, close\r\n"),
        ("connection/close-first-of-a-list", "Connection: close, x-of-the-judge\r\n"),
        ("connection/close-on-a-second-line", "Connection: x-of-the-judge\r\nConnection: close\r\n"),
        ("connection/close-between-empty-members", "Connection: , close ,,\r\n"),
    ];
    let mut cases = rows.map(|(id, fields)| must(id, "RFC 9112, 9.6", says).gets(fields).is_last()).to_vec();
    cases.extend([
        must("connection/close-behind-a-body", "RFC 9112, 9.6", says)
            .posts("Connection: close\r\nContent-Length: 2\r\n", BODY)
            .is_last(),
        must("connection/close-behind-chunks", "RFC 9112, 9.6", says)
            .posts("Connection: close\r\nTransfer-Encoding: chunked\r\n", super::codings::CHUNK)
            .is_last(),
        must("connection/close-of-head", "RFC 9112, 9.6", says)
            .sends("HEAD {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n")
            .is_last(),
        must("connection/close-of-what-is-not-there", "RFC 9112, 9.6", says)
            .sends("GET /no/such/resource HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n")
            .refused(ANY),
        should("connection/close-is-confirmed", "RFC 9112, 9.6", "the last answer says close").law(confirmed),
        should(
            "connection/refusal-says-close",
            "RFC 9112, 9.6",
            "a refusal behind which the connection closes says so",
        )
        .law(refusal_says_close),
    ]);
    cases
}

fn options() -> Vec<Case> {
    let rows: [(&'static str, &str); 5] = [
        ("connection/keep-alive", "Connection: keep-alive\r\n"),
        ("connection/unknown-option", "Connection: x-of-the-judge\r\nX-Of-The-Judge: 1\r\n"),
        ("connection/empty", "Connection:\r\n"),
        ("connection/almost-close", "Connection: closed, x-close, close-x\r\n"),
        ("connection/keep-alive-with-parameters", "Connection: keep-alive\r\nKeep-Alive: timeout=5, max=1000\r\n"),
    ];
    let says = "an option that is not close leaves the connection open";
    rows.map(|(id, fields)| must(id, "RFC 9112, 9.3", says).gets(fields).served()).to_vec()
}

fn sequences() -> Vec<Case> {
    let order = "pipelined requests are answered one by one, in their order";
    vec![
        must("pipelining/get", "RFC 9112, 9.3.2", order).law(|subject| pipeline(subject, &[GET, GET, GET])),
        must("pipelining/thirty", "RFC 9112, 9.3.2", order).law(|subject| pipeline(subject, &[GET; 30])),
        must("pipelining/head", "RFC 9112, 9.3.2", order).law(|subject| pipeline(subject, &[GET, HEAD, GET, HEAD])),
        must("pipelining/errors", "RFC 9112, 9.3.2", order)
            .law(|subject| pipeline(subject, &[MISSING, GET, MISSING, GET])),
        must("pipelining/bodies", "RFC 9112, 9.3.2", order).law(|subject| pipeline(subject, &[POST, GET, POST, GET])),
        must("pipelining/chunks", "RFC 9112, 9.3.2", order)
            .law(|subject| pipeline(subject, &[CHUNKED, GET, CHUNKED, POST])),
        must("pipelining/mixed", "RFC 9112, 9.3.2", order)
            .law(|subject| pipeline(subject, &[GET, POST, HEAD, MISSING, CHUNKED, GET, POST, HEAD])),
        should("connection/persists", "RFC 9112, 9.3", "a connection serves one request after the other").law(persists),
        should("connection/half-closed", "RFC 9112, 9.6", "a client that has sent all and closes its half is answered")
            .law(half_closed),
    ]
}

/// Sends them all at once. A server may close early, if its last answer says so.
fn pipeline(subject: &Subject, requests: &[&str]) -> Verdict {
    once(|| {
        let mut client = subject.connect()?;
        client.send(&subject.fill(requests.concat().as_bytes()));
        let mut unread = 0;
        for request in requests {
            let exchange = client.receive(*request == HEAD)?;
            expected(subject, request, &exchange.answer).map_err(|what| exchange.finding(what))?;
            if exchange.answer.tokens("connection").contains(&"close".to_owned()) || exchange.answer.minor == 0 {
                unread = 1;
                break;
            }
        }
        if unread == 0 {
            client.send(&subject.next());
            client.receive(false)?;
        }
        client.closed()
    })
}

fn expected(subject: &Subject, request: &str, answer: &Answer) -> Result<(), String> {
    let right = match request {
        GET => subject.get.equals(answer),
        HEAD => answer.status == subject.get.status,
        MISSING => true,
        _ => subject.post.equals(answer),
    };
    let method = request.split(' ').next().unwrap_or_default();
    if right { Ok(()) } else { Err(format!("{} is no answer to a plain {method}", answer.status)) }
}

fn confirmed(subject: &Subject) -> Verdict {
    each([GET, MISSING, HEAD], |request| {
        let last = request.replacen("\r\n\r\n", "\r\nConnection: close\r\n\r\n", 1);
        says_close(subject, last.as_bytes())
    })
}

fn refusal_says_close(subject: &Subject) -> Verdict {
    each(["GET {path} HTTP/1.1\r\n\r\n", "GET {path} HTTP/1.1\r\nHost: {host}\r\nX : 1\r\n\r\n"], |request| {
        says_close(subject, request.as_bytes())
    })
}

/// Where the connection closes behind the first answer, that answer has to say so.
fn says_close(subject: &Subject, request: &[u8]) -> Result<(), Finding> {
    let heard = subject.converse_patiently(&subject.fill(request))?;
    let answers = heard.answers(request)?;
    match answers.as_slice() {
        [answer] if answer.minor == 0 || answer.tokens("connection").contains(&"close".to_owned()) => Ok(()),
        [_] => Err(heard.finding("the connection closes, and the answer does not say so")),
        _ => Ok(()),
    }
}

fn persists(subject: &Subject) -> Verdict {
    once(|| {
        let mut client = subject.connect()?;
        for request in [GET, MISSING, POST, HEAD, CHUNKED, GET].iter().cycle().take(24) {
            client.send(&subject.fill(request.as_bytes()));
            let exchange = client.receive(*request == HEAD)?;
            expected(subject, request, &exchange.answer).map_err(|what| exchange.finding(what))?;
        }
        Ok(())
    })
}

fn half_closed(subject: &Subject) -> Verdict {
    each([GET, POST], |request| {
        let mut client = subject.connect()?;
        client.send(&subject.fill(request.as_bytes()));
        client.finish();
        let exchange = client.receive(false)?;
        expected(subject, request, &exchange.answer).map_err(|what| exchange.finding(what))
    })
}
