//! The chunked coding (RFC 9112, section 7.1).

use super::{
    case::{Case, must, should},
    outcome::{CLIENT_ERROR, ERROR},
    subject::Need,
};

const CHUNKED: &str = "Transfer-Encoding: chunked\r\n";

pub(super) fn cases() -> Vec<Case> {
    [sound(), extensions(), trailers(), sizes(), overflows(), ends()].concat()
}

fn sound() -> Vec<Case> {
    let rows: [(&'static str, &str); 4] = [
        ("chunks/one", "2\r\n12\r\n0\r\n\r\n"),
        ("chunks/two", "1\r\n1\r\n1\r\n2\r\n0\r\n\r\n"),
        ("chunks/leading-zeros", "0002\r\n12\r\n0\r\n\r\n"),
        ("chunks/zeros-at-the-end", "2\r\n12\r\n0000\r\n\r\n"),
    ];
    let says = "chunks are read, and the next request begins behind the last one";
    let mut cases = rows.map(|(id, body)| must(id, "RFC 9112, 7.1", says).posts(CHUNKED, body).served()).to_vec();
    let zeros = "more zeros than a size can have digits are read, or refused";
    let rows: [(&'static str, &str); 2] = [
        ("chunks/many-leading-zeros", "00000000000000000002\r\n12\r\n0\r\n\r\n"),
        ("chunks/many-zeros-at-the-end", "2\r\n12\r\n00000000000000000000\r\n\r\n"),
    ];
    cases.extend(
        rows.map(|(id, body)| must(id, "RFC 9112, 7.1", zeros).posts(CHUNKED, body).served().refused(CLIENT_ERROR)),
    );
    let letters = "a size may have digits in either case";
    let spaces = "          ";
    cases.extend([
        must("chunks/small-letters", "RFC 9112, 7.1", letters)
            .posts(CHUNKED, format!("a\r\n{spaces}\r\n2\r\n12\r\n0\r\n\r\n"))
            .answered(super::outcome::NO_FAILURE),
        must("chunks/capital-letters", "RFC 9112, 7.1", letters)
            .posts(CHUNKED, format!("A\r\n{spaces}\r\n2\r\n12\r\n0\r\n\r\n"))
            .answered(super::outcome::NO_FAILURE),
        must("chunks/none", "RFC 9112, 7.1", "a body may be empty")
            .posts(CHUNKED, "0\r\n\r\n")
            .answered(super::outcome::NO_FAILURE),
        must("chunks/a-request-inside", "RFC 9112, 7.1", "what stands in a chunk is never read as a request")
            .posts(CHUNKED, "2b\r\nGET /hidden HTTP/1.1\r\nHost: localhost\r\n\r\n\r\n\r\n0\r\n\r\n")
            .answered(super::outcome::NO_FAILURE),
        must("chunks/data-like-an-end", "RFC 9112, 7.1", "data that looks like the last chunk is data")
            .posts(CHUNKED, "5\r\n0\r\n\r\n\r\n0\r\n\r\n")
            .answered(super::outcome::NO_FAILURE),
    ]);
    cases
}

fn extensions() -> Vec<Case> {
    let rows: [(&'static str, &str); 5] = [
        ("chunks/extension", "2;a\r\n12\r\n0\r\n\r\n"),
        ("chunks/extension-with-value", "2;a=b\r\n12\r\n0\r\n\r\n"),
        ("chunks/extension-quoted", "2;a=\"b;\\\"c\"\r\n12\r\n0\r\n\r\n"),
        ("chunks/extensions", "2;a;b=c;d=\"e\"\r\n12\r\n0\r\n\r\n"),
        ("chunks/extension-of-the-last", "2\r\n12\r\n0;a=b\r\n\r\n"),
    ];
    let says = "an extension that is not known is left out";
    let mut cases = rows.map(|(id, body)| must(id, "RFC 9112, 7.1.1", says).posts(CHUNKED, body).served()).to_vec();
    // By the grammar; older than the attacks that it has served.
    let bad = "bad whitespace around an extension is read and removed";
    let rows: [(&'static str, &str); 3] = [
        ("chunks/extension-behind-space", "2 ;a\r\n12\r\n0\r\n\r\n"),
        ("chunks/extension-with-spaces", "2 ; a = b\r\n12\r\n0\r\n\r\n"),
        ("chunks/extension-behind-tab", "2\t;a\r\n12\r\n0\r\n\r\n"),
    ];
    cases.extend(rows.map(|(id, body)| must(id, "RFC 9110, 5.6.3", bad).posts(CHUNKED, body).served()));
    let broken = "an extension that is none is 400, and the connection closes";
    let rows: [(&'static str, &[u8]); 6] = [
        ("chunks/extension-ended-by-lf", b"2;a\n12\r\n0\r\n\r\n"),
        ("chunks/extension-with-lf", b"2;a\nb\r\n12\r\n0\r\n\r\n"),
        ("chunks/extension-with-cr", b"2;a\rb\r\n12\r\n0\r\n\r\n"),
        ("chunks/extension-with-nul", b"2;a\0\r\n12\r\n0\r\n\r\n"),
        ("chunks/extension-with-control", b"2;a\x01\r\n12\r\n0\r\n\r\n"),
        ("chunks/extension-of-the-last-with-lf", b"2\r\n12\r\n0;a\n\r\n"),
    ];
    cases.extend(rows.map(|(id, body)| should(id, "RFC 9112, 2.2", broken).posts(CHUNKED, body).refused(CLIENT_ERROR)));
    cases.push(
        must("chunks/extension-without-name", "RFC 9112, 7.1.1", "an empty extension is left out or refused")
            .posts(CHUNKED, "2;\r\n12\r\n0\r\n\r\n")
            .refused(CLIENT_ERROR)
            .served(),
    );
    cases
}

fn trailers() -> Vec<Case> {
    let says = "trailers are read or left out, never taken for fields of the head";
    let rows: [(&'static str, &str); 6] = [
        ("trailers/one", "2\r\n12\r\n0\r\nX-Trailer: 1\r\n\r\n"),
        ("trailers/several", "2\r\n12\r\n0\r\nX: 1\r\nY: 2\r\nZ:\r\n\r\n"),
        ("trailers/length", "2\r\n12\r\n0\r\nContent-Length: 40\r\n\r\n"),
        ("trailers/coding", "2\r\n12\r\n0\r\nTransfer-Encoding: chunked\r\n\r\n"),
        ("trailers/host", "2\r\n12\r\n0\r\nHost: other.example\r\n\r\n"),
        ("trailers/connection", "2\r\n12\r\n0\r\nConnection: keep-alive\r\n\r\n"),
    ];
    let mut cases: Vec<_> = rows
        .iter()
        .map(|(id, body)| {
            let case = must(id, "RFC 9112, 7.1.2", says).posts(CHUNKED, body).served();
            // What has no business in a trailer may be refused as well (RFC 9110, section 6.5.1).
            if ["trailers/one", "trailers/several"].contains(id) { case } else { case.refused(CLIENT_ERROR) }
        })
        .collect();
    let broken = "a trailer that is no field is 400, and the connection closes";
    let rows: [(&'static str, &[u8]); 4] = [
        ("trailers/no-colon", b"2\r\n12\r\n0\r\nX\r\n\r\n"),
        ("trailers/space-before-colon", b"2\r\n12\r\n0\r\nX : 1\r\n\r\n"),
        ("trailers/no-name", b"2\r\n12\r\n0\r\n: 1\r\n\r\n"),
        ("trailers/nul", b"2\r\n12\r\n0\r\nX\0: 1\r\n\r\n"),
    ];
    cases.extend(rows.map(|(id, body)| should(id, "RFC 9112, 2.2", broken).posts(CHUNKED, body).refused(CLIENT_ERROR)));
    cases.push(
        must("trailers/folded", "RFC 9112, 5.2", "a folded trailer is refused, or read as if a space stood there")
            .posts(CHUNKED, "2\r\n12\r\n0\r\nX: 1\r\n 2\r\n\r\n")
            .refused(CLIENT_ERROR)
            .served(),
    );
    cases
}

fn sizes() -> Vec<Case> {
    let says = "a size that is none is 400, and the connection closes";
    let rows: [(&'static str, &[u8]); 14] = [
        ("chunks/size-not-hex", b"g\r\n12\r\n0\r\n\r\n"),
        ("chunks/size-empty", b"\r\n12\r\n0\r\n\r\n"),
        ("chunks/size-minus", b"-2\r\n12\r\n0\r\n\r\n"),
        ("chunks/size-plus", b"+2\r\n12\r\n0\r\n\r\n"),
        ("chunks/size-with-prefix", b"0x2\r\n12\r\n0\r\n\r\n"),
        ("chunks/size-with-suffix", b"2h\r\n12\r\n0\r\n\r\n"),
        ("chunks/size-behind-space", b" 2\r\n12\r\n0\r\n\r\n"),
        ("chunks/size-two-numbers", b"2 2\r\n12\r\n0\r\n\r\n"),
        ("chunks/size-with-underscore", b"0_2\r\n12\r\n0\r\n\r\n"),
        ("chunks/size-with-fraction", b"2.0\r\n12\r\n0\r\n\r\n"),
        ("chunks/size-with-nul", b"2\0\r\n12\r\n0\r\n\r\n"),
        ("chunks/size-with-vertical-tab", b"2\x0b\r\n12\r\n0\r\n\r\n"),
        ("chunks/size-quoted", b"\"2\"\r\n12\r\n0\r\n\r\n"),
        ("chunks/extension-alone", b";a\r\n12\r\n0\r\n\r\n"),
    ];
    let mut cases: Vec<_> =
        rows.map(|(id, body)| should(id, "RFC 9112, 2.2", says).posts(CHUNKED, body).refused(&[400])).to_vec();
    cases.push(
        must("chunks/size-before-space", "RFC 9112, 7.1", "space behind a size is left out or refused")
            .posts(CHUNKED, "2 \r\n12\r\n0\r\n\r\n")
            .refused(&[400])
            .served(),
    );
    cases
}

/// Too large for 16, 32 or 64 bits: two, or zero, for a reader that loses the rest.
fn overflows() -> Vec<Case> {
    let says = "a size too large for the server is no small one";
    let rows: [(&'static str, &str); 6] = [
        ("chunks/size-beyond-64-bits", "10000000000000002\r\n12\r\n0\r\n\r\n"),
        ("chunks/size-beyond-32-bits", "100000002\r\n12\r\n0\r\n\r\n"),
        ("chunks/size-of-63-bits", "7fffffffffffffff\r\n12\r\n0\r\n\r\n"),
        ("chunks/size-of-64-bits", "ffffffffffffffff\r\n12\r\n0\r\n\r\n"),
        ("chunks/size-minus-two", "fffffffffffffffe\r\n12\r\n0\r\n\r\n"),
        ("chunks/size-of-forty-digits", "f000000000000000000000000000000000000002\r\n12\r\n0\r\n\r\n"),
    ];
    rows.map(|(id, body)| {
        must(id, "RFC 9112, 7.1", says).needs(Need::Post).posts(CHUNKED, body).refused(ERROR).dropped().awaited()
    })
    .to_vec()
}

/// Where a chunk ends.
fn ends() -> Vec<Case> {
    let says = "a chunk that does not end where it must is 400, and the connection closes";
    let rows: [(&'static str, &str); 9] = [
        ("chunks/too-much-data", "2\r\n123\r\n0\r\n\r\n"),
        ("chunks/too-little-data", "3\r\n12\r\n0\r\n\r\n"),
        ("chunks/no-end-behind-data", "2\r\n120\r\n\r\n"),
        ("chunks/lf-behind-data", "2\r\n12\n0\r\n\r\n"),
        ("chunks/cr-behind-data", "2\r\n12\r0\r\n\r\n"),
        ("chunks/two-bytes-behind-data", "2\r\n12XX0\r\n\r\n"),
        ("chunks/lf-behind-size", "2\n12\r\n0\r\n\r\n"),
        ("chunks/cr-behind-size", "2\r12\r\n0\r\n\r\n"),
        ("chunks/lf-behind-the-last", "2\r\n12\r\n0\n\r\n"),
    ];
    rows.map(|(id, body)| should(id, "RFC 9112, 7.1", says).posts(CHUNKED, body).refused(CLIENT_ERROR)).to_vec()
}
