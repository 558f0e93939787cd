//! Methods (RFC 9110, section 9).

use super::{
    case::{Case, must, should},
    outcome::{ANY, CLIENT_ERROR, ERROR, NO_FAILURE},
    subject::Subject,
};
use crate::{
    client::Answer,
    finding::{Finding, Verdict, each, once},
};

/// A request of this method for the plain resource.
fn ask(method: &str) -> String {
    format!("{method} {{path}} HTTP/1.1\r\nHost: {{host}}\r\n\r\n")
}

pub(super) fn cases() -> Vec<Case> {
    [head(), others(), unknown()].concat()
}

fn head() -> Vec<Case> {
    let nothing = "HEAD is answered without a body, and the next request in its place";
    vec![
        must("methods/head", "RFC 9110, 9.3.2", nothing).sends(ask("HEAD")).served(),
        must("methods/head-of-what-is-not-there", "RFC 9110, 9.3.2", nothing)
            .sends("HEAD /no/such/resource HTTP/1.1\r\nHost: {host}\r\n\r\n")
            .answered(NO_FAILURE),
        must("methods/head-with-length-zero", "RFC 9110, 9.3.2", nothing)
            .sends("HEAD {path} HTTP/1.1\r\nHost: {host}\r\nContent-Length: 0\r\n\r\n")
            .served(),
        must("methods/head-refused", "RFC 9110, 9.3.2", "an error for HEAD has no body either")
            .sends("HEAD {path} HTTP/1.1\r\nHost: {host}\r\nX : 1\r\n\r\n")
            .refused(CLIENT_ERROR),
        must("methods/head-tells-the-length-of-get", "RFC 9110, 8.6", "a Content-Length for HEAD is that of GET")
            .law(length_of_head),
        should("methods/head-tells-the-fields-of-get", "RFC 9110, 9.3.2", "HEAD has the fields of GET")
            .law(fields_of_head),
    ]
}

fn others() -> Vec<Case> {
    vec![
        must("methods/options", "RFC 9110, 9.3.7", "OPTIONS is answered, and the next request behind it")
            .sends(ask("OPTIONS"))
            .answered(NO_FAILURE)
            .answered(&[501]),
        should("methods/trace", "RFC 9110, 9.3.8", "TRACE is declined, or answered with message/http").law(trace),
        must("methods/delete-of-what-is-not-there", "RFC 9110, 9.3.5", "DELETE is answered")
            .sends("DELETE /no/such/resource/of/the/judge HTTP/1.1\r\nHost: {host}\r\n\r\n")
            .answered(ANY),
        must("methods/405-names-allow", "RFC 9110, 15.5.6", "405 says with Allow what is possible").law(allow),
    ]
}

fn unknown() -> Vec<Case> {
    let case = "methods have a case: what is not GET is not served as GET";
    let not_known = "a method that nobody knows is 501";
    vec![
        must("methods/in-small-letters", "RFC 9110, 9.1", case).sends(ask("get")).answered(ERROR),
        must("methods/in-mixed-case", "RFC 9110, 9.1", case).sends(ask("Get")).answered(ERROR),
        must("methods/longer-than-get", "RFC 9110, 9.1", case).sends(ask("GETS")).answered(ERROR),
        must("methods/shorter-than-get", "RFC 9110, 9.1", case).sends(ask("GE")).answered(ERROR),
        must("methods/of-every-token-character", "RFC 9110, 9.1", case)
            .sends(ask("!#$%&'*+-.^_`|~09aZ"))
            .answered(ERROR),
        should("methods/unknown", "RFC 9110, 9.1", not_known).sends(ask("BREW")).answered(&[501]),
        should("methods/unknown-is-no-400", "RFC 9110, 9.1", "a method that nobody knows is still a method")
            .sends(ask("BREW"))
            .answered(&[501, 405, 403, 404]),
        must("methods/unknown-with-a-body", "RFC 9112, 6.3", "a body has an end, whatever the method")
            .sends("BREW {path} HTTP/1.1\r\nHost: {host}\r\nContent-Length: 2\r\n\r\n12")
            .answered(ERROR),
    ]
}

fn pair(subject: &Subject) -> Result<(Answer, crate::client::Exchange), Finding> {
    let get = subject.ask(ask("GET").as_bytes())?;
    Ok((get.answer, subject.ask(ask("HEAD").as_bytes())?))
}

fn length_of_head(subject: &Subject) -> Verdict {
    once(|| {
        let (get, head) = pair(subject)?;
        let length = get.body.len().to_string();
        match head.answer.field("content-length") {
            Some(told) if told != length => Err(head.finding(format!("HEAD tells of {told} bytes, GET has {length}"))),
            _ => Ok(()),
        }
    })
}

/// But for those that cannot be known without making the body, and those that change with the time.
fn fields_of_head(subject: &Subject) -> Verdict {
    const MAY_LACK: [&str; 6] = ["content-length", "transfer-encoding", "date", "connection", "keep-alive", "vary"];
    once(|| {
        let (get, head) = pair(subject)?;
        let lacks = |name: &&str| !MAY_LACK.contains(name) && head.answer.field(name).is_none();
        let lacking: Vec<_> = get.fields.iter().map(|(name, _)| name.as_str()).filter(lacks).collect();
        if lacking.is_empty() { Ok(()) } else { Err(head.finding(format!("HEAD lacks {}", lacking.join(", ")))) }
    })
}

fn trace(subject: &Subject) -> Verdict {
    once(|| {
        let exchange = subject.ask(b"TRACE {path} HTTP/1.1\r\nHost: {host}\r\n\r\n")?;
        let kind = exchange.answer.field("content-type").unwrap_or_default();
        match exchange.answer.status {
            400..=599 => Ok(()),
            200 if kind.starts_with("message/http") => Ok(()),
            status => Err(exchange.finding(format!("TRACE is answered with {status} of {kind:?}"))),
        }
    })
}

fn allow(subject: &Subject) -> Verdict {
    // None that could take away or change what is there.
    each(["POST", "OPTIONS", "TRACE", "PROPFIND", "BREW"], |method| {
        let request = format!("{method} {{path}} HTTP/1.1\r\nHost: {{host}}\r\nContent-Length: 0\r\n\r\n");
        let exchange = subject.ask(request.as_bytes())?;
        let lacks = exchange.answer.status == 405 && exchange.answer.field("allow").is_none();
        if lacks { Err(exchange.finding(format!("405 for {method} without Allow"))) } else { Ok(()) }
    })
}
