//! No router at all: a `match` on the segments of the path.

use super::{Subject, black_box};
use crate::conditions::Set;

/// How many segments are taken apart; the last one has all that is left.
const SEGMENTS: usize = 16;
/// How many parameters there is room for.
const VALUES: usize = 8;

/// Source code, so it has just the sets of patterns that it was written for.
pub struct Chain(for<'p> fn(&'p str, &[&'p str]) -> Option<Found<'p>>);

/// The number of a pattern and its parameters.
struct Found<'p> {
    index: usize,
    values: [&'p str; VALUES],
    len: usize,
}

fn found<'p>(index: usize, given: &[&'p str]) -> Option<Found<'p>> {
    let mut values = [""; VALUES];
    values.get_mut(..given.len())?.copy_from_slice(given);
    Some(Found { index, values, len: given.len() })
}

mod code {
    //! Made by `build/routers.rs` of the files in `routes`.
    use super::{Found, found};
    include!(concat!(env!("OUT_DIR"), "/routers.rs"));
}

impl Chain {
    #[inline]
    fn ask<'p>(&self, path: &'p str) -> Option<Found<'p>> {
        let mut segments = [""; SEGMENTS];
        let mut len = 0;
        for segment in path.strip_prefix('/')?.splitn(SEGMENTS, '/') {
            segments[len] = segment;
            len += 1;
        }
        let found = (self.0)(path, &segments[..len])?;
        black_box(&found);
        Some(found)
    }
}

impl Subject for Chain {
    const NAME: &'static str = "match on segments";
    const HAS_NAMES: bool = true;

    fn build(patterns: &[&str]) -> Result<Self, String> {
        match patterns {
            _ if patterns == Set::Github.patterns() => Ok(Chain(code::github)),
            _ if patterns == Set::Contract.patterns() => Ok(Chain(code::contract)),
            _ => Err("it is source code, written for its patterns".to_owned()),
        }
    }

    fn find(&self, path: &str) -> Option<usize> {
        self.ask(path).map(|found| found.index)
    }

    fn read(&self, path: &str, mut value: impl FnMut(&str)) -> Option<usize> {
        let found = self.ask(path)?;
        found.values.iter().take(found.len).for_each(|text| value(text));
        Some(found.index)
    }
}
