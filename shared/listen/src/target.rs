//! The request line: `method SP target SP version`, and which targets a server of its own resources takes.

use std::str;

use crate::class::{TARGET, TOKEN};
use crate::connection::Refusal;
use crate::host;

/// A request line that keeps RFC 9112, section 3.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct RequestLine<'a> {
    pub(crate) method: &'a [u8],
    pub(crate) target: Target<'a>,
    /// 0 or 1: as which version it is processed.
    pub(crate) minor: u8,
    /// It said a higher minor version, which no stack has to know.
    pub(crate) newer: bool,
}

impl RequestLine<'_> {
    /// CONNECT with a path: no server here knows the method, and none is to open a tunnel.
    pub(crate) fn is_connect(&self) -> bool {
        self.method == b"CONNECT"
    }
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Target<'a> {
    /// `/path?query` or `*`: handed on as it is.
    Plain(&'a [u8]),
    /// `http://authority/path`: handed on as origin-form, its authority as `Host` (RFC 9112, 3.2.2).
    Absolute { authority: &'a [u8], rest: &'a [u8] },
}

impl Target<'_> {
    /// As it stands on the line, without the query.
    pub(crate) fn path(&self) -> &[u8] {
        let (Self::Plain(target) | Self::Absolute { rest: target, .. }) = self;
        target.split(|&byte| byte == b'?').next().unwrap_or_default()
    }
}

/// Checks what is there of a request line that may not have ended, so that endless ones are refused early.
///
/// Called at each growth and once more at the line's end, it refuses the same line in the same words either way.
pub(crate) fn check_start(line: &[u8], target_bytes: usize) -> Result<(), Refusal> {
    let Some(method) = line.iter().position(|&b| b == b' ') else {
        return if TOKEN.has_all(line) { Ok(()) } else { Err(NOT_A_LINE) };
    };
    if method == 0 || !TOKEN.has_all(&line[..method]) {
        return Err(NOT_A_LINE);
    }
    let target = &line[method + 1..];
    let seen = &target[..target.len().min(target_bytes.saturating_add(1))];
    if seen.len() > target_bytes && !seen.contains(&b' ') {
        return Err(Refusal::TargetTooLong);
    }
    Ok(())
}

const NOT_A_LINE: Refusal = Refusal::Malformed("the request line is not `method SP target SP version`");

/// Whether a finished line at least ends like one of HTTP: if not, there is no head to wait for.
pub(crate) fn is_http(line: &[u8]) -> bool {
    line.len() > 9 && line[line.len() - 9] == b' ' && version(&line[line.len() - 8..]).is_some()
}

/// Parses a request line without its CRLF; `check_start` has passed it.
pub(crate) fn parse(line: &[u8]) -> Result<RequestLine<'_>, Refusal> {
    let mut parts = line.split(|&b| b == b' ');
    let (Some(method), Some(target), Some(last), None) = (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(NOT_A_LINE);
    };
    let (1, minor) = version(last).ok_or(NOT_A_LINE)? else {
        return Err(Refusal::VersionNotSupported);
    };
    // A higher minor version is processed as the highest that is known (RFC 9110, 2.5).
    Ok(RequestLine { method, target: parse_target(method, target)?, minor: minor.min(1), newer: minor > 1 })
}

fn version(word: &[u8]) -> Option<(u8, u8)> {
    match word.strip_prefix(b"HTTP/")? {
        [major, b'.', minor] if major.is_ascii_digit() && minor.is_ascii_digit() => Some((major - b'0', minor - b'0')),
        _ => None,
    }
}

fn parse_target<'a>(method: &[u8], target: &'a [u8]) -> Result<Target<'a>, Refusal> {
    if method == b"CONNECT" && target.first() != Some(&b'/') {
        return Err(Refusal::Malformed("CONNECT: this is not a proxy"));
    }
    if target == b"*" {
        return match method {
            b"OPTIONS" => Ok(Target::Plain(target)),
            _ => Err(Refusal::Malformed("the target `*` is for OPTIONS only")),
        };
    }
    if target.first() == Some(&b'/') {
        return check_path(target).map(|()| Target::Plain(target));
    }
    let after = strip_scheme(target).ok_or(Refusal::Malformed("the target is neither a path nor an http URL"))?;
    let end = after.iter().position(|b| matches!(b, b'/' | b'?' | b'#')).unwrap_or(after.len());
    let (authority, rest) = after.split_at(end);
    if !host::is_authority(authority) {
        return Err(Refusal::Malformed("the target's host is not valid"));
    }
    check_path(rest).map(|()| Target::Absolute { authority, rest })
}

fn strip_scheme(target: &[u8]) -> Option<&[u8]> {
    let scheme = |name: &[u8]| {
        let (head, rest) = target.split_at_checked(name.len())?;
        head.eq_ignore_ascii_case(name).then_some(rest)
    };
    scheme(b"http://").or_else(|| scheme(b"https://"))
}

/// Path and query: allowed bytes only, percent-encoding well-formed, and UTF-8 once decoded.
fn check_path(target: &[u8]) -> Result<(), Refusal> {
    if !TARGET.has_all(target) {
        return Err(Refusal::Malformed("the target has a character that must be percent-encoded"));
    }
    if !target.contains(&b'%') {
        return Ok(());
    }
    // One check for path and query: the `?` between them ends any unfinished character.
    let decoded = decode(target).ok_or(Refusal::Malformed("the target's percent-encoding is broken"))?;
    match str::from_utf8(&decoded) {
        Ok(_) => Ok(()),
        Err(_) => Err(Refusal::Malformed("the target is not UTF-8 once percent-decoded")),
    }
}

fn decode(part: &[u8]) -> Option<Vec<u8>> {
    let mut decoded = Vec::with_capacity(part.len());
    let mut rest = part;
    while let Some((&byte, tail)) = rest.split_first() {
        rest = tail;
        if byte != b'%' {
            decoded.push(byte);
            continue;
        }
        let (high, low) = (hex(*rest.first()?)?, hex(*rest.get(1)?)?);
        decoded.push(high * 16 + low);
        rest = &rest[2..];
    }
    Some(decoded)
}

pub(crate) fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}
