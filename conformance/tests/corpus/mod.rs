//! The requests that all six must answer alike: made by looping over the contract, odd ones made by hand, and random ones
//! (`SAMENESS_SEED` chooses others).

/// Files, events and WebSockets.
mod files;
/// Odd ones, made by hand.
mod odd;
/// Put together at random.
mod random;

use conformance::{
    laws::probes::{path, sample},
    protocol::{self, case::Case},
    request::Request,
    resources,
};
use shared::contract::{Operation, ROUTES, patterns};

/// What is sent, under a name of its own.
pub struct Entry {
    pub name: String,
    pub bytes: Vec<u8>,
    pub head: bool,
}

/// Not one of the six has reason to answer this host in another way than the others.
const HOST: &str = "127.0.0.1";

/// What the random ones are made from.
pub fn seed() -> u64 {
    std::env::var("SAMENESS_SEED").ok().and_then(|text| text.parse().ok()).unwrap_or(1)
}

/// All of them, in the order in which they are sent: todos that one makes are there for the next.
pub fn all() -> Vec<Entry> {
    let parts = [
        todos(),
        files::puts(),
        methods(),
        samples(),
        queries(),
        bodies(),
        conditions(),
        files::gets(),
        files::paths(),
        files::others(),
        odd::precedence(),
        odd::targets(),
        random::requests(seed()),
    ];
    let requests = parts.into_iter().flatten().map(|request| entry(&request));
    let mut entries: Vec<_> = requests
        .chain(odd::raw())
        .chain(odd::found())
        .chain(protocol())
        .chain([entry(&Request::new("DELETE", "/todos"))])
        .collect();
    for (at, entry) in entries.iter_mut().enumerate() {
        entry.name = format!("{at:03} {}", entry.name);
    }
    entries.extend(named());
    entries
}

/// The cases of the RFCs, but for those that end in silence, and upgrades, which have names of their own. Where several
/// answers are sound, the six give the same one.
fn protocol() -> Vec<Entry> {
    let compared = |case: &Case| !case.may_be_awaited() && !case.id.starts_with("upgrade/");
    let cases = protocol::all().into_iter().filter(compared);
    let sent = cases.filter_map(|case| {
        let bytes = resources::known().fill(case.template()?, HOST);
        Some(Entry { name: case.id.to_owned(), head: bytes.starts_with(b"HEAD "), bytes })
    });
    sent.collect()
}

/// Those that a deviation is listed for, by names that stay.
fn named() -> Vec<Entry> {
    let json = Request::get("/json");
    let requests = [
        ("an upgrade to nothing", json.clone().field("connection", "upgrade")),
        ("a body that does not come", json.clone().field("content-length", "3")),
        (
            "an old client that would stay and sends too much",
            json.field("connection", "keep-alive").body(" ".repeat(70_000)).old(),
        ),
    ];
    let handshakes = files::handshakes().into_iter();
    let handshakes = handshakes.map(|(lack, request)| (format!("an upgrade that lacks {lack}"), request));
    let requests = requests.map(|(name, request)| (name.to_owned(), request)).into_iter().chain(handshakes);
    requests.map(|(name, request)| Entry { name, ..entry(&request) }).collect()
}

fn entry(request: &Request) -> Entry {
    let target: String = request.target.chars().take(60).collect();
    Entry { name: format!("{} {target}", request.method), bytes: request.bytes(HOST), head: request.is_head() }
}

/// A few todos to begin with.
fn todos() -> Vec<Request> {
    let bodies = [
        r#"{"title":"milk"}"#.to_owned(),
        r#"{"title":"tea ☕","completed":true,"order":-1}"#.to_owned(),
        format!(r#"{{"title":"{}"}}"#, "\\u0001".repeat(200)),
        r#"{"title":"  trimmed  ","order":null}"#.to_owned(),
    ];
    bodies.iter().map(|body| Request::new("POST", "/todos").json(body)).collect()
}

/// Every method on every path, with and without a body.
fn methods() -> Vec<Request> {
    let methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "OPTIONS", "TRACE", "BREW", "get", "CONNECT"];
    let paths = patterns().into_iter().map(path).chain(["/todos/1", "/nowhere", "/todos/", "//"].map(str::to_owned));
    let asked = paths.flat_map(|path| methods.map(|method| Request::new(method, &path)));
    let asked = asked.filter(|request| !is_endless(request));
    let removed = ["/", "/plaintext", "/baseline11", "/todos/stats", "/json/3", "/todos/999"];
    asked.chain(removed.map(|path| Request::new("DELETE", path).body("{}"))).collect()
}

/// Events without a limit have no end.
fn is_endless(request: &Request) -> bool {
    request.method == "GET" && request.target.starts_with("/events") && !request.target.contains("?limit=")
}

/// Every route with every field that middleware reads.
fn samples() -> Vec<Request> {
    let fields: [&[(&str, &str)]; 13] = [
        &[("accept-encoding", "gzip")],
        &[("accept-encoding", "br;q=0.5, gzip;q=0.1")],
        &[("accept-encoding", "identity;q=0, *")],
        &[("origin", "http://localhost:5173")],
        &[("origin", "http://example.com"), ("accept-encoding", "gzip")],
        &[("x-request-id", "not sound")],
        &[("connection", "close")],
        &[("host", "example.com")],
        &[("host", "localhost"), ("accept", "application/json")],
        &[("if-none-match", "*"), ("if-match", "*")],
        &[("content-type", "text/plain"), ("range", "bytes=0-3")],
        &[("origin", "null"), ("access-control-request-method", "GET")],
        &[("expect", "nothing"), ("te", "trailers"), ("upgrade", "h2c")],
    ];
    let routes = ROUTES.iter().filter(|route| route.operation != Operation::ClearTodos);
    let known = routes.map(|route| sample(route).filled(&[("{id}", "3")]));
    known
        .filter(|request| request.method != "DELETE")
        .flat_map(|request| fields.map(|fields| with(&request, fields)))
        .collect()
}

fn with(request: &Request, fields: &[(&str, &str)]) -> Request {
    fields.iter().fold(request.clone(), |request, (name, value)| request.field(name, value))
}

/// Every key of every query, well and badly used.
fn queries() -> Vec<Request> {
    let keyed = ROUTES
        .iter()
        .flat_map(|route| route.query.split(',').filter(|key| !key.is_empty()).map(move |key| (route, key)));
    keyed
        .flat_map(|(route, key)| {
            let queries = [
                format!("{key}=1"),
                format!("{key}=1&{key}=2"),
                key.to_owned(),
                format!("{key}=&unknown=1"),
                format!("{key}=true"),
                format!("{key}=%31&unknown=%C3%A4"),
                format!("{key}=+1"),
                format!("{key}=-1;{key}=1"),
                format!("{}=1", key.to_uppercase()),
            ];
            queries.map(|query| {
                let request = Request::new(route.method.as_str(), &format!("{}?{query}", path(route.pattern)));
                match route.operation {
                    Operation::SumBody => request.body("3"),
                    // There are some already: those that are asked for need not be waited for.
                    Operation::Events => request.field("last-event-id", "0"),
                    _ => request,
                }
            })
        })
        .filter(|request| !is_endless(request))
        .collect()
}

/// JSON of every kind to both routes that read it.
fn bodies() -> Vec<Request> {
    let bodies: [&[u8]; 20] = [
        b"",
        b"{",
        b"{}",
        b"[]",
        b"null",
        b"\"x\"",
        b"{} {}",
        b"\xff",
        b"{\"title\":\"\xff\"}",
        b"\xef\xbb\xbf{}",
        br#"{"title":null,"completed":null,"order":null}"#,
        br#"{"title":"a","title":"b"}"#,
        br#"{"title":"a","order":1e3}"#,
        br#"{"title":"a","order":1.0}"#,
        br#"{"title":"a","order":9223372036854775808}"#,
        br#"{"title":"a","b":{"c":[1,2,{"d":null}]}}"#,
        br#"{"title":"\ud800"}"#,
        br#"{"title":"\u0000"}"#,
        br#"{"title":123456789012345678901234567890}"#,
        br#"{"title":"a","url":"x","id":1,"zeta":0,"alpha":0}"#,
    ];
    let targets = [("POST", "/todos"), ("PATCH", "/todos/2"), ("PATCH", "/todos/999")];
    let typed = bodies.iter().flat_map(|body| targets.map(|(method, path)| Request::new(method, path).json(body)));
    let kinds =
        ["", "text/json", "application/json;charset=latin1", "application/ld+json", "application/", "a/b/c", "*/*"];
    let kinds = kinds.iter().flat_map(|kind| {
        targets
            .map(|(method, path)| Request::new(method, path).field("content-type", kind).body(r#"{"completed":true}"#))
    });
    let two =
        Request::new("POST", "/todos").field("content-type", "application/json").field("content-type", "text/plain");
    typed.chain(kinds).chain([two.body("{}")]).collect()
}

fn conditions() -> Vec<Request> {
    let values = ["*", "\"x\"", "W/\"x\"", "x", "", "\"x\", *", ",", "\"x\" , \"y\","];
    let requests = || {
        [
            Request::get("/todos/1"),
            Request::new("HEAD", "/todos/1"),
            Request::new("PATCH", "/todos/1").json(r#"{"order":5}"#),
            Request::new("DELETE", "/todos/999"),
            Request::get("/json"),
        ]
    };
    let names = ["if-match", "if-none-match"];
    let asked = values.iter().flat_map(|value| names.map(|name| requests().map(|request| request.field(name, value))));
    asked.flatten().collect()
}
