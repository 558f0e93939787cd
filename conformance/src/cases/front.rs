//! `/`: the page for people, the index for programs.

use crate::{
    case::{Case, case},
    check::{Check, Needs},
    fact::{Fact, field, json, text},
    finding::{Finding, Verdict, each, once},
    request::Request,
    target::Target,
};
use shared::{
    Error,
    contract::{ROUTES, media},
    page::PAGE,
};

fn home(accept: &str) -> Request {
    Request::get("/").field("accept", accept)
}

pub(super) fn cases() -> Vec<Case> {
    let both = "text/html;q=0.5, application/json;q=0.5";
    vec![
        case("front::a_browser_gets_the_page", home("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"))
            .status(200)
            .field("content-type", media::HTML),
        case("front::without_accept_comes_the_page", Request::get("/")).status(200).field("content-type", media::HTML),
        case("front::anything_means_the_page", home("*/*")).status(200).field("content-type", media::HTML),
        case("front::a_tie_means_the_page", home(both)).status(200).field("content-type", media::HTML),
        case("front::json_by_name", home("application/json")).status(200).field("content-type", media::JSON),
        case("front::json_by_quality", home("text/html;q=0.4, application/*;q=0.5"))
            .status(200)
            .field("content-type", media::JSON),
        case("front::json_when_html_is_refused", home("text/html;q=0, */*"))
            .status(200)
            .field("content-type", media::JSON),
        case("front::accept_over_two_lines", home("image/png").field("accept", "application/json"))
            .status(200)
            .field("content-type", media::JSON),
        case("front::anything_else_is_406", home("image/png")).error(&Error::NotAcceptable),
        case("front::nothing_is_406", home("*/*;q=0")).error(&Error::NotAcceptable),
        case("front::a_query_changes_nothing", home("application/json").target("/?x=1")).status(200),
    ]
}

pub(super) fn checks() -> Vec<Check> {
    vec![
        Check::law("front::the_page_is_the_contracts", Needs::Nothing, page_is_the_contracts),
        Check::law("front::the_index_lists_every_route", Needs::Nothing, index_lists_every_route),
        Check::law("front::every_answer_varies_by_accept", Needs::Nothing, varies_by_accept),
    ]
}

fn page_is_the_contracts(target: &Target) -> Verdict {
    if !target.is_known() {
        return page_names_every_route(target);
    }
    once(|| {
        let exchange = target.expect(&home("text/html"), &[Fact::Status(200)])?;
        let body = text(&exchange.answer).map_err(Finding::new)?;
        // Both are large, and one is at hand: where they part says enough.
        match parts(&body, PAGE) {
            None => Ok(()),
            Some(at) => Err(Finding::new(format!("the page is another than the contract's, from byte {at} on"))),
        }
    })
}

/// Where two texts part.
fn parts(one: &str, other: &str) -> Option<usize> {
    let at = one.bytes().zip(other.bytes()).take_while(|(one, other)| one == other).count();
    (one != other).then_some(at)
}

/// Another server may look as it likes, as long as it shows the routes.
fn page_names_every_route(target: &Target) -> Verdict {
    each(ROUTES, |route| {
        let facts = [field("content-type", media::HTML), Fact::Contains(route.pattern.to_owned())];
        target.expect(&home("text/html"), &facts).map(|_| ())
    })
}

fn index_lists_every_route(target: &Target) -> Verdict {
    once(|| {
        let facts = [Fact::Status(200), field("content-type", media::JSON)];
        let exchange = target.expect(&home("application/json"), &facts)?;
        let index = json(&exchange.answer).map_err(|what| exchange.finding(what))?;
        let routes: Vec<_> = ROUTES
            .iter()
            .map(|route| {
                serde_json::json!({"operation": route.operation.name(), "method": route.method.as_str(), "path": route.pattern})
            })
            .collect();
        let named = index["name"] == target.server.name && index["version"].is_string();
        if named && index["routes"] == serde_json::Value::from(routes) {
            return Ok(());
        }
        Err(exchange.finding("the index is not name, version and the routes of the contract"))
    })
}

fn varies_by_accept(target: &Target) -> Verdict {
    each(["text/html", "application/json", "image/png"], |accept| -> Result<(), Finding> {
        target.expect(&home(accept), &[Fact::Varies("accept"), Fact::Varies("origin")]).map(|_| ())
    })
}
