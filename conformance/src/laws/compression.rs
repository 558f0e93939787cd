//! `Accept-Encoding`: what is large text may come compressed, and says so either way.

use crate::{
    case::Given,
    client::{Exchange, decoded},
    fact::{Fact, exactly, field},
    finding::{Finding, Verdict, each, once},
    request::Request,
    target::Target,
};
use shared::{
    Error,
    contract::media,
    error::FieldError,
    policy::compression::{THRESHOLD, choose},
};

/// Answers above the threshold, with what chooses them.
fn large() -> Vec<Request> {
    vec![
        Request::get("/").field("accept", "text/html"),
        Request::get("/").field("accept", "application/json"),
        Request::get("/json/50"),
        Request::get("/openapi.json"),
    ]
}

/// The answer with this `Accept-Encoding` has this coding and the same content, and what differs by it is said.
fn check(target: &Target, request: &Request, accept: &str, coding: &str) -> Result<Exchange, Finding> {
    let plain = target
        .expect(request, &[Fact::Lacks("content-encoding"), Fact::Varies("accept-encoding"), Fact::Varies("origin")])?;
    plain.expect(&[Fact::Has("content-length")])?;
    if plain.answer.body.len() as u64 <= THRESHOLD {
        return Err(plain.finding("the judge is mistaken: this answer is small"));
    }
    let exchange = target.ask(&request.clone().field("accept-encoding", accept))?;
    exchange.expect(&[Fact::Status(plain.answer.status), Fact::Varies("accept-encoding"), Fact::Varies("origin")])?;
    exchange.expect(&match coding {
        "identity" => [Fact::Lacks("content-encoding"), Fact::Has("content-length")],
        coding => [field("content-encoding", coding), Fact::Has("content-type")],
    })?;
    let body = decoded(&exchange.answer).map_err(|what| exchange.finding(what))?;
    if body != plain.answer.body {
        return Err(exchange.finding("decompressed, the body is not the plain one"));
    }
    if coding != "identity" && exchange.answer.body.len() >= plain.answer.body.len() {
        return Err(exchange.finding("the compressed body is not the smaller one"));
    }
    Ok(exchange)
}

pub(super) fn compression_by_gzip(target: &Target) -> Verdict {
    each(large(), |request| check(target, &request, "gzip", "gzip").map(|_| ()))
}

pub(super) fn compression_by_br(target: &Target) -> Verdict {
    each(large(), |request| check(target, &request, "gzip, deflate, br", "br").map(|_| ()))
}

pub(super) fn compression_by_preference(target: &Target) -> Verdict {
    let accepts = [
        "",
        "*",
        "GZIP",
        "deflate, zstd",
        "x-gzip",
        "gzip;q=0",
        "br;q=0, gzip",
        "br;q=0, *",
        "*;q=0",
        "gzip, br;q=0.5",
        "gzip;q=0.001",
        "gzip;q=nonsense",
        "gzip;q=2",
        "identity, gzip;q=0.5",
        "identity;q=0.5, gzip",
        "identity;q=0, gzip;q=0.1",
        "gzip ; q=0.8 , br;q=0.2",
    ];
    each(accepts, |accept| check(target, &Request::get("/json/50"), accept, choose(Some(accept))).map(|_| ()))
}

/// A list may be spread over several lines (RFC 9110, section 5.3).
pub(super) fn compression_by_several_lines(target: &Target) -> Verdict {
    let lines = [["identity", "gzip"], ["br;q=0", "gzip"], ["gzip;q=0.5", "br"], ["", "gzip"]];
    each(lines, |[first, second]| {
        let request = Request::get("/json/50").field("accept-encoding", first);
        let coding = if second == "br" { "br" } else { "gzip" };
        let choice = choose(Some(&format!("{first}, {second}")));
        if choice != coding {
            return Err(Finding::new(format!("the judge is mistaken: {choice} is chosen")));
        }
        let exchange = target.ask(&request.field("accept-encoding", second))?;
        exchange.expect(&[Fact::Status(200), field("content-encoding", coding)])
    })
}

pub(super) fn compression_not_of_small_answers(target: &Target) -> Verdict {
    let small = ["/plaintext", "/json", "/baseline11?a=1&b=2", "/json/1", "/todos/stats", "/livez", "/nowhere"];
    each(small, |path| {
        let request = Request::get(path).field("accept-encoding", "gzip, br");
        target.expect(&request, &[Fact::Lacks("content-encoding"), Fact::Has("content-length")]).map(|_| ())
    })
}

pub(super) fn compression_of_large_errors(target: &Target) -> Verdict {
    once(|| {
        let names: Vec<_> = (0..100).map(|at| format!("unknown{at:03}")).collect();
        let body: String = names.iter().map(|name| format!(",\"{name}\":0")).collect();
        let request = Request::new("POST", "/todos").json(format!("{{\"title\":\"x\"{body}}}"));
        let faults = names.into_iter().map(|field| FieldError { field, message: "is not known".into() }).collect();
        let exchange = check(target, &request, "gzip", "gzip")?;
        exchange.expect(&[exactly(&Error::Invalid(faults))])
    })
}

/// A title of control characters takes six times its length in JSON: large enough to be compressed.
pub(super) fn compression_weakens_the_tag(target: &Target) -> Verdict {
    once(|| {
        let todo = Given::make(target, &format!("{{\"title\":\"{}\"}}", "\\u0001".repeat(200)))?;
        let get = Request::get(&todo.path());
        let verdict = ["gzip", "br"].iter().try_for_each(|coding| {
            let exchange = check(target, &get, coding, coding)?;
            exchange.expect(&[field("etag", format!("W/{}", todo.etag)), field("content-type", media::JSON)])?;
            target.expect(&get, &[field("etag", &todo.etag)])?;
            // The weak tag is good enough to find out that nothing has changed.
            let again =
                get.clone().field("accept-encoding", *coding).field("if-none-match", format!("W/{}", todo.etag));
            target.expect(&again, &[Fact::Status(304), Fact::Lacks("content-encoding")]).map(|_| ())
        });
        todo.remove(target);
        verdict
    })
}

/// The length of a compressed body is only known once it is made, which a HEAD need not do.
pub(super) fn compression_of_head_is_that_of_get(target: &Target) -> Verdict {
    each(large(), |request| {
        let request = request.field("accept-encoding", "gzip").field("x-request-id", "the-same");
        let get = target.expect(&request, &[field("content-encoding", "gzip")])?;
        let head = target.ask(&request.method("HEAD"))?;
        for name in ["content-encoding", "content-type", "vary", "etag"] {
            if head.answer.field(name) != get.answer.field(name) {
                return Err(head.finding(format!("{name} is not that of GET: {:?}", get.answer.field(name))));
            }
        }
        match (head.answer.field("content-length"), get.answer.field("content-length")) {
            (Some(said), Some(true_length)) if said != true_length => Err(head.finding("another length than GET's")),
            (Some(_), None) => Err(head.finding("a length where GET has none")),
            _ => head.expect(&[Fact::Status(get.answer.status)]),
        }
    })
}
