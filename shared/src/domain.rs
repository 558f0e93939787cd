//! Values that cannot be wrong: parsed once at the border, trusted ever after.
//!
//! Raw shapes ([`ListQuery`], [`SumQuery`], [`ItemsQuery`], [`EventsQuery`], [`ResolveQuery`], [`TodoDraft`]) are what the frameworks'
//! own extractors fill; every field of theirs is text or any JSON value, so that nothing can fail
//! before all fields at fault can be named. The other types are what the handlers work with.
//!
//! What is read from header fields is [`FromHead`]: the names stand here, the look-up in a server.

mod address;
mod conditions;
mod delay;
mod etag;
pub(crate) mod event;
pub(crate) mod file;
pub mod handshake;
mod items;
mod member;
mod message;
mod range;
mod todo;

pub use address::{Endpoint, Family, Network, ResolveQuery, Resolved};
pub use conditions::{Conditions, Current, Verdict};
pub use delay::Delay;
pub use etag::ETag;
pub use event::{Change, EVENT_NAMES, Event, EventsQuery, LastEventId, Limit};
pub use file::{Digest, File, FileBody, FilePath, StoredFile, Whole};
pub use handshake::Handshake;
pub use items::{Item, ItemCount, Items, ItemsQuery, Rating, SumQuery};
pub use member::{Member, MemberBody, MemberState, Sibling};
pub use message::{Broken, CloseCode, Incoming, Outgoing};
pub use range::{Part, Selection};
pub use todo::{BaseUrl, Filter, ListQuery, NewTodo, Stats, Title, Todo, TodoBody, TodoDraft, TodoId, TodoPatch};

use crate::error::{Error, FieldError};
use std::{ops::RangeInclusive, str::FromStr};

/// What the head of a request tells, read by its method and by a function that looks a field up by its
/// name, several lines of one field joined by commas (RFC 9110, section 5.3).
pub trait FromHead: Sized {
    /// # Errors
    /// What the client is to be told.
    fn from_head(method: &str, field: impl Fn(&str) -> Option<String>) -> Result<Self, Error>;
}

/// A whole number as a path may say it, without sign or leading zero, so that a resource has one path.
fn canonical<T: FromStr>(text: &str) -> Option<T> {
    let canonical = text == "0" || !text.starts_with('0') && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| canonical)
}

/// Lets the frameworks' own path extractors read a parameter by its `FromStr`.
macro_rules! deserialize_by_from_str {
    ($type:ty, $expected:literal) => {
        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <String as serde::Deserialize>::deserialize(deserializer)?;
                text.parse().map_err(|_| serde::de::Error::custom($expected))
            }
        }
    };
}
use deserialize_by_from_str;

/// Collects the fields at fault, so that one answer names them all.
#[derive(Default)]
struct Faults(Vec<FieldError>);

impl Faults {
    fn add(&mut self, field: &str, message: impl Into<String>) {
        self.0.push(FieldError { field: field.to_owned(), message: message.into() });
    }

    /// An integer in a query, within `range`.
    fn integer(&mut self, field: &str, text: Option<&str>, range: RangeInclusive<i64>) -> Option<i64> {
        let text = text?;
        match i64::from_str(text) {
            Ok(value) if range.contains(&value) => Some(value),
            _ => {
                self.add(field, format!("must be an integer from {} to {}", range.start(), range.end()));
                None
            }
        }
    }

    fn none_or(self) -> Result<(), Error> {
        if self.0.is_empty() { Ok(()) } else { Err(Error::Invalid(self.0)) }
    }
}

/// Whether a `Content-Type` names JSON: `application/json` or `application/*+json`.
///
/// # Errors
/// [`Error::UnsupportedMediaType`] when it is absent or names something else.
pub fn expect_json(content_type: Option<&str>) -> Result<(), Error> {
    let mime = content_type.and_then(|value| value.parse::<mime::Mime>().ok());
    match mime {
        Some(mime) if is_json(mime.type_().as_str(), mime.subtype().as_str(), mime.suffix().map(|s| s.as_str())) => {
            Ok(())
        }
        _ => Err(Error::UnsupportedMediaType),
    }
}

/// The rule behind [`expect_json`], for a media type that a framework has parsed already.
pub fn is_json(kind: &str, subtype: &str, suffix: Option<&str>) -> bool {
    kind == "application" && (subtype == "json" || suffix == Some("json"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_recognised_by_its_media_type() {
        for good in
            ["application/json", "application/json; charset=utf-8", "Application/JSON", "application/merge-patch+json"]
        {
            assert!(expect_json(Some(good)).is_ok(), "{good}");
        }
        for bad in [None, Some("text/json"), Some("text/plain"), Some("application/jsonx"), Some(""), Some("json")] {
            assert!(expect_json(bad).is_err(), "{bad:?}");
        }
    }
}
