//! Follows heads and bodies of one connection, and says what to do with the next bytes.

use std::sync::Arc;

use bytes::Bytes;

use crate::chunks::{Chunk, Chunks};
use crate::connection::Connection;
use crate::fields::Framing;
use crate::head::{Found, Head, Refused, Scan};
use crate::limits::Limits;

/// No decoder takes this, neither for a chunk's size line nor for the CRLF behind its data.
const BROKEN_CHUNK: &[u8] = b"!\r\n";
const LAST_CHUNK: &[u8] = b"0\r\n\r\n";

pub(crate) struct Screen {
    limits: Arc<Limits>,
    connection: Connection,
    phase: Phase,
    /// What follows the body being read.
    then: Then,
}

/// What the next byte belongs to.
#[derive(Debug)]
pub(crate) enum Phase {
    Head(Scan),
    Length(u64),
    Chunked(Chunks),
    /// To another protocol or to the next head: the answers that are open decide.
    Held(Then),
    /// Nobody: after a refusal, a broken chunk or a last request.
    Ended,
    /// Another protocol.
    Open,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Then {
    Next,
    End,
    /// Wait for the open answers; if none was an upgrade, go on with the next head, or end if `last`.
    Hold {
        last: bool,
    },
}

/// What to do with bytes that were not handed on yet.
pub(crate) enum Step {
    /// The first so many are sound.
    Pass(usize),
    /// The first so many are to be replaced.
    Swap(usize, Bytes),
    /// Wait for more.
    More,
}

impl Screen {
    pub(crate) fn new(limits: Arc<Limits>, connection: Connection) -> Self {
        Self { limits, connection, phase: Phase::Head(Scan::default()), then: Then::Next }
    }

    pub(crate) fn phase(&self) -> &Phase {
        &self.phase
    }

    /// Looks at bytes not handed on; they begin with at least those for which the last answer was `More`.
    pub(crate) fn step(&mut self, bytes: &[u8]) -> Step {
        self.release();
        if bytes.is_empty() {
            return Step::More;
        }
        match &mut self.phase {
            Phase::Head(scan) => {
                let found = scan.read(bytes, &self.limits);
                self.found(found, bytes.len())
            }
            Phase::Length(left) => {
                let len = usize::try_from(*left).unwrap_or(usize::MAX).min(bytes.len());
                *left -= len as u64;
                if *left == 0 {
                    self.body_over();
                }
                Step::Pass(len)
            }
            Phase::Chunked(chunks) => {
                let chunk = chunks.read(bytes, &self.limits);
                self.chunk(chunk, bytes.len())
            }
            Phase::Held(_) => Step::More,
            Phase::Ended => Step::Swap(bytes.len(), Bytes::new()),
            Phase::Open => Step::Pass(bytes.len()),
        }
    }

    /// Leaves the wait for the open answers once they are known.
    fn release(&mut self) {
        if self.connection.upgraded() {
            self.phase = Phase::Open;
        } else if let Phase::Held(then) = self.phase
            && !self.connection.in_flight()
        {
            self.begin(then);
        }
    }

    fn found(&mut self, found: Found, len: usize) -> Step {
        if found.wants_to_be_alone() && self.connection.in_flight() {
            self.phase = Phase::Held(Then::Next);
            return Step::More;
        }
        match found {
            Found::More => Step::More,
            Found::Blank(blank) => Step::Swap(blank, Bytes::new()),
            Found::Refused(refused) => Step::Swap(len, self.stand_in(refused)),
            Found::Whole(head) => {
                self.connection.pass();
                self.enter_body(&head);
                match head.rewrite {
                    Some(head_instead) => Step::Swap(head.len, head_instead),
                    None => Step::Pass(head.len),
                }
            }
        }
    }

    fn enter_body(&mut self, head: &Head) {
        self.then = match (head.alone, head.last) {
            (true, last) => Then::Hold { last },
            (false, true) => Then::End,
            (false, false) => Then::Next,
        };
        match head.framing {
            Framing::None => self.body_over(),
            Framing::Length(length) => self.phase = Phase::Length(length),
            Framing::Chunked => self.phase = Phase::Chunked(Chunks::default()),
        }
    }

    fn chunk(&mut self, chunk: Chunk, len: usize) -> Step {
        match chunk {
            Chunk::More => Step::More,
            Chunk::Pass(sound) => Step::Pass(sound),
            Chunk::Broken => {
                self.phase = Phase::Ended;
                let told = self.connection.break_body();
                Step::Swap(len, if told { Bytes::new() } else { Bytes::from_static(BROKEN_CHUNK) })
            }
            Chunk::Last { len, trailers } => {
                self.body_over();
                if trailers { Step::Swap(len, Bytes::from_static(LAST_CHUNK)) } else { Step::Pass(len) }
            }
        }
    }

    fn body_over(&mut self) {
        self.begin(self.then);
    }

    fn begin(&mut self, then: Then) {
        self.phase = match then {
            Then::Next => Phase::Head(Scan::default()),
            Then::End => Phase::Ended,
            Then::Hold { last: true } => Phase::Held(Then::End),
            Then::Hold { last: false } => Phase::Held(Then::Next),
        };
    }

    /// Ends the input: the small sound request to hand on instead, once the refusal is noted under its number.
    pub(crate) fn stand_in(&mut self, refused: Refused) -> Bytes {
        let request = refused.stand_in();
        self.connection.refuse(refused.refusal);
        self.connection.pass();
        self.phase = Phase::Ended;
        request
    }
}
