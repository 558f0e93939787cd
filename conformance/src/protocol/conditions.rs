//! Conditions and ranges (RFC 9110, sections 13 and 14).

use super::{
    case::{Case, must, should},
    subject::{Need, Subject},
};
use crate::{
    client::{Answer, Exchange},
    finding::{Finding, Verdict, once},
};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

pub(super) fn cases() -> Vec<Case> {
    [tags(), dates(), ranges()].concat()
}

/// A GET of the file with this field.
fn get(subject: &Subject, field: &str) -> Result<Exchange, Finding> {
    subject.ask(format!("GET {{file}} HTTP/1.1\r\nHost: {{host}}\r\n{field}\r\n\r\n").as_bytes())
}

fn status(subject: &Subject, field: &str, wanted: &[u16]) -> Verdict {
    once(|| {
        let exchange = get(subject, field)?;
        let status = exchange.answer.status;
        if wanted.contains(&status) { Ok(()) } else { Err(exchange.finding(format!("{status} instead of {wanted:?}"))) }
    })
}

fn told<'a>(subject: &'a Subject, name: &str) -> &'a str {
    subject.file.answer.field(name).unwrap_or_default()
}

fn tags() -> Vec<Case> {
    let same = "a GET whose If-None-Match is met is 304";
    let tag = |id, says| must(id, "RFC 9110, 13.1.2", says).needs(Need::Tag);
    vec![
        tag("conditions/same-tag", same).law(|s| status(s, &format!("If-None-Match: {}", told(s, "etag")), &[304])),
        tag("conditions/same-tag-in-a-list", same)
            .law(|s| status(s, &format!("If-None-Match: \"a,b\", {} , \"c\"", told(s, "etag")), &[304])),
        tag("conditions/any-tag", same).law(|s| status(s, "If-None-Match: *", &[304])),
        tag("conditions/other-tag", "a GET whose If-None-Match is not met is served")
            .law(|s| status(s, "If-None-Match: \"of-the-judge\"", &[200])),
        tag("conditions/weak-comparison", "If-None-Match compares weakly").law(|s| {
            let strong = told(s, "etag").trim_start_matches("W/");
            status(s, &format!("If-None-Match: W/{strong}"), &[304])
        }),
        must("conditions/304-has-its-fields", "RFC 9110, 15.4.5", "304 has the validators of 200")
            .needs(Need::Tag)
            .law(fields),
        must("conditions/tag-is-a-tag", "RFC 9110, 8.8.3", "ETag is a quoted string").needs(Need::Tag).law(quoted),
        must("conditions/if-match-other", "RFC 9110, 13.1.1", "a GET whose If-Match is not met is not served")
            .needs(Need::Tag)
            .law(|s| status(s, "If-Match: \"of-the-judge\"", &[412])),
        must("conditions/if-match-same", "RFC 9110, 13.1.1", "a GET whose If-Match is met is served")
            .needs(Need::Tag)
            .law(|s| {
                let tag = told(s, "etag");
                // A weak tag never matches (RFC 9110, section 8.8.3.2).
                status(s, &format!("If-Match: {tag}"), if tag.starts_with("W/") { &[412] } else { &[200] })
            }),
    ]
}

fn dates() -> Vec<Case> {
    let modified = |id, says| should(id, "RFC 9110, 13.1.3", says).needs(Need::Modified);
    let forms = "the obsolete forms of a date are read as well";
    vec![
        modified("conditions/not-modified-since", "what has not changed since is 304")
            .law(|s| status(s, &format!("If-Modified-Since: {}", told(s, "last-modified")), &[304])),
        modified("conditions/modified-since", "what has changed since is served")
            .law(|s| status(s, "If-Modified-Since: Thu, 01 Jan 1970 00:00:01 GMT", &[200])),
        must("conditions/no-date", "RFC 9110, 13.1.3", "an If-Modified-Since that is no date is ignored")
            .needs(Need::Modified)
            .law(|s| status(s, "If-Modified-Since: yesterday", &[200])),
        must("conditions/tag-beats-date", "RFC 9110, 13.1.3", "If-Modified-Since is ignored beside If-None-Match")
            .needs(Need::Tag)
            .law(|s| {
                status(s, "If-None-Match: \"of-the-judge\"\r\nIf-Modified-Since: Fri, 31 Dec 2100 00:00:00 GMT", &[200])
            }),
        must("conditions/date-of-rfc-850", "RFC 9110, 5.6.7", forms)
            .needs(Need::Modified)
            .law(|s| status(s, "If-Unmodified-Since: Thursday, 01-Jan-70 00:00:01 GMT", &[412])),
        must("conditions/date-of-asctime", "RFC 9110, 5.6.7", forms)
            .needs(Need::Modified)
            .law(|s| status(s, "If-Unmodified-Since: Thu Jan  1 00:00:01 1970", &[412])),
        must("conditions/unmodified-since", "RFC 9110, 13.1.4", "what has changed since is 412")
            .needs(Need::Modified)
            .law(|s| status(s, "If-Unmodified-Since: Thu, 01 Jan 1970 00:00:01 GMT", &[412])),
        must("conditions/modified-in-the-past", "RFC 9110, 8.8.2.1", "Last-Modified is not later than Date")
            .needs(Need::Modified)
            .law(in_the_past),
    ]
}

fn ranges() -> Vec<Case> {
    let sound = "a range is served as 206 with its Content-Range, or left out";
    vec![
        must("ranges/first-byte", "RFC 9110, 15.3.7", sound).law(|s| range(s, "bytes=0-0")),
        must("ranges/from-the-second", "RFC 9110, 15.3.7", sound).law(|s| range(s, "bytes=1-")),
        must("ranges/last-byte", "RFC 9110, 15.3.7", sound).law(|s| range(s, "bytes=-1")),
        must("ranges/beyond-the-end", "RFC 9110, 14.1.2", sound).law(|s| range(s, "bytes=0-99999999999")),
        must("ranges/more-than-there-is-from-the-end", "RFC 9110, 14.1.2", sound)
            .law(|s| range(s, "bytes=-99999999999")),
        must("ranges/number-too-large", "RFC 9110, 14.1.2", sound).law(|s| range(s, "bytes=0-18446744073709551616")),
        must("ranges/unknown-unit", "RFC 9110, 14.2", "a range of a unit that is not known is left out")
            .law(|s| status(s, "Range: lines=0-1", &[s.file.status])),
        must("ranges/not-satisfiable", "RFC 9110, 15.5.17", "a range that is not there is 416, or left out")
            .law(|s| status(s, "Range: bytes=99999999999-", &[416, s.file.status])),
        should("ranges/416-names-the-length", "RFC 9110, 15.5.17", "416 tells how long the whole is").law(length),
        must(
            "ranges/backwards",
            "RFC 9110, 14.1.2",
            "a range that ends before it begins is invalid: left out or refused",
        )
        .law(|s| status(s, "Range: bytes=1-0", &[s.file.status, 400, 416])),
        must("ranges/of-head", "RFC 9110, 14.2", "Range is for GET only").law(of_head),
        must("ranges/with-another-tag", "RFC 9110, 13.1.5", "a range of what has changed is the whole")
            .needs(Need::Tag)
            .law(|s| status(s, "Range: bytes=0-0\r\nIf-Range: \"of-the-judge\"", &[200])),
        must("ranges/hundreds", "RFC 9110, 14.2", "hundreds of ranges do no harm").law(|s| {
            let many = (0..300).map(|_| "0-0").collect::<Vec<_>>().join(",");
            status(s, &format!("Range: bytes={many}"), &[200, 206, 400, 416, 431])
        }),
    ]
}

fn quoted(subject: &Subject) -> Verdict {
    once(|| {
        let exchange = get(subject, "X: 1")?;
        let tag = exchange.answer.field("etag").unwrap_or_default();
        let opaque = tag.strip_prefix("W/").unwrap_or(tag).strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
        match opaque {
            Some(opaque) if opaque.bytes().all(|byte| byte == b'!' || (b'#'..=b'~').contains(&byte)) => Ok(()),
            _ => Err(exchange.finding(format!("{tag:?} is no entity tag"))),
        }
    })
}

fn fields(subject: &Subject) -> Verdict {
    once(|| {
        let exchange = get(subject, "If-None-Match: *")?;
        let wanted = ["etag", "cache-control", "content-location", "vary", "expires"];
        let lacks = |name: &&&str| {
            exchange.answer.status == 304
                && subject.file.answer.field(name).is_some()
                && exchange.answer.field(name).is_none()
        };
        wanted.iter().find(lacks).map_or(Ok(()), |name| Err(exchange.finding(format!("304 lacks {name}"))))
    })
}

fn in_the_past(subject: &Subject) -> Verdict {
    once(|| {
        let exchange = get(subject, "X: 1")?;
        let time = |name| {
            let text = exchange.answer.field(name).unwrap_or_default();
            httpdate::parse_http_date(text).map_err(|_| exchange.finding(format!("{name} is no date")))
        };
        let (modified, date): (SystemTime, SystemTime) = (time("last-modified")?, time("date")?);
        let sound = modified <= date && modified > UNIX_EPOCH + Duration::from_secs(1);
        if sound { Ok(()) } else { Err(exchange.finding("Last-Modified is later than Date")) }
    })
}

/// What a 206 must be: as many bytes as its Content-Range says, and those of the whole.
fn range(subject: &Subject, range: &str) -> Verdict {
    once(|| {
        let exchange = get(subject, &format!("Range: {range}"))?;
        let answer = &exchange.answer;
        match answer.status {
            206 => part(&subject.file.answer.body, answer).map_err(|what| exchange.finding(what)),
            status if status == subject.file.status => Ok(()),
            // Of a number too large a server may say that there is no such range.
            416 if range.len() > 20 => Ok(()),
            status => Err(exchange.finding(format!("{status} instead of 206"))),
        }
    })
}

fn part(whole: &[u8], answer: &Answer) -> Result<(), String> {
    let told = answer.field("content-range").ok_or("206 without Content-Range")?;
    let numbers = told.strip_prefix("bytes ").and_then(|rest| rest.split_once('/'));
    let ((first, last), length) = numbers
        .and_then(|(range, length)| Some((range.split_once('-')?, length)))
        .ok_or_else(|| format!("{told:?} is no Content-Range"))?;
    let number = |text: &str| text.parse::<usize>().map_err(|_| format!("{told:?} is no Content-Range"));
    let (first, last) = (number(first)?, number(last)?);
    let right_length = length == "*" || number(length)? == whole.len();
    match whole.get(first..=last) {
        Some(part) if part == answer.body && right_length => Ok(()),
        _ => Err(format!("these are not the bytes {told} of the whole")),
    }
}

fn length(subject: &Subject) -> Verdict {
    once(|| {
        let exchange = get(subject, "Range: bytes=99999999999-")?;
        let told = exchange.answer.field("content-range");
        let right = format!("bytes */{}", subject.file.answer.body.len());
        if exchange.answer.status != 416 || told == Some(right.as_str()) {
            return Ok(());
        }
        Err(exchange.finding(format!("Content-Range is {told:?}, not {right:?}")))
    })
}

fn of_head(subject: &Subject) -> Verdict {
    once(|| {
        let request = b"HEAD {file} HTTP/1.1\r\nHost: {host}\r\nRange: bytes=0-0\r\n\r\n";
        let exchange = subject.ask(request)?;
        match exchange.answer.status == subject.file.status {
            true => Ok(()),
            false => Err(exchange.finding(format!("HEAD with Range is {}", exchange.answer.status))),
        }
    })
}
