//! Where the parameters of a match stand.

use std::fmt;

/// The most parameters that a pattern may have, the rest counted in.
pub const MAX_PARAMS: usize = 8;

/// Where the parameters of a match stand in its path, in the order of the pattern. It borrows
/// nothing, so it can travel with the request that owns the path.
#[derive(Clone, Copy, Default)]
pub struct Params {
    /// From where to where; those behind the first `len` mean nothing.
    spans: [(u16, u16); MAX_PARAMS],
    len: u32,
}

impl Params {
    /// The parameter number `at`, counted from 0; `path` must be the one that was looked up.
    #[inline]
    pub fn get<'p>(&self, at: usize, path: &'p str) -> Option<&'p str> {
        let (from, to) = *self.spans().get(at)?;
        path.get(usize::from(from)..usize::from(to))
    }

    /// All of them, from left to right; `path` must be the one that was looked up.
    #[inline]
    pub fn iter<'p>(&self, path: &'p str) -> impl Iterator<Item = &'p str> {
        self.spans().iter().filter_map(|(from, to)| path.get(usize::from(*from)..usize::from(*to)))
    }

    /// How many there are.
    #[inline]
    pub fn len(&self) -> usize {
        self.len as usize
    }

    /// Whether there is none.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    #[inline(always)]
    fn spans(&self) -> &[(u16, u16)] {
        self.spans.get(..self.len()).unwrap_or_default()
    }

    /// Writes down one more, and lets it count if `counts`: to write it in vain costs less than to
    /// guess wrong whether to write it.
    #[inline(always)]
    pub(crate) fn push_if(&mut self, counts: bool, from: usize, to: usize) {
        // No path is longer than a u16 can say, and a pattern has no more parameters than there is
        // room for; the one too many that a walk may try is not one of a match.
        self.spans[self.len() % MAX_PARAMS] = (from as u16, to as u16);
        self.len += u32::from(counts);
    }

    /// Forgets all but the first `len`.
    pub(crate) fn truncate(&mut self, len: usize) {
        self.len = len as u32;
    }

    /// Makes the last one end at `to`.
    pub(crate) fn stretch(&mut self, to: usize) {
        if let Some(last) = self.len().checked_sub(1) {
            self.spans[last % MAX_PARAMS].1 = to as u16;
        }
    }
}

impl fmt::Debug for Params {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.spans()).finish()
    }
}

impl PartialEq for Params {
    fn eq(&self, other: &Self) -> bool {
        self.spans() == other.spans()
    }
}

impl Eq for Params {}
