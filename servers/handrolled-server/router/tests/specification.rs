//! The router does what a naive matcher says that it must: random sets of patterns, random paths, the same answer.
//!
//! `PAIRS=10000000 cargo test --release -p handrolled-router --test specification` looks further than an ordinary run.

use handrolled_router::{Builder, Conflict};

/// How many pairs of a set and a path an ordinary run looks at.
const PAIRS: usize = 200_000;
/// How many paths are looked up in each set.
const PATHS: usize = 40;
const SEED: u64 = 1;

/// The specification: of the patterns that match, the one whose kinds of segments come first; a literal comes before a
/// parameter, and that before the rest.
fn naive<'a>(patterns: &[String], path: &'a str) -> Option<(String, Vec<&'a str>)> {
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

/// Good enough to mix with: [SplitMix64](https://prng.di.unimi.it/splitmix64.c).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % sides).expect("few sides")
    }

    /// Few and short, so that patterns meet; some begin as others do, and one is empty.
    fn literal(&mut self) -> &'static str {
        ["a", "b", "ab", "abc", "c", "", "ä"][self.roll(7)]
    }

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

    fn path(&mut self) -> String {
        let mut path = String::new();
        for _ in 0..=self.roll(6) {
            path.push('/');
            path.push_str(if self.roll(8) == 0 { "x" } else { self.literal() });
        }
        path
    }
}

/// A set of patterns, and the router that was made of it; those that were refused are those that are there already.
fn set(dice: &mut Dice) -> (Vec<String>, handrolled_router::Router<usize>) {
    let (mut patterns, mut builder) = (Vec::new(), Builder::new());
    for _ in 0..=dice.roll(12) {
        let pattern = dice.pattern();
        let inserted = builder.insert(&pattern, patterns.len());
        match patterns.contains(&pattern) {
            true => assert_eq!(inserted, Err(Conflict::Taken(pattern.clone(), pattern))),
            false => {
                assert_eq!(inserted, Ok(()), "{pattern} beside {patterns:?}");
                patterns.push(pattern);
            }
        }
    }
    (patterns, builder.build())
}

#[test]
fn a_router_does_what_the_specification_says() {
    let pairs = std::env::var("PAIRS").ok().and_then(|text| text.parse().ok()).unwrap_or(PAIRS);
    let (mut dice, mut found) = (Dice(SEED), 0);
    for _ in 0..pairs / PATHS {
        let (patterns, router) = set(&mut dice);
        for _ in 0..PATHS {
            let path = dice.path();
            let right = naive(&patterns, &path);
            let got = router.find(&path).map(|found| {
                let params = (0..found.params.len()).filter_map(|at| found.params.get(at, &path)).collect::<Vec<_>>();
                assert_eq!(patterns[*found.value], found.pattern);
                (found.pattern.to_owned(), params)
            });
            assert_eq!(got, right, "{path} in\n{router}");
            found += usize::from(right.is_some());
        }
    }
    assert!(found * 10 > pairs, "only {found} of {pairs} paths lead anywhere: this shows little");
}
