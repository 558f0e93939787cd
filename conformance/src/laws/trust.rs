//! What clients may say and nobody must believe, and what a server must not say unasked.

use crate::{
    case::Given,
    fact::{Fact, field},
    finding::{Verdict, each, once},
    request::Request,
    target::Target,
};

/// Fields by which some frameworks let a request be another one.
const OVERRIDES: [(&str, &str); 6] = [
    ("x-http-method-override", "DELETE"),
    ("x-http-method", "DELETE"),
    ("x-method-override", "PUT"),
    ("x-original-url", "/nowhere"),
    ("x-rewrite-url", "/nowhere"),
    ("x-forwarded-prefix", "/elsewhere"),
];

pub(super) fn requests_are_not_overridden(target: &Target) -> Verdict {
    let requests = [Request::get("/plaintext"), Request::new("POST", "/baseline11?a=1&b=2").body("4")];
    each(OVERRIDES.iter().flat_map(|field| requests.iter().map(move |request| (field, request))), |case| {
        let ((name, value), request) = case;
        let body = if request.method == "GET" { "Hello, World!" } else { "7" };
        let request = request.clone().field(name, value);
        target.expect(&request, &[Fact::Status(200), Fact::Body(body.into())]).map(|_| ())
    })
}

/// No proxy was announced to the server: whoever says that he is one is a client like others.
pub(super) fn forwarded_hosts_are_not_believed(target: &Target) -> Verdict {
    let forwarded = [
        ("x-forwarded-host", "elsewhere.test"),
        ("x-forwarded-proto", "https"),
        ("x-forwarded-port", "81"),
        ("x-host", "elsewhere.test"),
        ("forwarded", "host=elsewhere.test;proto=https"),
    ];
    let mut todo = None;
    once(|| Given::make(target, r#"{"title":"forwarded"}"#).map(|made| todo = Some(made)))?;
    let Some(todo) = todo else { return Ok(()) };
    let url = Fact::Contains(format!("\"url\":\"http://{}{}\"", target.host, todo.path()));
    let verdict = each(forwarded, |(name, value)| {
        let request = Request::get(&todo.path()).field(name, value);
        target.expect(&request, &[Fact::Status(200), field("etag", &todo.etag), url.clone()]).map(|_| ())
    });
    todo.remove(target);
    verdict
}

/// An interim answer is for those that ask for it, and none is for HTTP/1.0 (RFC 9110, section 15.2).
pub(super) fn nothing_comes_before_an_answer(target: &Target) -> Verdict {
    let sum = Request::new("POST", "/baseline11?a=1&b=2").body("4");
    let unasked = [Request::get("/plaintext"), Request::get("/plaintext").old(), sum.clone(), sum.chunked()];
    let old = Request::new("POST", "/baseline11?a=1&b=2").field("expect", "100-continue").body("4").old();
    each(unasked.into_iter().chain([old]), |request| {
        let mut client = target.connect()?;
        client.send(&request.bytes(&target.host));
        match client.receive_interim()?.status {
            200 => Ok(()),
            other => Err(client.finding(format!("the first answer is {other}, not 200"))),
        }
    })
}
