//! What went wrong, and what the client is told of it.
//!
//! One enum, one `match` to a status and a code, one body: `application/problem+json`
//! ([RFC 9457](https://www.rfc-editor.org/rfc/rfc9457)). A cause is logged where the error is made
//! and never sent.

use serde::Serialize;
use std::{borrow::Cow, fmt::Display, io, time::Duration};

/// Everything that can keep a request from its answer.
#[derive(Debug)]
pub enum Error {
    /// 400: not readable at all (JSON syntax, percent-encoding, UTF-8, a query key given twice, a broken head).
    Malformed(Cow<'static, str>),
    /// 404: no such path, or a parameter that names nothing.
    NotFound,
    /// 405: the path is known, the method is not. The router adds `Allow`.
    MethodNotAllowed,
    /// 406: neither HTML nor JSON is wanted at `/`.
    NotAcceptable,
    /// 408: the request, or its body, did not arrive in time.
    RequestTimeout,
    /// 412: `If-Match` or `If-None-Match` says no.
    PreconditionFailed,
    /// 413: the body is over the limit, in bytes.
    TooLarge(u64),
    /// 414: the request target is over its limit.
    TargetTooLong,
    /// 415: a JSON body without a JSON content type.
    UnsupportedMediaType,
    /// 416: the range lies beyond the end of a file of so many bytes.
    RangeNotSatisfiable(u64),
    /// 421: the `Host` is not one of ours.
    Misdirected,
    /// 422: well-formed, but not valid; every field at fault is named.
    Invalid(Vec<FieldError>),
    /// 426: only a WebSocket is spoken at this path.
    UpgradeRequired,
    /// 429: the client asks too often; it may again after this.
    TooManyRequests(Duration),
    /// 431: the head is over its limit.
    HeadTooLarge,
    /// 500: our fault.
    Internal,
    /// 501: the body is in a transfer coding that is not understood.
    NotImplemented,
    /// 502: a sibling has not answered as it should.
    BadGateway,
    /// 503: more requests at once than `--max-in-flight` allows.
    Overloaded,
    /// 503: the store cannot be reached, or the server is about to stop.
    Unavailable(&'static str),
    /// 503: no sibling is worth asking; one may be after this.
    Tripped(Duration),
    /// 504: no answer within the request timeout.
    Timeout(Duration),
    /// 505: another major version of HTTP than 1.
    VersionNotSupported,
    /// 507: the disk is full.
    InsufficientStorage,
}

/// One field at fault, in a 422.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct FieldError {
    /// The field's name; empty when the whole body is meant.
    pub field: String,
    /// What it must be.
    pub message: String,
}

/// The body of every error (RFC 9457), members in this order.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Problem {
    /// `urn:problem:sextet:<code>`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The status in words.
    pub title: &'static str,
    /// The status.
    pub status: u16,
    /// What is wrong with this request, for a person.
    pub detail: Cow<'static, str>,
    /// What is wrong, for a program.
    pub code: &'static str,
    /// The fields at fault; only in a 422.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
}

impl Error {
    /// A 400 that says why.
    pub fn malformed(why: impl Into<Cow<'static, str>>) -> Self {
        Error::Malformed(why.into())
    }

    /// What a head gets that the listener refused, by the status that it deserves; `why` has the
    /// form `the Host field is missing`.
    pub fn refused_head(status: u16, why: impl Display) -> Self {
        match status {
            408 => Error::RequestTimeout,
            414 => Error::TargetTooLong,
            431 => Error::HeadTooLarge,
            501 => Error::NotImplemented,
            505 => Error::VersionNotSupported,
            _ => Error::malformed(format!("The head of the request is broken: {why}.")),
        }
    }

    /// A 422 for one field.
    pub fn invalid(field: &str, message: impl Into<String>) -> Self {
        Error::Invalid(vec![FieldError { field: field.to_owned(), message: message.into() }])
    }

    /// A 500. The cause goes to the log, not to the client.
    pub fn internal(cause: impl Display) -> Self {
        tracing::error!(%cause, "internal error");
        Error::Internal
    }

    /// What the file system refused: a full disk is a 507, anything else a 500.
    pub fn io(cause: &io::Error) -> Self {
        match cause.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
                tracing::error!(%cause, "the disk is full");
                Error::InsufficientStorage
            }
            _ => Error::internal(cause),
        }
    }

    /// What `serde_json` could not read: its syntax is a 400, a value of another type a 422.
    pub fn json(cause: &serde_json::Error) -> Self {
        match cause.classify() {
            serde_json::error::Category::Data => Error::not_an_object(),
            _ => Error::not_json(),
        }
    }

    /// A 400: not JSON at all.
    pub fn not_json() -> Self {
        Error::malformed("The body is not JSON.")
    }

    /// A 422: JSON, but no object.
    pub fn not_an_object() -> Self {
        Error::invalid("", "must be a JSON object")
    }

    /// A 400: the framing of the body is broken, or the client left in the middle of it.
    pub fn unreadable() -> Self {
        Error::malformed("The body could not be read.")
    }

    /// What `serde_urlencoded` could not read: as every field is text, only a key given twice.
    pub fn query() -> Self {
        Error::malformed("A query key is given more than once.")
    }

    /// The status code.
    pub fn status(&self) -> u16 {
        self.facts().0
    }

    /// Status, title (RFC 9110's reason phrase) and code.
    fn facts(&self) -> (u16, &'static str, &'static str) {
        match self {
            Error::Malformed(_) => (400, "Bad Request", "malformed"),
            Error::NotFound => (404, "Not Found", "not_found"),
            Error::MethodNotAllowed => (405, "Method Not Allowed", "method_not_allowed"),
            Error::NotAcceptable => (406, "Not Acceptable", "not_acceptable"),
            Error::RequestTimeout => (408, "Request Timeout", "request_timeout"),
            Error::PreconditionFailed => (412, "Precondition Failed", "precondition_failed"),
            Error::TooLarge(_) => (413, "Content Too Large", "content_too_large"),
            Error::TargetTooLong => (414, "URI Too Long", "uri_too_long"),
            Error::UnsupportedMediaType => (415, "Unsupported Media Type", "unsupported_media_type"),
            Error::RangeNotSatisfiable(_) => (416, "Range Not Satisfiable", "range_not_satisfiable"),
            Error::Misdirected => (421, "Misdirected Request", "misdirected"),
            Error::Invalid(_) => (422, "Unprocessable Content", "invalid"),
            Error::UpgradeRequired => (426, "Upgrade Required", "upgrade_required"),
            Error::TooManyRequests(_) => (429, "Too Many Requests", "too_many_requests"),
            Error::HeadTooLarge => (431, "Request Header Fields Too Large", "head_too_large"),
            Error::Internal => (500, "Internal Server Error", "internal"),
            Error::NotImplemented => (501, "Not Implemented", "not_implemented"),
            Error::BadGateway => (502, "Bad Gateway", "bad_gateway"),
            Error::Overloaded => (503, "Service Unavailable", "overloaded"),
            Error::Unavailable(_) | Error::Tripped(_) => (503, "Service Unavailable", "unavailable"),
            Error::Timeout(_) => (504, "Gateway Timeout", "timeout"),
            Error::VersionNotSupported => (505, "HTTP Version Not Supported", "version_not_supported"),
            Error::InsufficientStorage => (507, "Insufficient Storage", "insufficient_storage"),
        }
    }

    fn detail(&self) -> Cow<'static, str> {
        match self {
            Error::Malformed(why) => return why.clone(),
            Error::NotFound => "There is nothing here.",
            Error::MethodNotAllowed => "This path does not know this method; see the Allow header.",
            Error::NotAcceptable => "This path answers text/html or application/json.",
            Error::RequestTimeout => "The request did not arrive in time.",
            Error::PreconditionFailed => "The resource is not in the state that the request asks for.",
            Error::TooLarge(limit) => return format!("The body may have at most {limit} bytes.").into(),
            Error::TargetTooLong => "The request target is too long.",
            Error::UnsupportedMediaType => "The body must be application/json, and say so in Content-Type.",
            Error::RangeNotSatisfiable(size) => {
                return format!("The file has {size} bytes; the range is beyond.").into();
            }
            Error::Misdirected => "This server does not answer for this host; see --allowed-host.",
            Error::Invalid(_) => "The request is well-formed but not valid; see errors.",
            Error::UpgradeRequired => "This path speaks WebSocket, version 13, and nothing else.",
            Error::TooManyRequests(_) => "Too many requests from this client; see Retry-After.",
            Error::HeadTooLarge => "The header fields are too large or too many.",
            Error::Internal => "Something went wrong on our side.",
            Error::NotImplemented => "The only transfer coding understood here is chunked.",
            Error::BadGateway => "The sibling has not answered as it should.",
            Error::Overloaded => "Too many requests at once; try again.",
            Error::Unavailable(why) => why,
            Error::Tripped(_) => "All siblings have failed lately; see Retry-After.",
            Error::Timeout(limit) => return format!("There was no answer within {} s.", limit.as_secs_f64()).into(),
            Error::VersionNotSupported => "This server speaks HTTP/1.1 and HTTP/1.0.",
            Error::InsufficientStorage => "There is no room left to keep this.",
        }
        .into()
    }

    /// The header fields that go with it, beside the content type.
    ///
    /// After a 408 or a 413 the rest of the body is not worth reading, so the connection closes.
    pub fn headers(&self) -> Vec<(&'static str, Cow<'static, str>)> {
        match self {
            Error::NotAcceptable => vec![("vary", "accept".into())],
            Error::RequestTimeout | Error::TooLarge(_) => vec![("connection", "close".into())],
            Error::RangeNotSatisfiable(size) => vec![("content-range", format!("bytes */{size}").into())],
            Error::UpgradeRequired => vec![
                ("connection", "upgrade".into()),
                ("sec-websocket-version", "13".into()),
                ("upgrade", "websocket".into()),
            ],
            Error::TooManyRequests(wait) | Error::Tripped(wait) => {
                vec![("retry-after", whole_seconds(*wait).to_string().into())]
            }
            Error::Overloaded | Error::Unavailable(_) => vec![("retry-after", "1".into())],
            _ => Vec::new(),
        }
    }

    /// The body of the answer, to be serialised as [`crate::contract::media::PROBLEM`].
    pub fn problem(&self) -> Problem {
        let (status, title, code) = self.facts();
        let errors = match self {
            Error::Invalid(errors) => errors.clone(),
            _ => Vec::new(),
        };
        Problem { kind: format!("urn:problem:sextet:{code}"), title, status, detail: self.detail(), code, errors }
    }

    /// [`Error::problem`] as JSON.
    pub fn body(&self) -> Vec<u8> {
        // A struct of strings and numbers cannot fail to serialise; an empty body would still be honest.
        serde_json::to_vec(&self.problem()).unwrap_or_default()
    }
}

/// `Retry-After` knows no parts of a second, and 0 would say that there is nothing to wait for.
fn whole_seconds(wait: Duration) -> u64 {
    (wait.as_secs() + u64::from(wait.subsec_nanos() > 0)).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_has_its_members_in_order() {
        let body = String::from_utf8(Error::NotFound.body()).expect("JSON is UTF-8");
        assert_eq!(
            body,
            r#"{"type":"urn:problem:sextet:not_found","title":"Not Found","status":404,"detail":"There is nothing here.","code":"not_found"}"#
        );
    }

    #[test]
    fn json_errors_are_told_apart() {
        let syntax = serde_json::from_str::<serde_json::Value>("{").expect_err("not JSON");
        let data = serde_json::from_str::<u8>("\"x\"").expect_err("not a number");
        assert_eq!(Error::json(&syntax).status(), 400);
        assert_eq!(Error::json(&data).status(), 422);
    }
}
