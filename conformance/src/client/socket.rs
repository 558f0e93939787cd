//! A WebSocket by hand (RFC 6455): the handshake, and messages over a connection.

use super::{
    Answer, Client, Frame,
    frame::{BINARY, CLOSE, MORE, TEXT, parse},
};
use crate::{finding::Finding, request::Request};
use std::time::Instant;

/// The key of RFC 6455, section 1.3, and what shows that a server has read it.
pub const SAMPLE: (&str, &str) = ("dGhlIHNhbXBsZSBub25jZQ==", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
/// What asks for a WebSocket. `changes` are fields with another value; one whose value is empty is left out.
pub fn handshake(changes: &[(&str, &str)]) -> Request {
    let usual = [
        ("connection", "Upgrade"),
        ("upgrade", "websocket"),
        ("sec-websocket-version", "13"),
        ("sec-websocket-key", SAMPLE.0),
    ];
    let fields = usual.into_iter().map(|(name, value)| {
        let changed = changes.iter().find(|(other, _)| *other == name);
        (name, changed.map_or(value, |(_, value)| value))
    });
    let kept = fields.filter(|(_, value)| !value.is_empty());
    kept.fold(Request::get("/ws"), |request, (name, value)| request.field(name, value))
}

/// Whether an answer opens a WebSocket for the client that sent the key with this `accept`.
///
/// # Errors
/// Says what is wrong with it.
pub fn opens(answer: &Answer, accept: &str) -> Result<(), String> {
    let names = |field: &str, wanted: &str| answer.tokens(field) == [wanted];
    let offered = ["sec-websocket-protocol", "sec-websocket-extensions"];
    match answer {
        _ if (answer.minor, answer.status) != (1, 101) => Err(format!("status is {}, not 101", answer.status)),
        _ if !names("upgrade", "websocket") => Err("upgrade is not websocket".to_owned()),
        _ if !names("connection", "upgrade") => Err("connection is not upgrade".to_owned()),
        _ if answer.field("sec-websocket-accept") != Some(accept) => Err(format!("the key is accepted by {accept}")),
        _ if offered.iter().any(|name| answer.field(name).is_some()) => {
            Err("it agrees to a protocol or an extension that it does not speak".to_owned())
        }
        _ => Ok(()),
    }
}

/// An open WebSocket.
pub struct Socket {
    client: Client,
    /// The parts that have come of a message.
    begun: Option<Frame>,
    /// Whether a close was sent, behind which nothing may be.
    over: bool,
}

impl Socket {
    /// On a connection on which a handshake with the sample key was sent.
    ///
    /// # Errors
    /// When the answer does not open it.
    pub fn open(mut client: Client) -> Result<Self, Finding> {
        let answer = client.receive_interim()?;
        opens(&answer, SAMPLE.1).map_err(|what| client.finding(what))?;
        Ok(Socket { client, begun: None, over: false })
    }

    /// The connection below.
    pub fn client(&mut self) -> &mut Client {
        &mut self.client
    }

    /// Sends a frame.
    pub fn send(&mut self, frame: &Frame) {
        self.client.send(&frame.bytes());
        self.over |= frame.kind == CLOSE;
    }

    /// The next message, its parts put together, or the next control frame.
    ///
    /// # Errors
    /// When none comes in time, or the server breaks the protocol.
    pub fn receive(&mut self) -> Result<Frame, Finding> {
        let deadline = Instant::now() + self.client.patience;
        loop {
            let next = parse(&self.client.received[self.client.read..]).map_err(|what| self.client.finding(what))?;
            match next {
                Some((frame, len)) => {
                    self.client.read += len;
                    if let Some(whole) = self.join(frame).map_err(|what| self.client.finding(what))? {
                        return Ok(whole);
                    }
                }
                None if self.client.over => return Err(self.client.finding("the connection ended before a frame")),
                None => self.client.fill(deadline)?,
            }
        }
    }

    fn join(&mut self, frame: Frame) -> Result<Option<Frame>, String> {
        let whole = match (self.begun.take(), frame.kind) {
            (begun, CLOSE..) => {
                self.begun = begun;
                frame
            }
            (Some(mut begun), MORE) => {
                begun.payload.extend_from_slice(&frame.payload);
                Frame { last: frame.last, ..begun }
            }
            (None, TEXT | BINARY) => frame,
            (_, kind) => return Err(format!("a frame of kind {kind} where none may be")),
        };
        if !whole.last {
            self.begun = Some(whole);
            return Ok(None);
        }
        match whole.kind {
            TEXT if std::str::from_utf8(&whole.payload).is_err() => Err("text that is not UTF-8".to_owned()),
            _ => Ok(Some(whole)),
        }
    }

    /// Holds the next message or control frame to `wanted`.
    ///
    /// # Errors
    /// When something else comes, or nothing.
    pub fn expect(&mut self, wanted: &Frame) -> Result<(), Finding> {
        let got = self.receive()?;
        if got == *wanted {
            return Ok(());
        }
        Err(self.client.finding(format!("{} came, not {}", shown(&got), shown(wanted))))
    }

    /// Waits for the server's close with this code, answers it unless it is an answer itself, and waits for the end of
    /// the connection.
    ///
    /// # Errors
    /// When the server says anything else, or stays.
    pub fn closes(&mut self, code: u16) -> Result<(), Finding> {
        let got = self.receive()?;
        if got.code() != Some(code) {
            return Err(self.client.finding(format!("{} came, not a close with {code}", shown(&got))));
        }
        if !self.over {
            self.send(&got);
        }
        self.client.closed()
    }
}

fn shown(frame: &Frame) -> String {
    match frame.code() {
        Some(code) => format!("a close with {code}"),
        None => format!("a frame of kind {} with {} bytes", frame.kind, frame.payload.len()),
    }
}
