//! Files, events and WebSockets: what is put, asked for in every way, and refused.

use conformance::request::Request;

const LONG_AGO: &str = "Sun, 06 Nov 1994 08:49:37 GMT";
const TO_COME: &str = "Fri, 31 Dec 2100 00:00:00 GMT";

/// A few files to begin with, some of them put again.
pub fn puts() -> Vec<Request> {
    let put = |path: &str, body: &[u8]| Request::new("PUT", &format!("/files/{path}")).body(body);
    let text = "some text; ".repeat(300);
    vec![
        put("probes/3.txt", b"0123456789"),
        put("empty", b""),
        put("large.html", text.as_bytes()),
        put("large.html", text.as_bytes()).chunked(),
        put("noise.png", &(0..5000_u32).map(|at| ((at * at) >> 3) as u8).collect::<Vec<_>>()),
        put("a%20b/%C3%A4.json", b"{}").field("content-type", "text/css"),
        put("probes/3.txt", b"x").field("if-none-match", "*"),
        put("new", b"x").field("if-match", "*"),
        put("new", b"x").field("if-unmodified-since", LONG_AGO),
        put("new", b"y").field("if-unmodified-since", LONG_AGO),
        put("new", b"y").field("content-range", "bytes 0-0/1"),
        put("new", b"y").field("content-encoding", "gzip"),
        Request::new("PUT", "/files/nobody"),
    ]
}

/// Every file with every field that decides what comes of it.
pub fn gets() -> Vec<Request> {
    let fields: [&[(&str, &str)]; 22] = [
        &[],
        &[("range", "bytes=0-0")],
        &[("range", "bytes=-3")],
        &[("range", "bytes=5-")],
        &[("range", "bytes=99999-")],
        &[("range", "bytes=0-1,3-4")],
        &[("range", "bytes=4-2")],
        &[("range", "lines=1-2")],
        &[("range", "bytes=0-1"), ("range", "bytes=0-1")],
        &[("range", "bytes=1-2"), ("if-range", "\"x\"")],
        &[("range", "bytes=1-2"), ("if-range", LONG_AGO)],
        &[("range", "bytes=1-2"), ("accept-encoding", "gzip")],
        &[("if-modified-since", TO_COME)],
        &[("if-modified-since", LONG_AGO)],
        &[("if-modified-since", "x")],
        &[("if-unmodified-since", LONG_AGO)],
        &[("if-unmodified-since", TO_COME)],
        &[("if-none-match", "*")],
        &[("if-none-match", "\"x\""), ("if-modified-since", TO_COME)],
        &[("if-match", "\"x\"")],
        &[("accept-encoding", "gzip")],
        &[("accept-encoding", "br"), ("origin", "http://localhost:1")],
    ];
    let paths = ["probes/3.txt", "empty", "large.html", "noise.png", "a%20b/%C3%A4.json", "a b", "nothing"];
    let paths = paths.iter().filter(|path| !path.contains(' '));
    let asked = paths.flat_map(|path| {
        fields.iter().flat_map(move |fields| {
            ["GET", "HEAD"].map(|method| super::with(&Request::new(method, &format!("/files/{path}")), fields))
        })
    });
    let deletes =
        ["empty", "empty", "nothing", "noise.png"].map(|path| Request::new("DELETE", &format!("/files/{path}")));
    asked.chain([Request::get("/files"), Request::new("HEAD", "/files")]).chain(deletes).collect()
}

/// Paths that could mean something else.
pub fn paths() -> Vec<Request> {
    let (long, longer) = ("n".repeat(255), "n".repeat(256));
    let paths = [
        "",
        "/",
        ".",
        "..",
        "a/",
        "a//b",
        "a/../b",
        "%2e%2e",
        "..%2fa",
        "a%2Fb",
        "a%5cb",
        "a\\b",
        "%00",
        "a%0ab",
        "%7f",
        "%C2%85",
        "%ff",
        "%c3",
        "%",
        "%zz",
        "%2",
        "a;b",
        "a?b",
        "a%3Fb",
        "~",
        "*",
        "a:b",
        "{path}",
        "%25",
        "%252e%252e",
        "...",
        "\u{e4}",
        &long,
        &longer,
    ];
    let methods = ["GET", "PUT", "DELETE", "POST", "OPTIONS"];
    paths
        .iter()
        .flat_map(|path| methods.map(|method| Request::new(method, &format!("/files/{path}")).body("x")))
        .collect()
}

/// What is no handshake at all, and events that are asked for badly.
pub fn others() -> Vec<Request> {
    vec![
        Request::get("/ws"),
        Request::new("HEAD", "/ws"),
        Request::get("/events?limit=0"),
        Request::get("/events?limit=x"),
        Request::get("/events").field("last-event-id", "x"),
        Request::get("/events?limit=2").field("last-event-id", "0"),
        Request::get("/events?limit=1").field("last-event-id", "99999"),
        Request::new("HEAD", "/events"),
    ]
}

/// Handshakes that lack something, by what that is. One that lacks nothing is for others to judge: it has no end.
pub fn handshakes() -> Vec<(&'static str, Request)> {
    let whole = [
        ("connection", "Upgrade"),
        ("upgrade", "websocket"),
        ("sec-websocket-version", "13"),
        ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
    ];
    let without = |name: &'static str| {
        let kept = whole.iter().filter(|(known, _)| *known != name);
        (name, kept.fold(Request::get("/ws"), |request, (name, value)| request.field(name, value)))
    };
    whole.iter().map(|(name, _)| without(name)).collect()
}
