//! Finding a path in a finished tree.

use crate::node::{Leaf, Node};
use std::fmt;

/// The most parameters that a pattern may have.
pub const MAX_PARAMS: usize = 8;

/// A finished tree. It does not change, so it can be shared without a lock.
pub struct Router<T> {
    pub(crate) root: Node<T>,
}

/// What a path led to.
pub struct Match<'r, T> {
    /// What was inserted with the pattern.
    pub value: &'r T,
    /// The pattern.
    pub pattern: &'r str,
    /// Where the parameters stand in the path.
    pub params: Params,
}

/// Where the parameters of a match stand in its path, in the order of the pattern. It borrows
/// nothing, so it can travel with the request that owns the path.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Params {
    spans: [(u16, u16); MAX_PARAMS],
    len: u8,
}

impl Params {
    /// The parameter number `at`, counted from 0; `path` must be the one that was looked up.
    pub fn get<'p>(&self, at: usize, path: &'p str) -> Option<&'p str> {
        let (from, to) = *self.spans[..usize::from(self.len)].get(at)?;
        path.get(usize::from(from)..usize::from(to))
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        usize::from(self.len)
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// With one more. A pattern has at most [`MAX_PARAMS`], so there is room.
    fn with(mut self, from: u16, to: u16) -> Self {
        self.spans[usize::from(self.len)] = (from, to);
        self.len += 1;
        self
    }
}

impl<T> Router<T> {
    /// What `path` leads to. Nothing is allocated.
    pub fn find(&self, path: &str) -> Option<Match<'_, T>> {
        if !path.starts_with('/') || path.len() >= usize::from(u16::MAX) {
            return None;
        }
        let (leaf, params) = below(&self.root, path, 1, Params::default())?;
        Some(Match { value: &leaf.value, pattern: &leaf.pattern, params })
    }
}

/// Looks below `node` for what begins at byte `from` of `path`, which is behind a slash.
fn below<'r, T>(node: &'r Node<T>, path: &str, from: u16, params: Params) -> Option<(&'r Leaf<T>, Params)> {
    let rest = &path[usize::from(from)..];
    let (segment, last) = match rest.find('/') {
        Some(slash) => (&rest[..slash], false),
        None => (rest, true),
    };
    // The path is shorter than 65 536 bytes, and so is everything in it.
    let to = from + segment.len() as u16;
    let on = |node: &'r Node<T>, params| match last {
        true => node.leaf.as_ref().map(|leaf| (leaf, params)),
        false => below(node, path, to + 1, params),
    };
    let literal = node.literals.binary_search_by(|(literal, _)| (**literal).cmp(segment));
    if let Some(found) = literal.ok().and_then(|at| on(&node.literals[at].1, params)) {
        return Some(found);
    }
    if let Some(parameter) = node.parameter.as_ref().filter(|_| !segment.is_empty())
        && let Some(found) = on(&parameter.1, params.with(from, to))
    {
        return Some(found);
    }
    let (_, leaf) = node.rest.as_ref().filter(|_| !rest.is_empty())?;
    Some((leaf, params.with(from, path.len() as u16)))
}

impl<T> fmt::Display for Router<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.root.draw(f, 0)
    }
}
