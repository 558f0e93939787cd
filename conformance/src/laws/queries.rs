//! Query strings: a key given twice, keys that nobody reads.

use super::probes::{self, sample, status};
use crate::{
    fact::{Fact, exactly},
    finding::{Verdict, each},
    request::Request,
    target::Target,
};
use shared::{
    Error,
    contract::{Operation, ROUTES, Route},
};

/// The same request with more behind its query.
fn with(request: Request, more: &str) -> Request {
    let joint = if request.target.contains('?') { '&' } else { '?' };
    let target = format!("{}{joint}{more}", request.target);
    request.target(&target)
}

fn keys(route: &'static Route) -> impl Iterator<Item = &'static str> {
    route.query.split(',').filter(|key| !key.is_empty())
}

/// Which value stands there does not matter: the query cannot be read.
pub(super) fn query_key_twice_is_400(target: &Target) -> Verdict {
    let twice = ROUTES.iter().flat_map(|route| keys(route).map(move |key| (route, key)));
    each(twice, |(route, key)| {
        let encoded = format!("%{:02x}{}", key.as_bytes()[0], &key[1..]);
        for query in [format!("{key}=1&{key}=1"), format!("{key}=1&x=2&{encoded}=3"), format!("{key}&{key}")] {
            let request = Request::new(route.method.as_str(), &format!("{}?{query}", probes::path(route.pattern)));
            target.expect(&request.body("1"), &[exactly(&Error::query())])?;
        }
        Ok(())
    })
}

pub(super) fn unknown_query_keys_are_ignored(target: &Target) -> Verdict {
    let change = |request| with(request, "unknown=1&unknown=2&=&&M=1&%6d%6d=%C3%A4");
    probes::send(target, probes::routes(), change, |probe, exchange| exchange.expect(&[Fact::Status(probe.status)]))
}

pub(super) fn a_lone_question_mark_changes_nothing(target: &Target) -> Verdict {
    let alone = probes::is_alone(target);
    let plain = ROUTES.iter().filter(|route| route.query.is_empty() && route.method.as_str() == "GET");
    each(plain.filter(|route| !route.pattern.contains("{id}") && !route.pattern.contains("{*")), |route| {
        let target_with = format!("{}?", probes::path(route.pattern));
        // Who has no sibling has nobody to ask.
        let status = if alone && route.operation == Operation::Relay { 503 } else { status(route) };
        target.expect(&sample(route).target(&target_with), &[Fact::Status(status)]).map(|_| ())
    })
}
