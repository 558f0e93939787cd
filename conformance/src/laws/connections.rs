//! Keep-alive, pipelining and the end of a connection (RFC 9112, section 9).

use crate::{
    case::Given,
    fact::{Fact, field},
    finding::{Finding, Verdict, each, once},
    request::Request,
    target::Target,
};

fn get(target: &Target, path: &str, id: &str) -> Vec<u8> {
    Request::get(path).field("x-request-id", id).bytes(&target.host)
}

pub(super) fn connections_are_kept(target: &Target) -> Verdict {
    once(|| {
        let mut client = target.connect()?;
        for (at, path) in ["/plaintext", "/nowhere", "/json", "/todos/x", "/plaintext"].iter().enumerate() {
            let id = at.to_string();
            client.send(&get(target, path, &id));
            client.receive(false)?.expect(&[field("x-request-id", id), Fact::Lacks("connection")])?;
        }
        Ok(())
    })
}

/// Requests with and without a body, answers with and without one, errors among them.
pub(super) fn pipelined_requests_are_answered_in_order(target: &Target) -> Verdict {
    let requests = [
        (Request::get("/json/50"), 200),
        (Request::new("POST", "/baseline11?a=1&b=2").body("4"), 200),
        (Request::new("HEAD", "/openapi.json"), 200),
        (Request::get("/nowhere"), 404),
        (Request::new("POST", "/todos").json("{"), 400),
        (Request::new("OPTIONS", "/todos"), 204),
        (Request::new("POST", "/baseline11?a=1&b=2").body("5").chunked(), 200),
        (Request::get("/plaintext"), 200),
    ];
    once(|| {
        let mut client = target.connect()?;
        let mut bytes = Vec::new();
        for round in 0..5 {
            for (at, (request, _)) in requests.iter().enumerate() {
                bytes.extend(request.clone().field("x-request-id", format!("{round}-{at}")).bytes(&target.host));
            }
        }
        client.send(&bytes);
        for round in 0..5 {
            for (at, (request, status)) in requests.iter().enumerate() {
                let exchange = client.receive(request.is_head())?;
                exchange.expect(&[Fact::Status(*status), field("x-request-id", format!("{round}-{at}"))])?;
            }
        }
        Ok(())
    })
}

/// What comes behind an answer to HEAD, a 204 or a 304 is the next answer: a body would be taken for it.
pub(super) fn answers_without_body_have_none(target: &Target) -> Verdict {
    let mut todo = None;
    once(|| Given::make(target, r#"{"title":"without a body"}"#).map(|made| todo = Some(made)))?;
    let Some(todo) = todo else { return Ok(()) };
    let paths = ["/", "/json/50", "/openapi.json", &todo.path(), "/nowhere", "/todos/x", "/ws", "/json/3?m=x", "/%zz"];
    let heads = paths.map(|path| Request::new("HEAD", path));
    let unmodified = Request::get(&todo.path()).field("if-none-match", "*");
    let others = [unmodified.clone(), unmodified.method("HEAD"), Request::new("OPTIONS", "/todos")];
    let verdict = each(heads.into_iter().chain(others), |request| {
        let mut client = target.connect()?;
        client.send(&[request.bytes(&target.host), get(target, "/plaintext", "behind")].concat());
        let first = client.receive(request.is_head())?;
        if first.answer.field("connection") == Some("close") {
            return client.closed();
        }
        client.receive(false)?.expect(&[Fact::Status(200), field("x-request-id", "behind")])
    });
    todo.remove(target);
    verdict
}

/// The server says so too, and what is pipelined behind is not served (RFC 9112, section 9.6).
pub(super) fn connection_close_is_honoured(target: &Target) -> Verdict {
    let last = [
        Request::get("/plaintext").field("connection", "close"),
        Request::get("/plaintext").field("Connection", "Close"),
        Request::get("/plaintext").field("connection", "keep-alive, close"),
        Request::get("/plaintext").field("connection", "keep-alive").field("connection", "close"),
        Request::get("/nowhere").field("connection", "close"),
        Request::new("POST", "/baseline11?a=1&b=2").field("connection", "close").body("4"),
        Request::new("HEAD", "/json").field("connection", "close"),
        Request::new("DELETE", "/todos/999999999999").field("connection", "close"),
    ];
    each(last, |request| {
        let mut client = target.connect()?;
        let behind = Request::new("POST", "/todos").json(r#"{"title":"behind the last request"}"#);
        client.send(&[request.bytes(&target.host), behind.bytes(&target.host)].concat());
        client.receive(request.is_head())?.expect(&[field("connection", "close")])?;
        client.closed()
    })
}

pub(super) fn http_1_0_is_answered(target: &Target) -> Verdict {
    once(|| {
        let mut client = target.connect()?;
        client.send(b"GET /plaintext HTTP/1.0\r\n\r\n");
        client.receive(false)?.expect(&[
            Fact::Status(200),
            Fact::Body("Hello, World!".into()),
            Fact::Has("content-length"),
        ])?;
        client.closed()
    })?;
    once(|| {
        let mut client = target.connect()?;
        let kept = Request::get("/plaintext").field("connection", "keep-alive").old().bytes(&target.host);
        for _ in 0..2 {
            client.send(&kept);
            client.receive(false)?.expect(&[Fact::Status(200), field("connection", "keep-alive")])?;
        }
        Ok(())
    })?;
    // No transfer coding is known to HTTP/1.0: a compressed answer ends by length or with the connection.
    once(|| {
        let request = Request::get("/json/50").field("accept-encoding", "gzip").old();
        target.expect(&request, &[Fact::Status(200), Fact::Lacks("transfer-encoding")]).map(|_| ())
    })
}

/// A client may say that it will send no more and still wait for its answer.
pub(super) fn a_half_closed_client_is_answered(target: &Target) -> Verdict {
    each(
        [Request::get("/json/50"), Request::new("POST", "/baseline11?a=1&b=2").body("4")],
        |request| -> Result<(), Finding> {
            let mut client = target.connect()?;
            client.send(&request.bytes(&target.host));
            client.finish();
            client.receive(false)?.expect(&[Fact::Status(200)])?;
            client.closed()
        },
    )
}
