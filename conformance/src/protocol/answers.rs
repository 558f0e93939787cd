//! What every answer has (RFC 9110, sections 6.6.1, 8.3 and 10.2.4).

use super::{
    case::{Case, must, should},
    subject::Subject,
};
use crate::{
    client::{Answer, Framing},
    finding::{Finding, Verdict, each},
};
use std::time::{Duration, SystemTime};

/// How far the clocks of judge and server may be apart.
const CLOCKS: Duration = Duration::from_secs(5);

const GET: &str = "GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n";
const MISSING: &str = "GET /no/such/resource HTTP/1.1\r\nHost: {host}\r\n\r\n";
const POST: &str = "POST {post} HTTP/1.1\r\nHost: {host}\r\nContent-Length: 2\r\n\r\n12";
const HEAD: &str = "HEAD {path} HTTP/1.1\r\nHost: {host}\r\n\r\n";
const BREW: &str = "BREW {path} HTTP/1.1\r\nHost: {host}\r\n\r\n";
const NO_HOST: &str = "GET {path} HTTP/1.1\r\n\r\n";
const BAD_FIELD: &str = "GET {path} HTTP/1.1\r\nHost: {host}\r\nX : 1\r\n\r\n";
const BAD_LENGTH: &str = "POST {post} HTTP/1.1\r\nHost: {host}\r\nContent-Length: x\r\n\r\n";

pub(super) fn cases() -> Vec<Case> {
    let dated = "every answer of 2xx, 3xx and 4xx has a Date, in the form of the RFC";
    vec![
        must("answers/date", "RFC 9110, 6.6.1", dated).law(|subject| every(subject, &[GET, POST, HEAD], date)),
        must("answers/date-of-what-is-not-there", "RFC 9110, 6.6.1", dated)
            .law(|subject| every(subject, &[MISSING], date)),
        must("answers/date-of-an-unknown-method", "RFC 9110, 6.6.1", dated)
            .law(|subject| every(subject, &[BREW], date)),
        must("answers/date-of-a-refusal", "RFC 9110, 6.6.1", dated)
            .law(|subject| every(subject, &[NO_HOST, BAD_FIELD, BAD_LENGTH], date)),
        must("answers/date-is-now", "RFC 9110, 6.6.1", "Date is the time at which the answer was made")
            .law(|subject| every(subject, &[GET, MISSING], now)),
        must("answers/framing", "RFC 9112, 6.3", "a kept connection tells where a body ends")
            .law(|subject| every(subject, &[GET, MISSING, POST, BREW], framed)),
        must("answers/version", "RFC 9112, 2.3", "an answer has a version of HTTP/1")
            .law(|subject| every(subject, &[GET, MISSING, POST, NO_HOST], |_| Ok(()))),
        should("answers/content-type", "RFC 9110, 8.3", "an answer with content says of which type it is")
            .law(|subject| every(subject, &[GET, MISSING], typed)),
        must("answers/single-fields", "RFC 9110, 5.3", "a field that is no list stands once")
            .law(|subject| every(subject, &[GET, MISSING, POST, HEAD, NO_HOST], single)),
        must(
            "answers/no-hop-fields-of-ours",
            "RFC 9110, 7.6.1",
            "a field named by Connection stands in no answer unasked",
        )
        .law(|subject| every(subject, &[GET, MISSING, POST], nominated)),
    ]
}

/// Asks each on a connection of its own, and holds the answer to `fact`.
fn every(subject: &Subject, requests: &[&str], fact: fn(&Answer) -> Result<(), String>) -> Verdict {
    each(requests, |request| -> Result<(), Finding> {
        let exchange = subject.ask(request.as_bytes())?;
        fact(&exchange.answer).map_err(|what| exchange.finding(what))
    })
}

fn date(answer: &Answer) -> Result<(), String> {
    if answer.status >= 500 {
        return Ok(());
    }
    told(answer).map(|_| ())
}

/// The time of an answer. Written anew it must be what it was: the library reads the obsolete forms as well, which
/// nobody may send (RFC 9110, section 5.6.7).
fn told(answer: &Answer) -> Result<SystemTime, String> {
    let date = answer.field("date").ok_or("there is no Date")?;
    let told = httpdate::parse_http_date(date).ok().filter(|told| httpdate::fmt_http_date(*told) == date);
    told.ok_or_else(|| format!("{date:?} is no date of RFC 9110"))
}

fn now(answer: &Answer) -> Result<(), String> {
    let (told, now) = (told(answer)?, SystemTime::now());
    let apart = now.duration_since(told).or_else(|_| told.duration_since(now)).unwrap_or_default();
    if apart <= CLOCKS { Ok(()) } else { Err(format!("Date is {apart:?} off")) }
}

fn framed(answer: &Answer) -> Result<(), String> {
    let closes = answer.minor == 0 || answer.tokens("connection").contains(&"close".to_owned());
    match answer.framing {
        Framing::Close if !closes => Err("the body ends with the connection, which the answer does not say".to_owned()),
        _ => Ok(()),
    }
}

fn typed(answer: &Answer) -> Result<(), String> {
    match answer.body.is_empty() || answer.field("content-type").is_some() {
        true => Ok(()),
        false => Err("there is no Content-Type".to_owned()),
    }
}

fn single(answer: &Answer) -> Result<(), String> {
    const SINGLE: [&str; 9] =
        ["date", "content-type", "content-length", "etag", "last-modified", "location", "server", "retry-after", "age"];
    let twice = |name: &&str| answer.fields.iter().filter(|(known, _)| known == name).count() > 1;
    SINGLE.iter().find(|name| twice(name)).map_or(Ok(()), |name| Err(format!("{name} stands more than once")))
}

fn nominated(answer: &Answer) -> Result<(), String> {
    let strange = |option: &String| !["close", "keep-alive", "upgrade"].contains(&option.as_str());
    answer
        .tokens("connection")
        .into_iter()
        .find(strange)
        .map_or(Ok(()), |option| Err(format!("Connection names {option}")))
}
