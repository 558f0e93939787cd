//! Which field stands where: one that is right in one answer is a mistake in another.

use super::{
    answers::every_answer,
    probes::{self, Probe},
};
use crate::{
    client::Answer,
    fact::Fact,
    finding::{Verdict, each},
    request::Request,
    target::Target,
};
use shared::contract::{RESPONSE_HEADERS, patterns};

/// Where any answer may have them.
const ANYWHERE: [&str; 11] = [
    "access-control-allow-origin",
    "access-control-expose-headers",
    "connection",
    "content-encoding",
    "content-length",
    "content-type",
    "date",
    "server",
    "transfer-encoding",
    "vary",
    "x-request-id",
];

/// Whether a field has a meaning in this answer to this request.
fn belongs(field: &str, request: &Request, status: u16) -> bool {
    let (to_file, to_todo) = (request.target.starts_with("/files/"), request.target.starts_with("/todos"));
    match field {
        "allow" => request.method == "OPTIONS" || status == 405,
        "cache-control" => request.target.starts_with("/events") && status == 200,
        "content-range" => matches!(status, 206 | 416),
        "etag" => (to_file || to_todo) && matches!(status, 200 | 201 | 206 | 304),
        "last-modified" | "accept-ranges" | "x-content-type-options" => to_file && status < 400,
        "location" => status == 201,
        "sec-websocket-version" | "upgrade" => status == 426,
        "retry-after" => matches!(status, 429 | 503),
        "x-served-by" => request.target == "/relay" && status == 200,
        other => ANYWHERE.contains(&other),
    }
}

fn stranger(answer: &Answer, allowed: impl Fn(&str) -> bool) -> Option<&str> {
    answer.fields.iter().map(|(name, _)| name.as_str()).find(|name| !allowed(name))
}

/// Also where a page asks, or one that takes compressed answers.
pub(super) fn fields_stand_where_they_belong(target: &Target) -> Verdict {
    let more = Probe { name: "a large answer".into(), request: Request::get("/json/50"), status: 200 };
    let page = |request: Request| request.field("origin", "http://localhost").field("accept-encoding", "gzip, br");
    for change in [|request| request, page] {
        let probes = probes::all().into_iter().chain([more.clone()]).collect();
        probes::send(target, probes, change, |probe, exchange| {
            let status = exchange.answer.status;
            let lost = stranger(&exchange.answer, |name| belongs(name, &probe.request, status));
            lost.map_or(Ok(()), |name| Err(exchange.finding(format!("{name} has no meaning in this answer"))))
        })?;
    }
    Ok(())
}

pub(super) fn preflights_have_only_allowed_headers(target: &Target) -> Verdict {
    each(patterns(), |pattern| {
        let request = Request::new("OPTIONS", &probes::path(pattern)).field("origin", "http://localhost");
        let exchange = target.expect(&request.field("access-control-request-method", "GET"), &[Fact::Status(204)])?;
        let leaked = stranger(&exchange.answer, |name| RESPONSE_HEADERS.contains(&name));
        leaked.map_or(Ok(()), |name| Err(exchange.finding(format!("{name} is not on the list of the contract"))))
    })
}

/// A server says the highest version that it speaks, whatever it was asked in (RFC 9110, section 2.5).
pub(super) fn answers_speak_http_1_1(target: &Target) -> Verdict {
    every_answer(target, |exchange| match exchange.answer.minor {
        1 => Ok(()),
        other => Err(exchange.finding(format!("this is an answer of HTTP/1.{other}"))),
    })
}
