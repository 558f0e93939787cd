//! One direction of a connection, cut into what HTTP and WebSocket send: heads, chunks, frames.

use super::head::Head;
use conformance::client::{Frame, frame};
use std::{
    io::{ErrorKind, Read},
    net::TcpStream,
};

/// No server here reads a longer head; what is longer is passed on as it comes.
const LONGEST_HEAD: usize = 20 * 1024;

/// A chunk as it stands, and what it carries: nothing, if it is the last.
pub struct Chunk {
    pub bytes: Vec<u8>,
    pub data: Vec<u8>,
}

impl Chunk {
    /// Writes it anew for other data; for none, not at all.
    pub fn rewrite(&mut self) {
        self.bytes.clear();
        if !self.data.is_empty() {
            self.bytes.extend(format!("{:x}\r\n", self.data.len()).bytes());
            self.bytes.extend_from_slice(&self.data);
            self.bytes.extend_from_slice(b"\r\n");
        }
    }
}

/// Has its way with all that comes, before it is looked at.
type OnRead = Box<dyn Fn(&mut Vec<u8>)>;

/// One direction of a connection.
pub struct Source {
    stream: TcpStream,
    /// What has come and was not taken.
    pub buffer: Vec<u8>,
    spoil: OnRead,
}

impl Source {
    pub fn new(stream: TcpStream, spoil: OnRead) -> Self {
        Source { stream, buffer: Vec::new(), spoil }
    }

    /// Waits for more; `None` when there is none.
    fn fill(&mut self) -> Option<()> {
        let mut room = [0; 16 * 1024];
        loop {
            match self.stream.read(&mut room) {
                Ok(0) => return None,
                Ok(len) => {
                    let mut bytes = room[..len].to_vec();
                    (self.spoil)(&mut bytes);
                    self.buffer.extend(bytes);
                    return Some(());
                }
                Err(cause) if cause.kind() == ErrorKind::Interrupted => {}
                Err(_) => return None,
            }
        }
    }

    /// What has come, or comes next.
    pub fn some(&mut self, most: usize) -> Option<Vec<u8>> {
        if self.buffer.is_empty() {
            self.fill()?;
        }
        Some(self.buffer.drain(..most.min(self.buffer.len())).collect())
    }

    /// So many bytes.
    pub fn exact(&mut self, len: usize) -> Option<Vec<u8>> {
        while self.buffer.len() < len {
            self.fill()?;
        }
        Some(self.buffer.drain(..len).collect())
    }

    /// The next head; `None` when there is none, or nothing that is sure to become one.
    pub fn head(&mut self) -> Option<Head> {
        loop {
            // Empty lines before a head belong to it: two of them are not its end.
            let blank = 2 * self.buffer.chunks(2).take_while(|pair| pair == b"\r\n").count();
            let end = self.buffer[blank..].windows(4).position(|window| window == b"\r\n\r\n");
            if let Some(end) = end {
                let bytes: Vec<u8> = self.buffer.drain(..blank + end + 4).collect();
                return Some(Head::read(&bytes));
            }
            let lone = |(at, byte): (usize, &u8)| *byte == b'\n' && (at == 0 || self.buffer[at - 1] != b'\r');
            if self.buffer.len() > LONGEST_HEAD || self.buffer.iter().enumerate().any(lone) {
                return None;
            }
            self.fill()?;
        }
    }

    /// The next chunk; the last one with what may follow it.
    pub fn chunk(&mut self) -> Option<Chunk> {
        let line = self.line(0)?;
        let digits = line.split(';').next().unwrap_or_default();
        let size = usize::from_str_radix(digits, 16).ok().filter(|size| *size < 1 << 30)?;
        let from = line.len() + 2;
        let mut end = from + size;
        if size == 0 {
            while let Some(trailer) = self.line(end).filter(|line| !line.is_empty()) {
                end += trailer.len() + 2;
            }
        }
        while self.buffer.len() < end + 2 {
            self.fill()?;
        }
        let sound = self.buffer[end..end + 2] == *b"\r\n";
        sound.then(|| Chunk {
            data: self.buffer[from..from + size].to_vec(),
            bytes: self.buffer.drain(..end + 2).collect(),
        })
    }

    /// The line at this place, which is left where it is.
    fn line(&mut self, at: usize) -> Option<String> {
        loop {
            let rest = self.buffer.get(at..).unwrap_or_default();
            if let Some(len) = rest.windows(2).position(|window| window == b"\r\n") {
                return String::from_utf8(rest[..len].to_vec()).ok();
            }
            self.fill()?;
        }
    }

    /// The next frame of a WebSocket.
    pub fn frame(&mut self) -> Option<Frame> {
        loop {
            if let Some((frame, len)) = frame::parse(&self.buffer).ok()? {
                self.buffer.drain(..len);
                return Some(frame);
            }
            self.fill()?;
        }
    }
}
