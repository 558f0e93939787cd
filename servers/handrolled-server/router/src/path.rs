//! A path, read in words of eight bytes rather than byte by byte.

/// The bytes in a word.
pub(crate) const WORD: usize = 8;
/// The bytes whose slashes are found at once: one bit for each.
const WINDOW: usize = 64;

/// The highest bytes of a word: none, one, two, to all of them.
const HIGHEST: [u64; WORD + 1] = {
    let mut masks = [0; WORD + 1];
    let mut len = 1;
    while len <= WORD {
        masks[len] = u64::MAX << (8 * (WORD - len));
        len += 1;
    }
    masks
};

/// A path, and its first word.
#[derive(Clone, Copy)]
pub(crate) struct Path<'p> {
    bytes: &'p [u8],
    /// With zeros behind the path if that is shorter than a word. The first byte is the lowest.
    first: u64,
}

impl<'p> Path<'p> {
    #[inline(always)]
    pub fn new(path: &'p [u8]) -> Self {
        let first = path.first_chunk().map_or_else(|| short(path), |word| u64::from_le_bytes(*word));
        Path { bytes: path, first }
    }

    #[inline(always)]
    pub fn len(self) -> usize {
        self.bytes.len()
    }

    #[inline(always)]
    pub fn begins_with_a_slash(self) -> bool {
        self.first.to_le_bytes()[0] == b'/'
    }

    /// The bytes between two places.
    pub fn between(self, from: usize, to: usize) -> &'p [u8] {
        self.bytes.get(from..to).unwrap_or_default()
    }

    /// The word that begins at byte `from`, or 0 if so many bytes are not left.
    #[inline(always)]
    pub fn word_from(self, from: usize) -> u64 {
        self.bytes.get(from..).and_then(<[u8]>::first_chunk).map_or(0, |word| u64::from_le_bytes(*word))
    }

    /// The word that ends at byte `to`, which is not 0, with zeros before the path.
    #[inline(always)]
    fn word_to(self, to: usize) -> u64 {
        match self.bytes.get(to.wrapping_sub(WORD)..to).and_then(<[u8]>::first_chunk) {
            Some(word) => u64::from_le_bytes(*word),
            None => self.first.wrapping_shl(8 * WORD.wrapping_sub(to) as u32),
        }
    }

    /// The last word of the `len` bytes that end at byte `to`, which is not 0; with zeros before them if
    /// they are fewer.
    #[inline(always)]
    pub fn last_word(self, len: usize, to: usize) -> u64 {
        self.word_to(to) & HIGHEST[len.min(WORD)]
    }

    /// One bit for each slash of the window that begins at byte `base`, and one for the end of the path
    /// if it is in there. The first byte is the lowest bit.
    #[inline(always)]
    fn ends(self, base: usize) -> u64 {
        let window = self.bytes.get(base..).unwrap_or_default();
        let (words, _) = window.get(..WINDOW).unwrap_or(window).as_chunks();
        // Words come in at the top and move down.
        let mut others = 0;
        for word in words {
            others = others >> WORD | not_slashes(u64::from_le_bytes(*word));
        }
        if window.len() >= WINDOW {
            return !others;
        }
        // What is left is less than a word. The last word of the path has it; the bytes of that which
        // have been seen already give the same bits again.
        let len = window.len() as u32;
        others = others >> (len % WORD as u32) | not_slashes(self.word_to(self.len()));
        !others >> 1 >> (WINDOW as u32 - 1 - len) | 1 << len
    }
}

/// Fewer bytes than a word has, as a word: two halves that may overlap, or up to three bytes.
#[inline(always)]
fn short(bytes: &[u8]) -> u64 {
    let at = |byte: u8, at: usize| u64::from(byte) << (8 * at);
    match (bytes.first_chunk(), bytes.last_chunk(), bytes) {
        (Some(first), Some(last), _) => {
            let (first, last) = (u32::from_le_bytes(*first), u32::from_le_bytes(*last));
            u64::from(first) | u64::from(last) << (8 * (bytes.len() - size_of::<u32>()))
        }
        (_, _, [one, two, three]) => at(*one, 0) | at(*two, 1) | at(*three, 2),
        (_, _, [one, two]) => at(*one, 0) | at(*two, 1),
        (_, _, [one]) => at(*one, 0),
        _ => 0,
    }
}

/// One bit for each byte of `word` that is not a slash, in the highest byte, the first one lowest.
///
/// A byte is a slash if nothing is left of it when the bits of a slash are taken away. All eight are
/// looked at in one go, without a branch, as in
/// [which bytes of a word are zero](https://graphics.stanford.edu/~seander/bithacks.html#ZeroInWord):
/// adding 0x7f to the low seven bits of a byte carries into its highest bit unless they are all zero.
#[inline(always)]
fn not_slashes(word: u64) -> u64 {
    const LOW: u64 = u64::from_ne_bytes([0x7f; WORD]);
    let left = word ^ u64::from_ne_bytes([b'/'; WORD]);
    let highest_bits = (((left & LOW) + LOW) | left) & !LOW;
    // The highest bits stand eight apart; this product has them side by side in its highest byte.
    highest_bits.wrapping_mul(0x0002_0408_1020_4081) & HIGHEST[1]
}

/// The ends of the segments of a path, from left to right.
pub(crate) struct Ends<'p> {
    path: Path<'p>,
    base: usize,
    window: u64,
}

impl<'p> Ends<'p> {
    #[inline(always)]
    pub fn of(path: Path<'p>) -> Self {
        // The path begins with a slash, which ends nothing.
        Ends { path, base: 0, window: path.ends(0) & !1 }
    }

    /// Where the next segment ends: at a slash, or with the path, and then there is no other.
    #[inline(always)]
    pub fn next(&mut self) -> usize {
        while self.window == 0 && self.base < self.path.len() {
            self.base += WINDOW;
            self.window = further(self.path.bytes, self.base);
        }
        let end = self.base + self.window.trailing_zeros() as usize;
        self.window &= self.window.wrapping_sub(1);
        end
    }
}

/// A function of its own, so that what long paths need is not in the way of short ones.
#[inline(never)]
fn further(path: &[u8], base: usize) -> u64 {
    Path::new(path).ends(base)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All ends of a path, found byte by byte.
    fn plain(path: &str) -> Vec<usize> {
        let slashes = path.bytes().enumerate().skip(1).filter(|(_, byte)| *byte == b'/').map(|(at, _)| at);
        slashes.chain([path.len()]).collect()
    }

    #[test]
    fn ends_are_found_in_paths_of_every_length() {
        for len in 0..300 {
            for gap in [1, 2, 3, 7, 8, 9, 31, 63, 64, 65, 200] {
                // Bytes that differ from a slash in one bit, in the highest one, and by one.
                let others = ['.', '0', '\u{af}', 'o', 'x'];
                let text: String =
                    (0..len).map(|at| if at % gap == gap - 1 { '/' } else { others[at % others.len()] }).collect();
                let path = format!("/{text}");
                let mut ends = Ends::of(Path::new(path.as_bytes()));
                let wanted = plain(&path);
                let found: Vec<_> = wanted.iter().map(|_| ends.next()).collect();
                assert_eq!(found, wanted, "{path}");
            }
        }
    }

    #[test]
    fn last_words_are_those_of_the_bytes() {
        let text = "/abcdefghijklmnopqrstuvwxyz";
        for end in 1..=text.len() {
            let path = Path::new(&text.as_bytes()[..end]);
            for to in 1..=end {
                for len in 0..to {
                    let mut word = [0; WORD];
                    let bytes = &text.as_bytes()[to - len.min(WORD)..to];
                    word[WORD - bytes.len()..].copy_from_slice(bytes);
                    assert_eq!(path.last_word(len, to), u64::from_le_bytes(word), "{len} bytes to {to} of {end}");
                }
            }
        }
    }
}
