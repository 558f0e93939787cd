//! HTTP/1.0 (RFC 9112, sections 6.1 and 9.3; RFC 9110, section 2.5).

use super::{
    case::{Case, must},
    codings::CHUNK,
    outcome::{ANY, CLIENT_ERROR, ERROR},
    subject::{BODY, Subject},
};
use crate::finding::{Verdict, each, once};

pub(super) fn cases() -> Vec<Case> {
    let closes = "without keep-alive a connection of HTTP/1.0 closes behind its answer";
    let host = "HTTP/1.0 needs no Host";
    let coding = "Transfer-Encoding in HTTP/1.0 is faulty framing: the connection closes";
    vec![
        must("http-1.0/plain", "RFC 9112, 9.3", closes).sends("GET {path} HTTP/1.0\r\nHost: {host}\r\n\r\n").is_last(),
        must("http-1.0/without-host", "RFC 9112, 3.2", host).sends("GET {path} HTTP/1.0\r\n\r\n").is_last(),
        must("http-1.0/close", "RFC 9112, 9.3", closes)
            .sends("GET {path} HTTP/1.0\r\nHost: {host}\r\nConnection: close\r\n\r\n")
            .is_last(),
        must("http-1.0/head", "RFC 9112, 9.3", closes).sends("HEAD {path} HTTP/1.0\r\nHost: {host}\r\n\r\n").is_last(),
        must("http-1.0/not-there", "RFC 9112, 9.3", closes)
            .sends("GET /no/such/resource HTTP/1.0\r\nHost: {host}\r\n\r\n")
            .refused(ANY),
        must("http-1.0/body", "RFC 9112, 9.3", closes)
            .sends(format!("POST {{post}} HTTP/1.0\r\nHost: {{host}}\r\nContent-Length: 2\r\n\r\n{BODY}"))
            .is_last(),
        must("http-1.0/absolute", "RFC 9112, 3.2.2", "the absolute form is accepted")
            .sends("GET http://{host}{path} HTTP/1.0\r\nHost: {host}\r\n\r\n")
            .is_last(),
        must("http-1.0/chunks", "RFC 9112, 6.1", coding)
            .sends(format!("POST {{post}} HTTP/1.0\r\nHost: {{host}}\r\nTransfer-Encoding: chunked\r\n\r\n{CHUNK}"))
            .refused(ERROR)
            .is_last(),
        must("http-1.0/chunks-kept-alive", "RFC 9112, 6.1", coding)
            .sends(format!("POST {{post}} HTTP/1.0\r\nHost: {{host}}\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n{CHUNK}"))
            .refused(ERROR)
            .served_last(),
        must("http-1.0/chunks-with-length", "RFC 9112, 6.1", coding)
            .sends(format!("POST {{post}} HTTP/1.0\r\nHost: {{host}}\r\nConnection: keep-alive\r\nContent-Length: 12\r\nTransfer-Encoding: chunked\r\n\r\n{CHUNK}"))
            .refused(ERROR)
            .served_last(),
        must("http-1.0/length-invalid", "RFC 9112, 6.3", "a Content-Length that is no number is 400")
            .sends(format!("POST {{post}} HTTP/1.0\r\nHost: {{host}}\r\nContent-Length: +2\r\n\r\n{BODY}"))
            .refused(CLIENT_ERROR),
        must("http-1.0/keep-alive", "RFC 9112, 9.3", "keep-alive is honoured and said, or the connection closes")
            .law(keep_alive),
        must("http-1.0/no-coding", "RFC 9112, 6.1", "HTTP/1.0 is sent no transfer coding").law(no_coding),
    ]
}

fn keep_alive(subject: &Subject) -> Verdict {
    once(|| {
        let bytes = subject.fill(b"GET {path} HTTP/1.0\r\nHost: {host}\r\nConnection: keep-alive\r\n\r\n");
        let heard = subject.converse(&bytes)?;
        let answers = heard.answers(&bytes)?;
        let kept = |connection: &[String]| connection.contains(&"keep-alive".to_owned());
        match answers.as_slice() {
            [first] if subject.get.equals(first) => Ok(()),
            [first, next] if subject.get.equals(first) && subject.get.equals(next) => {
                match kept(&first.tokens("connection")) {
                    true => Ok(()),
                    false => Err(heard.finding("the connection is kept, and the answer does not say keep-alive")),
                }
            }
            _ => Err(heard.finding(heard.told(&answers))),
        }
    })
}

/// However large or compressed the answer.
fn no_coding(subject: &Subject) -> Verdict {
    each(["{path}", "{file}", "/no/such/resource"], |path| {
        let bytes = subject
            .fill(format!("GET {path} HTTP/1.0\r\nHost: {{host}}\r\nAccept-Encoding: gzip, br\r\n\r\n").as_bytes());
        let heard = subject.converse(&bytes)?;
        let answers = heard.answers(&bytes)?;
        match answers.as_slice() {
            [answer] if answer.field("transfer-encoding").is_none() => Ok(()),
            _ => Err(heard.finding(heard.told(&answers))),
        }
    })
}
