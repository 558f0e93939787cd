//! The bodies of the search: by length and in chunks, told well and badly.

use super::body_words::{
    BYTES, CODINGS, LASTS, LENGTHS, MEMBERS, ODD_CLOSES, ODD_CODINGS, ODD_ENDS, ODD_LASTS, ODD_LENGTHS, ODD_SIZES,
    ODD_TRAILERS, SIZES, TRAILERS, VALUES,
};
use proptest::{collection::vec, prelude::*, sample::select};

/// Beside these bytes, how their end is told.
#[derive(Clone, Debug)]
pub struct Body {
    pub bytes: Vec<u8>,
    pub framing: Framing,
}

/// How the end of a body is told.
#[derive(Clone, Debug)]
pub enum Framing {
    /// Not at all, and nothing is sent.
    None,
    /// In these words; `#` stands for the length, `+` for one too long.
    Length(&'static str),
    Chunks(Chunks),
}

/// A chunked body.
#[derive(Clone, Debug)]
pub struct Chunks {
    /// The fields that say so.
    coding: &'static str,
    /// At most so many bytes in one chunk.
    most: usize,
    /// A size line; `#` stands for the size, `@` for the size in large digits.
    size: &'static str,
    /// Behind the data of a chunk.
    end: &'static str,
    last: &'static str,
    trailers: Vec<&'static str>,
    close: &'static str,
}

/// `sound` is picked so many times as often as `odd`.
pub fn mostly<T: Clone + std::fmt::Debug + 'static>(
    times: u32,
    sound: &'static [T],
    odd: &'static [T],
) -> BoxedStrategy<T> {
    prop_oneof![times => select(sound), 1 => select(odd)].boxed()
}

/// A body, or none.
pub fn body() -> impl Strategy<Value = Body> {
    (bytes(), framing()).prop_map(|(bytes, framing)| Body { bytes, framing })
}

fn bytes() -> impl Strategy<Value = Vec<u8>> {
    // Less than is cleared away may or may not be at hand when it is looked for.
    let large = select(&[70_000_usize, 200_000][..]).prop_map(|len| vec![b' '; len]);
    prop_oneof![
        30 => select(BYTES).prop_map(|text| text.as_bytes().to_vec()),
        15 => json(),
        4 => vec(any::<u8>(), 0..40),
        1 => large,
    ]
}

/// An object with any members.
fn json() -> impl Strategy<Value = Vec<u8>> {
    vec((select(MEMBERS), select(VALUES)), 0..4).prop_map(|members| {
        let members: Vec<_> = members.iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
        format!("{{{}}}", members.join(",")).into_bytes()
    })
}

fn framing() -> impl Strategy<Value = Framing> {
    prop_oneof![
        400 => Just(Framing::None),
        400 => mostly(8, LENGTHS, ODD_LENGTHS).prop_map(Framing::Length),
        400 => chunks().prop_map(Framing::Chunks),
        // What does not come must be waited for.
        1 => Just(Framing::Length("+")),
    ]
}

fn chunks() -> impl Strategy<Value = Chunks> {
    let sizes = (select(&[usize::MAX, 1, 3][..]), mostly(20, SIZES, ODD_SIZES), mostly(30, &["\r\n"], ODD_ENDS));
    let trailers = prop_oneof![3 => Just(Vec::new()), 1 => vec(mostly(5, TRAILERS, ODD_TRAILERS), 1..3)];
    let ends = (mostly(30, LASTS, ODD_LASTS), trailers, mostly(30, &["\r\n"], ODD_CLOSES));
    (mostly(10, CODINGS, ODD_CODINGS), sizes, ends).prop_map(|(coding, (most, size, end), (last, trailers, close))| {
        Chunks { coding, most, size, end, last, trailers, close }
    })
}

impl Body {
    /// Whether its end could be taken for elsewhere.
    pub fn is_lossy(&self) -> bool {
        match &self.framing {
            Framing::None => false,
            Framing::Length(told) => !LENGTHS.contains(told),
            Framing::Chunks(chunks) => !chunks.is_sound(),
        }
    }

    /// The fields that tell its end.
    pub fn put_fields(&self, bytes: &mut Vec<u8>) {
        let field = match &self.framing {
            Framing::None => return,
            Framing::Length("+") => format!("content-length: {}\r\n", self.bytes.len() + 1000),
            Framing::Length(told) => {
                format!("content-length: {}\r\n", told.replace('#', &self.bytes.len().to_string()))
            }
            Framing::Chunks(chunks) => format!("transfer-encoding: {}\r\n", chunks.coding),
        };
        bytes.extend_from_slice(field.as_bytes());
    }

    /// What is sent behind the head.
    pub fn put(&self, bytes: &mut Vec<u8>) {
        match &self.framing {
            Framing::None => {}
            Framing::Length(_) => bytes.extend_from_slice(&self.bytes),
            Framing::Chunks(chunks) => chunks.put(&self.bytes, bytes),
        }
    }
}

impl Chunks {
    fn is_sound(&self) -> bool {
        CODINGS.contains(&self.coding)
            && SIZES.contains(&self.size)
            && LASTS.contains(&self.last)
            && self.trailers.iter().all(|trailer| TRAILERS.contains(trailer))
            && [self.end, self.close] == ["\r\n"; 2]
    }

    fn put(&self, body: &[u8], bytes: &mut Vec<u8>) {
        // Large bodies in tiny chunks would take their time.
        for chunk in body.chunks(self.most.max(body.len() / 100)) {
            let (small, large) = (format!("{:x}", chunk.len()), format!("{:X}", chunk.len()));
            let size = self.size.replace('#', &small).replace('@', &large);
            for part in [size.as_bytes(), b"\r\n", chunk, self.end.as_bytes()] {
                bytes.extend_from_slice(part);
            }
        }
        for part in [self.last].iter().chain(&self.trailers).chain([&self.close]) {
            bytes.extend_from_slice(part.as_bytes());
        }
    }
}
