//! `Expect` (RFC 9110, section 10.1.1).

use super::{
    case::{Case, must},
    codings::CHUNK,
    outcome::ANY,
    subject::{BODY, Subject},
};
use crate::{
    client::Answer,
    finding::{Finding, Verdict, each, once},
};

const POST: &str = "POST {post} HTTP/1.1\r\nHost: {host}\r\n";

pub(super) fn cases() -> Vec<Case> {
    let waits = "a client that waits for leave to send its body gets 100 or a final answer";
    let ignored = "an expectation in HTTP/1.0 is ignored";
    vec![
        must("expect/continue", "RFC 9110, 10.1.1", waits).law(with_length),
        must("expect/continue-for-chunks", "RFC 9110, 10.1.1", waits).law(with_chunks),
        must("expect/continue-in-any-case", "RFC 9110, 10.1.1", waits).law(in_capitals),
        must("expect/continue-for-what-is-not-there", "RFC 9110, 10.1.1", waits).law(not_there),
        must("expect/in-http-1.0", "RFC 9110, 10.1.1", ignored).law(old),
        must("expect/body-at-once", "RFC 9110, 10.1.1", "a body that comes without waiting is read")
            .posts("Expect: 100-continue\r\nContent-Length: 2\r\n", BODY)
            .served(),
        must("expect/chunks-at-once", "RFC 9110, 10.1.1", "a body that comes without waiting is read")
            .posts("Expect: 100-continue\r\nTransfer-Encoding: chunked\r\n", CHUNK)
            .served(),
        must("expect/no-body", "RFC 9110, 10.1.1", "an expectation without a body changes nothing")
            .gets("Expect: 100-continue\r\n")
            .served(),
        must("expect/unknown", "RFC 9110, 10.1.1", "an expectation that is not known is ignored, or 417")
            .gets("Expect: the-unexpected\r\n")
            .served()
            .answered(&[417]),
        must("expect/unknown-with-body", "RFC 9110, 10.1.1", "an expectation that is not known is ignored, or 417")
            .posts("Expect: the-unexpected\r\nContent-Length: 2\r\n", BODY)
            .served()
            .answered(&[417]),
        must("expect/two", "RFC 9110, 10.1.1", "one known expectation of two is met, or 417")
            .posts("Expect: 100-continue, the-unexpected\r\nContent-Length: 2\r\n", BODY)
            .served()
            .answered(&[417]),
        must("expect/body-of-what-is-not-there", "RFC 9110, 10.1.1", "a body is read or the connection closes")
            .sends("POST /no/such/resource HTTP/1.1\r\nHost: {host}\r\nExpect: 100-continue\r\nContent-Length: 31\r\n\r\nGET /hidden HTTP/1.1\r\nHost: a\r\n\r\n")
            .answered(ANY),
    ]
}

/// Sends a head, takes the first answer, and the body and the final answer if that was 100.
fn wait(subject: &Subject, head: &str, body: &str) -> Result<(), Finding> {
    let mut client = subject.connect()?;
    client.send(&subject.fill(head.as_bytes()));
    let first = client.receive_interim()?;
    if first.status >= 200 {
        // A final answer says that the body is not wanted. A server that reads the body may not give it.
        return final_instead(subject, &first).map_err(|what| client.finding(what));
    }
    if first.status != 100 {
        return Err(client.finding(format!("the first answer is {}, not 100", first.status)));
    }
    client.send(body.as_bytes());
    client.send(&subject.next());
    let heard = client.rest();
    let answers = heard.answers(b"POST")?;
    let statuses: Vec<_> = answers.iter().map(|answer| answer.status).collect();
    match statuses.as_slice() {
        [first, next] if *first < 500 && *next == subject.get.status => Ok(()),
        [first] if *first < 500 => Ok(()),
        _ => Err(heard.finding(format!("behind 100 came {}", heard.told(&answers)))),
    }
}

fn final_instead(subject: &Subject, answer: &Answer) -> Result<(), String> {
    let reads = subject.post.status < 400;
    match answer.status {
        400.. => Ok(()),
        status if reads => Err(format!("{status} came before the body")),
        _ => Ok(()),
    }
}

fn with_length(subject: &Subject) -> Verdict {
    once(|| wait(subject, &format!("{POST}Expect: 100-continue\r\nContent-Length: 2\r\n\r\n"), BODY))
}

fn with_chunks(subject: &Subject) -> Verdict {
    once(|| wait(subject, &format!("{POST}Expect: 100-continue\r\nTransfer-Encoding: chunked\r\n\r\n"), CHUNK))
}

fn in_capitals(subject: &Subject) -> Verdict {
    each(["100-Continue", "100-CONTINUE"], |expectation| {
        wait(subject, &format!("{POST}Expect: {expectation}\r\nContent-Length: 2\r\n\r\n"), BODY)
    })
}

fn not_there(subject: &Subject) -> Verdict {
    let head = "POST /no/such/resource HTTP/1.1\r\nHost: {host}\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n";
    once(|| wait(subject, head, BODY))
}

/// No interim answer may go to HTTP/1.0 (RFC 9110, section 15.2).
fn old(subject: &Subject) -> Verdict {
    once(|| {
        let head = "POST {post} HTTP/1.0\r\nHost: {host}\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n12";
        let mut client = subject.connect()?;
        client.send(&subject.fill(head.as_bytes()));
        let heard = client.rest();
        let all = heard.all(b"POST")?;
        match all.as_slice() {
            [answer] if answer.status >= 200 => Ok(()),
            _ => Err(heard.finding(heard.told(&all))),
        }
    })
}
