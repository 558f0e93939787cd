//! Bytes in, checked bytes out: keeps what must wait until it can be handed on.
//!
//! It does no IO and knows no time, so tables can test it. Sound bytes that were read straight into the caller's buffer
//! stay there; only what must wait (a head not at its end, requests that do not fit) or change is copied.

use std::mem;
use std::sync::Arc;

use bytes::{Buf, Bytes, BytesMut};
use tokio::io::ReadBuf;

use crate::connection::{Connection, Refusal};
use crate::head::Refused;
use crate::limits::Limits;
use crate::screen::{Phase, Screen, Step};

pub(crate) struct Inbox {
    /// What a connection may keep for later, in bytes.
    room: usize,
    screen: Screen,
    /// Read and not handed on.
    raw: BytesMut,
    /// So much of `raw` is sound.
    ready: usize,
    /// Goes out before anything of `raw`.
    out: Bytes,
}

impl Inbox {
    pub(crate) fn new(limits: Arc<Limits>, connection: Connection) -> Self {
        Self {
            room: limits.head_bytes,
            screen: Screen::new(limits, connection),
            raw: BytesMut::new(),
            ready: 0,
            out: Bytes::new(),
        }
    }

    /// Moves what is sound into `buf`; whether there was any.
    pub(crate) fn pull(&mut self, buf: &mut ReadBuf<'_>) -> bool {
        let before = buf.filled().len();
        while buf.remaining() > 0 {
            if !self.out.is_empty() {
                let len = self.out.len().min(buf.remaining());
                buf.put_slice(&self.out.split_to(len));
            } else if self.ready > 0 {
                let len = self.ready.min(buf.remaining());
                buf.put_slice(&self.raw[..len]);
                self.raw.advance(len);
                self.ready -= len;
            } else if !self.advance() {
                break;
            }
        }
        buf.filled().len() > before
    }

    /// Sorts out what was read into `buf` behind its first `before` bytes; only what may be handed on stays there.
    pub(crate) fn take(&mut self, buf: &mut ReadBuf<'_>, before: usize) {
        let mut sound = before;
        if self.raw.is_empty() && self.out.is_empty() {
            while sound < buf.filled().len() {
                match self.screen.step(&buf.filled()[sound..]) {
                    Step::Pass(len) => sound += len,
                    Step::More => break,
                    Step::Swap(len, with) => {
                        self.out = with;
                        self.raw.extend_from_slice(&buf.filled()[sound + len..]);
                        return buf.set_filled(sound);
                    }
                }
            }
        }
        if sound < buf.filled().len() {
            self.raw.extend_from_slice(&buf.filled()[sound..]);
            buf.set_filled(sound);
        }
    }

    /// Looks at the waiting bytes; whether that made some of them ready or gone.
    fn advance(&mut self) -> bool {
        // Without bytes only the wait for an open answer could end.
        if self.raw.is_empty() && !self.held() {
            return false;
        }
        let mut raw = mem::take(&mut self.raw);
        let step = self.screen.step(&raw);
        match step {
            Step::Pass(len) => self.ready = len,
            Step::Swap(len, ref with) => {
                raw.advance(len);
                self.out = with.clone();
            }
            Step::More => {}
        }
        // An empty buffer is not worth its memory while a connection idles.
        self.raw = if raw.is_empty() { BytesMut::new() } else { raw };
        !matches!(step, Step::More)
    }

    /// Ends the input with a small sound request in place of what is waiting, noted as a refusal.
    pub(crate) fn refuse(&mut self, refusal: Refusal) {
        let refused = Refused::bare(refusal, &self.raw);
        self.raw = BytesMut::new();
        self.out = self.screen.stand_in(refused);
    }

    /// A head has begun and not ended.
    pub(crate) fn in_head(&self) -> bool {
        matches!(self.screen.phase(), Phase::Head(_)) && !self.raw.is_empty()
    }

    /// A body has not ended.
    pub(crate) fn in_body(&self) -> bool {
        matches!(self.screen.phase(), Phase::Length(_) | Phase::Chunked(_))
    }

    /// No more will ever be handed on.
    pub(crate) fn ended(&self) -> bool {
        matches!(self.screen.phase(), Phase::Ended) && self.out.is_empty() && self.ready == 0
    }

    /// What comes next depends on an answer not given.
    pub(crate) fn held(&self) -> bool {
        matches!(self.screen.phase(), Phase::Held(_))
    }

    /// Reading on would keep more for later than a head may have.
    pub(crate) fn full(&self) -> bool {
        self.held() && self.raw.len() >= self.room
    }

    /// The client may have sent what nobody read.
    pub(crate) fn unread(&self) -> bool {
        match self.screen.phase() {
            Phase::Head(_) | Phase::Held(_) => !self.raw.is_empty(),
            // Another protocol's last words are on their way when ours end.
            Phase::Length(_) | Phase::Chunked(_) | Phase::Ended | Phase::Open => true,
        }
    }
}
