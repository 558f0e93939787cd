//! Request heads, sound and not: RFC 9112, sections 2 to 6, and which `Host` is ours.

use super::probes;
use crate::{
    fact::{Fact, exactly, field},
    finding::{Finding, Verdict, each},
    request::Request,
    target::Target,
};
use shared::Error;

/// Heads that could be read in two ways or break a MUST; `H` stands for the host.
const UNSOUND: &[&str] = &[
    // the request line
    "GET  /plaintext HTTP/1.1\r\nHost: H\r\n\r\n",
    "GET\t/plaintext HTTP/1.1\r\nHost: H\r\n\r\n",
    " GET /plaintext HTTP/1.1\r\nHost: H\r\n\r\n",
    "GET /plaintext HTTP/1.1 \r\nHost: H\r\n\r\n",
    "GET /plain text HTTP/1.1\r\nHost: H\r\n\r\n",
    "GET /plaintext http/1.1\r\nHost: H\r\n\r\n",
    "GET /plaintext HTTP/1\r\nHost: H\r\n\r\n",
    "GET /plaintext\r\n\r\n",
    "GET plaintext HTTP/1.1\r\nHost: H\r\n\r\n",
    "GET * HTTP/1.1\r\nHost: H\r\n\r\n",
    "GET /plaintext#top HTTP/1.1\r\nHost: H\r\n\r\n",
    "GET /pl\u{e9}intext HTTP/1.1\r\nHost: H\r\n\r\n",
    "GET /pl\u{0}intext HTTP/1.1\r\nHost: H\r\n\r\n",
    "G(T /plaintext HTTP/1.1\r\nHost: H\r\n\r\n",
    "\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}\u{0}\u{1}\r\n\r\n",
    // Host
    "GET /plaintext HTTP/1.1\r\n\r\n",
    "GET /plaintext HTTP/1.1\r\nHost:\r\n\r\n",
    "GET /plaintext HTTP/1.1\r\nHost: H\r\nHost: H\r\n\r\n",
    "GET /plaintext HTTP/1.1\r\nHost: H\r\nhost: elsewhere\r\n\r\n",
    "GET /plaintext HTTP/1.1\r\nHost: local host\r\n\r\n",
    "GET /plaintext HTTP/1.1\r\nHost: localhost:x\r\n\r\n",
    "GET /plaintext HTTP/1.1\r\nHost: localhost:65536\r\n\r\n",
    "GET /plaintext HTTP/1.1\r\nHost: localhost/x\r\n\r\n",
    "GET /plaintext HTTP/1.1\r\nHost: me@localhost\r\n\r\n",
    "GET /plaintext HTTP/1.1\r\nHost: ::1\r\n\r\n",
    "GET http://me@localhost/plaintext HTTP/1.1\r\nHost: H\r\n\r\n",
    "GET http:///plaintext HTTP/1.1\r\nHost: H\r\n\r\n",
    "GET ftp://localhost/plaintext HTTP/1.1\r\nHost: H\r\n\r\n",
    // fields
    "GET /plaintext HTTP/1.1\r\nHost : H\r\n\r\n",
    "GET /plaintext HTTP/1.1\r\nHost: H\r\nx : 1\r\n\r\n",
    "GET /plaintext HTTP/1.1\r\nHost: H\r\nx: 1\r\n folded\r\n\r\n",
    "GET /plaintext HTTP/1.1\r\n x: 1\r\nHost: H\r\n\r\n",
    "GET /plaintext HTTP/1.1\r\nHost: H\r\nx\r\n\r\n",
    "GET /plaintext HTTP/1.1\r\nHost: H\r\n: 1\r\n\r\n",
    "GET /plaintext HTTP/1.1\r\nHost: H\r\nx(: 1\r\n\r\n",
    "GET /plaintext HTTP/1.1\r\nHost: H\r\nx: \u{0}\r\n\r\n",
    "GET /plaintext HTTP/1.1\r\nHost: H\r\nx: a\rb\r\n\r\n",
    "GET /plaintext HTTP/1.1\nHost: H\n\n",
    "GET /plaintext HTTP/1.1\r\nHost: H\n\r\n",
    // framing
    "POST /baseline11?a=1&b=2 HTTP/1.1\r\nHost: H\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n4\r\n0\r\n\r\n",
    "POST /baseline11?a=1&b=2 HTTP/1.1\r\nHost: H\r\nTransfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n1\r\n4\r\n0\r\n\r\n",
    "POST /baseline11?a=1&b=2 HTTP/1.1\r\nHost: H\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n4",
    "POST /baseline11?a=1&b=2 HTTP/1.1\r\nHost: H\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n44",
    "POST /baseline11?a=1&b=2 HTTP/1.1\r\nHost: H\r\nContent-Length: 1, 1\r\n\r\n4",
    "POST /baseline11?a=1&b=2 HTTP/1.1\r\nHost: H\r\nContent-Length: +1\r\n\r\n4",
    "POST /baseline11?a=1&b=2 HTTP/1.1\r\nHost: H\r\nContent-Length: -1\r\n\r\n4",
    "POST /baseline11?a=1&b=2 HTTP/1.1\r\nHost: H\r\nContent-Length: 0x1\r\n\r\n4",
    "POST /baseline11?a=1&b=2 HTTP/1.1\r\nHost: H\r\nContent-Length: 99999999999999999999\r\n\r\n4",
    "POST /baseline11?a=1&b=2 HTTP/1.1\r\nHost: H\r\nContent-Length:\r\n\r\n4",
    "POST /baseline11?a=1&b=2 HTTP/1.1\r\nHost: H\r\nTransfer-Encoding: gzip\r\n\r\n4",
    "POST /baseline11?a=1&b=2 HTTP/1.1\r\nHost: H\r\nTransfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n",
    "POST /baseline11?a=1&b=2 HTTP/1.1\r\nHost: H\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "POST /baseline11?a=1&b=2 HTTP/1.1\r\nHost: H\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "POST /baseline11?a=1&b=2 HTTP/1.1\r\nHost: H\r\nTransfer-Encoding:\r\n\r\n4",
    "POST /baseline11?a=1&b=2 HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n4\r\n0\r\n\r\n",
];

const SOUND: &[&str] = &[
    "GET /plaintext HTTP/1.1\r\nHost: H\r\n\r\n",
    "GET /plaintext HTTP/1.1\r\nhOST:H\r\n\r\n",
    "GET /plaintext HTTP/1.1\r\nHost:\t H \t\r\nx:\r\n\r\n",
    "\r\nGET /plaintext HTTP/1.1\r\nHost: H\r\n\r\n",
    "GET /plaintext HTTP/1.1\r\nHost: H\r\nx: 1\r\nx: 2\r\n\r\n",
    "GET /plaintext HTTP/1.1\r\nHost: H\r\nUpgrade: h2c\r\nConnection: upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAMAAABk\r\n\r\n",
    "GET /plaintext HTTP/1.1\r\nHost: H\r\nContent-Length: 0\r\n\r\n",
    "GET /plaintext?a=/?:@!$&'()*+,;=-._~ HTTP/1.1\r\nHost: H\r\n\r\n",
    "GET /plaintext HTTP/1.1\r\nHost: H\r\nCookie: a=b\r\nRange: bytes=0-1\r\nTE: trailers\r\n\r\n",
];

/// `H` in a line of `Host` stands for the host that is asked.
fn bytes(target: &Target, head: &str) -> Vec<u8> {
    let host = |line: &str| match line.to_ascii_lowercase().starts_with("host") {
        true => line.replacen(" H", &format!(" {}", target.host), 1).replacen(":H", &format!(":{}", target.host), 1),
        false => line.to_owned(),
    };
    head.split_inclusive('\n').map(host).collect::<String>().into_bytes()
}

pub(super) fn sound_heads_are_served(target: &Target) -> Verdict {
    each(SOUND, |head| target.ask_raw(&bytes(target, head), false)?.expect(&[Fact::Status(200)]))?;
    each([b"x: \xff\xfe".as_slice(), b"x: \"\\\"", b"x-request-id: \xc3\xa9"], |line| {
        let head = [b"GET /plaintext HTTP/1.1\r\nHost: ", target.host.as_bytes(), b"\r\n", line, b"\r\n\r\n"].concat();
        target.ask_raw(&head, false)?.expect(&[Fact::Status(200)])
    })
}

pub(super) fn unsound_heads_are_refused(target: &Target) -> Verdict {
    each(UNSOUND, |head| target.ask_raw(&bytes(target, head), false)?.expect(&[Fact::Problem(400, "malformed")]))
}

/// Nobody knows where the next request begins: what follows is not read as one.
pub(super) fn refused_heads_close_the_connection(target: &Target) -> Verdict {
    each(UNSOUND, |head| {
        let mut client = target.connect()?;
        client.send(&bytes(target, head));
        client.send(&Request::get("/smuggled").bytes(&target.host));
        client.receive(false)?.expect(&[field("connection", "close")])?;
        client.closed()
    })
}

pub(super) fn other_versions_are_505(target: &Target) -> Verdict {
    each(["HTTP/2.0", "HTTP/0.9", "HTTP/3.1"], |version| {
        let mut client = target.connect()?;
        client.send(format!("GET /plaintext {version}\r\nHost: {}\r\n\r\n", target.host).as_bytes());
        client.receive(false)?.expect(&[exactly(&Error::VersionNotSupported)])?;
        client.closed()
    })?;
    each(["PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"], |preface| {
        target.ask_raw(preface.as_bytes(), false)?.expect(&[exactly(&Error::VersionNotSupported)])
    })
}

/// The body has an end, and still cannot be read.
pub(super) fn unknown_codings_are_501(target: &Target) -> Verdict {
    each(["gzip, chunked", "x\r\ntransfer-encoding: chunked"], |codings| {
        let mut client = target.connect()?;
        let head = format!("POST /upload HTTP/1.1\r\nHost: {}\r\nTransfer-Encoding: {codings}\r\n\r\n", target.host);
        client.send(format!("{head}0\r\n\r\n").as_bytes());
        client.receive(false)?.expect(&[exactly(&Error::NotImplemented), field("connection", "close")])?;
        client.closed()
    })
}

pub(super) fn refusals_keep_the_request_id(target: &Target) -> Verdict {
    each(
        ["GET /%zz HTTP/1.1\r\nHost: H\r\n", "GET /plaintext HTTP/1.1\r\n", "GET /plaintext HTTP/2.1\r\nHost: H\r\n"],
        |head| {
            let head = format!("{head}X-Request-Id: kept-1\r\n\r\n");
            target.ask_raw(&bytes(target, &head), false)?.expect(&[field("x-request-id", "kept-1")])
        },
    )
}

/// A head that comes byte by byte is the same head.
pub(super) fn heads_in_pieces_are_judged_alike(target: &Target) -> Verdict {
    let one_of_each = UNSOUND.iter().step_by(7).map(|head| (head, 400)).chain(SOUND.iter().map(|head| (head, 200)));
    each(one_of_each, |(head, status)| {
        let mut client = target.connect()?;
        bytes(target, head).iter().for_each(|byte| client.send(&[*byte]));
        client.receive(false)?.expect(&[Fact::Status(status)])
    })
}

pub(super) fn foreign_host_is_421(target: &Target) -> Verdict {
    for host in ["example.com", "localhost.example.com", "127.0.0.1.example.com", "example.com:80"] {
        let routes = probes::routes().into_iter().filter(|probe| !probe.name.starts_with("delete"));
        let change = |request: Request| request.field("host", host);
        probes::send(target, routes.collect(), change, |_, exchange| exchange.expect(&[exactly(&Error::Misdirected)]))?;
    }
    Ok(())
}

pub(super) fn local_hosts_are_served(target: &Target) -> Verdict {
    let near = [
        "localhost",
        "LOCALHOST:3001",
        "a.localhost",
        "localhost.",
        "127.0.0.1",
        "127.9.9.9:1",
        "[::1]",
        "[::1]:80",
        "10.0.0.7",
    ];
    each(near, |host| target.expect(&Request::get("/plaintext").field("host", host), &[Fact::Status(200)]).map(|_| ()))
}

/// The target's authority counts, whatever `Host` says (RFC 9112, section 3.2.2).
pub(super) fn absolute_targets_name_the_host(target: &Target) -> Verdict {
    let misdirected = exactly(&Error::Misdirected);
    each(
        [
            ("http://localhost/plaintext", "example.com", Fact::Status(200)),
            ("HTTP://127.0.0.1:9/plaintext?x=1", "example.com", Fact::Status(200)),
            ("http://localhost", "example.com", Fact::Field("content-type", shared::contract::media::HTML.into())),
            ("http://localhost?x=1", "localhost", Fact::Status(200)),
            ("http://example.com/plaintext", "localhost", misdirected.clone()),
            ("https://example.com/plaintext", "localhost", misdirected),
            ("http://localhost/nowhere", "localhost", exactly(&Error::NotFound)),
        ],
        |(absolute, host, fact)| -> Result<(), Finding> {
            target.expect(&Request::get(absolute).field("host", host), &[fact]).map(|_| ())
        },
    )
}
