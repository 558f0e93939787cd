//! The chunked coding (RFC 9112, section 7.1), followed strictly, so that the next head is looked for where it begins.
//!
//! A size line is handed on when it is whole and sound; what is not can then be replaced by something that every decoder
//! refuses. The last chunk is held until its trailers are whole, and goes on without them: a server may drop them
//! (RFC 9110, 6.5.1), stacks disagree about them, and no handler here reads any.

use crate::fields::SLOTS;
use crate::limits::Limits;
use crate::target::hex;

/// Bytes of extensions on one size line.
const LINE_EXTENSION: usize = 4 * 1024;
/// Bytes of extensions in one body: below the 16 KiB at which hyper gives up in its own way.
const BODY_EXTENSION: usize = 8 * 1024;
/// Digits of a size.
const DIGITS: usize = 16;

/// Where in a chunked body we are.
#[derive(Debug, Default)]
pub(crate) struct Chunks {
    state: State,
    extensions: usize,
    /// No line feed before this one, counted from the first byte not handed on.
    at: usize,
}

#[derive(Clone, Copy, Debug, Default)]
enum State {
    #[default]
    Size,
    Data(u64),
    DataEnd,
    /// Behind the last chunk's size; trailers begin at `from`, their unfinished line at `line`.
    Trailers {
        from: usize,
        line: usize,
        count: usize,
    },
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Chunk {
    More,
    /// So many bytes are sound.
    Pass(usize),
    /// The body ends with these bytes; trailers, if any, are among them.
    Last {
        len: usize,
        trailers: bool,
    },
    Broken,
}

impl Chunks {
    /// Looks at bytes not handed on yet; at least what was there last time.
    pub(crate) fn read(&mut self, bytes: &[u8], limits: &Limits) -> Chunk {
        match self.state {
            _ if bytes.is_empty() => Chunk::More,
            State::Size => self.size(bytes, limits),
            State::Data(left) => self.data(left, bytes.len()),
            State::DataEnd => self.data_end(bytes),
            State::Trailers { from, line, count } => self.trailers(bytes, (from, line, count), limits),
        }
    }

    fn size(&mut self, bytes: &[u8], limits: &Limits) -> Chunk {
        if hex(bytes[0]).is_none() {
            return Chunk::Broken;
        }
        let Some(found) = bytes[self.at..].iter().position(|&b| b == b'\n') else {
            self.at = bytes.len();
            return if self.at > DIGITS + LINE_EXTENSION + 1 { Chunk::Broken } else { Chunk::More };
        };
        let lf = self.at + found;
        self.at = 0;
        match bytes[..lf].strip_suffix(b"\r").and_then(|line| self.size_line(line)) {
            None => Chunk::Broken,
            Some(0) => {
                (self.state, self.at) = (State::Trailers { from: lf + 1, line: lf + 1, count: 0 }, lf + 1);
                self.trailers(bytes, (lf + 1, lf + 1, 0), limits)
            }
            Some(size) => {
                self.state = State::Data(size);
                Chunk::Pass(lf + 1)
            }
        }
    }

    /// `1*HEXDIG [ BWS ";" extension ]`.
    fn size_line(&mut self, line: &[u8]) -> Option<u64> {
        let end = line.iter().position(|&b| hex(b).is_none()).unwrap_or(line.len());
        let (digits, extension) = line.split_at(end);
        let visible = |b: &u8| *b == b'\t' || (*b >= b' ' && *b != 0x7f);
        let sound = extension.is_empty() || extension.trim_ascii_start().starts_with(b";");
        self.extensions += extension.len();
        if !(sound && (1..=DIGITS).contains(&digits.len()) && extension.iter().all(visible)) {
            return None;
        }
        if extension.len() > LINE_EXTENSION || self.extensions > BODY_EXTENSION {
            return None;
        }
        let size = digits.iter().try_fold(0u64, |sum, &digit| Some(sum * 16 + u64::from(hex(digit)?)))?;
        // Kept below 2^63: some stacks count in signed numbers.
        i64::try_from(size).ok().map(|_| size)
    }

    fn data(&mut self, left: u64, len: usize) -> Chunk {
        let taken = usize::try_from(left).unwrap_or(usize::MAX).min(len);
        self.state = match left - taken as u64 {
            0 => State::DataEnd,
            rest => State::Data(rest),
        };
        Chunk::Pass(taken)
    }

    fn data_end(&mut self, bytes: &[u8]) -> Chunk {
        match bytes {
            [b'\r', b'\n', ..] => {
                self.state = State::Size;
                Chunk::Pass(2)
            }
            [b'\r'] => Chunk::More,
            _ => Chunk::Broken,
        }
    }

    fn trailers(&mut self, bytes: &[u8], (from, mut line, mut count): (usize, usize, usize), limits: &Limits) -> Chunk {
        while let Some(found) = bytes[self.at..].iter().position(|&b| b == b'\n') {
            let lf = self.at + found;
            self.at = lf + 1;
            if lf - from >= limits.head_bytes {
                return Chunk::Broken;
            }
            match &bytes[line..lf] {
                b"\r" => return trailers_end(&bytes[from..=lf], lf + 1),
                ended if !ended.ends_with(b"\r") => return Chunk::Broken,
                _ => (line, count) = (lf + 1, count + 1),
            }
            if count > limits.head_fields.min(SLOTS) {
                return Chunk::Broken;
            }
        }
        self.at = bytes.len();
        self.state = State::Trailers { from, line, count };
        if bytes.len() - from > limits.head_bytes { Chunk::Broken } else { Chunk::More }
    }
}

fn trailers_end(section: &[u8], len: usize) -> Chunk {
    let mut slots = [httparse::EMPTY_HEADER; SLOTS];
    match httparse::parse_headers(section, &mut slots) {
        Ok(httparse::Status::Complete((_, fields))) => Chunk::Last { len, trailers: !fields.is_empty() },
        _ => Chunk::Broken,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Follows `body`, seen in pieces, to its end; answers how many bytes are left behind it, or `None` if it is broken.
    fn follow(body: &[u8], piece: usize) -> Result<(usize, bool), bool> {
        let limits = Limits::default();
        let mut chunks = Chunks::default();
        let (mut begin, mut seen) = (0, 0);
        loop {
            match chunks.read(&body[begin..seen], &limits) {
                Chunk::More if seen == body.len() => return Err(false),
                Chunk::More => seen = (seen + piece).min(body.len()),
                Chunk::Pass(len) => begin += len,
                Chunk::Last { len, trailers } => return Ok((body.len() - begin - len, trailers)),
                Chunk::Broken => return Err(true),
            }
        }
    }

    #[test]
    fn sound_bodies_end_where_they_end() {
        let long = format!("1;{}\r\na\r\n0\r\n\r\n", "x".repeat(4000));
        for (body, trailers) in [
            ("0\r\n\r\n", false),
            ("3\r\nabc\r\n0\r\n\r\n", false),
            ("0003\r\nabc\r\n000\r\n\r\n", false),
            ("a\r\n0123456789\r\nA\r\n0123456789\r\n0\r\n\r\n", false),
            ("3;a=b\r\nabc\r\n0;c\r\n\r\n", false),
            ("3 ; a=\"b\"\r\nabc\r\n0\r\n\r\n", false),
            ("0\r\nx: 1\r\ny: 2\r\n\r\n", true),
            (&long, false),
        ] {
            for piece in [1, 2, 1000] {
                let input = format!("{body}NEXT");
                let (left, found) = follow(input.as_bytes(), piece).expect(body);
                assert_eq!(found, trailers, "{body:?}");
                // What is left of what was seen; pieces stop where the body does, or within NEXT.
                assert_eq!(left, 4, "{body:?}");
            }
        }
    }

    #[test]
    fn broken_bodies_are_broken_in_pieces_too() {
        let long = format!("1;{}\r\na\r\n0\r\n\r\n", "x".repeat(5000));
        let many = format!("{}0\r\n\r\n", format!("1;{}\r\na\r\n", "x".repeat(3000)).repeat(3));
        let trailer = format!("0\r\nx: {}\r\n\r\n", "x".repeat(17 * 1024));
        let trailers = format!("0\r\n{}\r\n", "x: 1\r\n".repeat(91));
        for body in [
            "\r\n",
            "g\r\n",
            "-1\r\na\r\n",
            "+1\r\na\r\n",
            "0x1\r\na\r\n",
            " 1\r\na\r\n",
            "1 \r\na\r\n",
            "1 2\r\na\r\n",
            "1\na\r\n0\r\n\r\n",
            "1\r\na\n0\r\n\r\n",
            "1\r\na!\n0\r\n\r\n",
            "1\r\nab\r\n0\r\n\r\n",
            "1\r\na0\r\n\r\n",
            "1\r\na\r\r\n",
            "1;a\rb\r\na\r\n",
            "1;a\u{0}\r\na\r\n",
            "1;a\nb\r\n",
            "11111111111111111\r\n",
            "ffffffffffffffff\r\n",
            "0\r\nx\r\n\r\n",
            "0\r\nx : 1\r\n\r\n",
            "0\r\nx: 1\n\r\n",
            "0\r\n x: 1\r\n\r\n",
            "0\r\n\n",
            "0\r\nx: a\rb\r\n\r\n",
            &long,
            &many,
            &trailer,
            &trailers,
        ] {
            for piece in [1, 2, 100_000] {
                assert_eq!(follow(body.as_bytes(), piece), Err(true), "{:?}", &body[..body.len().min(40)]);
            }
        }
    }
}
