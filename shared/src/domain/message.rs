//! What goes over a WebSocket, whatever the library: `M` is the library's own message.

/// What has come.
#[derive(Debug)]
pub enum Incoming<M> {
    /// Text or bytes, whole.
    Message(M),
    /// A ping or a pong: the client lives. That a ping is answered is the library's part.
    Sign,
    /// The client closes.
    Close,
}

/// What is to be sent.
#[derive(Debug)]
pub enum Outgoing<M> {
    /// Text or bytes.
    Message(M),
    /// An empty ping.
    Ping,
    /// The end, and why.
    Close(CloseCode),
}

/// Why nothing more can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Broken {
    /// A message over `--max-message-bytes`.
    TooLarge,
    /// Text that is not UTF-8.
    NotUtf8,
    /// Whatever else the protocol forbids.
    Protocol,
    /// The connection is gone, and nobody can be told.
    Gone,
}

/// Why we end a WebSocket ([RFC 6455](https://www.rfc-editor.org/rfc/rfc6455#section-7.4.1), section 7.4.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CloseCode {
    /// 1000: the client wants it so.
    Normal,
    /// 1001: the server is about to stop.
    Away,
    /// 1002
    Protocol,
    /// 1007
    NotUtf8,
    /// 1009
    TooLarge,
}

impl CloseCode {
    /// As it stands in the frame.
    pub fn number(self) -> u16 {
        match self {
            CloseCode::Normal => 1000,
            CloseCode::Away => 1001,
            CloseCode::Protocol => 1002,
            CloseCode::NotUtf8 => 1007,
            CloseCode::TooLarge => 1009,
        }
    }
}

impl Broken {
    /// What the client is told, if it can be.
    pub fn code(self) -> Option<CloseCode> {
        match self {
            Broken::TooLarge => Some(CloseCode::TooLarge),
            Broken::NotUtf8 => Some(CloseCode::NotUtf8),
            Broken::Protocol => Some(CloseCode::Protocol),
            Broken::Gone => None,
        }
    }
}
