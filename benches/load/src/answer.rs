//! Bytes into answers, as they come: heads, pieces of bodies, ends. Nothing of a body is kept.

use std::str;

/// The longest head, and the longest line between chunks, in bytes.
const MAX_HEAD: usize = 64 * 1024;
const MAX_FIELDS: usize = 100;

/// What some bytes were.
#[derive(Debug, PartialEq)]
pub(crate) enum Part<'a> {
    /// An answer begins.
    Head { status: u16 },
    /// Some of its body.
    Body(&'a [u8]),
    /// It is over.
    End {
        /// Whether no other can follow on this connection.
        last: bool,
    },
}

/// What is being read.
#[derive(Clone, Copy, Debug, PartialEq)]
enum State {
    Head,
    Length(u64),
    UntilClosed,
    ChunkSize,
    Chunk(u64),
    /// The line end behind a chunk.
    ChunkEnd,
    Trailer,
    End,
}

/// Reads the answers of one connection.
pub(crate) struct Reader {
    state: State,
    /// A head or a line that has not come whole.
    held: Vec<u8>,
    /// Whether the answer that is being read is the last.
    last: bool,
}

impl Reader {
    pub(crate) fn new() -> Self {
        Reader { state: State::Head, held: Vec::new(), last: false }
    }

    /// Whether nothing of an answer has come yet.
    pub(crate) fn is_between(&self) -> bool {
        self.state == State::Head && self.held.is_empty()
    }

    /// Whether the end of the connection is the end of the answer.
    pub(crate) fn ends_by_close(&self) -> bool {
        self.state == State::UntilClosed
    }

    /// The next part, after which `bytes` has what is behind it; none when more must come first.
    /// `to_head` says that the request was a HEAD.
    pub(crate) fn next<'a>(&mut self, bytes: &mut &'a [u8], to_head: bool) -> Result<Option<Part<'a>>, String> {
        loop {
            // An end needs no byte, anything else does.
            if bytes.is_empty() && self.state != State::End {
                return Ok(None);
            }
            match self.state {
                State::Head => match self.head(bytes, to_head)? {
                    Some(status) if status < 200 => {}
                    found => return Ok(found.map(|status| Part::Head { status })),
                },
                State::Length(left) => return Ok(Some(self.body(bytes, left, State::Length, State::End))),
                State::Chunk(left) => return Ok(Some(self.body(bytes, left, State::Chunk, State::ChunkEnd))),
                State::UntilClosed => return Ok(Some(Part::Body(std::mem::take(bytes)))),
                State::ChunkSize | State::ChunkEnd | State::Trailer => {
                    let Some(line) = self.line(bytes)? else { return Ok(None) };
                    self.state = after_line(self.state, &line)?;
                }
                State::End => {
                    self.state = State::Head;
                    return Ok(Some(Part::End { last: self.last }));
                }
            }
        }
    }

    fn body<'a>(&mut self, bytes: &mut &'a [u8], left: u64, more: fn(u64) -> State, then: State) -> Part<'a> {
        let count = usize::try_from(left).map_or(bytes.len(), |left| left.min(bytes.len()));
        let (now, later) = bytes.split_at(count);
        *bytes = later;
        let left = left - count as u64;
        self.state = if left == 0 { then } else { more(left) };
        Part::Body(now)
    }

    /// The status of a head that has come whole.
    fn head(&mut self, bytes: &mut &[u8], to_head: bool) -> Result<Option<u16>, String> {
        let before = self.held.len();
        // Nearly always a head comes whole, and then nothing is copied.
        let parsed = if before == 0 {
            parse(bytes, to_head)
        } else {
            self.held.extend_from_slice(bytes);
            parse(&self.held, to_head)
        }?;
        let Some(head) = parsed else {
            if before == 0 {
                self.held.extend_from_slice(bytes);
            }
            *bytes = &[];
            return if self.held.len() > MAX_HEAD { Err("a head without an end".to_owned()) } else { Ok(None) };
        };
        *bytes = &bytes[head.length - before..];
        self.held.clear();
        (self.state, self.last) = (head.then, head.last);
        Ok(Some(head.status))
    }

    /// A line that has come whole, with its end.
    fn line(&mut self, bytes: &mut &[u8]) -> Result<Option<Vec<u8>>, String> {
        let count = bytes.iter().position(|byte| *byte == b'\n').map_or(bytes.len(), |at| at + 1);
        let (now, later) = bytes.split_at(count);
        self.held.extend_from_slice(now);
        *bytes = later;
        if self.held.last() == Some(&b'\n') {
            return Ok(Some(std::mem::take(&mut self.held)));
        }
        if self.held.len() > MAX_HEAD { Err("a line of a chunked body without an end".to_owned()) } else { Ok(None) }
    }
}

struct Head {
    status: u16,
    length: usize,
    then: State,
    last: bool,
}

/// A head that has come whole, if it has (RFC 9112, section 6.3: how long the body is).
fn parse(bytes: &[u8], to_head: bool) -> Result<Option<Head>, String> {
    let mut fields = [httparse::EMPTY_HEADER; MAX_FIELDS];
    let mut head = httparse::Response::new(&mut fields);
    let length = match head.parse(bytes) {
        Ok(httparse::Status::Complete(length)) => length,
        Ok(httparse::Status::Partial) => return Ok(None),
        Err(cause) => return Err(format!("no head of an answer ({cause}): `{}`", excerpt(bytes))),
    };
    let status = head.code.unwrap_or_default();
    let (mut then, mut last) = (State::UntilClosed, head.version == Some(0));
    for field in head.headers.iter() {
        if field.name.eq_ignore_ascii_case("content-length") && then == State::UntilClosed {
            then = State::Length(number(field.value)?);
        } else if field.name.eq_ignore_ascii_case("transfer-encoding") {
            then = if names(field.value, "chunked") { State::ChunkSize } else { State::UntilClosed };
        } else if field.name.eq_ignore_ascii_case("connection") {
            last = names(field.value, "close") || (last && !names(field.value, "keep-alive"));
        }
    }
    last |= then == State::UntilClosed;
    if status < 200 {
        (then, last) = (State::Head, false);
    } else if to_head || [204, 304].contains(&status) {
        (then, last) = (State::End, last && then != State::UntilClosed);
    } else if then == State::Length(0) {
        then = State::End;
    }
    Ok(Some(Head { status, length, then, last }))
}

fn after_line(state: State, line: &[u8]) -> Result<State, String> {
    let is_empty = line == b"\r\n";
    match state {
        State::ChunkSize => match httparse::parse_chunk_size(line) {
            Ok(httparse::Status::Complete((_, 0))) => Ok(State::Trailer),
            Ok(httparse::Status::Complete((_, size))) => Ok(State::Chunk(size)),
            _ => Err(format!("no size of a chunk: `{}`", excerpt(line))),
        },
        State::ChunkEnd if is_empty => Ok(State::ChunkSize),
        State::ChunkEnd => Err(format!("a chunk that does not end: `{}`", excerpt(line))),
        _ => Ok(if is_empty { State::End } else { State::Trailer }),
    }
}

fn number(value: &[u8]) -> Result<u64, String> {
    let digits = str::from_utf8(value).ok().filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
    digits.and_then(|text| text.parse().ok()).ok_or_else(|| format!("content-length: `{}`", excerpt(value)))
}

/// Whether a list has this word, in whatever case.
fn names(value: &[u8], word: &str) -> bool {
    value.split(|byte| *byte == b',').any(|item| item.trim_ascii().eq_ignore_ascii_case(word.as_bytes()))
}

/// The beginning of some bytes, so that it can be read.
pub(crate) fn excerpt(bytes: &[u8]) -> String {
    bytes[..bytes.len().min(80)].escape_ascii().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads `wire` in two pieces, cut at `cut`: every answer's status and body, and whether it was the last.
    fn read(wire: &[u8], cut: usize, to_head: bool) -> Result<Vec<(u16, Vec<u8>, bool)>, String> {
        let mut reader = Reader::new();
        let (mut done, mut now) = (Vec::new(), (0, Vec::new()));
        for mut bytes in [&wire[..cut], &wire[cut..]] {
            while let Some(part) = reader.next(&mut bytes, to_head)? {
                match part {
                    Part::Head { status } => now = (status, Vec::new()),
                    Part::Body(piece) => now.1.extend_from_slice(piece),
                    Part::End { last } => done.push((now.0, std::mem::take(&mut now.1), last)),
                }
            }
        }
        Ok(done)
    }

    #[test]
    fn answers_are_the_same_wherever_they_are_cut() {
        let length: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc";
        let chunked =
            b"HTTP/1.1 404 No\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\nA;x\r\n0123456789\r\n0\r\nx: y\r\n\r\n";
        let empty = b"HTTP/1.1 204 No Content\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
        let interim = b"HTTP/1.1 100 Continue\r\n\r\n";
        let wire = [length, chunked, interim, empty].concat();
        for cut in 0..=wire.len() {
            let answers = read(&wire, cut, false).expect("sound answers");
            assert_eq!(
                answers,
                [
                    (200, b"abc".to_vec(), false),
                    (404, b"abc0123456789".to_vec(), false),
                    (204, Vec::new(), false),
                    (200, Vec::new(), true),
                ],
                "cut at {cut}"
            );
        }
    }

    #[test]
    fn what_is_no_answer_is_an_error() {
        let chunked = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
        for wire in [
            "garbage\r\n\r\n".to_owned(),
            "HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n".to_owned(),
            "HTTP/1.1 200 OK\r\ncontent-length: 1x\r\n\r\n".to_owned(),
            format!("{chunked}zz\r\n"),
            format!("{chunked}1\r\nab\r\n"),
            format!("HTTP/1.1 200 OK\r\nx: {}", "x".repeat(MAX_HEAD)),
        ] {
            assert!(read(wire.as_bytes(), 0, false).is_err(), "{wire:?}");
        }
    }

    #[test]
    fn bodies_without_a_length_last_until_the_end() {
        let mut reader = Reader::new();
        let mut bytes: &[u8] = b"HTTP/1.1 200 OK\r\n\r\nabc";
        assert_eq!(reader.next(&mut bytes, false), Ok(Some(Part::Head { status: 200 })));
        assert_eq!(reader.next(&mut bytes, false), Ok(Some(Part::Body(b"abc"))));
        assert_eq!(reader.next(&mut bytes, false), Ok(None));
        assert!(reader.ends_by_close());
        let head = b"HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\n";
        assert_eq!(read(head, 0, true), Ok(vec![(200, Vec::new(), false)]));
    }
}
