//! One request, and what must come back.

use crate::error::Error;
use std::{fmt, sync::Arc};

/// The field that asks for an end of the connection.
pub(crate) const CLOSE: &str = "connection: close\r\n";

/// Tells what is wrong with a body, if anything is.
pub type Check = Arc<dyn Fn(&[u8]) -> Result<(), String> + Send + Sync>;

/// One request, and what must come back.
#[derive(Clone, Debug)]
pub struct Exchange {
    /// Every byte that is sent: head, and body if it has one.
    pub request: Vec<u8>,
    /// The status of the answer.
    pub status: u16,
    /// The body of the answer.
    pub body: Expected,
}

/// The body that must come back.
#[derive(Clone)]
pub enum Expected {
    /// Exactly these bytes.
    Bytes(Vec<u8>),
    /// These over and over (the last time perhaps in part), so many bytes in all: a large file.
    Repeated {
        /// What is repeated; not empty.
        pattern: Vec<u8>,
        /// How many bytes there are in all.
        length: u64,
    },
    /// Whatever this finds right. For answers that vary; those that are not drawn to be compared are
    /// checked for their status only. It gets at most the first [`MAX_CHECKED`] bytes.
    Checked(Check),
}

/// How much of a body a [`Check`] gets to see, in bytes.
pub const MAX_CHECKED: usize = 1 << 20;

impl fmt::Debug for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.length() {
            Some(length) => write!(f, "{length} bytes"),
            None => f.write_str("checked by a function"),
        }
    }
}

impl Expected {
    /// The body's length in bytes, if there is only one that is right.
    pub fn length(&self) -> Option<u64> {
        match self {
            Expected::Bytes(bytes) => Some(bytes.len() as u64),
            Expected::Repeated { length, .. } => Some(*length),
            Expected::Checked(_) => None,
        }
    }

    /// Where `bytes`, which begin at `offset` of the body, first differ from it. What is too long does not
    /// differ here; its length tells.
    pub(crate) fn differs(&self, offset: u64, bytes: &[u8]) -> Option<u64> {
        let (pattern, length) = match self {
            Expected::Bytes(whole) => (&whole[..], whole.len() as u64),
            Expected::Repeated { pattern, length } => (&pattern[..], *length),
            Expected::Checked(_) => return None,
        };
        let mut at = offset;
        let mut rest = &bytes[..bytes.len().min(length.saturating_sub(offset) as usize)];
        while !rest.is_empty() {
            let from = (at % pattern.len() as u64) as usize;
            let count = rest.len().min(pattern.len() - from);
            let (now, later) = rest.split_at(count);
            if now != &pattern[from..from + count] {
                let equal = now.iter().zip(&pattern[from..]).take_while(|(got, wanted)| got == wanted).count();
                return Some(at + equal as u64);
            }
            at += count as u64;
            rest = later;
        }
        None
    }
}

impl Exchange {
    /// `GET path`, answered with 200 and this body.
    pub fn get(path: &str, body: Expected) -> Self {
        let request = format!("GET {path} HTTP/1.1\r\nhost: localhost\r\n\r\n").into_bytes();
        Exchange { request, status: 200, body }
    }

    /// A request with a body of this media type, answered with this status and body.
    pub fn send(method: &str, path: &str, media: &str, content: &[u8], status: u16, body: Expected) -> Self {
        let length = content.len();
        let head = format!(
            "{method} {path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: {media}\r\ncontent-length: {length}\r\n\r\n"
        );
        Exchange { request: [head.as_bytes(), content].concat(), status, body }
    }

    /// Its first two words: `GET /json`.
    pub fn name(&self) -> String {
        let line = self.request.split(|byte| *byte == b'\r').next().unwrap_or_default();
        let line = String::from_utf8_lossy(line);
        line.split(' ').take(2).collect::<Vec<_>>().join(" ")
    }

    /// Adds a field to the head.
    pub(crate) fn add(&mut self, field: &str) {
        let at = self.request.windows(2).position(|end| end == b"\r\n").map_or(0, |at| at + 2);
        self.request.splice(at..at, field.bytes());
    }

    /// Whether answers to it have no body, whatever their fields say.
    pub(crate) fn is_head(&self) -> bool {
        self.request.starts_with(b"HEAD ")
    }

    pub(crate) fn check(&self) -> Result<(), Error> {
        let wrong = |why: &str| Err(Error::Plan(format!("{:?}: {why}", self.name())));
        if !self.request.windows(4).any(|end| end == b"\r\n\r\n") {
            return wrong("the request has no whole head; it must end with an empty line");
        }
        match &self.body {
            Expected::Repeated { pattern, length } if pattern.is_empty() && *length > 0 => {
                wrong("there is nothing to repeat")
            }
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_byte_that_differs_is_found_wherever_the_body_is_cut() {
        let expected = Expected::Repeated { pattern: b"abc".to_vec(), length: 10 };
        let body = b"abcabcabca";
        for cut in 0..=body.len() {
            assert_eq!(expected.differs(0, &body[..cut]), None);
            assert_eq!(expected.differs(cut as u64, &body[cut..]), None);
            for wrong in cut..body.len() {
                let mut body = body.to_vec();
                body[wrong] = b'x';
                assert_eq!(expected.differs(cut as u64, &body[cut..]), Some(wrong as u64));
            }
        }
        assert_eq!(expected.differs(0, b"abcabcabcabcabc"), None);
        assert_eq!(Expected::Bytes(Vec::new()).differs(0, b"more"), None);
    }

    #[test]
    fn a_request_asks_for_the_end() {
        let mut exchange = Exchange::get("/", Expected::Bytes(Vec::new()));
        exchange.add(CLOSE);
        assert_eq!(exchange.request, b"GET / HTTP/1.1\r\nconnection: close\r\nhost: localhost\r\n\r\n");
        assert_eq!(exchange.name(), "GET /");
    }
}
