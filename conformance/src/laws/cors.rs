//! `Origin`: pages on loopback may read the answers, others may not.

use super::probes::{self, path};
use crate::{
    fact::{Fact, field},
    finding::{Verdict, each},
    request::Request,
    target::Target,
};
use shared::{
    contract::{allow, patterns},
    policy::cors,
};

const NEAR: [&str; 4] = ["http://localhost", "http://localhost:5173", "https://127.0.0.1:8443", "http://[::1]:3000"];
const FAR: [&str; 5] =
    ["http://example.com", "http://localhost.example.com", "null", "file://", "http://127.0.0.1.example.com"];

/// The fields of the Fetch standard that an answer to a page may have.
const FIELDS: [&str; 5] = [
    "access-control-allow-origin",
    "access-control-expose-headers",
    "access-control-allow-methods",
    "access-control-allow-headers",
    "access-control-max-age",
];

fn nothing() -> Vec<Fact> {
    FIELDS.iter().map(|name| Fact::Lacks(name)).collect()
}

pub(super) fn cors_loopback_origin_may_read(target: &Target) -> Verdict {
    for origin in NEAR {
        let change = |request: Request| request.field("origin", origin);
        probes::send(target, probes::all(), change, |probe, exchange| {
            exchange.expect(&[
                Fact::Status(probe.status),
                field("access-control-allow-origin", origin),
                field("access-control-expose-headers", cors::EXPOSED_HEADERS),
                Fact::Lacks("access-control-allow-methods"),
                Fact::Lacks("access-control-max-age"),
                Fact::Varies("origin"),
            ])
        })?;
    }
    Ok(())
}

/// It is answered all the same: what a page may read is for the browser to see to.
pub(super) fn cors_foreign_origin_gets_nothing(target: &Target) -> Verdict {
    for origin in FAR {
        let change = |request: Request| request.field("origin", origin);
        probes::send(target, probes::all(), change, |probe, exchange| {
            exchange.expect(&nothing())?;
            exchange.expect(&[Fact::Status(probe.status), Fact::Varies("origin")])
        })?;
    }
    Ok(())
}

pub(super) fn cors_without_origin_says_nothing(target: &Target) -> Verdict {
    probes::send(target, probes::all(), |request| request, |_, exchange| exchange.expect(&nothing()))
}

fn preflight(pattern: &str, origin: &str, method: &str) -> Request {
    let request = Request::new("OPTIONS", &path(pattern)).field("origin", origin);
    request.field("access-control-request-method", method)
}

pub(super) fn cors_preflight_is_answered(target: &Target) -> Verdict {
    let asked = patterns().into_iter().flat_map(|pattern| ["GET", "PATCH", "PUT"].map(|method| (pattern, method)));
    each(asked, |(pattern, method)| {
        for (origin, headers) in [(NEAR[0], ""), (NEAR[3], "content-type,x-anything")] {
            let request = preflight(pattern, origin, method);
            let request =
                if headers.is_empty() { request } else { request.field("access-control-request-headers", headers) };
            target.expect(
                &request,
                &[
                    Fact::Status(204),
                    Fact::Empty,
                    field("access-control-allow-origin", origin),
                    field("access-control-allow-methods", cors::METHODS),
                    field("access-control-allow-headers", cors::REQUEST_HEADERS),
                    field("access-control-max-age", cors::MAX_AGE),
                    Fact::Varies("origin"),
                ],
            )?;
        }
        Ok(())
    })
}

pub(super) fn cors_foreign_preflight_is_plain_options(target: &Target) -> Verdict {
    each(patterns().into_iter().flat_map(|pattern| FAR.map(|origin| (pattern, origin))), |(pattern, origin)| {
        let exchange = target.expect(&preflight(pattern, origin, "GET"), &nothing())?;
        exchange.expect(&[Fact::Status(204), field("allow", allow(pattern)), Fact::Varies("origin"), Fact::Empty])
    })
}
