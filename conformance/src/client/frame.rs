//! The frames of a WebSocket (RFC 6455, section 5): written as they are asked for, sound or not, and read strictly.

/// A client's frames are masked; any mask but zeros shows whether it is taken off again.
const MASK: [u8; 4] = [0x37, 0xfa, 0x21, 0x3d];

/// More of a message.
pub const MORE: u8 = 0;
/// Text, which is UTF-8.
pub const TEXT: u8 = 1;
/// Any bytes.
pub const BINARY: u8 = 2;
/// The end, with or without a code.
pub const CLOSE: u8 = 8;
/// To be answered by a pong with the same bytes.
pub const PING: u8 = 9;
/// The answer to a ping, or a sign of life.
pub const PONG: u8 = 10;

/// One frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// Whether the message ends with it.
    pub last: bool,
    /// The three reserved bits, as a number.
    pub reserved: u8,
    /// [`TEXT`] and its like.
    pub kind: u8,
    /// What it carries.
    pub payload: Vec<u8>,
}

impl Frame {
    /// A whole message, or a control frame.
    pub fn new(kind: u8, payload: impl AsRef<[u8]>) -> Self {
        Frame { last: true, reserved: 0, kind, payload: payload.as_ref().to_vec() }
    }

    /// The end with this code.
    pub fn close(code: u16) -> Self {
        Frame::new(CLOSE, code.to_be_bytes())
    }

    /// As a part that others follow.
    #[must_use]
    pub fn part(mut self) -> Self {
        self.last = false;
        self
    }

    /// With these reserved bits.
    #[must_use]
    pub fn reserved(mut self, bits: u8) -> Self {
        self.reserved = bits;
        self
    }

    /// The code of a close that has one.
    pub fn code(&self) -> Option<u16> {
        let code = self.payload.first_chunk().filter(|_| self.kind == CLOSE);
        code.map(|code| u16::from_be_bytes(*code))
    }

    /// As a client sends it.
    pub fn bytes(&self) -> Vec<u8> {
        let mut bytes = self.head(0x80);
        bytes.extend_from_slice(&MASK);
        bytes.extend(self.payload.iter().zip(MASK.iter().cycle()).map(|(byte, mask)| byte ^ mask));
        bytes
    }

    /// As only a server may send it: without a mask.
    pub fn bare(&self) -> Vec<u8> {
        [self.head(0), self.payload.clone()].concat()
    }

    fn head(&self, masked: u8) -> Vec<u8> {
        let len = self.payload.len();
        let (short, long) = match (u8::try_from(len), u16::try_from(len)) {
            (Ok(short @ ..=125), _) => (short, Vec::new()),
            (_, Ok(len)) => (126, len.to_be_bytes().to_vec()),
            _ => (127, (len as u64).to_be_bytes().to_vec()),
        };
        let first = (u8::from(self.last) << 7) | (self.reserved << 4) | self.kind;
        [vec![first, masked | short], long].concat()
    }
}

/// The first frame in `bytes` and how many of them it takes; `None` when more must come.
///
/// # Errors
/// Says which rule for the frames of a server is broken.
pub fn parse(bytes: &[u8]) -> Result<Option<(Frame, usize)>, String> {
    let [first, second, rest @ ..] = bytes else { return Ok(None) };
    let (last, reserved, kind) = (first & 0x80 != 0, (first >> 4) & 7, first & 15);
    let (len, at, least) = match (second & 0x7f, rest.first_chunk(), rest.first_chunk()) {
        (126, Some(len), _) => (u16::from_be_bytes(*len).into(), 4, 126),
        (127, _, Some(len)) => (u64::from_be_bytes(*len), 10, 1 << 16),
        (126.., _, _) => return Ok(None),
        (short, _, _) => (short.into(), 2, 0),
    };
    match kind {
        _ if second & 0x80 != 0 => return Err("a masked frame".to_owned()),
        _ if reserved != 0 => return Err("reserved bits in a frame".to_owned()),
        3..=7 | 11.. => return Err(format!("a frame of kind {kind}")),
        CLOSE.. if !last || len > 125 => return Err("a control frame that is too long or in parts".to_owned()),
        _ if len < least || len >> 63 != 0 => return Err(format!("the length {len} in too many bytes")),
        _ => {}
    }
    let end = usize::try_from(len).ok().and_then(|len| len.checked_add(at));
    let Some(payload) = end.and_then(|end| bytes.get(at..end)) else { return Ok(None) };
    let frame = Frame { last, reserved, kind, payload: payload.to_vec() };
    match frame.payload.len() {
        1 if kind == CLOSE => Err("a close with half a code".to_owned()),
        more @ 2.. if kind == CLOSE && std::str::from_utf8(&frame.payload[2..more]).is_err() => {
            Err("a close whose reason is not UTF-8".to_owned())
        }
        more => Ok(Some((frame, at + more))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_are_read_as_they_were_written() {
        for len in [0, 1, 125, 126, 127, 65_535, 65_536, 70_000] {
            for frame in [Frame::new(TEXT, vec![b'x'; len]), Frame::new(BINARY, vec![0; len]).part()] {
                let bytes = frame.bare();
                assert_eq!(parse(&bytes), Ok(Some((frame, bytes.len()))));
                assert!((0..bytes.len().min(20)).all(|cut| parse(&bytes[..cut]) == Ok(None)));
            }
        }
    }

    /// The example of RFC 6455, section 5.7.
    #[test]
    fn a_client_masks() {
        let sample = [0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58];
        assert_eq!(Frame::new(TEXT, "Hello").bytes(), sample);
    }

    #[test]
    fn broken_frames_are_told() {
        let long = [vec![0x82, 127], (1u64 << 63).to_be_bytes().to_vec()].concat();
        for bad in [
            &[0x81, 0x80, 0, 0, 0, 0][..],
            &[0xc1, 0],
            &[0x83, 0],
            &[0x8b, 0],
            &[0x09, 0],
            &[0x89, 126, 0, 126],
            &[0x81, 126, 0, 125],
            &[0x81, 127, 0, 0, 0, 0, 0, 0, 0xff, 0xff],
            &long,
            &[0x88, 1, 3],
            &[0x88, 3, 3, 0xe8, 0xff],
        ] {
            assert!(parse(bad).is_err(), "{bad:?}");
        }
    }
}
