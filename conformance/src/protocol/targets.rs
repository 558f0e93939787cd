//! The request target (RFC 9112, section 3.2).

use super::{
    case::{Case, must, should},
    outcome::{ANY, CLIENT_ERROR, NO_ERROR, NO_FAILURE, NO_SUCCESS},
    subject::Subject,
};
use crate::finding::{Finding, Verdict, each};

/// A request whose line is this one.
fn line(line: &[u8]) -> Vec<u8> {
    [line, b"\r\nHost: {host}\r\n\r\n"].concat()
}

pub(super) fn cases() -> Vec<Case> {
    [absolute(), broken(), others()].concat()
}

fn absolute() -> Vec<Case> {
    vec![
        must("target/absolute", "RFC 9112, 3.2.2", "the absolute form is accepted")
            .sends(line(b"GET http://{host}{path} HTTP/1.1"))
            .served(),
        must("target/absolute-beats-host", "RFC 9112, 3.2.2", "the target's authority counts, whatever Host says")
            .sends(b"GET http://{host}{path} HTTP/1.1\r\nHost: other.example\r\n\r\n")
            .served(),
        must("target/absolute-scheme-in-capitals", "RFC 9110, 4.2.3", "schemes are not case-sensitive")
            .sends(line(b"GET HTTP://{host}{path} HTTP/1.1"))
            .served(),
        must("target/absolute-without-host", "RFC 9112, 3.2", "HTTP/1.1 without Host is 400, whatever the target")
            .sends(b"GET http://{host}{path} HTTP/1.1\r\n\r\n")
            .refused(&[400]),
        must("target/absolute-without-path", "RFC 9110, 4.2.3", "an empty path is that of the root")
            .sends(line(b"GET http://{host} HTTP/1.1"))
            .answered(NO_FAILURE),
        must("target/absolute-with-query-only", "RFC 9110, 4.2.3", "an empty path is that of the root")
            .sends(line(b"GET http://{host}?a=1 HTTP/1.1"))
            .answered(NO_FAILURE),
        must("target/absolute-of-another-host", "RFC 9110, 7.4", "another host's resource is answered or refused")
            .sends(b"GET http://other.example{path} HTTP/1.1\r\nHost: other.example\r\n\r\n")
            .answered(NO_FAILURE),
        must("target/absolute-https", "RFC 9110, 7.4", "another scheme's resource is answered or refused")
            .sends(line(b"GET https://{host}{path} HTTP/1.1"))
            .answered(NO_FAILURE),
        must(
            "target/absolute-without-authority",
            "RFC 9110, 4.2.1",
            "an http URI without a host is refused as invalid",
        )
        .sends(line(b"GET http:///x HTTP/1.1"))
        .answered(CLIENT_ERROR),
        should("target/absolute-with-userinfo", "RFC 9110, 4.2.4", "a user name in an http URI is an error")
            .sends(line(b"GET http://me@{host}{path} HTTP/1.1"))
            .answered(CLIENT_ERROR),
    ]
}

fn broken() -> Vec<Case> {
    let rows: [(&'static str, &[u8]); 10] = [
        ("target/no-slash", b"GET judge HTTP/1.1"),
        ("target/asterisk-for-get", b"GET * HTTP/1.1"),
        ("target/fragment", b"GET {path}#top HTTP/1.1"),
        ("target/not-ascii", b"GET {path}?\xc3\xa4 HTTP/1.1"),
        ("target/not-utf-8", b"GET {path}?\xff HTTP/1.1"),
        ("target/nul", b"GET {path}?\0 HTTP/1.1"),
        ("target/del", b"GET {path}?\x7f HTTP/1.1"),
        ("target/control", b"GET {path}?\x01 HTTP/1.1"),
        ("target/percent-alone", b"GET /judge% HTTP/1.1"),
        ("target/percent-not-hex", b"GET /judge%zz HTTP/1.1"),
    ];
    let says = "a target that no form allows makes the request line invalid: 400, or a redirect";
    rows.map(|(id, bytes)| should(id, "RFC 9112, 3.2", says).sends(line(bytes)).answered(&[400, 301])).to_vec()
}

fn others() -> Vec<Case> {
    let port = "a CONNECT to an empty or invalid port is rejected";
    let connect =
        |id, bytes: &[u8]| must(id, "RFC 9110, 9.3.6", port).sends(line(bytes)).answered(NO_SUCCESS).dropped();
    vec![
        must("target/options-asterisk", "RFC 9112, 3.2.4", "OPTIONS * asks for the server as such")
            .sends(line(b"OPTIONS * HTTP/1.1"))
            .answered(NO_FAILURE)
            .answered(&[501]),
        must("target/connect", "RFC 9110, 9.3.6", "a server that is no proxy makes no tunnel")
            .sends(b"CONNECT tunnel.example:443 HTTP/1.1\r\nHost: tunnel.example:443\r\n\r\n")
            .answered(NO_SUCCESS)
            .dropped(),
        connect("target/connect-without-port", b"CONNECT tunnel.example HTTP/1.1"),
        connect("target/connect-empty-port", b"CONNECT tunnel.example: HTTP/1.1"),
        connect("target/connect-port-too-large", b"CONNECT tunnel.example:99999 HTTP/1.1"),
        must("target/dot-segments", "RFC 9110, 17.3", "dot segments lead to no file outside").law(|subject| {
            outside(subject, &["/../../../../etc/passwd", "{path}/../../../../etc/passwd", "/..\\..\\etc/passwd"])
        }),
        must("target/encoded-dot-segments", "RFC 9110, 17.3", "encoded dot segments lead to no file outside").law(
            |subject| {
                outside(
                    subject,
                    &[
                        "/%2e%2e/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
                        "/..%2f..%2f..%2f..%2fetc%2fpasswd",
                        "/%252e%252e/%252e%252e/etc/passwd",
                        "/.%2e/.%2e/.%2e/.%2e/etc/passwd",
                        "/%c0%ae%c0%ae/%c0%ae%c0%ae/etc/passwd",
                    ],
                )
            },
        ),
        should("target/encoded-nul", "RFC 9110, 17.3", "an encoded NUL does no harm")
            .sends(line(b"GET /judge%00 HTTP/1.1"))
            .answered(NO_FAILURE),
        must("target/two-slashes", "RFC 9112, 3.2.1", "a path that begins with two slashes is still a path")
            .sends(line(b"GET //judge.example HTTP/1.1"))
            .answered(NO_FAILURE),
        must("target/question-mark-alone", "RFC 9112, 3.2.1", "an empty query is a query")
            .sends(line(b"GET {path}? HTTP/1.1"))
            .answered(NO_ERROR),
        must("target/unknown", "RFC 9110, 15.5.5", "what is not there is not answered as if it were")
            .sends(line(b"GET /no/such/resource/of/the/judge HTTP/1.1"))
            .answered(ANY),
    ]
}

/// A file that every Unix system has, and no server gives away.
fn outside(subject: &Subject, targets: &[&str]) -> Verdict {
    each(targets, |target| -> Result<(), Finding> {
        let bytes = subject.fill(&line(format!("GET {target} HTTP/1.1").as_bytes()));
        let heard = subject.converse(&bytes)?;
        let leaks = heard.answers(&bytes)?.iter().any(|answer| answer.body.starts_with(b"root:"));
        if leaks { Err(heard.finding("this is a file of the system")) } else { Ok(()) }
    })
}
