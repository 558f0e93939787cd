//! What a head's fields say about host, framing and the connection's end, and which of that is refused.

use bytes::Bytes;
use httparse::Header;

use crate::class::TOKEN;
use crate::connection::Refusal;
use crate::host;

/// Room for the fields of one head, on the stack; no limit can be set above it.
pub(crate) const SLOTS: usize = 128;

/// Where a request's body ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Framing {
    None,
    Length(u64),
    Chunked,
}

/// The fields that matter here, gathered in one walk.
#[derive(Default)]
pub(crate) struct Notes<'a> {
    host: Once<'a>,
    length: Once<'a>,
    coding: Coding,
    request_id: Once<'a>,
    close: bool,
    keep_alive: bool,
    /// `Upgrade`, or `Connection: upgrade`: either makes some stack take what follows for another protocol.
    pub(crate) upgrade: bool,
}

/// What `Transfer-Encoding` says, over all its lines.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Coding {
    #[default]
    Absent,
    /// Exactly one `chunked`.
    Chunked,
    /// Others, and not yet `chunked`.
    Unfinished,
    /// Others, and `chunked` as the last of them: the body has an end, but cannot be read.
    Unknown,
    /// Anything else.
    Broken,
}

impl Coding {
    fn see(&mut self, value: &[u8]) {
        for member in value.split(|&byte| byte == b',').map(<[u8]>::trim_ascii) {
            *self = match (*self, member.eq_ignore_ascii_case(b"chunked")) {
                (Self::Absent, true) => Self::Chunked,
                (Self::Unfinished, true) => Self::Unknown,
                (Self::Absent | Self::Unfinished, false) if !member.is_empty() && TOKEN.has_all(member) => {
                    Self::Unfinished
                }
                _ => Self::Broken,
            };
        }
    }
}

/// A field that may stand once.
#[derive(Clone, Copy, Default)]
enum Once<'a> {
    #[default]
    Absent,
    One(&'a [u8]),
    Repeated,
}

impl<'a> Once<'a> {
    fn see(&mut self, value: &'a [u8]) {
        *self = match self {
            Self::Absent => Self::One(value.trim_ascii()),
            _ => Self::Repeated,
        };
    }
}

impl<'a> Notes<'a> {
    pub(crate) fn of(fields: &[Header<'a>]) -> Self {
        let mut notes = Self::default();
        for field in fields {
            notes.see(field.name, field.value);
        }
        notes
    }

    fn see(&mut self, name: &str, value: &'a [u8]) {
        let is = |other: &str| name.eq_ignore_ascii_case(other);
        // By length first: most fields are none of these.
        match name.len() {
            4 if is("host") => self.host.see(value),
            7 if is("upgrade") => self.upgrade = true,
            10 if is("connection") => self.see_connection(value),
            12 if is("x-request-id") => self.request_id.see(value),
            14 if is("content-length") => self.length.see(value),
            17 if is("transfer-encoding") => self.coding.see(value),
            _ => {}
        }
    }

    fn see_connection(&mut self, value: &[u8]) {
        for option in value.split(|&b| b == b',').map(<[u8]>::trim_ascii) {
            self.close |= option.eq_ignore_ascii_case(b"close");
            self.keep_alive |= option.eq_ignore_ascii_case(b"keep-alive");
            self.upgrade |= option.eq_ignore_ascii_case(b"upgrade");
        }
    }

    pub(crate) fn check_host(&self, minor: u8) -> Result<(), Refusal> {
        match self.host {
            Once::Absent if minor == 0 => Ok(()),
            Once::Absent => Err(Refusal::Malformed("the Host field is missing")),
            Once::Repeated => Err(Refusal::Malformed("there is more than one Host field")),
            Once::One(value) if host::is_authority(value) => Ok(()),
            Once::One(_) => Err(Refusal::Malformed("the Host field is not a host")),
        }
    }

    /// Where the body ends; anything that two readers could understand differently is refused (RFC 9112, 6).
    pub(crate) fn framing(&self, minor: u8) -> Result<Framing, Refusal> {
        match (self.coding, self.length) {
            (Coding::Absent, Once::Absent) => Ok(Framing::None),
            (Coding::Absent, Once::One(digits)) => length(digits),
            (Coding::Absent, Once::Repeated) => Err(Refusal::Malformed("there is more than one Content-Length field")),
            (_, Once::One(_) | Once::Repeated) => {
                Err(Refusal::Malformed("Content-Length and Transfer-Encoding exclude each other"))
            }
            (_, Once::Absent) if minor == 0 => Err(Refusal::Malformed("HTTP/1.0 has no Transfer-Encoding")),
            (Coding::Chunked, Once::Absent) => Ok(Framing::Chunked),
            (Coding::Unknown, Once::Absent) => Err(Refusal::CodingNotSupported),
            (Coding::Unfinished | Coding::Broken, Once::Absent) => {
                Err(Refusal::Malformed("the last Transfer-Encoding, and the only one understood, is one `chunked`"))
            }
        }
    }

    /// Whether the client wants nothing after this request.
    pub(crate) fn last(&self, minor: u8) -> bool {
        self.close || (minor == 0 && !self.keep_alive)
    }

    /// The request id, if there is exactly one and it keeps the contract's form.
    pub(crate) fn id(&self) -> Option<Bytes> {
        let Once::One(id) = self.request_id else { return None };
        let sound = |b: &u8| b.is_ascii_alphanumeric() || b"._-".contains(b);
        ((1..=64).contains(&id.len()) && id.iter().all(sound)).then(|| Bytes::copy_from_slice(id))
    }
}

fn length(digits: &[u8]) -> Result<Framing, Refusal> {
    const BROKEN: Refusal = Refusal::Malformed("the Content-Length field is not one whole number");
    if digits.is_empty() {
        return Err(BROKEN);
    }
    let number = digits.iter().try_fold(0i64, |sum, digit| match digit {
        // Kept below 2^63: some stacks count in signed numbers.
        b'0'..=b'9' => sum.checked_mul(10)?.checked_add(i64::from(digit - b'0')),
        _ => None,
    });
    match number.and_then(|number| u64::try_from(number).ok()) {
        Some(0) => Ok(Framing::None),
        Some(length) => Ok(Framing::Length(length)),
        None => Err(BROKEN),
    }
}
