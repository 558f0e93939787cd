//! Building a tree, pattern by pattern.

use crate::{
    MAX_PARAMS, Router,
    node::{Leaf, Node},
};
use std::fmt;

/// A tree that still grows.
pub struct Builder<T> {
    root: Node<T>,
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

/// One segment of a pattern.
enum Part<'a> {
    Literal(&'a str),
    Parameter(&'a str),
    Rest(&'a str),
}

impl<T> Builder<T> {
    /// An empty tree.
    pub fn new() -> Self {
        Builder { root: Node::default() }
    }

    /// Adds a pattern.
    ///
    /// # Errors
    /// [`Conflict::Syntax`] or [`Conflict::Taken`]. Nothing can be found by the refused pattern then.
    pub fn insert(&mut self, pattern: &str, value: T) -> Result<(), Conflict> {
        let parts = parse(pattern).map_err(|why| Conflict::Syntax(pattern.to_owned(), why))?;
        let taken = |other: Option<&str>| Conflict::Taken(pattern.to_owned(), other.unwrap_or_default().to_owned());
        let leaf = Leaf { pattern: pattern.into(), value };
        let mut node = &mut self.root;
        for part in parts {
            node = match part {
                Part::Literal(literal) => node.literal(literal),
                Part::Parameter(name) => {
                    let parameter = node.parameter.get_or_insert_with(|| Box::new((name.into(), Node::default())));
                    if *parameter.0 != *name {
                        return Err(taken(parameter.1.any_pattern()));
                    }
                    &mut parameter.1
                }
                Part::Rest(name) => {
                    if let Some((_, other)) = &node.rest {
                        return Err(taken(Some(&other.pattern)));
                    }
                    node.rest = Some((name.into(), leaf));
                    return Ok(());
                }
            };
        }
        if let Some(other) = &node.leaf {
            return Err(taken(Some(&other.pattern)));
        }
        node.leaf = Some(leaf);
        Ok(())
    }

    /// The finished tree.
    pub fn build(self) -> Router<T> {
        Router { root: self.root }
    }
}

fn parse(pattern: &str) -> Result<Vec<Part<'_>>, &'static str> {
    let path = pattern.strip_prefix('/').ok_or("it must begin with a slash")?;
    let parts = path.split('/').map(part).collect::<Result<Vec<_>, _>>()?;
    let last = parts.len() - 1;
    if parts.iter().take(last).any(|part| matches!(part, Part::Rest(_))) {
        return Err("the rest can only stand at the end");
    }
    if parts.iter().filter(|part| !matches!(part, Part::Literal(_))).count() > MAX_PARAMS {
        return Err("it has too many parameters");
    }
    Ok(parts)
}

fn part(segment: &str) -> Result<Part<'_>, &'static str> {
    let Some(name) = segment.strip_prefix('{').and_then(|segment| segment.strip_suffix('}')) else {
        let literal = !segment.contains(['{', '}']);
        return literal.then_some(Part::Literal(segment)).ok_or("braces must enclose a whole segment");
    };
    let rest = name.strip_prefix('*');
    let name = rest.unwrap_or(name);
    if name.is_empty() || name.contains(['{', '}', '*']) {
        return Err("a parameter needs a name");
    }
    Ok(if rest.is_some() { Part::Rest(name) } else { Part::Parameter(name) })
}
