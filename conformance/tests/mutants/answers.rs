//! From the server to the client.

use super::{
    Spoil,
    answer::Answer,
    head::{Body, Head},
    proxy::Shared,
    source::Source,
};
use std::{
    io::Write,
    net::{Shutdown, TcpStream},
    sync::Arc,
};

/// The way to the client.
pub struct Answers {
    pub to: TcpStream,
    pub shared: Arc<Shared>,
    /// An answer that another one overtakes.
    pub held: Option<Vec<u8>>,
}

impl Answers {
    /// A client that has left must be left by the server as well.
    fn send(&mut self, bytes: &[u8]) -> Option<()> {
        self.to.write_all(bytes).ok()
    }

    pub fn pass(mut self, from: TcpStream) {
        let server = from.try_clone().expect("a descriptor");
        let mut source = Source::new(from, Box::new(|_| {}));
        let mut last = Head::default();
        let mut alive = Some(());
        while alive.is_some()
            && let Some(head) = source.head()
        {
            last = head.clone();
            alive = self.answer(head, &mut source);
        }
        alive = alive.and_then(|()| self.rest(&mut source));
        if !matches!(self.shared.spoil, Spoil::Stays(stays) if self.shared.count(stays(&last))) {
            let _ = self.to.shutdown(Shutdown::Write);
        }
        if alive.is_none() {
            let _ = server.shutdown(Shutdown::Both);
        }
    }

    /// `None` when the client has gone, or must.
    fn answer(&mut self, head: Head, source: &mut Source) -> Option<()> {
        let status = head.status();
        if status < 200 && status != 101 {
            return self.interim(&head);
        }
        let asked = self.shared.answered();
        let bodyless = asked.is_head() || matches!(status, 101 | 204 | 304);
        let body = if bodyless { Body::Length(0) } else { Body::of(&head, Body::Unknown) };
        let known = match body {
            Body::Length(len) => match source.exact(len) {
                Some(body) => Some(body),
                // Cut in the middle: what there is follows the head.
                None => return self.send(&head.bytes()),
            },
            _ => None,
        };
        let mut answer = Answer { asked, head, body: known };
        if let Spoil::Answer(spoil) | Spoil::Both(_, spoil) = self.shared.spoil {
            self.shared.count(spoil(&mut answer));
        }
        self.deliver(&answer)?;
        match body {
            _ if status == 101 => self.frames(source),
            Body::Chunks => self.chunks(source),
            Body::Unknown => self.rest(source),
            Body::Length(_) => Some(()),
        }
    }

    fn rest(&mut self, source: &mut Source) -> Option<()> {
        while let Some(bytes) = source.some(usize::MAX) {
            self.send(&bytes)?;
        }
        Some(())
    }

    fn interim(&mut self, head: &Head) -> Option<()> {
        let dropped = matches!(self.shared.spoil, Spoil::Interim);
        if self.shared.count(dropped) { Some(()) } else { self.send(&head.bytes()) }
    }

    fn deliver(&mut self, answer: &Answer) -> Option<()> {
        let bytes = answer.bytes();
        match self.shared.spoil {
            Spoil::Order if self.held.is_none() && self.shared.is_another_asked() => {
                self.shared.count(true);
                self.held = Some(bytes);
                return Some(());
            }
            Spoil::Ends(ends) if self.shared.count(ends(answer)) => {
                self.send(&bytes)?;
                return None;
            }
            _ => self.send(&bytes)?,
        }
        self.held.take().map_or(Some(()), |held| self.send(&held))
    }

    /// A stream of chunks, to its end.
    fn chunks(&mut self, source: &mut Source) -> Option<()> {
        // One that breaks off is passed on as it is.
        while let Some(mut chunk) = source.chunk() {
            let last = chunk.data.is_empty();
            if let Spoil::Chunk(spoil) = self.shared.spoil
                && !last
                && self.shared.count(spoil(&mut chunk.data))
            {
                chunk.rewrite();
            }
            self.send(&chunk.bytes)?;
            if last {
                break;
            }
        }
        Some(())
    }

    fn frames(&mut self, source: &mut Source) -> Option<()> {
        while let Some(frame) = source.frame() {
            let spoilt = match self.shared.spoil {
                Spoil::Frame(spoil) => spoil(&frame),
                _ => None,
            };
            self.shared.count(spoilt.is_some());
            self.send(&spoilt.unwrap_or_else(|| frame.bare()))?;
        }
        Some(())
    }
}
