//! Entity tags and the conditions that name them (RFC 9110, sections 8.8.3 and 13).

use crate::{domain::Todo, error::Error};
use sha2::{Digest, Sha256};
use std::fmt::Write as _;

/// A strong entity tag, quotes included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ETag(String);

impl ETag {
    /// The tag of a todo: a digest of what it says, so siblings on one store agree on it and an
    /// unchanged todo keeps it.
    pub fn of(todo: &Todo) -> Self {
        let mut digest = Sha256::new();
        digest.update(todo.id.get().to_le_bytes());
        digest.update([u8::from(todo.completed), u8::from(todo.order.is_some())]);
        digest.update(todo.order.unwrap_or_default().to_le_bytes());
        digest.update(todo.title.as_str().as_bytes());
        let digest = digest.finalize();
        // 64 of the 256 bits tell apart more versions of one todo than will ever be.
        let mut tag = String::with_capacity(18);
        tag.push('"');
        for byte in &digest[..8] {
            // Writing to a String cannot fail.
            let _ = write!(tag, "{byte:02x}");
        }
        tag.push('"');
        ETag(tag)
    }

    /// As it stands in the `ETag` field.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// `If-Match` and `If-None-Match` of one request.
#[derive(Clone, Debug, Default)]
pub struct Conditions {
    if_match: Option<Tags>,
    if_none_match: Option<Tags>,
}

/// What the conditions say of the current state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Go on.
    Proceed,
    /// 304: the client has it already.
    NotModified,
    /// 412.
    Failed,
}

impl Conditions {
    /// From the fields' values; several lines of one field are joined with commas before.
    pub fn new(if_match: Option<&str>, if_none_match: Option<&str>) -> Self {
        Conditions { if_match: if_match.map(Tags::parse), if_none_match: if_none_match.map(Tags::parse) }
    }

    /// In the order of RFC 9110, section 13.2.2; `safe` for GET and HEAD.
    pub fn evaluate(&self, current: &ETag, safe: bool) -> Verdict {
        if self.if_match.as_ref().is_some_and(|tags| !tags.has_strong(current)) {
            return Verdict::Failed;
        }
        match &self.if_none_match {
            Some(tags) if tags.has_weak(current) && safe => Verdict::NotModified,
            Some(tags) if tags.has_weak(current) => Verdict::Failed,
            _ => Verdict::Proceed,
        }
    }

    /// For a method that changes something.
    ///
    /// # Errors
    /// [`Error::PreconditionFailed`].
    pub fn allow_change(&self, current: &ETag) -> Result<(), Error> {
        match self.evaluate(current, false) {
            Verdict::Proceed => Ok(()),
            Verdict::NotModified | Verdict::Failed => Err(Error::PreconditionFailed),
        }
    }
}

/// The tags of one field. What is not a tag matches nothing, as RFC 9110 leaves it to us.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Tags {
    Any,
    Some(Vec<Tag>),
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Tag {
    weak: bool,
    opaque: String,
}

impl Tags {
    fn parse(value: &str) -> Self {
        if value.trim() == "*" {
            return Tags::Any;
        }
        let mut tags = Vec::new();
        let mut rest = value;
        while let Some((tag, after)) = next_tag(rest) {
            tags.push(tag);
            rest = after;
        }
        Tags::Some(tags)
    }

    fn has_strong(&self, current: &ETag) -> bool {
        self.has(|tag| !tag.weak && tag.opaque == current.0)
    }

    fn has_weak(&self, current: &ETag) -> bool {
        self.has(|tag| tag.opaque == current.0)
    }

    fn has(&self, is: impl Fn(&Tag) -> bool) -> bool {
        match self {
            Tags::Any => true,
            Tags::Some(tags) => tags.iter().any(is),
        }
    }
}

/// The first tag in a list, and what follows it. A tag may contain commas, so quotes lead.
fn next_tag(list: &str) -> Option<(Tag, &str)> {
    let list = list.trim_start_matches([' ', '\t', ',']);
    let weak = list.starts_with("W/");
    let quoted = if weak { &list[2..] } else { list };
    let end = quoted.strip_prefix('"')?.find('"')? + 2;
    let (opaque, rest) = quoted.split_at(end);
    Some((Tag { weak, opaque: opaque.to_owned() }, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(if_match: Option<&str>, if_none_match: Option<&str>, safe: bool) -> Verdict {
        Conditions::new(if_match, if_none_match).evaluate(&ETag("\"a\"".into()), safe)
    }

    #[test]
    fn conditions_follow_rfc_9110() {
        use Verdict::*;
        for (if_match, if_none_match, safe, want) in [
            (None, None, true, Proceed),
            (None, Some("\"a\""), true, NotModified),
            (None, Some("W/\"a\""), true, NotModified),
            (None, Some("\"b\", \"a,c\" , W/\"a\""), true, NotModified),
            (None, Some("\"b\""), true, Proceed),
            (None, Some("*"), true, NotModified),
            (None, Some("\"a\""), false, Failed),
            (None, Some("a"), true, Proceed),
            (Some("\"a\""), None, false, Proceed),
            (Some("W/\"a\""), None, false, Failed),
            (Some("*"), None, false, Proceed),
            (Some("\"b\""), None, false, Failed),
            (Some("nonsense"), None, false, Failed),
            (Some("\"b\""), Some("\"a\""), true, Failed),
        ] {
            assert_eq!(verdict(if_match, if_none_match, safe), want, "{if_match:?} {if_none_match:?} {safe}");
        }
    }
}
