//! `Host` (RFC 9112, section 3.2; RFC 9110, section 7.2).

use super::{
    case::{Case, must},
    outcome::{CLIENT_ERROR, NO_FAILURE},
};

/// A GET with these field lines and no others.
fn get(fields: &[u8]) -> Vec<u8> {
    [b"GET {path} HTTP/1.1\r\n", fields, b"\r\n"].concat()
}

pub(super) fn cases() -> Vec<Case> {
    [sound(), several(), invalid(), doubtful()].concat()
}

fn sound() -> Vec<Case> {
    let rows: [(&'static str, &[u8]); 5] = [
        ("host/no-space", b"Host:{host}\r\n"),
        ("host/much-space", b"Host: \t {host} \t \r\n"),
        ("host/name-in-capitals", b"HOST: {host}\r\n"),
        ("host/name-in-small-letters", b"host: {host}\r\n"),
        ("host/last-of-many", b"A: 1\r\nB: 2\r\nC: 3\r\nD: 4\r\nE: 5\r\nF: 6\r\nG: 7\r\nHost: {host}\r\n"),
    ];
    rows.map(|(id, fields)| {
        must(id, "RFC 9112, 5", "names have no case, space around a value is none of it").sends(get(fields)).served()
    })
    .to_vec()
}

fn several() -> Vec<Case> {
    let says = "a request without exactly one Host is 400";
    let rows: [(&'static str, &[u8]); 5] = [
        ("host/missing", b""),
        ("host/missing-among-others", b"A: 1\r\nX-Host: {host}\r\n"),
        ("host/twice-the-same", b"Host: {host}\r\nHost: {host}\r\n"),
        ("host/twice", b"Host: {host}\r\nHost: other.example\r\n"),
        ("host/twice-in-other-case", b"Host: {host}\r\nX: 1\r\nhOsT: {host}\r\n"),
    ];
    let mut cases =
        rows.map(|(id, fields)| must(id, "RFC 9112, 3.2", says).sends(get(fields)).refused(&[400])).to_vec();
    cases.push(
        must("host/twice-in-http-1.0", "RFC 9112, 3.2", says)
            .sends(b"GET {path} HTTP/1.0\r\nHost: {host}\r\nHost: {host}\r\n\r\n")
            .refused(&[400]),
    );
    cases
}

fn invalid() -> Vec<Case> {
    let rows: [(&'static str, &[u8]); 16] = [
        ("host/space", b"Host: lo cal\r\n"),
        ("host/user", b"Host: me@localhost\r\n"),
        ("host/path", b"Host: localhost/x\r\n"),
        ("host/query", b"Host: localhost?x\r\n"),
        ("host/fragment", b"Host: localhost#x\r\n"),
        ("host/backslash", b"Host: localhost\\x\r\n"),
        ("host/scheme", b"Host: http://localhost\r\n"),
        ("host/port-of-letters", b"Host: localhost:http\r\n"),
        ("host/negative-port", b"Host: localhost:-80\r\n"),
        ("host/two-ports", b"Host: localhost:80:80\r\n"),
        ("host/bare-ipv6", b"Host: ::1\r\n"),
        ("host/open-bracket", b"Host: [::1\r\n"),
        ("host/not-ascii", b"Host: l\xc3\xb6calhost\r\n"),
        ("host/percent-not-hex", b"Host: local%zzhost\r\n"),
        ("host/angle-brackets", b"Host: <localhost>\r\n"),
        ("host/control", b"Host: local\x01host\r\n"),
    ];
    let says = "a Host that is no host is 400";
    let mut cases =
        rows.map(|(id, fields)| must(id, "RFC 9112, 3.2", says).sends(get(fields)).refused(&[400])).to_vec();
    cases.push(
        must("host/invalid-in-http-1.0", "RFC 9112, 3.2", says)
            .sends(b"GET {path} HTTP/1.0\r\nHost: me@localhost\r\n\r\n")
            .refused(&[400]),
    );
    cases
}

/// Sound by their grammar, and still strange.
fn doubtful() -> Vec<Case> {
    let rows: [(&'static str, &[u8]); 5] = [
        ("host/empty", b"Host:\r\n"),
        ("host/comma", b"Host: a.example, b.example\r\n"),
        ("host/port-too-large", b"Host: localhost:65536\r\n"),
        ("host/empty-port", b"Host: localhost:\r\n"),
        ("host/other", b"Host: other.example\r\n"),
    ];
    let says = "what the grammar allows is answered or refused, and nothing else is read into it";
    let strange = |(id, fields)| must(id, "RFC 9110, 7.2", says).sends(get(fields)).answered(NO_FAILURE);
    let mut cases = rows.map(strange).to_vec();
    cases.push(
        must("host/folded", "RFC 9112, 5.2", "a folded Host is refused, or read as if a space stood there")
            .sends(get(b"Host:\r\n {host}\r\n"))
            .refused(CLIENT_ERROR)
            .served(),
    );
    cases
}
