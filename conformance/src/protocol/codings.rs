//! `Transfer-Encoding` (RFC 9112, sections 6.1, 6.3 and 7).

use super::{
    case::{Case, must, should},
    outcome::{ANY, CLIENT_ERROR, ERROR},
};

/// [`super::subject::BODY`] in one chunk.
pub(super) const CHUNK: &str = "2\r\n12\r\n0\r\n\r\n";
/// What a transfer coding that is not known, or not sound, may be told.
const BAD_CODING: &[u16] = &[400, 501];

pub(super) fn cases() -> Vec<Case> {
    [sound(), with_length(), unknown(), disguised(), doubtful()].concat()
}

fn sound() -> Vec<Case> {
    let rows: [(&'static str, &str); 5] = [
        ("transfer-encoding/chunked", "Transfer-Encoding: chunked\r\n"),
        ("transfer-encoding/in-capitals", "Transfer-Encoding: CHUNKED\r\n"),
        ("transfer-encoding/in-mixed-case", "transfer-encoding: ChUnKeD\r\n"),
        ("transfer-encoding/much-space", "Transfer-Encoding: \t chunked \t \r\n"),
        ("transfer-encoding/no-space", "Transfer-Encoding:chunked\r\n"),
    ];
    let says = "the chunked coding is understood, whatever its case";
    let mut cases = rows.map(|(id, fields)| must(id, "RFC 9112, 7", says).posts(fields, CHUNK).served()).to_vec();
    cases.push(
        must("transfer-encoding/for-get", "RFC 9112, 6.3", "the body of a GET is read or refused, and is no request")
            .gets("Transfer-Encoding: chunked\r\n\r\n21\r\nGET /hidden HTTP/1.1\r\nHost: a\r\n\r\n\r\n0\r\n")
            .answered(ANY),
    );
    cases
}

/// The server may refuse, or read the chunks; it must close in any case.
fn with_length() -> Vec<Case> {
    let says = "Content-Length beside Transfer-Encoding is refused, or left out and the connection closed";
    let rows: [(&'static str, &str); 7] = [
        ("transfer-encoding/behind-length", "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n"),
        ("transfer-encoding/before-length", "Transfer-Encoding: chunked\r\nContent-Length: 2\r\n"),
        ("transfer-encoding/with-length-zero", "Content-Length: 0\r\nTransfer-Encoding: chunked\r\n"),
        ("transfer-encoding/with-right-length", "Content-Length: 12\r\nTransfer-Encoding: chunked\r\n"),
        ("transfer-encoding/with-invalid-length", "Content-Length: x\r\nTransfer-Encoding: chunked\r\n"),
        ("transfer-encoding/with-large-length", "Content-Length: 4000\r\nTransfer-Encoding: chunked\r\n"),
        (
            "transfer-encoding/between-lengths",
            "Content-Length: 2\r\nTransfer-Encoding: chunked\r\nContent-Length: 2\r\n",
        ),
    ];
    rows.map(|(id, fields)| must(id, "RFC 9112, 6.1", says).posts(fields, CHUNK).refused(CLIENT_ERROR).served_last())
        .to_vec()
}

fn unknown() -> Vec<Case> {
    let last = "a body whose last coding is not chunked has no end: 400, and the connection closes";
    let rows: [(&'static str, &[u8]); 10] = [
        ("transfer-encoding/gzip", b"Transfer-Encoding: gzip\r\n"),
        ("transfer-encoding/identity", b"Transfer-Encoding: identity\r\n"),
        ("transfer-encoding/chunked-first", b"Transfer-Encoding: chunked, gzip\r\n"),
        ("transfer-encoding/chunked-first-of-two-lines", b"Transfer-Encoding: chunked\r\nTransfer-Encoding: gzip\r\n"),
        ("transfer-encoding/chunked-then-identity", b"Transfer-Encoding: chunked, identity\r\n"),
        ("transfer-encoding/word-before", b"Transfer-Encoding: xchunked\r\n"),
        ("transfer-encoding/word-behind", b"Transfer-Encoding: chunkedx\r\n"),
        ("transfer-encoding/two-words", b"Transfer-Encoding: x chunked\r\n"),
        ("transfer-encoding/empty", b"Transfer-Encoding:\r\n"),
        ("transfer-encoding/nonsense", b"Transfer-Encoding: (chunked)\r\n"),
    ];
    let mut cases =
        rows.map(|(id, fields)| must(id, "RFC 9112, 6.3", last).posts(fields, CHUNK).refused(BAD_CODING)).to_vec();
    let unknown = "a coding that is not understood is 501";
    let rows: [(&'static str, &str); 4] = [
        ("transfer-encoding/identity-then-chunked", "Transfer-Encoding: identity, chunked\r\n"),
        ("transfer-encoding/gzip-then-chunked", "Transfer-Encoding: gzip, chunked\r\n"),
        ("transfer-encoding/unknown-then-chunked", "Transfer-Encoding: x-of-the-judge, chunked\r\n"),
        (
            "transfer-encoding/unknown-on-a-line-before",
            "Transfer-Encoding: x-of-the-judge\r\nTransfer-Encoding: chunked\r\n",
        ),
    ];
    cases.extend(rows.map(|(id, fields)| should(id, "RFC 9112, 6.1", unknown).posts(fields, CHUNK).refused(&[501])));
    cases
}

/// Bytes that one reader takes for space and another does not.
fn disguised() -> Vec<Case> {
    let rows: [(&'static str, &[u8]); 7] = [
        ("transfer-encoding/vertical-tab", b"Transfer-Encoding: \x0bchunked\r\n"),
        ("transfer-encoding/form-feed", b"Transfer-Encoding: chunked\x0c\r\n"),
        ("transfer-encoding/nul", b"Transfer-Encoding: chunked\0\r\n"),
        ("transfer-encoding/quoted", b"Transfer-Encoding: \"chunked\"\r\n"),
        ("transfer-encoding/not-ascii", b"Transfer-Encoding: \xc2\xa0chunked\r\n"),
        ("transfer-encoding/single-quotes", b"Transfer-Encoding: 'chunked'\r\n"),
        ("transfer-encoding/cr-before", b"Transfer-Encoding: \rchunked\r\n"),
    ];
    let says = "what only looks like chunked is refused, or the connection closes";
    rows.map(|(id, fields)| {
        must(id, "RFC 9112, 6.3", says)
            .posts([b"Content-Length: 12\r\n", fields].concat(), CHUNK)
            .refused(ERROR)
            .served_last()
    })
    .to_vec()
}

fn doubtful() -> Vec<Case> {
    let twice = "chunked is applied once at most";
    let rows: [(&'static str, &str); 2] = [
        ("transfer-encoding/twice", "Transfer-Encoding: chunked, chunked\r\n"),
        ("transfer-encoding/on-two-lines", "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"),
    ];
    let mut cases =
        rows.map(|(id, fields)| should(id, "RFC 9112, 6.1", twice).posts(fields, CHUNK).refused(BAD_CODING)).to_vec();
    let stays = "an odd but allowed way to say chunked is read or refused";
    let rows: [(&'static str, &str); 2] = [
        ("transfer-encoding/empty-member-before", "Transfer-Encoding: , chunked\r\n"),
        ("transfer-encoding/empty-member-behind", "Transfer-Encoding: chunked,\r\n"),
    ];
    cases.extend(
        rows.map(|(id, fields)| must(id, "RFC 9110, 5.6.1", stays).posts(fields, CHUNK).refused(BAD_CODING).served()),
    );
    cases.extend([
        should("transfer-encoding/parameter", "RFC 9112, 7.1", "a parameter of chunked is an error")
            .posts("Transfer-Encoding: chunked;q=1\r\n", CHUNK)
            .refused(BAD_CODING),
        must(
            "transfer-encoding/folded",
            "RFC 9112, 5.2",
            "a folded line is refused, or read as if a space stood there",
        )
        .posts("Transfer-Encoding:\r\n chunked\r\n", CHUNK)
        .refused(ERROR)
        .served(),
        must("transfer-encoding/in-another-field", "RFC 9112, 6.1", "another field's chunked is none")
            .posts(
                "Content-Length: 2\r\nTransfer_Encoding: chunked\r\nTE: chunked\r\nX-Transfer-Encoding: chunked\r\n",
                "12",
            )
            .served(),
    ]);
    cases
}
