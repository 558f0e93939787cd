//! Everything that came back on one connection.

use crate::{
    client::{Answer, Client, is_late, parse},
    finding::Finding,
};
use std::time::{Duration, Instant};

/// For how long a connection may go on sending.
const ENDLESS: Duration = Duration::from_secs(60);

/// How long a connection is listened to at least.
const LEAST: Duration = Duration::from_millis(100);

/// How a connection ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// In order.
    Closed,
    /// By a reset.
    Reset,
    /// Not at all: nothing came for as long as the judge has patience.
    Open,
}

impl End {
    /// In words.
    pub fn told(self) -> &'static str {
        match self {
            End::Closed => "closed",
            End::Reset => "reset",
            End::Open => "silence on an open connection",
        }
    }
}

/// What was sent on a connection, what came back, and how it ended.
#[derive(Clone, Debug)]
pub struct Conversation {
    /// Every byte sent, the next request included.
    pub sent: Vec<u8>,
    /// Every byte received.
    pub received: Vec<u8>,
    /// How it ended.
    pub end: End,
}

impl Conversation {
    /// The answers in it, interim ones left out. `bytes` are those of the case: they begin with the method.
    ///
    /// # Errors
    /// When one is not well formed, or is not whole.
    pub fn answers(&self, bytes: &[u8]) -> Result<Vec<Answer>, Finding> {
        let all = self.all(bytes)?;
        Ok(all.into_iter().filter(|answer| answer.status >= 200).collect())
    }

    /// The answers in it, interim ones too.
    ///
    /// # Errors
    /// As [`Conversation::answers`].
    pub fn all(&self, bytes: &[u8]) -> Result<Vec<Answer>, Finding> {
        let (mut answers, mut at) = (Vec::new(), 0);
        let mut head = is_head(bytes);
        while at < self.received.len() {
            let parsed = parse(&self.received[at..], head, self.end != End::Open);
            let parsed = parsed.map_err(|why| self.finding(format!("the answer is not well formed: {why}")))?;
            let Some((answer, len)) = parsed else {
                return Err(self.finding(format!("the answer is not whole: {}", self.end.told())));
            };
            // Of the requests of a case only the first may be a HEAD, and the next request is none.
            head &= answer.status < 200;
            at += len;
            answers.push(answer);
        }
        Ok(answers)
    }

    /// Whether it ended by a reset before anything was heard.
    pub fn is_reset_unheard(&self) -> bool {
        self.end == End::Reset && self.received.is_empty()
    }

    /// The statuses, and how it ended.
    pub fn told(&self, answers: &[Answer]) -> String {
        let statuses = answers.iter().map(|answer| answer.status.to_string());
        statuses.chain([self.end.told().to_owned()]).collect::<Vec<_>>().join(", ")
    }

    /// What is wrong with it.
    pub fn finding(&self, what: impl Into<String>) -> Finding {
        Finding::raw(what, &self.sent, &self.received)
    }
}

impl Client {
    /// Everything until the connection ends, or nothing comes any more.
    pub fn rest(mut self) -> Conversation {
        // An answer without end must not keep the judge for ever.
        let deadline = Instant::now() + ENDLESS;
        let end = loop {
            match self.more() {
                Ok(true) if Instant::now() > deadline => break End::Open,
                Ok(true) => {}
                Ok(false) => break End::Closed,
                Err(cause) if is_late(&cause) => break End::Open,
                Err(_) => break End::Reset,
            }
        };
        let (sent, received) = self.into_bytes();
        Conversation { sent, received, end }
    }

    /// As [`Client::rest`], where the wait has begun before: many connections are waited for at the same time.
    pub fn rest_since(mut self, begun: Instant) -> Conversation {
        let left = self.patience().saturating_sub(begun.elapsed());
        self.wait_for(left.max(LEAST));
        self.rest()
    }

    /// Waits for the first bytes, or the end.
    pub fn await_any(&mut self) {
        // What went wrong will show when the rest is read.
        let _ = self.more();
    }
}

/// Whether these bytes begin with a HEAD request; empty lines in front of it do not count.
pub(super) fn is_head(bytes: &[u8]) -> bool {
    bytes.trim_ascii_start().starts_with(b"HEAD ")
}
