//! Odd requests, made by hand: several things wrong at once, odd targets, heads that no request can be made of.

use super::Entry;
use conformance::request::Request;

/// Several things are wrong at once: all six must mention the same one.
pub fn precedence() -> Vec<Request> {
    let large = " ".repeat(70_000);
    let patch = |path: &str| Request::new("PATCH", path);
    vec![
        patch("/todos/abc").field("content-type", "text/plain").body("x"),
        patch("/todos/abc").json("{"),
        patch("/todos/abc").json(&large),
        patch("/todos/999").json(&large),
        patch("/todos/999").field("content-type", "text/plain").body(&large),
        patch("/todos/999").json("{}").field("if-match", "\"x\""),
        patch("/todos/1").json("{}").field("if-match", "\"x\""),
        patch("/todos/1").json("{").field("if-match", "\"x\""),
        patch("/todos/1").field("if-match", "\"x\""),
        Request::new("POST", "/todos").field("content-type", "text/plain").body(&large),
        Request::new("POST", "/todos").field("content-type", "text/plain").body("{"),
        Request::new("POST", "/baseline11").body("x"),
        Request::new("POST", "/baseline11?a=1&a=1").body("x"),
        Request::new("POST", "/baseline11?a=1&a=1").body(&large),
        Request::new("POST", "/baseline11?a=x").body("x"),
        Request::new("POST", "/baseline11?a=x").body(b"\xff"),
        Request::new("PUT", "/todos").body(&large),
        Request::new("POST", "/nowhere").body(&large),
        Request::new("POST", "/nowhere").field("host", "example.com").body(&large),
        Request::new("GET", "/plaintext").body(&large),
        Request::new("GET", "/plaintext").body("small"),
        Request::get("/json/abc?m=1&m=1"),
        Request::get("/json/abc?m=x"),
        Request::get("/todos?limit=x&limit=y"),
        Request::get("/todos?limit=x&offset=1&offset=2"),
        Request::new("BREW", "/todos?limit=x&limit=y").field("host", "example.com"),
        Request::new("OPTIONS", "/nowhere")
            .field("origin", "http://localhost")
            .field("access-control-request-method", "GET"),
        Request::new("OPTIONS", "/todos")
            .field("origin", "http://localhost")
            .field("access-control-request-method", "GET"),
        Request::new("OPTIONS", "/todos").field("origin", "http://localhost"),
        Request::new("OPTIONS", "/todos").field("access-control-request-method", "GET"),
        Request::new("OPTIONS", "/todos").body(&large),
        Request::new("OPTIONS", "*").field("origin", "http://localhost"),
        Request::new("OPTIONS", "*").field("origin", "http://localhost").field("access-control-request-method", "GET"),
    ]
}

pub fn targets() -> Vec<Request> {
    let targets = [
        "/%70laintext",
        "/plaintext/",
        "//plaintext",
        "/PLAINTEXT",
        "/plaintext?",
        "/plaintext??",
        "/plaintext?%3f",
        "/./plaintext",
        "/x/../plaintext",
        "/todos/%31",
        "/todos/1%20",
        "/todos/%C3%A4",
        "/todos/1%2f",
        "/json/%35%30",
        "/json/050",
        "/json/3;v=1",
        "/json/3,4",
        "/%",
        "/%ff",
        "/?%ff",
        "/plaintext?x=%",
        "/todos/%00",
        "/todos/1%00",
        "/~!$&'()*+,;=:@",
        "/|",
        "/^",
        "/\\",
        "/[1]",
        "http://127.0.0.1/plaintext",
        "http://localhost:1/todos/1",
        "http://example.com/",
        "http://127.0.0.1",
        "http://127.0.0.1?x",
        "http://[::1]/json",
        "ftp://127.0.0.1/",
        "plaintext",
        "*",
    ];
    targets.iter().flat_map(|target| ["GET", "HEAD", "DELETE"].map(|method| Request::new(method, target))).collect()
}

/// What the search in `hunt` has found, made small, and near relatives of that.
pub fn found() -> Vec<Entry> {
    let chunked =
        |line: &str, body: &str| format!("{line}\r\nhost: 127.0.0.1\r\ntransfer-encoding: chunked\r\n\r\n{body}");
    let texts = [
        // A broken body that nobody reads: the answer comes, and says that the connection closes.
        chunked("GET /json HTTP/1.1", "0\r\nx\r\n\r\n"),
        chunked("GET / HTTP/1.1", "g\r\n"),
        chunked("GET http://example.com/ HTTP/1.1", "0\r\nx\r\n\r\n"),
        // The same where the handler waits for the disk or for a clock.
        chunked("HEAD /files/large.html HTTP/1.1", "1\r\na\r\n0\r\nx : y\r\n\r\n"),
        chunked("GET /files/large.html HTTP/1.1", "1\r\na\r\ng\r\n"),
        chunked("GET /delay/20 HTTP/1.1", "1\r\na\r\n1\n"),
        // The same where it is read.
        chunked("PUT /files/broken HTTP/1.1", "1\r\na\r\n0\r\nx : y\r\n\r\n"),
        // A body in many small chunks that nobody reads, and one that is too large to be cleared away.
        chunked("GET /json HTTP/1.1", &format!("{}0\r\n\r\n", "1\r\na\r\n".repeat(13))),
        chunked("GET /json HTTP/1.1", &format!("10001\r\n{}\r\n0\r\n\r\n", " ".repeat(0x1_0001))),
        format!("GET /json HTTP/1.0\r\nhost: 127.0.0.1\r\ncontent-length: 70000\r\n\r\n{}", " ".repeat(70_000)),
        // A sound request in front of a broken one: `close` is not for the first to say.
        format!("GET / HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n{}", chunked("GET / HTTP/1.1", "0\n\r\n")),
        // Methods that are tokens, and HTTP/1.0 without a length.
        "!#$%&'*+-.^_`|~ /json HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n".to_owned(),
        "POST /json HTTP/1.0\r\nhost: 127.0.0.1\r\n\r\n".to_owned(),
        "POST http://127.0.0.1/upload HTTP/1.0\r\n\r\n".to_owned(),
    ];
    texts.into_iter().map(named).collect()
}

/// Heads that no request can be made of.
pub fn raw() -> Vec<Entry> {
    let long = "a".repeat(9000);
    let many: String = (0..200).map(|at| format!("x-{at}: a\r\n")).collect();
    let texts = [
        "GET /plaintext HTTP/1.1\r\n\r\n".to_owned(),
        "HEAD /plaintext HTTP/1.1\r\n\r\n".to_owned(),
        "GET /plaintext HTTP/1.0\r\n\r\n".to_owned(),
        "GET /json/50 HTTP/1.0\r\nhost: 127.0.0.1\r\naccept-encoding: gzip\r\n\r\n".to_owned(),
        "GET /plaintext HTTP/1.0\r\nconnection: keep-alive\r\n\r\n".to_owned(),
        "POST /todos HTTP/1.0\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}".to_owned(),
        "GET /plaintext HTTP/2.0\r\nhost: 127.0.0.1\r\n\r\n".to_owned(),
        "GET /plaintext\r\n\r\n".to_owned(),
        "\r\nGET /plaintext HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n".to_owned(),
        format!("GET /{long} HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n"),
        format!("HEAD /{long} HTTP/1.1\r\nhost: 127.0.0.1\r\norigin: http://localhost\r\n\r\n"),
        format!("GET / HTTP/1.1\r\nhost: 127.0.0.1\r\nx: {long}{long}\r\n\r\n"),
        format!("GET / HTTP/1.1\r\nhost: 127.0.0.1\r\nx-request-id: mine\r\n{many}\r\n"),
        "GET / HTTP/1.1\r\nhost: 127.0.0.1\r\nhost: 127.0.0.1\r\norigin: http://localhost\r\n\r\n".to_owned(),
        "GET / HTTP/1.1\r\nhost: 127.0.0.1\r\nx : y\r\n\r\n".to_owned(),
        "GET / HTTP/1.1\r\nhost: 127.0.0.1\r\nx: y\r\n z\r\n\r\n".to_owned(),
        "POST /todos HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n".to_owned(),
        "POST /todos HTTP/1.1\r\nhost: 127.0.0.1\r\ntransfer-encoding: gzip\r\n\r\n".to_owned(),
        "POST /todos HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\nx\r\n".to_owned(),
        "POST /todos HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\nx: y\r\n\r\n".to_owned(),
        "POST /todos HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\ncontent-length: 99999999\r\n\r\n".to_owned(),
        "\u{16}\u{3}\u{1}\u{2}\r\n\r\n".to_owned(),
    ];
    texts.into_iter().map(named).collect()
}

fn named(text: String) -> Entry {
    let first = text.lines().find(|line| !line.is_empty()).unwrap_or_default();
    let name = first.chars().take(40).collect::<String>().escape_default().to_string();
    Entry { name, head: text.starts_with("HEAD"), bytes: text.into_bytes() }
}
