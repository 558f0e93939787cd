//! The tree as it grows: easy to read, and searched in full.

use crate::params::Params;
use std::fmt;

/// What can follow a prefix of segments. The ends of patterns are numbers of leaves.
#[derive(Default)]
pub(crate) struct Node {
    /// Literals, sorted, so that the tree prints the same whatever the order of insertion.
    pub literals: Vec<(Box<str>, Node)>,
    /// A parameter's name, and what can follow it.
    pub parameter: Option<(Box<str>, Box<Node>)>,
    /// The name of the rest, and its leaf.
    pub rest: Option<(Box<str>, u32)>,
    /// What ends here.
    pub leaf: Option<u32>,
}

impl Node {
    /// The child behind a literal, made if it is not there.
    pub fn literal(&mut self, segment: &str) -> &mut Node {
        let at = match self.literals.binary_search_by(|(literal, _)| (**literal).cmp(segment)) {
            Ok(at) => at,
            Err(at) => {
                self.literals.insert(at, (segment.into(), Node::default()));
                at
            }
        };
        &mut self.literals[at].1
    }

    /// Some leaf at or below this place.
    pub fn any_leaf(&self) -> Option<u32> {
        let below = || self.literals.iter().find_map(|(_, node)| node.any_leaf());
        let behind = || self.parameter.as_ref().and_then(|(_, node)| node.any_leaf());
        self.leaf.or(self.rest.as_ref().map(|(_, leaf)| *leaf)).or_else(below).or_else(behind)
    }

    /// The leaf of the part of `path` that begins at byte `from`, which is behind a slash: the whole
    /// of the router in one function. A literal is tried first, then the parameter, then the rest;
    /// where a branch leads nowhere, the search comes back and takes the next.
    pub fn search(&self, path: &str, from: usize, params: &mut Params) -> Option<u32> {
        let to = path[from..].find('/').map_or(path.len(), |slash| from + slash);
        let known = params.len();
        let on = |node: &Node, params: &mut Params| match to == path.len() {
            true => node.leaf,
            false => node.search(path, to + 1, params),
        };
        let literal = self.literals.binary_search_by(|(literal, _)| (**literal).cmp(&path[from..to]));
        if let Some(found) = literal.ok().and_then(|at| on(&self.literals[at].1, params)) {
            return Some(found);
        }
        params.truncate(known);
        params.push_if(true, from, to);
        if let Some((_, node)) = self.parameter.as_ref().filter(|_| from < to)
            && let Some(found) = on(node, params)
        {
            return Some(found);
        }
        params.truncate(known + 1);
        params.stretch(path.len());
        self.rest.as_ref().filter(|_| from < path.len()).map(|(_, leaf)| *leaf)
    }

    /// Writes one line for each place below this one.
    pub fn draw(&self, f: &mut fmt::Formatter<'_>, depth: usize) -> fmt::Result {
        for (literal, node) in &self.literals {
            node.line(f, depth, literal)?;
        }
        if let Some((name, node)) = &self.parameter {
            node.line(f, depth, &format!("{{{name}}}"))?;
        }
        if let Some((name, _)) = &self.rest {
            writeln!(f, "{:depth$}/{{*{name}}} *", "", depth = 2 * depth)?;
        }
        Ok(())
    }

    fn line(&self, f: &mut fmt::Formatter<'_>, depth: usize, segment: &str) -> fmt::Result {
        let mark = if self.leaf.is_some() { " *" } else { "" };
        writeln!(f, "{:depth$}/{segment}{mark}", "", depth = 2 * depth)?;
        self.draw(f, depth + 1)
    }
}
