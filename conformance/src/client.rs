//! A client that sends bytes as they are and reads answers strictly by RFC 9112.
//!
//! It shares no code with any of the servers' stacks, so that none of their habits can hide here.

/// Taking a compressed body back to plain.
mod decode;
/// Server-sent events.
mod events;
/// The frames of a WebSocket.
pub mod frame;
/// One answer out of bytes.
mod parse;
/// A WebSocket.
pub mod socket;

pub use decode::decoded;
pub use events::{Event, Events};
pub use frame::Frame;
pub use parse::{Answer, Framing, parse};
pub use socket::Socket;

use crate::finding::Finding;
use std::{
    io::{self, ErrorKind, Read, Write},
    net::{Shutdown, SocketAddr, TcpStream},
    time::{Duration, Instant},
};

/// One connection, and everything that went over it.
pub struct Client {
    stream: TcpStream,
    patience: Duration,
    sent: Vec<u8>,
    received: Vec<u8>,
    /// How much of `received` has been read as answers.
    read: usize,
    over: bool,
}

/// What was sent on a connection, what came back, and the answer in it that is looked at.
#[derive(Clone, Debug)]
pub struct Exchange {
    /// Every byte sent so far.
    pub sent: Vec<u8>,
    /// Every byte received so far.
    pub received: Vec<u8>,
    /// The answer.
    pub answer: Answer,
}

impl Exchange {
    /// What is wrong with this exchange.
    pub fn finding(&self, what: impl Into<String>) -> Finding {
        Finding::raw(what, &self.sent, &self.received)
    }
}

impl Client {
    /// Connects; no later answer may take longer than `patience`.
    ///
    /// # Errors
    /// When nobody listens there.
    pub fn connect(address: SocketAddr, patience: Duration) -> Result<Self, Finding> {
        let stream = TcpStream::connect_timeout(&address, patience)
            .and_then(|stream| stream.set_nodelay(true).map(|()| stream))
            .map_err(|cause| Finding::new(format!("cannot connect to {address}: {cause}")))?;
        Self::of(stream, patience)
    }

    /// Takes a connection that is there.
    ///
    /// # Errors
    /// When the system refuses to time it.
    pub fn of(stream: TcpStream, patience: Duration) -> Result<Self, Finding> {
        // A server that refuses to read on must not block the judge.
        stream.set_write_timeout(Some(patience)).map_err(|cause| Finding::new(cause.to_string()))?;
        Ok(Client { stream, patience, sent: Vec::new(), received: Vec::new(), read: 0, over: false })
    }

    /// Sends as much as the server takes. That it does not take all is no fault: the answer will tell.
    pub fn send(&mut self, bytes: &[u8]) {
        let mut rest = bytes;
        while !rest.is_empty() {
            match self.stream.write(rest) {
                Ok(0) => break,
                Ok(len) => rest = &rest[len..],
                Err(cause) if cause.kind() == ErrorKind::Interrupted => {}
                Err(_) => break,
            }
        }
        self.sent.extend_from_slice(&bytes[..bytes.len() - rest.len()]);
    }

    /// Sends more bytes than are worth keeping for a report.
    pub fn pour(&mut self, bytes: &[u8]) {
        let kept = self.sent.len();
        self.send(bytes);
        self.sent.truncate(kept);
    }

    /// Forgets what was sent and read so far: a report need not tell of it.
    pub fn forget(&mut self) {
        self.sent.clear();
        self.received.drain(..self.read);
        self.read = 0;
    }

    /// Asks, and takes a body of this size without keeping it.
    ///
    /// # Errors
    /// When the answer is no 200 of this size.
    pub fn take(&mut self, request: &[u8], size: usize) -> Result<(), Finding> {
        self.send(request);
        let head = self.receive_head()?;
        if head.status != 200 || head.field("content-length") != Some(size.to_string().as_str()) {
            return Err(self.finding(format!("this is no body of {size} bytes")));
        }
        let mut left = size - (self.received.len() - self.read);
        self.received.truncate(self.read);
        while left > 0 {
            self.wait(Instant::now() + self.patience)?;
            left = left.checked_sub(self.received.len() - self.read).ok_or_else(|| self.finding("more came"))?;
            self.received.truncate(self.read);
        }
        Ok(())
    }

    /// Says that nothing more will be sent.
    pub fn finish(&mut self) {
        // The server may be gone already; reading will tell.
        let _ = self.stream.shutdown(Shutdown::Write);
    }

    /// The next answer, interim ones (1xx) skipped but for 101, behind which no other comes; `head` when the request
    /// was a HEAD.
    ///
    /// # Errors
    /// When none comes in time, or not a sound one.
    pub fn receive(&mut self, head: bool) -> Result<Exchange, Finding> {
        let deadline = Instant::now() + self.patience;
        loop {
            let answer = self.receive_any(head, deadline)?;
            if answer.status >= 200 || answer.status == 101 {
                return Ok(Exchange { sent: self.sent.clone(), received: self.received.clone(), answer });
            }
        }
    }

    /// The next answer, interim or not.
    ///
    /// # Errors
    /// As [`Client::receive`].
    pub fn receive_interim(&mut self) -> Result<Answer, Finding> {
        self.receive_any(false, Instant::now() + self.patience)
    }

    fn receive_any(&mut self, head: bool, deadline: Instant) -> Result<Answer, Finding> {
        loop {
            let parsed = parse(&self.received[self.read..], head, self.over).map_err(|why| self.finding(why))?;
            if let Some((answer, len)) = parsed {
                self.read += len;
                return Ok(answer);
            }
            if self.over {
                return Err(self.finding("the connection ended before a whole answer"));
            }
            self.fill(deadline)?;
        }
    }

    /// The head of the next answer; its body, in chunks, is for [`Client::receive_chunk`].
    ///
    /// # Errors
    /// When none comes in time, or not a sound one.
    pub fn receive_head(&mut self) -> Result<Answer, Finding> {
        let deadline = Instant::now() + self.patience;
        loop {
            // As if it were the answer to HEAD, which ends with its head.
            let parsed = parse(&self.received[self.read..], true, self.over).map_err(|why| self.finding(why))?;
            if let Some((answer, len)) = parsed {
                self.read += len;
                return Ok(answer);
            }
            self.wait(deadline)?;
        }
    }

    /// The next chunk of a body; the last one is empty.
    ///
    /// # Errors
    /// When none comes in time, or not a sound one.
    pub fn receive_chunk(&mut self) -> Result<Vec<u8>, Finding> {
        let deadline = Instant::now() + self.patience;
        loop {
            let chunk = parse::chunk(&self.received[self.read..]).map_err(|why| self.finding(why))?;
            if let Some((data, len)) = chunk {
                let data = data.to_vec();
                self.read += len;
                return Ok(data);
            }
            self.wait(deadline)?;
        }
    }

    /// Waits for more; that the connection ends is a fault.
    fn wait(&mut self, deadline: Instant) -> Result<(), Finding> {
        self.fill(deadline)?;
        if self.over { Err(self.finding("the connection ended in the middle")) } else { Ok(()) }
    }

    /// Waits for the server to close, with nothing more to say.
    ///
    /// # Errors
    /// When it says more, or stays.
    pub fn closed(&mut self) -> Result<(), Finding> {
        let deadline = Instant::now() + self.patience;
        while !self.over {
            self.fill(deadline)?;
        }
        match self.received.len() - self.read {
            0 => Ok(()),
            more => Err(self.finding(format!("{more} bytes came after the last answer"))),
        }
    }

    /// How many bytes have been sent.
    pub fn sent(&self) -> usize {
        self.sent.len()
    }

    /// How long an answer may take.
    pub fn patience(&self) -> Duration {
        self.patience
    }

    /// Has another patience from now on.
    pub fn wait_for(&mut self, patience: Duration) {
        self.patience = patience;
    }

    /// Whether anything was received that no answer has used.
    pub fn has_more(&self) -> bool {
        self.received.len() > self.read
    }

    fn fill(&mut self, deadline: Instant) -> Result<(), Finding> {
        match self.read(deadline) {
            Ok(more) => self.over = !more,
            Err(cause) if is_late(&cause) => {
                return Err(self.finding(format!("nothing came for {:?}", self.patience)));
            }
            Err(cause) => return Err(self.finding(format!("reading failed: {cause}"))),
        }
        Ok(())
    }

    /// Waits for more; whether there was any before the end.
    ///
    /// # Errors
    /// When nothing comes in time, or the connection is reset.
    pub fn more(&mut self) -> io::Result<bool> {
        self.read(Instant::now() + self.patience)
    }

    fn read(&mut self, deadline: Instant) -> io::Result<bool> {
        let mut room = [0; 16 * 1024];
        loop {
            let left = deadline.saturating_duration_since(Instant::now()).max(Duration::from_millis(1));
            self.stream.set_read_timeout(Some(left))?;
            match self.stream.read(&mut room) {
                Ok(len) => {
                    self.received.extend_from_slice(&room[..len]);
                    return Ok(len > 0);
                }
                Err(cause) if cause.kind() == ErrorKind::Interrupted => {}
                Err(cause) => return Err(cause),
            }
        }
    }

    /// Everything sent, and everything received.
    pub fn into_bytes(self) -> (Vec<u8>, Vec<u8>) {
        (self.sent, self.received)
    }

    /// What is wrong on this connection.
    pub fn finding(&self, what: impl Into<String>) -> Finding {
        Finding::raw(what, &self.sent, &self.received)
    }
}

/// Whether reading ended because nothing came in time.
pub fn is_late(cause: &io::Error) -> bool {
    matches!(cause.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut)
}
