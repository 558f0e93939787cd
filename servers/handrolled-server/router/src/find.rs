//! Finding a path in a finished tree.

use crate::{
    flat::{Flat, Walk},
    params::Params,
    path::Path,
    tree::Node,
};
use std::fmt;

/// The longest path that can match, in bytes.
pub const MAX_PATH: usize = u16::MAX as usize;

/// A finished tree. It does not change, so it can be shared without a lock.
pub struct Router<T> {
    tree: Node,
    flat: Flat,
    leaves: Vec<Leaf<T>>,
}

/// The end of a pattern.
pub(crate) struct Leaf<T> {
    pub pattern: Box<str>,
    pub value: T,
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

impl<T> Router<T> {
    pub(crate) fn new(tree: Node, leaves: Vec<Leaf<T>>) -> Self {
        let flat = Flat::new(&tree, leaves.iter().map(|leaf| &*leaf.pattern));
        Router { tree, flat, leaves }
    }

    /// What `path` leads to. Nothing is allocated.
    #[inline]
    pub fn find(&self, path: &str) -> Option<Match<'_, T>> {
        let mut params = Params::default();
        let Leaf { value, pattern } = self.leaf(path, &mut params)?;
        Some(Match { value, pattern, params })
    }

    /// Not inlined, so that the parameters are written once, to where the caller has them.
    #[inline(never)]
    fn leaf(&self, path: &str, params: &mut Params) -> Option<&Leaf<T>> {
        let text = Path::new(path.as_bytes());
        if !text.begins_with_a_slash() || path.len() > MAX_PATH {
            return None;
        }
        let leaf = match self.flat.whole(text) {
            Some(leaf) => leaf,
            None => match self.flat.walk(path.as_bytes(), params) {
                Walk::Found(leaf) => leaf,
                Walk::Nowhere => return None,
                Walk::Stuck => {
                    params.truncate(0);
                    self.tree.search(path, 1, params)?
                }
            },
        };
        self.leaves.get(leaf as usize)
    }
}

impl<T> fmt::Display for Router<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.tree.draw(f, 0)
    }
}
