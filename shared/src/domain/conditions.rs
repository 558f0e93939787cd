//! Conditions on the current state of a resource (RFC 9110, section 13).

use super::{ETag, File, FromHead};
use crate::error::Error;
use std::time::SystemTime;

/// `If-Match`, `If-None-Match`, `If-Unmodified-Since` and `If-Modified-Since` of one request.
#[derive(Clone, Debug, Default)]
pub struct Conditions {
    if_match: Option<Tags>,
    if_none_match: Option<Tags>,
    if_unmodified_since: Option<SystemTime>,
    if_modified_since: Option<SystemTime>,
}

/// What a resource is like now; one without a date is not judged by date.
#[derive(Clone, Copy, Debug)]
pub struct Current<'a> {
    /// Its tag.
    pub etag: &'a ETag,
    /// When it was last changed, to the second.
    pub modified: Option<SystemTime>,
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

impl<'a> From<&'a ETag> for Current<'a> {
    fn from(etag: &'a ETag) -> Self {
        Current { etag, modified: None }
    }
}

/// A date that is none is ignored, as section 13.1.3 demands.
impl FromHead for Conditions {
    fn from_head(_: &str, field: impl Fn(&str) -> Option<String>) -> Result<Self, Error> {
        let tags = |name| field(name).as_deref().map(Tags::parse);
        let date = |name| httpdate::parse_http_date(&field(name)?).ok();
        Ok(Conditions {
            if_match: tags("if-match"),
            if_none_match: tags("if-none-match"),
            if_unmodified_since: date("if-unmodified-since"),
            if_modified_since: date("if-modified-since"),
        })
    }
}

impl Conditions {
    /// In the order of section 13.2.2. `current` is `None` where there is nothing yet; `safe` is for
    /// GET and HEAD.
    pub fn evaluate(&self, current: Option<Current<'_>>, safe: bool) -> Verdict {
        let modified = current.and_then(|current| current.modified);
        let as_wanted = match (&self.if_match, self.if_unmodified_since, modified) {
            (Some(tags), ..) => current.is_some_and(|current| tags.has_strong(current.etag)),
            (None, Some(since), Some(modified)) => modified <= since,
            (None, ..) => true,
        };
        if !as_wanted {
            return Verdict::Failed;
        }
        let known = match (&self.if_none_match, self.if_modified_since, modified) {
            (Some(tags), ..) => current.is_some_and(|current| tags.has_weak(current.etag)),
            (None, Some(since), Some(modified)) => safe && modified <= since,
            (None, ..) => false,
        };
        match (known, safe) {
            (false, _) => Verdict::Proceed,
            (true, true) => Verdict::NotModified,
            (true, false) => Verdict::Failed,
        }
    }

    /// For a method that changes something.
    ///
    /// # Errors
    /// [`Error::PreconditionFailed`].
    pub fn allow_change(&self, current: Option<Current<'_>>) -> Result<(), Error> {
        match self.evaluate(current, false) {
            Verdict::Proceed => Ok(()),
            Verdict::NotModified | Verdict::Failed => Err(Error::PreconditionFailed),
        }
    }

    /// For a method that replaces or removes a file, or makes it if there is none.
    ///
    /// # Errors
    /// [`Error::PreconditionFailed`].
    pub fn allow_file(&self, file: Option<&File>) -> Result<(), Error> {
        let etag = file.map(File::etag);
        self.allow_change(file.zip(etag.as_ref()).map(|(file, etag)| file.current(etag)))
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
        self.has(|tag| !tag.weak && tag.opaque == current.as_str())
    }

    fn has_weak(&self, current: &ETag) -> bool {
        self.has(|tag| tag.opaque == current.as_str())
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
    use Verdict::{Failed, NotModified, Proceed};
    use std::time::{Duration, UNIX_EPOCH};

    fn verdict(fields: &[(&str, &str)], current: Option<Current<'_>>, safe: bool) -> Verdict {
        let find = |name: &str| fields.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
        Conditions::from_head("GET", find).expect("nothing is refused").evaluate(current, safe)
    }

    #[test]
    fn tags_follow_rfc_9110() {
        let etag = ETag::quoted("a");
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
            let fields = [("if-match", if_match), ("if-none-match", if_none_match)];
            let fields: Vec<_> = fields.iter().filter_map(|(name, value)| Some((*name, (*value)?))).collect();
            assert_eq!(verdict(&fields, Some((&etag).into()), safe), want, "{fields:?} {safe}");
        }
    }

    #[test]
    fn dates_count_where_tags_say_nothing() {
        let etag = ETag::quoted("a");
        let modified = UNIX_EPOCH + Duration::from_secs(784_111_777);
        let current = Some(Current { etag: &etag, modified: Some(modified) });
        let (before, then) = ("Sun, 06 Nov 1994 08:49:36 GMT", "Sun, 06 Nov 1994 08:49:37 GMT");
        for (fields, safe, want) in [
            (&[("if-modified-since", then)][..], true, NotModified),
            (&[("if-modified-since", before)], true, Proceed),
            (&[("if-modified-since", then)], false, Proceed),
            (&[("if-modified-since", "yesterday")], true, Proceed),
            (&[("if-modified-since", then), ("if-none-match", "\"b\"")], true, Proceed),
            (&[("if-unmodified-since", then)], true, Proceed),
            (&[("if-unmodified-since", before)], true, Failed),
            (&[("if-unmodified-since", before)], false, Failed),
            (&[("if-unmodified-since", before), ("if-match", "\"a\"")], false, Proceed),
            (&[("if-unmodified-since", "yesterday")], false, Proceed),
        ] {
            assert_eq!(verdict(fields, current, safe), want, "{fields:?} {safe}");
        }
        assert_eq!(verdict(&[("if-modified-since", then)], Some((&etag).into()), true), Proceed, "it has no date");
    }

    #[test]
    fn what_is_not_there_matches_no_tag() {
        for (fields, want) in [
            (("if-match", "*"), Failed),
            (("if-match", "\"a\""), Failed),
            (("if-none-match", "*"), Proceed),
            (("if-none-match", "\"a\""), Proceed),
            (("if-unmodified-since", "Sun, 06 Nov 1994 08:49:37 GMT"), Proceed),
        ] {
            assert_eq!(verdict(&[fields], None, false), want, "{fields:?}");
        }
    }
}
