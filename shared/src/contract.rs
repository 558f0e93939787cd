//! The route table and the fixed figures of the service, once.
//!
//! Nothing here registers a route: each server writes its own table in its own tongue, and the
//! readers of [`ROUTES`] (the judge in `conformance`, the README, `/openapi.json`, the metrics)
//! hold it to account.

use std::{collections::BTreeSet, sync::LazyLock};

/// The methods that a route of the contract can have. HEAD and OPTIONS follow from the rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Method {
    /// Safe; every GET route answers HEAD too.
    Get,
    /// Creates, or computes from a body.
    Post,
    /// Puts the body at the path.
    Put,
    /// Changes a part.
    Patch,
    /// Removes.
    Delete,
}

impl Method {
    /// The token on the wire, for example `GET`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Method::Get => "GET",
            Method::Post => "POST",
            Method::Put => "PUT",
            Method::Patch => "PATCH",
            Method::Delete => "DELETE",
        }
    }
}

/// The parts of the service, in the order in which they are shown everywhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// The page or the index at `/`.
    Front,
    /// The routes that benchmarks ask for.
    Bench,
    /// The todo service, in TodoBackend's shape.
    Todos,
    /// Bytes under a name.
    Files,
    /// Answers that take their time, or never end.
    Live,
    /// What asks others.
    Network,
    /// What an operator needs.
    Ops,
}

impl Group {
    /// The group's name in tables and in OpenAPI tags.
    pub const fn name(self) -> &'static str {
        match self {
            Group::Front => "front",
            Group::Bench => "bench",
            Group::Todos => "todos",
            Group::Files => "files",
            Group::Live => "live",
            Group::Network => "network",
            Group::Ops => "ops",
        }
    }
}

macro_rules! operations {
    ($($variant:ident $name:literal),* $(,)?) => {
        /// What a route does. The glue function of an operation has this name in all six servers,
        /// and so has the handler in [`crate::handlers`].
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[allow(missing_docs, reason = "the routes below say what each does")]
        pub enum Operation { $($variant),* }

        impl Operation {
            /// How many there are.
            pub const COUNT: usize = [$(Operation::$variant),*].len();

            /// The function's name, for example `create_todo`.
            pub const fn name(self) -> &'static str {
                match self { $(Operation::$variant => $name),* }
            }
        }
    };
}

operations! {
    Home "home",
    Plaintext "plaintext",
    Json "json",
    SumQuery "sum_query",
    SumBody "sum_body",
    Items "items",
    Upload "upload",
    ListTodos "list_todos",
    CreateTodo "create_todo",
    ClearTodos "clear_todos",
    TodoStats "todo_stats",
    GetTodo "get_todo",
    UpdateTodo "update_todo",
    DeleteTodo "delete_todo",
    ListFiles "list_files",
    PutFile "put_file",
    GetFile "get_file",
    DeleteFile "delete_file",
    Events "events",
    Socket "socket",
    Delay "delay",
    Resolve "resolve",
    Members "members",
    Relay "relay",
    Livez "livez",
    Readyz "readyz",
    Metrics "metrics",
    Openapi "openapi",
}

/// One line of the contract.
#[derive(Clone, Copy, Debug)]
pub struct Route {
    /// Where it belongs.
    pub group: Group,
    /// What it does.
    pub operation: Operation,
    /// With which method.
    pub method: Method,
    /// At which path; `{name}` stands for exactly one segment, `{*name}` for all that is left, at least one byte.
    pub pattern: &'static str,
    /// The query keys it reads, comma separated; others are ignored.
    pub query: &'static str,
    /// What it answers, in one line.
    pub summary: &'static str,
}

const fn route(
    group: Group,
    operation: Operation,
    method: Method,
    pattern: &'static str,
    query: &'static str,
    summary: &'static str,
) -> Route {
    Route { group, operation, method, pattern, query, summary }
}

/// Every route, in the order that is the order everywhere.
pub const ROUTES: &[Route] = {
    use Group::*;
    use Method::*;
    use Operation as O;
    &[
        route(Front, O::Home, Get, "/", "", "the page as `text/html`, the index as `application/json`"),
        route(Bench, O::Plaintext, Get, "/plaintext", "", "`Hello, World!` as text"),
        route(Bench, O::Json, Get, "/json", "", "`{\"message\":\"Hello, World!\"}`, serialised per request"),
        route(Bench, O::SumQuery, Get, "/baseline11", "a,b", "the sum of the integers `a` and `b`, as text"),
        route(Bench, O::SumBody, Post, "/baseline11", "a,b", "the same sum plus the integer in the body"),
        route(
            Bench,
            O::Items,
            Get,
            "/json/{count}",
            "m",
            "the first `count` (1..=50) items, each with its total times `m`",
        ),
        route(Bench, O::Upload, Post, "/upload", "", "how many bytes the body had, as text; it is never kept"),
        route(
            Todos,
            O::ListTodos,
            Get,
            "/todos",
            "completed,limit,offset",
            "the todos, oldest first (`limit` 1..=1000)",
        ),
        route(Todos, O::CreateTodo, Post, "/todos", "", "201, `Location`, `ETag` and the new todo"),
        route(Todos, O::ClearTodos, Delete, "/todos", "", "204; every todo is gone"),
        route(Todos, O::TodoStats, Get, "/todos/stats", "", "how many todos there are and how many are completed"),
        route(Todos, O::GetTodo, Get, "/todos/{id}", "", "the todo and its `ETag`; 304 by `If-None-Match`"),
        route(Todos, O::UpdateTodo, Patch, "/todos/{id}", "", "the changed todo; 412 by `If-Match`"),
        route(Todos, O::DeleteTodo, Delete, "/todos/{id}", "", "204; 412 by `If-Match`"),
        route(Files, O::ListFiles, Get, "/files", "", "the files, sorted by path"),
        route(
            Files,
            O::PutFile,
            Put,
            "/files/{*path}",
            "",
            "201 or, if it replaced one, 200: the file and its digest; 412 by `If-Match`, `If-None-Match`",
        ),
        route(
            Files,
            O::GetFile,
            Get,
            "/files/{*path}",
            "",
            "the file, or by `Range` a part of it (206); 304 by `If-None-Match`, `If-Modified-Since`",
        ),
        route(Files, O::DeleteFile, Delete, "/files/{*path}", "", "204; 412 by `If-Match`"),
        route(
            Live,
            O::Events,
            Get,
            "/events",
            "limit",
            "every change as a server-sent event; `Last-Event-ID` replays the last 1000",
        ),
        route(Live, O::Socket, Get, "/ws", "", "a WebSocket that sends every message back"),
        route(Live, O::Delay, Get, "/delay/{ms}", "", "waits `ms` (0..=10000) milliseconds, then says so"),
        route(
            Network,
            O::Resolve,
            Get,
            "/resolve/{network}",
            "address",
            "the address of `host:port` for `network` (tcp, tcp4, tcp6, udp, udp4, udp6); within 2 s",
        ),
        route(
            Network,
            O::Members,
            Get,
            "/members",
            "",
            "the siblings found by gossip, this server among them: alive, suspected, gone",
        ),
        route(
            Network,
            O::Relay,
            Get,
            "/relay",
            "",
            "the answer of `GET /json` from a sibling, by turns; 429, 502, 503, 504",
        ),
        route(Ops, O::Livez, Get, "/livez", "", "`ok` while the process serves"),
        route(Ops, O::Readyz, Get, "/readyz", "", "`ok`, or 503 while draining or while the store is down"),
        route(Ops, O::Metrics, Get, "/metrics", "", "the figures in Prometheus' text format"),
        route(Ops, O::Openapi, Get, "/openapi.json", "", "OpenAPI 3.1 of all this"),
    ]
};

/// One of the six.
#[derive(Clone, Copy, Debug)]
pub struct Server {
    /// Folder, package and binary.
    pub name: &'static str,
    /// The port it listens on unless told otherwise.
    pub port: u16,
    /// The stack it is built on.
    pub stack: &'static str,
    /// What a router is, in this style.
    pub style: &'static str,
}

/// The six servers, in reading order.
pub const SERVERS: [Server; 6] = [
    Server { name: "hyper-server", port: 3001, stack: "hyper", style: "a match is a router" },
    Server { name: "hyper-router-server", port: 3002, stack: "hyper", style: "a table kept by hand is a router" },
    Server { name: "axum-server", port: 3003, stack: "axum", style: "a router is a value" },
    Server { name: "actix-web-server", port: 3004, stack: "actix-web", style: "a router is an app per worker" },
    Server { name: "warp-server", port: 3005, stack: "warp", style: "a router is an expression" },
    Server { name: "handrolled-server", port: 3006, stack: "hyper", style: "a tree is a router" },
];

/// The server of this name.
///
/// # Panics
/// At compile time, when called in a `const` with a name that is not among [`SERVERS`].
pub const fn server(name: &str) -> &'static Server {
    let mut at = 0;
    while at < SERVERS.len() {
        if same(SERVERS[at].name, name) {
            return &SERVERS[at];
        }
        at += 1;
    }
    panic!("no server of this name in the contract")
}

const fn same(left: &str, right: &str) -> bool {
    let (left, right) = (left.as_bytes(), right.as_bytes());
    let mut at = 0;
    while at < left.len() && at < right.len() && left[at] == right[at] {
        at += 1;
    }
    at == left.len() && at == right.len()
}

/// The response header fields that an answer may carry. A name that is not here is a leak.
pub const RESPONSE_HEADERS: &[&str] = &[
    "accept-ranges",
    "access-control-allow-headers",
    "access-control-allow-methods",
    "access-control-allow-origin",
    "access-control-expose-headers",
    "access-control-max-age",
    "allow",
    "cache-control",
    "connection",
    "content-encoding",
    "content-length",
    "content-range",
    "content-type",
    "date",
    "etag",
    "last-modified",
    "location",
    "retry-after",
    "sec-websocket-accept",
    "sec-websocket-version",
    "server",
    "transfer-encoding",
    "upgrade",
    "vary",
    "x-content-type-options",
    "x-request-id",
    "x-served-by",
];

/// The fields whose values may differ from server to server; `x-served-by` does so by turns.
pub const MAY_DIFFER: &[&str] = &["date", "server", "x-request-id", "x-served-by"];

/// The media types of the answers.
pub mod media {
    /// Plain text.
    pub const TEXT: &str = "text/plain; charset=utf-8";
    /// JSON.
    pub const JSON: &str = "application/json";
    /// The page.
    pub const HTML: &str = "text/html; charset=utf-8";
    /// Errors (RFC 9457).
    pub const PROBLEM: &str = "application/problem+json";
    /// Server-sent events ([the HTML standard](https://html.spec.whatwg.org/multipage/server-sent-events.html)).
    pub const EVENTS: &str = "text/event-stream";
    /// The metrics, in [Prometheus' text format](https://prometheus.io/docs/instrumenting/exposition_formats/).
    pub const METRICS: &str = "text/plain; version=0.0.4; charset=utf-8";
}

/// The one path where another protocol is spoken.
pub fn upgrade_path() -> Option<&'static str> {
    ROUTES.iter().find(|route| route.operation == Operation::Socket).map(|route| route.pattern)
}

/// The paths of the contract, each once, in order.
pub fn patterns() -> Vec<&'static str> {
    let mut seen = BTreeSet::new();
    ROUTES.iter().map(|route| route.pattern).filter(|pattern| seen.insert(*pattern)).collect()
}

/// What `Allow` must say for a path of the contract: sorted, no doubles, HEAD and OPTIONS in it.
pub fn allow(pattern: &str) -> String {
    let mut methods = BTreeSet::from(["OPTIONS"]);
    for route in ROUTES.iter().filter(|route| route.pattern == pattern) {
        methods.insert(route.method.as_str());
        if route.method == Method::Get {
            methods.insert("HEAD");
        }
    }
    methods.into_iter().collect::<Vec<_>>().join(", ")
}

/// The operation that a request is for, if the contract has one: what metrics and the access log
/// name it by. It follows the contract, not the server: that both agree is for the judge to show.
pub fn operation(method: &str, path: &str) -> Option<Operation> {
    static PATHS: LazyLock<matchit::Router<Vec<&Route>>> = LazyLock::new(paths);
    let method = if method == "HEAD" { "GET" } else { method };
    // A static segment stands before the parameter that it beats, whatever the method.
    let routes = PATHS.at(path).ok()?.value;
    routes.iter().find(|route| route.method.as_str() == method).map(|route| route.operation)
}

/// What there is at each path.
fn paths() -> matchit::Router<Vec<&'static Route>> {
    let mut router = matchit::Router::new();
    for pattern in patterns() {
        let routes = ROUTES.iter().filter(|route| route.pattern == pattern).collect();
        // That no pattern of the contract is refused shows in the tests: every operation is found.
        let _ = router.insert(pattern, routes);
    }
    router
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn allow_is_sorted_and_complete() {
        assert_eq!(allow("/todos"), "DELETE, GET, HEAD, OPTIONS, POST");
        assert_eq!(allow("/todos/{id}"), "DELETE, GET, HEAD, OPTIONS, PATCH");
        assert_eq!(allow("/livez"), "GET, HEAD, OPTIONS");
    }

    #[test]
    fn every_operation_is_found() {
        for route in ROUTES {
            let path = route.pattern.replace(['{', '}', '*'], "");
            assert_eq!(operation(route.method.as_str(), &path), Some(route.operation), "{path}");
        }
    }

    #[test]
    fn operations_are_found_by_path() {
        assert_eq!(operation("GET", "/todos/stats"), Some(Operation::TodoStats));
        assert_eq!(operation("HEAD", "/todos/7"), Some(Operation::GetTodo));
        assert_eq!(operation("DELETE", "/todos/stats"), None);
        assert_eq!(operation("GET", "/"), Some(Operation::Home));
        assert_eq!(operation("GET", "/todos/"), None);
        assert_eq!(operation("GET", "/nowhere"), None);
        assert_eq!(operation("PUT", "/files/a/b"), Some(Operation::PutFile));
        assert_eq!(operation("GET", "/files//"), Some(Operation::GetFile));
        assert_eq!(operation("GET", "/files/"), None);
        assert_eq!(operation("GET", "/files"), Some(Operation::ListFiles));
    }
}
