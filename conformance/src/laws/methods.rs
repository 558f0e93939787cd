//! HEAD, OPTIONS, and the methods that a path does not know.

use super::probes::{self, path, sample};
use crate::{
    case::Given,
    client::{Answer, Exchange},
    fact::{Fact, exactly, field},
    finding::{Finding, Verdict, each, once},
    request::Request,
    target::Target,
};
use shared::{
    Error,
    contract::{Method, Operation, ROUTES, allow, patterns},
    relay::SERVED_BY,
};

/// How often to ask again where others may have changed the resource between a GET and its HEAD.
const TRIES: usize = 20;

pub(super) fn head_equals_get(target: &Target) -> Verdict {
    let mut todo = None;
    once(|| Given::make(target, r#"{"title":"a head"}"#).map(|made| todo = Some(made)))?;
    let Some(todo) = todo else { return Ok(()) };
    let gets = ROUTES.iter().filter(|route| route.method == Method::Get).map(|route| (sample(route), route.operation));
    let strange = [(Request::get("/nowhere"), Operation::Home), (Request::get(probes::STRANGER), Operation::GetTodo)];
    let file = |method| Request::new(method, probes::FILE).filled(&todo.fill(&target.host));
    once(|| target.expect(&file("PUT").body("a head"), &[Fact::Status(201)]).map(|_| ()))?;
    let verdict = each(gets.chain(strange), |(request, operation)| {
        let request = request.filled(&todo.fill(&target.host)).field("x-request-id", "the-same");
        // The figures change with every request, and their length with them.
        compare(target, &request, operation == Operation::Metrics)
    });
    todo.remove(target);
    target.ask(&file("DELETE")).map_err(Vec::from)?;
    verdict
}

/// Compares HEAD with GET; where two GETs differ, others have changed the resource meanwhile. They may also have changed
/// it and changed it back, so a HEAD that differs counts only if it always does.
fn compare(target: &Target, request: &Request, volatile: bool) -> Result<(), Finding> {
    let mut told = Err(Finding::new(format!("{} changes with every request", request.target)));
    for _ in 0..TRIES {
        let before = target.ask(request)?;
        let head = target.ask(&request.clone().method("HEAD"))?;
        let after = target.ask(request)?;
        if volatile || shape(&before.answer, false) == shape(&after.answer, false) {
            told = same(&before, &head, volatile);
        }
        if told.is_ok() {
            break;
        }
    }
    told
}

fn same(get: &Exchange, head: &Exchange, volatile: bool) -> Result<(), Finding> {
    let (get, bare) = (shape(&get.answer, volatile), shape(&head.answer, volatile));
    if get == bare { Ok(()) } else { Err(head.finding(format!("GET said {get:?}, HEAD said {bare:?}"))) }
}

/// Status and fields, but for the time, for whose turn it was, and for how a body is framed that HEAD does not send (RFC 9112, section 6.1).
fn shape(answer: &Answer, volatile: bool) -> (u16, Vec<(String, String)>) {
    let varies =
        |name: &str| ["date", "transfer-encoding", SERVED_BY].contains(&name) || volatile && name == "content-length";
    let mut fields: Vec<_> = answer.fields.iter().filter(|(name, _)| !varies(name)).cloned().collect();
    fields.sort();
    (answer.status, fields)
}

pub(super) fn options_names_allow(target: &Target) -> Verdict {
    each(patterns(), |pattern| {
        let facts = [
            Fact::Status(204),
            field("allow", allow(pattern)),
            Fact::Empty,
            Fact::Lacks("content-type"),
            Fact::Lacks("access-control-allow-origin"),
        ];
        target.expect(&Request::new("OPTIONS", &path(pattern)), &facts).map(|_| ())
    })
}

pub(super) fn options_asterisk_is_204(target: &Target) -> Verdict {
    once(|| target.expect(&Request::new("OPTIONS", "*"), &[Fact::Status(204), Fact::Empty]).map(|_| ()))
}

pub(super) fn method_not_allowed_names_allow(target: &Target) -> Verdict {
    each(others(&["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "TRACE", "BREW"]), |(method, pattern)| {
        not_allowed(target, method, pattern)
    })
}

pub(super) fn connect_with_a_path_is_405(target: &Target) -> Verdict {
    each(others(&["CONNECT"]), |(method, pattern)| not_allowed(target, method, pattern))
}

/// `get` is a method that nobody knows (RFC 9110, section 9.1).
pub(super) fn methods_are_case_sensitive(target: &Target) -> Verdict {
    each(others(&["get", "Post", "options"]), |(method, pattern)| not_allowed(target, method, pattern))
}

/// Each method with each path that does not know it.
fn others<'a>(methods: &'a [&'a str]) -> impl Iterator<Item = (&'a str, &'static str)> {
    let unknown = |method: &str, pattern: &str| !allow(pattern).split(", ").any(|known| known == method);
    methods.iter().flat_map(move |&method| {
        patterns().into_iter().filter(move |pattern| unknown(method, pattern)).map(move |pattern| (method, pattern))
    })
}

fn not_allowed(target: &Target, method: &str, pattern: &str) -> Result<(), Finding> {
    let error = Error::MethodNotAllowed;
    // HEAD gets the head of the same answer.
    let answer = if method == "HEAD" { Fact::Status(error.status()) } else { exactly(&error) };
    let length = field("content-length", error.body().len().to_string());
    let facts = [answer, length, field("allow", allow(pattern))];
    target.expect(&Request::new(method, &path(pattern)), &facts).map(|_| ())
}
