//! TCP has no message boundaries: the same bytes in two pieces, or one by one, must be answered as in one write.

use super::{
    case::Case,
    conversation::{Conversation, End},
    subject::Subject,
};
use crate::finding::{Finding, Verdict, each, once};
use std::{thread, time::Duration};

/// Longer cases are about something else than where a piece ends.
const LONGEST: usize = 400;
/// Between two pieces, so that the server has most probably read the first when the second comes. It cannot be asked
/// whether it has; a piece that it reads late makes the judgement milder, never wrong.
const PAUSE: Duration = Duration::from_millis(2);
/// Between two bytes, for the same reason.
const SHORT_PAUSE: Duration = Duration::from_micros(50);
/// How many connections are open at once.
const AT_ONCE: usize = 64;

/// What must be the same.
struct Shape {
    /// The statuses, and whether each is the answer of a plain request.
    answers: Vec<(u16, bool)>,
    /// Whether the connection stayed open.
    open: bool,
    /// Whether the first answer said that it is the last.
    last: bool,
}

/// Whether a case can be sent in pieces.
pub fn has_pieces(case: &Case) -> bool {
    case.length().is_some_and(|length| (2..=LONGEST).contains(&length))
}

/// Every way to cut the case in two, and every byte on its own.
///
/// # Errors
/// Each way that is answered otherwise than one write.
pub fn in_pieces(case: &Case, subject: &Subject) -> Verdict {
    let Some((bytes, whole)) = prepared(case, subject)? else { return Ok(()) };
    let cuts: Vec<_> = (1..bytes.len()).collect();
    let in_two = cuts.chunks(AT_ONCE).flat_map(|cuts| cut(subject, &bytes, cuts));
    let in_two = in_two.map(|(at, heard)| (format!("cut behind byte {at}"), heard));
    let single = std::iter::once_with(|| ("byte by byte".to_owned(), single(subject, &bytes)));
    each(in_two.chain(single), |(how, heard)| {
        let same = heard.and_then(|heard| same(subject, &bytes, &whole, &heard));
        same.map_err(|finding| Finding { what: format!("{how}: {}", finding.what), ..finding })
    })?;
    once(|| subject.lives())
}

/// The bytes of a case and what they are answered with in one write; nothing where the answer is to wait for more.
fn prepared(case: &Case, subject: &Subject) -> Result<Option<(Vec<u8>, Shape)>, Vec<Finding>> {
    let Some(bytes) = case.bytes(subject) else { return Ok(None) };
    let whole = subject.converse(&bytes).map_err(Vec::from)?;
    if whole.end == End::Open {
        return Ok(None);
    }
    // An answer that is not well formed is what the case itself is there to find.
    Ok(shape(subject, &bytes, &whole).ok().map(|shape| (bytes, shape)))
}

/// Each of these cuts on a connection of its own, all at once.
fn cut(subject: &Subject, bytes: &[u8], cuts: &[usize]) -> Vec<(usize, Result<Conversation, Finding>)> {
    let begun: Vec<_> = cuts
        .iter()
        .map(|&at| {
            let client = subject.connect().map(|mut client| {
                client.send(&bytes[..at]);
                client
            });
            (at, client)
        })
        .collect();
    thread::sleep(PAUSE);
    let next = subject.next();
    let ended = begun.into_iter().map(|(at, client)| {
        let client = client.map(|mut client| {
            client.send(&[&bytes[at..], &next].concat());
            client
        });
        (at, client)
    });
    let ended: Vec<_> = ended.collect();
    ended.into_iter().map(|(at, client)| (at, client.map(crate::client::Client::rest))).collect()
}

fn single(subject: &Subject, bytes: &[u8]) -> Result<Conversation, Finding> {
    let mut client = subject.connect()?;
    for byte in bytes.iter().chain(&subject.next()) {
        client.send(&[*byte]);
        thread::sleep(SHORT_PAUSE);
    }
    Ok(client.rest())
}

fn shape(subject: &Subject, bytes: &[u8], heard: &Conversation) -> Result<Shape, Finding> {
    let answers = heard.answers(bytes)?;
    let plain = |answer| subject.get.equals(answer) || subject.post.equals(answer);
    let told = answers.iter().map(|answer| (answer.status, plain(answer))).collect();
    let last = answers.first().is_some_and(|first| first.tokens("connection").contains(&"close".to_owned()));
    Ok(Shape { answers: told, open: heard.end == End::Open, last })
}

fn same(subject: &Subject, bytes: &[u8], whole: &Shape, heard: &Conversation) -> Result<(), Finding> {
    let pieces = shape(subject, bytes, heard)?;
    if pieces.equals(whole) {
        return Ok(());
    }
    Err(heard.finding(format!("{:?}, but {:?} in one write", pieces.answers, whole.answers)))
}

impl Shape {
    /// A body that nobody reads may be left out, or the connection closed: that is for the server to choose, as long as
    /// it says so.
    fn equals(&self, whole: &Self) -> bool {
        let shorter = |one: &Self, other: &Self| {
            one.last && one.answers.len() == 1 && one.answers.first() == other.answers.first()
        };
        self.open == whole.open && (self.answers == whole.answers || shorter(self, whole) || shorter(whole, self))
    }
}
