//! Entity tags (RFC 9110, section 8.8.3).

use super::{Digest, Todo};
use sha2::{Digest as _, Sha256};
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
        // 64 of the 256 bits tell apart more versions of one todo than will ever be.
        ETag::quoted(&hex(&digest.finalize()[..8]))
    }

    /// The tag of a file: its content's digest, so the same content has the same tag.
    pub fn of_content(digest: &Digest) -> Self {
        ETag::quoted(digest.as_str())
    }

    pub(super) fn quoted(text: &str) -> Self {
        ETag(format!("\"{text}\""))
    }

    /// As it stands in the `ETag` field.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Two lower-case digits a byte.
pub(super) fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}
