//! Everything that is too large (RFC 9112, section 3; RFC 9110, section 5.4).

use super::{
    case::{Case, must, should},
    outcome::{CLIENT_ERROR, NO_ERROR, NO_FAILURE},
};

/// More than any server takes.
const HUGE: usize = 2_000_000;

pub(super) fn cases() -> Vec<Case> {
    vec![
        should("limits/target-of-8000-bytes", "RFC 9112, 3", "a request line of 8000 bytes is supported")
            .sends(format!("GET {{path}}?{} HTTP/1.1\r\nHost: {{host}}\r\n\r\n", "a".repeat(7900)))
            .answered(NO_ERROR),
        must("limits/huge-target", "RFC 9112, 3", "a target that is too long is 414")
            .sends(format!("GET {{path}}?{} HTTP/1.1\r\nHost: {{host}}\r\n\r\n", "a".repeat(HUGE)))
            .refused(&[414]),
        should("limits/long-method", "RFC 9112, 3", "a method that is too long is 501")
            .sends(format!("{} {{path}} HTTP/1.1\r\nHost: {{host}}\r\n\r\n", "A".repeat(4000)))
            .answered(&[501]),
        must("limits/endless-method", "RFC 9112, 3", "a request line without end is refused")
            .sends("A".repeat(HUGE))
            .refused(&[400, 405, 414, 431, 501])
            .dropped(),
        must("limits/long-field", "RFC 9110, 5.4", "a field of 4000 bytes is read or refused with 4xx")
            .gets(format!("X: {}\r\n", "a".repeat(4000)))
            .served()
            .refused(CLIENT_ERROR),
        must("limits/huge-field", "RFC 9110, 5.4", "a field that is too large is 4xx")
            .gets(format!("X: {}\r\n", "a".repeat(HUGE)))
            .refused(CLIENT_ERROR)
            .served(),
        must("limits/huge-name", "RFC 9110, 5.4", "a field that is too large is 4xx")
            .gets(format!("{}: a\r\n", "X".repeat(HUGE)))
            .refused(CLIENT_ERROR)
            .served(),
        must("limits/thousands-of-fields", "RFC 9110, 5.4", "too many fields are 4xx")
            .gets("X: 1\r\n".repeat(HUGE / 6))
            .refused(CLIENT_ERROR)
            .served(),
        must("limits/endless-folding", "RFC 9112, 5.2", "a folded line without end is refused")
            .gets(format!("X: 1\r\n{}", " 2\r\n".repeat(HUGE / 4)))
            .refused(CLIENT_ERROR)
            .served(),
        must("limits/many-empty-lines", "RFC 9112, 2.2", "empty lines without end are ignored or refused")
            .sends(format!("{}GET {{path}} HTTP/1.1\r\nHost: {{host}}\r\n\r\n", "\r\n".repeat(5000)))
            .refused(CLIENT_ERROR)
            .served()
            .dropped(),
        must("limits/chunk-of-long-extension", "RFC 9112, 7.1.1", "an extension that is too long is 4xx")
            .posts("Transfer-Encoding: chunked\r\n", format!("2;a={}\r\n12\r\n0\r\n\r\n", "b".repeat(HUGE)))
            .refused(CLIENT_ERROR)
            .served(),
        must("limits/long-chunk-size", "RFC 9112, 7.1", "a size of a thousand zeros is read or refused")
            .posts("Transfer-Encoding: chunked\r\n", format!("{}2\r\n12\r\n0\r\n\r\n", "0".repeat(1000)))
            .refused(CLIENT_ERROR)
            .served(),
        must("limits/many-chunks", "RFC 9112, 7.1", "a body may come in thousands of chunks")
            .posts("Transfer-Encoding: chunked\r\n", format!("{}2\r\n12\r\n0\r\n\r\n", "1\r\n \r\n".repeat(2000)))
            .answered(NO_FAILURE),
        must("limits/huge-trailers", "RFC 9112, 7.1.2", "trailers that are too large are refused, or left out")
            .posts("Transfer-Encoding: chunked\r\n", format!("2\r\n12\r\n0\r\nX: {}\r\n\r\n", "a".repeat(HUGE)))
            .refused(CLIENT_ERROR)
            .served(),
        must("limits/long-host", "RFC 9112, 3.2", "a long Host is answered or refused")
            .sends(format!("GET {{path}} HTTP/1.1\r\nHost: {}.example\r\n\r\n", "a".repeat(3000)))
            .answered(NO_FAILURE),
    ]
}
