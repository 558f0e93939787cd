//! What a server may do with the bytes of a case, and whether it did.

use super::{
    conversation::{End, is_head},
    subject::Subject,
};
use crate::client::Answer;
use std::fmt;

/// Every status of a class that says that the client is at fault.
pub const CLIENT_ERROR: &[u16] = &class::<100>(400);
/// Every status that says that somebody is at fault.
pub const ERROR: &[u16] = &class::<200>(400);
/// Every status but those of success.
pub const NO_SUCCESS: &[u16] = &class::<300>(300);
/// Every status but those that say that somebody is at fault.
pub const NO_ERROR: &[u16] = &class::<200>(200);
/// Any sound status that does not blame the server.
pub const NO_FAILURE: &[u16] = &class::<300>(200);
/// Any final status.
pub const ANY: &[u16] = &class::<400>(200);

const fn class<const COUNT: usize>(first: u16) -> [u16; COUNT] {
    let mut codes = [first; COUNT];
    let mut at = 1;
    while at < COUNT {
        codes[at] = codes[at - 1] + 1;
        at += 1;
    }
    codes
}

/// Which statuses.
#[derive(Clone, Copy, Debug)]
pub enum Codes {
    /// That of the plain request of the same method, and its body.
    Plain,
    /// One of these.
    Of(&'static [u16]),
}

/// What becomes of the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Then {
    /// The next request is answered, unless the server has said that it closes.
    Goes,
    /// Nothing more is answered.
    Closes,
    /// Either, but never both.
    Either,
}

/// What a server may do.
#[derive(Clone, Copy, Debug)]
pub enum Outcome {
    /// Answer.
    Answer(Codes, Then),
    /// Close without a word.
    Dropped,
    /// Wait for more.
    Awaited,
}

impl Outcome {
    /// Whether it did so.
    pub fn holds(&self, subject: &Subject, bytes: &[u8], answers: &[Answer], end: End) -> bool {
        match (self, answers) {
            (Outcome::Dropped, []) => end != End::Open,
            (Outcome::Awaited, []) => end == End::Open,
            (Outcome::Answer(codes, then), [first, rest @ ..]) => {
                let right = codes.hold(subject, bytes, first) || is_unread(subject, bytes, *then, first);
                right && then.holds(subject, first, rest, end)
            }
            _ => false,
        }
    }
}

/// A server that reads no bodies declines a POST whatever is wrong with its body; it then has to close.
fn is_unread(subject: &Subject, bytes: &[u8], then: Then, answer: &Answer) -> bool {
    then == Then::Closes
        && bytes.starts_with(b"POST")
        && subject.post.status >= 400
        && answer.status == subject.post.status
}

impl Codes {
    fn hold(self, subject: &Subject, bytes: &[u8], answer: &Answer) -> bool {
        match self {
            Codes::Of(codes) => codes.contains(&answer.status),
            Codes::Plain if is_head(bytes) => answer.status == subject.get.status,
            Codes::Plain if bytes.trim_ascii_start().starts_with(b"POST") => subject.post.equals(answer),
            Codes::Plain => subject.get.equals(answer),
        }
    }
}

impl Then {
    fn holds(self, subject: &Subject, first: &Answer, rest: &[Answer], end: End) -> bool {
        let closed = rest.is_empty() && end != End::Open;
        let goes = matches!(rest, [next] if subject.get.equals(next)) && end != End::Open;
        match self {
            Then::Closes => closed,
            Then::Either => closed || goes,
            Then::Goes => goes || closed && may_close(subject, first),
        }
    }
}

/// Whether the answer is the last one of its connection by its own word.
fn may_close(subject: &Subject, answer: &Answer) -> bool {
    !subject.keeps || answer.minor == 0 || answer.tokens("connection").contains(&"close".to_owned())
}

impl fmt::Display for Outcome {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Outcome::Dropped => out.write_str("the connection closed without an answer"),
            Outcome::Awaited => out.write_str("silence"),
            Outcome::Answer(codes, then) => write!(out, "{codes}, {then}"),
        }
    }
}

impl fmt::Display for Codes {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Codes::Plain => out.write_str("the answer of the plain request"),
            // Classes, which name every status between.
            Codes::Of(codes @ [first, .., last]) if codes.len() >= 100 => write!(out, "{first} to {last}"),
            Codes::Of(codes) => {
                let codes: Vec<_> = codes.iter().map(u16::to_string).collect();
                out.write_str(&codes.join(" or "))
            }
        }
    }
}

impl fmt::Display for Then {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Then::Goes => "then the next one's",
            Then::Closes => "then the end of the connection",
            Then::Either => "then the next one's or the end of the connection",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_told_as_lists_and_classes_as_classes() {
        let told = |codes| Codes::Of(codes).to_string();
        assert_eq!(told(&[400, 501, 505]), "400 or 501 or 505");
        assert_eq!(told(&[505, 400]), "505 or 400");
        assert_eq!((told(CLIENT_ERROR), told(ERROR)), ("400 to 499".to_owned(), "400 to 599".to_owned()));
    }
}
