//! TCP has no message boundaries: the same bytes in two pieces, or one by one, must be answered as in one write.

use super::{
    case::Case,
    conversation::{Conversation, End},
    subject::Subject,
};
use crate::{
    client::Client,
    finding::{Finding, Verdict, each, once},
};
use std::{
    thread,
    time::{Duration, Instant},
};

/// Longer cases are about something else than where a piece ends.
const LONGEST: usize = 400;
/// Between two pieces, so that the server has most probably read the first when the second comes. It cannot be asked
/// whether it has; a piece that it reads late makes the judgement milder, never wrong.
const PAUSE: Duration = Duration::from_millis(2);
/// Between two bytes, for the same reason.
const SHORT_PAUSE: Duration = Duration::from_micros(50);
/// How many connections are open at once.
const AT_ONCE: usize = 16;

/// What must be the same.
#[derive(PartialEq, Eq)]
struct Shape {
    /// The statuses, and whether each is the answer of a plain request.
    answers: Vec<(u16, bool)>,
    /// Whether the connection stayed open.
    open: bool,
}

/// Whether a case can be sent in pieces.
pub fn has_pieces(case: &Case) -> bool {
    case.template().is_some_and(|bytes| (2..=LONGEST).contains(&bytes.len()))
}

/// Every way to cut the case in two, and every byte on its own.
///
/// # Errors
/// Each way that is answered otherwise than one write.
pub fn in_pieces(case: &Case, subject: &Subject) -> Verdict {
    let Some(message) = Message::of(case, subject) else { return Ok(()) };
    let Some(whole) = message.whole().map_err(Vec::from)? else { return Ok(()) };
    let cuts: Vec<_> = (1..message.bytes.len()).collect();
    let in_two = cuts.chunks(AT_ONCE).flat_map(|cuts| message.cut(cuts));
    let in_two = in_two.map(|(at, heard)| (format!("cut behind byte {at}"), heard));
    let single = std::iter::once_with(|| ("byte by byte".to_owned(), message.byte_by_byte()));
    each(in_two.chain(single), |(how, heard)| {
        let same = heard.and_then(|heard| message.same(&whole, &heard));
        same.map_err(|finding| Finding { what: format!("{how}: {}", finding.what), ..finding })
    })?;
    once(|| subject.lives())
}

/// What is sent in pieces.
struct Message<'a> {
    case: &'a Case,
    subject: &'a Subject,
    bytes: Vec<u8>,
    /// What stands behind it; nothing where the client says itself that nothing will. How a server takes what comes all
    /// the same may depend on when it comes.
    next: Vec<u8>,
}

impl<'a> Message<'a> {
    fn of(case: &'a Case, subject: &'a Subject) -> Option<Self> {
        let next = if case.last { Vec::new() } else { subject.next() };
        Some(Message { case, subject, bytes: case.bytes(subject)?, next })
    }

    /// What it is answered with in one write; nothing where that is to wait for more, or not well formed, which the case
    /// itself is there to find.
    fn whole(&self) -> Result<Option<Shape>, Finding> {
        let mut client = self.subject.connect()?;
        client.send(&[&self.bytes[..], &self.next].concat());
        let heard = client.rest();
        Ok(if heard.end == End::Open { None } else { self.shape(&heard).ok() })
    }

    /// Each of these cuts on a connection of its own, all at once.
    fn cut(&self, cuts: &[usize]) -> Vec<(usize, Result<Conversation, Finding>)> {
        let send = |client: Result<Client, Finding>, piece: &[u8]| {
            client.map(|mut client| {
                client.send(piece);
                client
            })
        };
        let begun: Vec<_> = cuts.iter().map(|&at| (at, send(self.subject.connect(), &self.bytes[..at]))).collect();
        thread::sleep(PAUSE);
        let rest = |at: usize| [&self.bytes[at..], &self.next].concat();
        let sent: Vec<_> = begun.into_iter().map(|(at, client)| (at, send(client, &rest(at)))).collect();
        let begun = Instant::now();
        let listen = |client: Client| client.rest_since(begun);
        sent.into_iter().map(|(at, client)| (at, client.map(listen))).collect()
    }

    fn byte_by_byte(&self) -> Result<Conversation, Finding> {
        let mut client = self.subject.connect()?;
        for byte in self.bytes.iter().chain(&self.next) {
            client.send(&[*byte]);
            thread::sleep(SHORT_PAUSE);
        }
        Ok(client.rest())
    }

    fn shape(&self, heard: &Conversation) -> Result<Shape, Finding> {
        let answers = heard.answers(&self.bytes)?;
        let plain = |answer| self.subject.get.equals(answer) || self.subject.post.equals(answer);
        let told = answers.iter().map(|answer| (answer.status, plain(answer))).collect();
        Ok(Shape { answers: told, open: heard.end == End::Open })
    }

    fn same(&self, whole: &Shape, heard: &Conversation) -> Result<(), Finding> {
        let pieces = self.shape(heard)?;
        if pieces == *whole
            || pieces.is_shorter(whole)
            || whole.is_shorter(&pieces) && self.case.is_sound(self.subject, heard)?
        {
            return Ok(());
        }
        Err(heard.finding(format!("{:?}, but {:?} in one write", pieces.answers, whole.answers)))
    }
}

impl Shape {
    /// Whether only what follows has no answer, as the connection closed: a server may close it whenever it likes, and one
    /// that reads no body has to if the body is late. More answers than in one write must be sound by the case itself.
    fn is_shorter(&self, other: &Self) -> bool {
        !self.open && !other.open && self.answers.len() == 1 && self.answers.first() == other.answers.first()
    }
}
