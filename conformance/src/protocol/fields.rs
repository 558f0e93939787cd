//! Field lines (RFC 9112, section 5; RFC 9110, section 5).

use super::{
    case::{Case, must, should},
    outcome::CLIENT_ERROR,
};

pub(super) fn cases() -> Vec<Case> {
    [sound(), space(), folded(), names(), values()].concat()
}

fn sound() -> Vec<Case> {
    let ignore = "what is not known is ignored";
    vec![
        should("fields/unknown", "RFC 9110, 5.1", ignore).gets("X-Of-The-Judge: 1\r\n").served(),
        should("fields/every-token-character", "RFC 9110, 5.6.2", ignore).gets("!#$%&'*+-.^_`|~09azAZ: 1\r\n").served(),
        should("fields/underscore", "RFC 9110, 5.1", ignore).gets("Content_Length: 40\r\n").served(),
        should("fields/fifty", "RFC 9110, 5.4", "as many fields as browsers send are read")
            .gets("X-Of-The-Judge: 1\r\n".repeat(50))
            .served(),
        must("fields/empty-value", "RFC 9110, 5.5", "a value may be empty").gets("X:\r\n").served(),
        must("fields/spaces-for-a-value", "RFC 9112, 5.1", "space around a value is none of it")
            .gets("X: \t  \r\n")
            .served(),
        must("fields/tab-in-a-value", "RFC 9110, 5.5", "a value may contain a tab").gets("X: a\tb\r\n").served(),
        should("fields/not-ascii-in-a-value", "RFC 9110, 5.5", "other bytes in a value are opaque")
            .gets(b"X: \xc3\xa4\xff\r\n")
            .served(),
        must("fields/list-over-lines", "RFC 9110, 5.3", "a list may be spread over lines")
            .gets("Accept: text/html\r\nAccept: */*;q=0.1\r\n")
            .served(),
        must("fields/quotes", "RFC 9110, 5.6.4", "quotes in a value of an unknown field mean nothing")
            .gets("X: \"\r\nY: \\\"\r\n")
            .served(),
    ]
}

fn space() -> Vec<Case> {
    let says = "space between a name and its colon is 400";
    let rows: [(&'static str, &[u8]); 4] = [
        ("fields/space-before-colon", b"X : 1\r\n"),
        ("fields/tab-before-colon", b"X\t: 1\r\n"),
        ("fields/space-behind-content-length", b"Content-Length : 40\r\n"),
        ("fields/space-behind-transfer-encoding", b"Transfer-Encoding : chunked\r\n"),
    ];
    let mut cases = rows.map(|(id, fields)| must(id, "RFC 9112, 5.1", says).gets(fields).refused(&[400])).to_vec();
    let before = "a first field line that begins with space is refused or left out";
    cases.extend([
        must("fields/space-before-the-first", "RFC 9112, 2.2", before)
            .sends(b"GET {path} HTTP/1.1\r\n X: 1\r\nHost: {host}\r\n\r\n")
            .refused(CLIENT_ERROR)
            .served(),
        must("fields/space-before-the-first-hides-a-length", "RFC 9112, 2.2", before)
            .sends(b"GET {path} HTTP/1.1\r\n Content-Length: 40\r\nHost: {host}\r\n\r\n")
            .refused(CLIENT_ERROR)
            .served(),
    ]);
    cases
}

fn folded() -> Vec<Case> {
    let says = "a folded line is refused, or read as if a space stood there";
    let rows: [(&'static str, &[u8]); 5] = [
        ("fields/folded", b"X: 1\r\n 2\r\n"),
        ("fields/folded-by-tab", b"X: 1\r\n\t2\r\n"),
        ("fields/folded-twice", b"X: 1\r\n 2\r\n 3\r\n"),
        ("fields/folded-hides-a-length", b"X: 1\r\n Content-Length: 40\r\n"),
        ("fields/folded-blank", b"X: 1\r\n \r\n"),
    ];
    rows.map(|(id, fields)| must(id, "RFC 9112, 5.2", says).gets(fields).refused(CLIENT_ERROR).served()).to_vec()
}

fn names() -> Vec<Case> {
    let says = "a line that is no field is answered with 400, and the connection closes";
    let rows: [(&'static str, &[u8]); 13] = [
        ("fields/no-colon", b"X\r\n"),
        ("fields/no-name", b": 1\r\n"),
        ("fields/space-in-a-name", b"X Y: 1\r\n"),
        ("fields/parenthesis-in-a-name", b"X(: 1\r\n"),
        ("fields/comma-in-a-name", b"X,Y: 1\r\n"),
        ("fields/slash-in-a-name", b"X/Y: 1\r\n"),
        ("fields/quote-in-a-name", b"\"X\": 1\r\n"),
        ("fields/bracket-in-a-name", b"[X]: 1\r\n"),
        ("fields/at-in-a-name", b"X@Y: 1\r\n"),
        ("fields/nul-in-a-name", b"X\0: 1\r\n"),
        ("fields/control-in-a-name", b"X\x01: 1\r\n"),
        ("fields/del-in-a-name", b"X\x7f: 1\r\n"),
        ("fields/not-ascii-in-a-name", b"X\xc3\xa4: 1\r\n"),
    ];
    rows.map(|(id, fields)| should(id, "RFC 9112, 2.2", says).gets(fields).refused(&[400])).to_vec()
}

fn values() -> Vec<Case> {
    let nul = "NUL in a value is refused, or replaced by a space";
    let control = "a control in a value is refused or kept";
    let rows: [(&'static str, &'static str, &[u8]); 6] = [
        ("fields/nul-in-a-value", nul, b"X: a\0b\r\n"),
        ("fields/nul-alone", nul, b"X: \0\r\n"),
        ("fields/control-in-a-value", control, b"X: a\x01b\r\n"),
        ("fields/del-in-a-value", control, b"X: a\x7fb\r\n"),
        ("fields/escape-in-a-value", control, b"X: \x1b[2J\r\n"),
        ("fields/vertical-tab-in-a-value", control, b"X: \x0b1\r\n"),
    ];
    rows.map(|(id, says, fields)| must(id, "RFC 9110, 5.5", says).gets(fields).refused(CLIENT_ERROR).served()).to_vec()
}
