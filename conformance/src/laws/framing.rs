//! Bodies and how they are framed (RFC 9112, sections 6 and 7).

use crate::{
    fact::Fact,
    finding::{Finding, Verdict, each, once},
    request::Request,
    target::Target,
};

const SUM: &str = "/baseline11?a=1&b=2";

fn chunked(target: &Target, chunks: &str) -> Vec<u8> {
    let host = &target.host;
    format!("POST {SUM} HTTP/1.1\r\nhost: {host}\r\ntransfer-encoding: chunked\r\n\r\n{chunks}").into_bytes()
}

pub(super) fn chunks_with_extensions_and_trailers_are_read(target: &Target) -> Verdict {
    let sound = [
        "1\r\n4\r\n0\r\n\r\n",
        "001\r\n4\r\n000\r\n\r\n",
        "1;name=value\r\n4\r\n0;last\r\n\r\n",
        "1;name=\"quoted; \\\" text\"\r\n4\r\n0\r\n\r\n",
        "1\r\n4\r\n0\r\nx-trailer: 1\r\nhost: elsewhere\r\n\r\n",
        "1\r\n \r\n1\r\n4\r\n1\r\n\n\r\n0\r\n\r\n",
    ];
    each(sound, |chunks| {
        let mut client = target.connect()?;
        client.send(&chunked(target, chunks));
        client.receive(false)?.expect(&[Fact::Status(200), Fact::Body("7".into())])?;
        // The next request is found where it begins.
        client.send(&Request::get("/json").bytes(&target.host));
        client.receive(false)?.expect(&[Fact::Status(200)])
    })?;
    // The names of codings are read in any case (RFC 9112, section 7).
    once(|| {
        let head = String::from_utf8_lossy(&chunked(target, "1\r\n4\r\n0\r\n\r\n")).replace(": chunked", ": Chunked");
        target.ask_raw(head.as_bytes(), false)?.expect(&[Fact::Status(200), Fact::Body("7".into())])
    })
}

/// Each of these could be read in two ways: the request is refused and the connection closed.
pub(super) fn broken_chunks_are_400(target: &Target) -> Verdict {
    let broken = [
        "x\r\n4\r\n0\r\n\r\n",
        "\r\n4\r\n0\r\n\r\n",
        "-1\r\n4\r\n0\r\n\r\n",
        "0x1\r\n4\r\n0\r\n\r\n",
        "1\n4\r\n0\r\n\r\n",
        "1\r\n44\r\n0\r\n\r\n",
        "1\r\n4\n0\r\n\r\n",
        "10000000000000001\r\n4\r\n0\r\n\r\n",
        "1 \u{1}\r\n4\r\n0\r\n\r\n",
    ];
    each(broken, |chunks| {
        let mut client = target.connect()?;
        client.send(&chunked(target, chunks));
        client.send(&Request::get("/smuggled").bytes(&target.host));
        client.receive(false)?.expect(&[Fact::Problem(400, "malformed")])?;
        client.closed()
    })
}

pub(super) fn expect_continue_is_answered(target: &Target) -> Verdict {
    each(["100-continue", "100-Continue"], |expect| {
        let mut client = target.connect()?;
        let host = &target.host;
        let head = format!("POST {SUM} HTTP/1.1\r\nhost: {host}\r\nexpect: {expect}\r\ncontent-length: 1\r\n\r\n");
        client.send(head.as_bytes());
        let interim = client.receive_interim()?;
        if interim.status != 100 {
            return Err(client.finding(format!("the first answer is {}, not 100", interim.status)));
        }
        client.send(b"4");
        client.receive(false)?.expect(&[Fact::Status(200), Fact::Body("7".into())])
    })
}

/// A body that its route does not read must not be taken for the next request: it is drained, or the connection closes.
pub(super) fn unread_bodies_are_drained(target: &Target) -> Verdict {
    let hidden = "GET /smuggled HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n";
    let unread = [
        (Request::get("/plaintext"), 200),
        (Request::new("DELETE", "/todos/999999999999"), 404),
        (Request::new("POST", "/nowhere"), 404),
        (Request::new("PUT", "/todos"), 405),
        (Request::new("POST", "/todos").field("content-type", "text/plain"), 415),
    ];
    each(unread, |(request, status)| {
        for request in [request.clone().body(hidden), request.body(hidden).chunked()] {
            let mut client = target.connect()?;
            client.send(&request.bytes(&target.host));
            let first = client.receive(false)?;
            first.expect(&[Fact::Status(status)])?;
            client.send(&Request::get("/json").bytes(&target.host));
            match client.receive(false) {
                Ok(second) => second.expect(&[Fact::Status(200), Fact::Contains("Hello".into())])?,
                Err(finding) => client.closed().map_err(|_| finding)?,
            }
        }
        Ok(())
    })
}

/// A client that leaves in the middle of a body gets a 400 or nothing, and nothing is made of it.
pub(super) fn cut_bodies_change_nothing(target: &Target) -> Verdict {
    let json = "{\"title\":\"cut\"}";
    let host = &target.host;
    let head = format!("POST /todos HTTP/1.1\r\nhost: {host}\r\ncontent-type: application/json\r\n");
    let cut = [
        format!("{head}content-length: {}\r\n\r\n{json}", json.len() + 1),
        format!("{head}transfer-encoding: chunked\r\n\r\n{:x}\r\n{json}\r\n", json.len()),
        format!("{head}transfer-encoding: chunked\r\n\r\n{:x}\r\n{}", json.len(), &json[..4]),
    ];
    each(cut, |request| -> Result<(), Finding> {
        let mut client = target.connect()?;
        client.send(request.as_bytes());
        client.finish();
        match client.receive(false) {
            Ok(exchange) => exchange.expect(&[Fact::Problem(400, "malformed")]),
            // Closed without a word.
            Err(finding) if client.closed().is_ok() && !client.has_more() && finding.what.contains("ended") => Ok(()),
            Err(finding) => Err(finding),
        }
    })
}
