//! The specification of a router, in a few lines that nobody would call fast, and random sets of patterns and paths to
//! hold routers to it.

/// Of the patterns that match, the one whose kinds of segments come first; a literal comes before a parameter, and that
/// before the rest. With it, the parameters.
pub fn find<'a>(patterns: &[String], path: &'a str) -> Option<(String, Vec<&'a str>)> {
    let matching =
        patterns.iter().filter_map(|pattern| matches(pattern, path).map(|(kinds, params)| (kinds, pattern, params)));
    matching.min_by(|one, other| one.0.cmp(&other.0)).map(|(_, pattern, params)| (pattern.clone(), params))
}

fn matches<'a>(pattern: &str, path: &'a str) -> Option<(Vec<u8>, Vec<&'a str>)> {
    let (mut rest, mut kinds, mut params) = (path.strip_prefix('/')?, Vec::new(), Vec::new());
    let mut parts = pattern[1..].split('/').peekable();
    while let Some(part) = parts.next() {
        let (segment, more) = rest.split_once('/').map_or((rest, None), |(segment, more)| (segment, Some(more)));
        match part.get(..2) {
            Some("{*") => {
                kinds.push(2);
                params.push(rest);
                return (!rest.is_empty()).then_some((kinds, params));
            }
            Some("{p") if !segment.is_empty() => {
                kinds.push(1);
                params.push(segment);
            }
            _ if part == segment => kinds.push(0),
            _ => return None,
        }
        match (more, parts.peek()) {
            (None, None) => return Some((kinds, params)),
            (Some(more), Some(_)) => rest = more,
            _ => return None,
        }
    }
    None
}

/// Literals that meet: short ones, one that is empty, and longer ones that are the same at their ends and differ where a
/// router may not look.
const LITERALS: [&str; 14] = [
    "a",
    "b",
    "ab",
    "abc",
    "c",
    "",
    "ä",
    "x.y-z",
    "comments",
    "subscribers",
    "subscription",
    "conscription",
    "organisations-1-everywhere",
    "organisations-2-everywhere",
];

/// Where the next of several ways is drawn from: a generator of numbers, or the bytes of a fuzzer.
pub trait Dice {
    /// A number below `sides`.
    fn roll(&mut self, sides: usize) -> usize;

    /// The first five are the commonest.
    fn literal(&mut self) -> &'static str {
        let sides = if self.roll(2) == 0 { 5 } else { LITERALS.len() };
        LITERALS[self.roll(sides)]
    }

    /// A pattern; every parameter is called `p`, every rest `r`.
    fn pattern(&mut self) -> String {
        let mut pattern = String::new();
        for _ in 0..=self.roll(4) {
            pattern.push('/');
            pattern.push_str(match self.roll(3) {
                0 => "{p}",
                _ => self.literal(),
            });
        }
        if self.roll(5) == 0 {
            pattern.push_str("/{*r}");
        }
        pattern
    }

    /// A path; one in eight segments is no literal, and may be long.
    fn path(&mut self) -> String {
        let mut path = String::new();
        for _ in 0..=self.roll(6) {
            path.push('/');
            match self.roll(16) {
                0 => path.push('q'),
                1 => path.extend(std::iter::repeat_n('é', self.roll(70))),
                _ => path.push_str(self.literal()),
            }
        }
        path
    }
}

/// Good enough to mix with: [SplitMix64](https://prng.di.unimi.it/splitmix64.c).
pub struct SplitMix(pub u64);

impl Dice for SplitMix {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) as usize % sides
    }
}
