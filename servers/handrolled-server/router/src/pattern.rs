//! What a pattern is made of.

use crate::{MAX_PARAMS, MAX_PATH};

/// The most segments that a pattern may have, so that a tree is not too deep to be walked by functions
/// that call themselves.
pub const MAX_SEGMENTS: usize = 128;

/// One segment of a pattern.
#[derive(Clone, Copy)]
pub(crate) enum Part<'a> {
    /// These bytes and no others.
    Literal(&'a str),
    /// `{name}`: one segment that is not empty.
    Parameter(&'a str),
    /// `{*name}`: all that is left, at least one byte.
    Rest(&'a str),
}

/// Takes a pattern apart, or says why it is none.
pub(crate) fn parse(pattern: &str) -> Result<Vec<Part<'_>>, &'static str> {
    let path = pattern.strip_prefix('/').ok_or("it must begin with a slash")?;
    if pattern.len() > MAX_PATH {
        return Err("it is longer than any path");
    }
    let parts = path.split('/').map(part).collect::<Result<Vec<_>, _>>()?;
    let last = parts.len() - 1;
    if parts.iter().take(last).any(|part| matches!(part, Part::Rest(_))) {
        return Err("the rest can only stand at the end");
    }
    if parts.len() > MAX_SEGMENTS {
        return Err("it has too many segments");
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
