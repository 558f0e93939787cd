//! Building a tree, pattern by pattern.

use crate::{
    Router,
    find::Leaf,
    pattern::{Part, parse},
    tree::Node,
};
use std::fmt;

/// A tree that still grows.
pub struct Builder<T> {
    root: Node,
    leaves: Vec<Leaf<T>>,
}

/// Why a pattern was not inserted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Conflict {
    /// It is not a pattern, and why.
    Syntax(String, &'static str),
    /// It would match what another one matches.
    Taken(String, String),
}

impl fmt::Display for Conflict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Conflict::Syntax(pattern, why) => write!(f, "`{pattern}` is not a pattern: {why}"),
            Conflict::Taken(pattern, other) => write!(f, "`{pattern}` conflicts with `{other}`"),
        }
    }
}

impl std::error::Error for Conflict {}

impl<T> Default for Builder<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T> Builder<T> {
    /// An empty tree.
    pub fn new() -> Self {
        Builder { root: Node::default(), leaves: Vec::new() }
    }

    /// Adds a pattern.
    ///
    /// # Errors
    /// [`Conflict::Syntax`] or [`Conflict::Taken`]. Nothing can be found by the refused pattern then.
    pub fn insert(&mut self, pattern: &str, value: T) -> Result<(), Conflict> {
        let parts = parse(pattern).map_err(|why| Conflict::Syntax(pattern.to_owned(), why))?;
        let leaf = self.leaves.len() as u32;
        grow(&mut self.root, &parts, leaf).map_err(|other| {
            let other = other.and_then(|leaf| self.leaves.get(leaf as usize)).map(|leaf| leaf.pattern.to_string());
            Conflict::Taken(pattern.to_owned(), other.unwrap_or_default())
        })?;
        self.leaves.push(Leaf { pattern: pattern.into(), value });
        Ok(())
    }

    /// The finished tree.
    pub fn build(self) -> Router<T> {
        Router::new(self.root, self.leaves)
    }
}

/// Adds a leaf; if there is another one in its place, gives back that.
fn grow(root: &mut Node, parts: &[Part<'_>], leaf: u32) -> Result<(), Option<u32>> {
    let mut node = root;
    for part in parts {
        node = match *part {
            Part::Literal(literal) => node.literal(literal),
            Part::Parameter(name) => {
                let (known, child) = node.parameter.get_or_insert_with(|| (name.into(), Box::default()));
                if **known != *name {
                    return Err(child.any_leaf());
                }
                child
            }
            Part::Rest(name) => {
                if let Some((_, other)) = &node.rest {
                    return Err(Some(*other));
                }
                node.rest = Some((name.into(), leaf));
                return Ok(());
            }
        };
    }
    match node.leaf {
        Some(other) => Err(Some(other)),
        None => {
            node.leaf = Some(leaf);
            Ok(())
        }
    }
}
