//! One request for every route, and for every kind of error.

use crate::{
    case::Given,
    client::Exchange,
    fact::Fact,
    finding::{Finding, Verdict, each, once},
    request::Request,
    target::Target,
};
use shared::contract::{Operation, ROUTES, Route};

/// The file that probes begin with, as they do with a todo; `{id}` stands for that one's number.
pub const FILE: &str = "/files/probes/{id}.txt";
/// The file that a probe makes.
const NEW_FILE: &str = "/files/probes/{id}-new.txt";

/// A todo that no store has.
pub const STRANGER: &str = "/todos/999999999999";

/// A request, and the status of its answer.
#[derive(Clone, Debug)]
pub struct Probe {
    /// What it is for.
    pub name: String,
    /// The request; `{id}` stands for the todo.
    pub request: Request,
    /// The status of its answer.
    pub status: u16,
}

fn probe(name: &str, request: Request, status: u16) -> Probe {
    Probe { name: name.to_owned(), request, status }
}

/// The path of a pattern, with a parameter that is sound.
pub fn path(pattern: &str) -> String {
    pattern
        .replace("{count}", "3")
        .replace("{ms}", "0")
        .replace("{network}", "tcp")
        .replace("{id}", "999999999999")
        .replace("{*path}", "no/such-file.txt")
}

/// A request that a route answers without an error. `DELETE /todos` is left out of the loops: the store may be in use.
pub fn sample(route: &Route) -> Request {
    let path = route.pattern.replace("{count}", "3").replace("{ms}", "0");
    let request = Request::new(route.method.as_str(), &path);
    match route.operation {
        Operation::SumQuery => request.target("/baseline11?a=1&b=2"),
        Operation::SumBody => request.target("/baseline11?a=1&b=2").body("3"),
        Operation::Upload => request.body("five!"),
        Operation::PutFile => request.target(NEW_FILE).body("five!"),
        Operation::GetFile | Operation::DeleteFile => request.target(FILE),
        // There is at least the event of the todo that probes begin with.
        Operation::Events => request.target("/events?limit=1").field("last-event-id", "0"),
        Operation::Resolve => request.target("/resolve/tcp?address=127.0.0.1:80"),
        Operation::CreateTodo => request.json(r#"{"title":"a probe"}"#),
        Operation::UpdateTodo => request.json(r#"{"completed":true}"#),
        // A page beyond the end stays the same while others write.
        Operation::ListTodos => request.target("/todos?offset=9223372036854775807"),
        _ => request,
    }
}

/// The status of the answer to the sample.
pub fn status(route: &Route) -> u16 {
    match route.operation {
        Operation::CreateTodo | Operation::PutFile => 201,
        Operation::ClearTodos | Operation::DeleteTodo | Operation::DeleteFile => 204,
        // What asks for no WebSocket gets none.
        Operation::Socket => 426,
        _ => 200,
    }
}

/// Every route but `DELETE /todos`, in the contract's order.
pub fn routes() -> Vec<Probe> {
    let safe = ROUTES.iter().filter(|route| route.operation != Operation::ClearTodos);
    safe.map(|route| probe(route.operation.name(), sample(route), status(route))).collect()
}

/// Every kind of error that a route gives.
pub fn errors() -> Vec<Probe> {
    let post = || Request::new("POST", "/todos");
    vec![
        probe("a broken query", Request::get("/json/3?m=1&m=1"), 400),
        probe("broken JSON", post().json("{"), 400),
        probe("an unknown path", Request::get("/nowhere"), 404),
        probe("a strange todo", Request::get(STRANGER), 404),
        probe("a parameter that does not parse", Request::get("/json/many"), 404),
        probe("a file's path that climbs", Request::get("/files/a/../b"), 400),
        probe("an id that is none", Request::get("/events").field("last-event-id", "x"), 400),
        probe("a strange file", Request::get("/files/no/such-file.txt"), 404),
        probe("a range beyond the end", Request::get(FILE).field("range", "bytes=99-"), 416),
        probe("no WebSocket", Request::get("/ws"), 426),
        probe("another method", Request::new("PUT", "/todos"), 405),
        probe("an unknown method", Request::new("BREW", "/plaintext"), 405),
        probe("not acceptable", Request::get("/").field("accept", "image/png"), 406),
        probe("a failed condition", Request::get("/todos/{id}").field("if-match", "\"x\""), 412),
        probe("another content type", post().field("content-type", "text/plain").body("{}"), 415),
        probe("an invalid query", Request::get("/todos?limit=0"), 422),
        probe("an invalid body", post().json("{}"), 422),
        probe("a body too large", post().json("x".repeat(65_537)), 413),
    ]
}

/// Answers without a body.
pub fn bodyless() -> Vec<Probe> {
    vec![
        probe("not modified", Request::get("/todos/{id}").field("if-none-match", "*"), 304),
        probe("a file, not modified", Request::get(FILE).field("if-none-match", "*"), 304),
        probe("HEAD, not modified", Request::new("HEAD", "/todos/{id}").field("if-none-match", "*"), 304),
        probe("OPTIONS", Request::new("OPTIONS", "/todos"), 204),
        probe("HEAD", Request::new("HEAD", "/json"), 200),
        probe("HEAD of an error", Request::new("HEAD", "/nowhere"), 404),
    ]
}

/// All of them; `DELETE /todos/{id}` last.
pub fn all() -> Vec<Probe> {
    let mut routes = routes();
    routes.sort_by_key(|probe| probe.request.method == "DELETE");
    bodyless().into_iter().chain(errors()).chain(routes).collect()
}

/// Sends each of `probes`, changed by `change`, with a todo made for them; holds each answer to `check`.
///
/// # Errors
/// What `check` found.
pub fn send(
    target: &Target,
    probes: Vec<Probe>,
    change: impl Fn(Request) -> Request,
    check: impl Fn(&Probe, &Exchange) -> Result<(), Finding>,
) -> Verdict {
    let mut todo = None;
    once(|| Given::make(target, r#"{"title":"a probe"}"#).map(|made| todo = Some(made)))?;
    let Some(todo) = todo else { return Ok(()) };
    let file = |method, path: &str| Request::new(method, path).filled(&todo.fill(&target.host));
    once(|| target.expect(&file("PUT", FILE).body("a probe"), &[Fact::Status(201)]).map(|_| ()))?;
    let alone = is_alone(target);
    let verdict = each(probes, |probe| {
        let probe = if alone { probe.of_a_lone_server() } else { probe };
        let request = change(probe.request.clone()).filled(&todo.fill(&target.host));
        let exchange = target.ask(&request)?;
        if probe.name == Operation::CreateTodo.name() {
            forget(target, &exchange);
        }
        check(&probe, &exchange)
            .map_err(|finding| Finding { what: format!("{}: {}", probe.name, finding.what), ..finding })
    });
    todo.remove(target);
    // Those that are gone already are what was wanted.
    let _ = target.ask(&file("DELETE", FILE));
    let _ = target.ask(&file("DELETE", NEW_FILE));
    verdict
}

impl Probe {
    /// Who has no sibling has nobody to ask.
    fn of_a_lone_server(self) -> Self {
        let status = if self.name == Operation::Relay.name() { 503 } else { self.status };
        Probe { status, ..self }
    }
}

/// Whether a server has found no sibling; `relay::*` looks closer.
pub fn is_alone(target: &Target) -> bool {
    target.ask(&Request::get("/relay")).is_ok_and(|exchange| exchange.answer.status == 503)
}

/// Removes the todo that a probe made.
fn forget(target: &Target, exchange: &Exchange) {
    if let Some(location) = exchange.answer.field("location") {
        // A server at fault may name any place; then there is nothing to remove.
        let _ = target.ask(&Request::new("DELETE", location));
    }
}
