//! A case: its clause, what is sent, which outcomes are sound.

use super::{
    conversation::Conversation,
    outcome::{Codes, Outcome, Then},
    subject::{Need, Subject},
};
use crate::finding::{Finding, Verdict, once};

/// How strongly a clause binds (RFC 2119).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// An absolute requirement.
    Must,
    /// There may be reasons to do otherwise, but they must be good ones.
    Should,
}

impl Level {
    /// As the RFCs write it.
    pub fn name(self) -> &'static str {
        match self {
            Level::Must => "MUST",
            Level::Should => "SHOULD",
        }
    }
}

/// A case that needs more than one write.
pub type Law = fn(&Subject) -> Verdict;

/// A case.
#[derive(Clone, Debug)]
pub struct Case {
    /// `chapter/what-is-tried`.
    pub id: &'static str,
    /// How strongly it binds.
    pub level: Level,
    /// The section that says so.
    pub clause: &'static str,
    /// What must be so, in one sentence.
    pub says: &'static str,
    /// Without which the case says nothing.
    pub need: Need,
    /// What is sent; `{host}`, `{path}`, `{post}` and `{file}` stand for those of the server.
    sends: Vec<u8>,
    /// What it may do; the first is what it is hoped to do.
    sound: Vec<Outcome>,
    law: Option<Law>,
    /// Nothing should follow.
    pub last: bool,
}

/// A case by a MUST, or a MUST NOT.
pub fn must(id: &'static str, clause: &'static str, says: &'static str) -> Case {
    case(id, Level::Must, clause, says)
}

/// A case by a SHOULD, or a SHOULD NOT.
pub fn should(id: &'static str, clause: &'static str, says: &'static str) -> Case {
    case(id, Level::Should, clause, says)
}

fn case(id: &'static str, level: Level, clause: &'static str, says: &'static str) -> Case {
    Case { id, level, clause, says, need: Need::Nothing, sends: Vec::new(), sound: Vec::new(), law: None, last: false }
}

impl Case {
    /// Sends these bytes.
    #[must_use]
    pub fn sends(mut self, bytes: impl AsRef<[u8]>) -> Self {
        self.sends = bytes.as_ref().to_vec();
        self
    }

    /// Sends a GET with these field lines behind `Host`.
    #[must_use]
    pub fn gets(self, fields: impl AsRef<[u8]>) -> Self {
        self.sends([b"GET {path} HTTP/1.1\r\nHost: {host}\r\n", fields.as_ref(), b"\r\n"].concat())
    }

    /// Sends a POST with these field lines behind `Host`, and these bytes behind its head.
    #[must_use]
    pub fn posts(self, fields: impl AsRef<[u8]>, body: impl AsRef<[u8]>) -> Self {
        let head = [b"POST {post} HTTP/1.1\r\nHost: {host}\r\n", fields.as_ref(), b"\r\n"].concat();
        self.sends([&head, body.as_ref()].concat())
    }

    /// It may answer as it answers the plain request of this method; the next one is answered behind it.
    #[must_use]
    pub fn served(self) -> Self {
        self.may(Outcome::Answer(Codes::Plain, Then::Goes))
    }

    /// It may answer as it answers the plain request, and must then close.
    #[must_use]
    pub fn served_last(self) -> Self {
        self.may(Outcome::Answer(Codes::Plain, Then::Closes))
    }

    /// The client says itself that this is its last request. When it sends another one all the same, a server may take
    /// that for an error of the whole.
    #[must_use]
    pub fn is_last(mut self) -> Self {
        self.last = true;
        self.served_last().refused(&[400])
    }

    /// It may answer with one of these statuses, and go on or close.
    #[must_use]
    pub fn answered(self, codes: &'static [u16]) -> Self {
        self.may(Outcome::Answer(Codes::Of(codes), Then::Either))
    }

    /// It may answer with one of these statuses, and must then close: nobody knows where the next message begins.
    #[must_use]
    pub fn refused(self, codes: &'static [u16]) -> Self {
        self.may(Outcome::Answer(Codes::Of(codes), Then::Closes))
    }

    /// It may close without a word.
    #[must_use]
    pub fn dropped(self) -> Self {
        self.may(Outcome::Dropped)
    }

    /// It may wait for more.
    #[must_use]
    pub fn awaited(self) -> Self {
        self.may(Outcome::Awaited)
    }

    /// It is judged by this function.
    #[must_use]
    pub fn law(mut self, law: Law) -> Self {
        self.law = Some(law);
        self
    }

    /// It says nothing about a server without this.
    #[must_use]
    pub fn needs(mut self, need: Need) -> Self {
        self.need = need;
        self
    }

    fn may(mut self, outcome: Outcome) -> Self {
        self.sound.push(outcome);
        self
    }

    /// Whether anything is expected at all.
    pub fn is_judged(&self) -> bool {
        self.law.is_some() == self.sound.is_empty()
    }

    /// What is sent to this server; nothing when a function does the sending.
    pub fn bytes(&self, subject: &Subject) -> Option<Vec<u8>> {
        self.template().map(|bytes| subject.fill(bytes))
    }

    /// The same, its placeholders not filled.
    pub fn template(&self) -> Option<&[u8]> {
        self.law.is_none().then_some(&self.sends)
    }

    /// Whether silence is a sound answer.
    pub fn may_be_awaited(&self) -> bool {
        self.sound.iter().any(|outcome| matches!(outcome, Outcome::Awaited))
    }

    /// What it may do, in words.
    pub fn expected(&self) -> String {
        let sound: Vec<_> = self.sound.iter().map(Outcome::to_string).collect();
        if sound.is_empty() { self.says.to_owned() } else { sound.join("; or ") }
    }

    /// Sends, and compares.
    ///
    /// # Errors
    /// What is not sound.
    pub fn judge(&self, subject: &Subject) -> Verdict {
        match (self.law, self.bytes(subject)) {
            (Some(law), _) => law(subject)?,
            (None, Some(bytes)) => once(|| self.exchange(subject, &bytes))?,
            (None, None) => {}
        }
        once(|| subject.lives())
    }

    fn exchange(&self, subject: &Subject, bytes: &[u8]) -> Result<(), Finding> {
        let mut heard = subject.converse(bytes)?;
        if heard.is_reset_unheard() {
            // Bytes that nobody reads any more can destroy the answer on its way: ask without the next request.
            heard = subject.converse_patiently(bytes)?;
        }
        self.weigh(subject, bytes, &heard)
    }

    /// Whether what was heard is one of the outcomes.
    ///
    /// # Errors
    /// When an answer is not well formed.
    pub fn is_sound(&self, subject: &Subject, heard: &Conversation) -> Result<bool, Finding> {
        let bytes = subject.fill(&self.sends);
        let answers = heard.answers(&bytes)?;
        Ok(self.sound.iter().any(|outcome| outcome.holds(subject, &bytes, &answers, heard.end)))
    }

    fn weigh(&self, subject: &Subject, bytes: &[u8], heard: &Conversation) -> Result<(), Finding> {
        let answers = heard.answers(bytes)?;
        if self.is_sound(subject, heard)? {
            return Ok(());
        }
        let got = heard.told(&answers);
        Err(heard.finding(format!("expected {}; got {got}", self.expected())))
    }
}
