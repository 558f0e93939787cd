//! One place in the tree.

use std::fmt;

/// What can follow a prefix of segments.
pub(crate) struct Node<T> {
    /// Literals, sorted.
    pub literals: Vec<(Box<str>, Node<T>)>,
    /// A parameter, and its name.
    pub parameter: Option<Box<(Box<str>, Node<T>)>>,
    /// The rest, its name, and its value.
    pub rest: Option<(Box<str>, Leaf<T>)>,
    /// What ends here.
    pub leaf: Option<Leaf<T>>,
}

/// The end of a pattern.
pub(crate) struct Leaf<T> {
    pub pattern: Box<str>,
    pub value: T,
}

impl<T> Default for Node<T> {
    fn default() -> Self {
        Node { literals: Vec::new(), parameter: None, rest: None, leaf: None }
    }
}

impl<T> Node<T> {
    /// The child behind a literal, made if it is not there.
    pub fn literal(&mut self, segment: &str) -> &mut Node<T> {
        let at = match self.literals.binary_search_by(|(literal, _)| (**literal).cmp(segment)) {
            Ok(at) => at,
            Err(at) => {
                self.literals.insert(at, (segment.into(), Node::default()));
                at
            }
        };
        &mut self.literals[at].1
    }

    /// Some pattern that ends at or below this place.
    pub fn any_pattern(&self) -> Option<&str> {
        let here = self.leaf.as_ref().map(|leaf| &*leaf.pattern);
        let rest = self.rest.as_ref().map(|(_, leaf)| &*leaf.pattern);
        let below = || self.literals.iter().find_map(|(_, node)| node.any_pattern());
        let behind = || self.parameter.as_ref().and_then(|parameter| parameter.1.any_pattern());
        here.or(rest).or_else(below).or_else(behind)
    }

    /// Writes one line for each place below this one.
    pub fn draw(&self, f: &mut fmt::Formatter<'_>, depth: usize) -> fmt::Result {
        for (literal, node) in &self.literals {
            node.line(f, depth, literal)?;
        }
        if let Some(parameter) = &self.parameter {
            parameter.1.line(f, depth, &format!("{{{}}}", parameter.0))?;
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
