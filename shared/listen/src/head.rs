//! Where a request head ends, and whether it is sound: RFC 9112, sections 2 to 6, read strictly.
//!
//! A head arrives in pieces. The scan remembers how far it looked, so that a head that comes byte by byte costs no more
//! than one that comes at once, and it refuses in the order of the bytes, so that both are refused alike. What cannot
//! be waited for is refused as soon as it shows: a line that no HTTP request begins with, a bare line feed, a limit
//! passed. All else is said once the head is whole, for then the answer can carry the client's `x-request-id`.

use bytes::Bytes;
use memchr::memchr;

use crate::class::METHOD;
use crate::connection::Refusal;
use crate::fields::{self, Framing, SLOTS};
use crate::limits::Limits;
use crate::target::{self, RequestLine, Target};

/// Bytes of empty lines that are forgiven in front of a request line (RFC 9112, 2.2: some old clients send one).
const BLANK_BYTES: usize = 16;

/// Fields that most heads have at most.
const FEW: usize = 24;

/// How far one head has been looked through.
#[derive(Debug, Default)]
pub(crate) struct Scan {
    /// No line feed before this one.
    at: usize,
    /// Where the line begins that has not ended.
    line: usize,
    /// Where the request line's CRLF ends; 0 before.
    fields: usize,
    /// Lines behind the request line.
    count: usize,
    /// Bytes of empty lines skipped in front.
    blank: usize,
}

#[derive(Debug)]
pub(crate) enum Found {
    /// Not at its end.
    More,
    /// So many bytes of empty lines to drop.
    Blank(usize),
    /// A sound head.
    Whole(Head),
    /// A head to refuse.
    Refused(Refused),
}

impl Found {
    /// No other request may be with the stack beside this one.
    pub(crate) fn wants_to_be_alone(&self) -> bool {
        match self {
            Self::Whole(head) => head.alone,
            Self::Refused(_) => true,
            Self::More | Self::Blank(_) => false,
        }
    }
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Head {
    /// Its bytes, empty line included.
    pub(crate) len: usize,
    pub(crate) framing: Framing,
    /// Nothing behind this request's body may be served.
    pub(crate) last: bool,
    /// No other request may be with the stack beside it.
    pub(crate) alone: bool,
    /// What to hand on instead.
    pub(crate) rewrite: Option<Bytes>,
}

/// A refused head, and what of it the stand-in keeps.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Refused {
    pub(crate) refusal: Refusal,
    /// The answer must have no body.
    pub(crate) head: bool,
    /// The client's `x-request-id`, if it could be read and is sound.
    pub(crate) id: Option<Bytes>,
}

impl Refused {
    /// A refusal of what the head began with, its fields unread.
    pub(crate) fn bare(refusal: Refusal, bytes: &[u8]) -> Self {
        Self { refusal, head: bytes.starts_with(b"HEAD "), id: None }
    }

    /// The request to hand on in its place, for the service to answer.
    pub(crate) fn stand_in(&self) -> Bytes {
        let method: &[u8] = if self.head { b"HEAD" } else { b"GET" };
        let mut parts = vec![method, b" / HTTP/1.1\r\nhost: refused\r\nconnection: close\r\n"];
        if let Some(id) = &self.id {
            parts.extend([b"x-request-id: ", id.as_ref(), b"\r\n"]);
        }
        parts.push(b"\r\n");
        Bytes::from(parts.concat())
    }
}

impl Scan {
    /// Looks on; `bytes` begins where the head does and holds at least what it held last time.
    pub(crate) fn read(&mut self, bytes: &[u8], limits: &Limits) -> Found {
        match self.find_end(bytes, limits) {
            Ok(Some(End::Blank(len))) => Found::Blank(len),
            Ok(Some(End::Head(len))) => check(&bytes[..len], self.fields, self.count, limits),
            Ok(None) => Found::More,
            Err(refusal) => Found::Refused(Refused::bare(refusal, bytes)),
        }
    }

    fn find_end(&mut self, bytes: &[u8], limits: &Limits) -> Result<Option<End>, Refusal> {
        let seen = &bytes[..bytes.len().min(limits.head_bytes)];
        while let Some(found) = memchr(b'\n', &seen[self.at..]) {
            let lf = self.at + found;
            if let Some(end) = self.line_ended(seen, lf, limits)? {
                return Ok(Some(end));
            }
        }
        self.at = seen.len();
        if self.fields == 0 && seen != b"\r" {
            target::check_start(&seen[self.line..], limits.target_bytes)?;
        }
        if bytes.len() > seen.len() { Err(Refusal::HeadTooLarge) } else { Ok(None) }
    }

    fn line_ended(&mut self, bytes: &[u8], lf: usize, limits: &Limits) -> Result<Option<End>, Refusal> {
        let ended = &bytes[self.line..lf];
        let first = self.fields == 0;
        if first && !matches!(ended, b"" | b"\r") {
            target::check_start(ended, limits.target_bytes)?;
        }
        let line = ended.strip_suffix(b"\r").ok_or(Refusal::Malformed("a line must end in CR LF"))?;
        (self.at, self.line) = (lf + 1, lf + 1);
        match (first, line.is_empty()) {
            (true, true) => self.skip_blank(lf + 1).map(Some),
            (true, false) if target::is_http(line) => {
                self.fields = lf + 1;
                Ok(None)
            }
            (true, false) => Err(Refusal::Malformed("the request line does not end in an HTTP version")),
            (false, true) => Ok(Some(End::Head(lf + 1))),
            (false, false) => self.count_field(limits).map(|()| None),
        }
    }

    fn skip_blank(&mut self, len: usize) -> Result<End, Refusal> {
        let blank = self.blank + len;
        if blank > BLANK_BYTES {
            return Err(Refusal::Malformed("empty lines instead of a request"));
        }
        *self = Self { blank, ..Self::default() };
        Ok(End::Blank(len))
    }

    fn count_field(&mut self, limits: &Limits) -> Result<(), Refusal> {
        self.count += 1;
        if self.count > limits.head_fields.min(SLOTS) { Err(Refusal::HeadTooLarge) } else { Ok(()) }
    }
}

enum End {
    Blank(usize),
    Head(usize),
}

/// Checks a whole head; its `count` fields begin at `fields_at`.
fn check(bytes: &[u8], fields_at: usize, count: usize, limits: &Limits) -> Found {
    // Making room for all that are allowed would cost more than reading the few that most heads have.
    let (mut few, mut many);
    let slots: &mut [_] = if count <= FEW {
        few = [httparse::EMPTY_HEADER; FEW];
        &mut few
    } else {
        many = [httparse::EMPTY_HEADER; SLOTS];
        &mut many
    };
    let Ok(httparse::Status::Complete((_, parsed))) = httparse::parse_headers(&bytes[fields_at..], slots) else {
        let broken = Refusal::Malformed("a header field is not `name: value`");
        return Found::Refused(Refused::bare(broken, bytes));
    };
    let notes = fields::Notes::of(parsed);
    let line = &bytes[..fields_at - 2];
    match target::parse(line).and_then(|line| sound(bytes.len(), &line, &notes, parsed, limits)) {
        Ok(head) => Found::Whole(head),
        Err(refusal) => Found::Refused(Refused { id: notes.id(), ..Refused::bare(refusal, bytes) }),
    }
}

fn sound(
    len: usize,
    line: &RequestLine<'_>,
    notes: &fields::Notes<'_>,
    parsed: &[httparse::Header<'_>],
    limits: &Limits,
) -> Result<Head, Refusal> {
    notes.check_host(line.minor)?;
    let last = notes.last(line.minor) || line.is_connect();
    // actix-http 3.20 keeps for the whole connection what it read last: whether it was a HEAD, its version, whether it
    // is the last request. An answer still open would be written by the rules of the request behind it.
    let framing = notes.framing(line.minor)?;
    // The same goes for a body that has not ended, and behind an answer that says `close`, as that to a body which is
    // not asked for does, it answers whatever it has read.
    let bodied = framing != Framing::None;
    let alone = line.method == b"HEAD" || line.minor == 0 || last || notes.upgrade || bodied;
    let stays = notes.upgrade && limits.upgrade_path.is_none_or(|path| line.target.path() != path.as_bytes());
    Ok(Head { len, framing, last, alone, rewrite: rewrite(line, framing, stays, parsed) })
}

/// The same head in other words, where some stack would answer it in its own way.
///
/// `stays`: it asks for another protocol where none is spoken.
fn rewrite(line: &RequestLine<'_>, framing: Framing, stays: bool, parsed: &[httparse::Header<'_>]) -> Option<Bytes> {
    // These stand in place of whatever the head said of them itself; without a value, nothing does.
    let mut fields: Vec<(&str, Option<&[u8]>)> = Vec::new();
    if line.is_connect() {
        // After a CONNECT some stacks take all that follows for a tunnel, unless it asks for the connection's end.
        fields.push(("connection", Some(b"close")));
    }
    if stays {
        // hyper 1.12 gives such a connection away at the end of an answer that closes it behind an unread body, whatever
        // the answer was: what of it the kernel had no room for is lost. A server may ignore the field (RFC 9110, 7.8).
        fields.push(("upgrade", None));
    }
    if line.minor == 0 && line.method == b"POST" && framing == Framing::None {
        // To actix-http a body of which nothing is told is none but here (RFC 9112, 6.3).
        fields.push(("content-length", Some(b"0")));
    }
    let (slash, target): (&[u8], _) = match line.target {
        Target::Plain(target) => (b"", target),
        Target::Absolute { authority, rest } => {
            // In origin-form, the target's authority in place of whatever `Host` said (RFC 9112, 3.2.2).
            fields.push(("host", Some(authority)));
            (if rest.starts_with(b"/") { b"" } else { b"/" }, rest)
        }
    };
    // No server here knows such a method, and it is not for a stack to say so; nor does any know a newer version.
    if fields.is_empty() && !line.newer && METHOD.has_all(line.method) {
        return None;
    }
    let method: Vec<_> = line.method.iter().map(|&b| if METHOD.has(b) { b } else { b'_' }).collect();
    Some(retold(&[&method, b" ", slash, target, b" HTTP/1.", &[b'0' + line.minor]], &fields, parsed))
}

fn retold(line: &[&[u8]], fields: &[(&str, Option<&[u8]>)], parsed: &[httparse::Header<'_>]) -> Bytes {
    let mut parts = line.to_vec();
    parts.push(b"\r\n");
    let replaced = |other: &str| fields.iter().any(|(name, _)| other.eq_ignore_ascii_case(name));
    let others = parsed.iter().map(|other| (other.name, other.value)).filter(|(name, _)| !replaced(name));
    let instead = fields.iter().filter_map(|(name, value)| Some((*name, (*value)?)));
    for (name, value) in instead.chain(others) {
        parts.extend([name.as_bytes(), b": ", value, b"\r\n"]);
    }
    parts.push(b"\r\n");
    Bytes::from(parts.concat())
}
