//! Parts of a file (RFC 9110, section 14). One range is answered by 206; several may be answered as
//! if there were none, and are.

use super::{File, FromHead};
use crate::error::Error;
use http_range_header::{RangeUnsatisfiableError, parse_range_header};

/// `Range` and `If-Range` of one request.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    range: Option<String>,
    if_range: Option<String>,
}

/// A part of a file, never empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// Its first byte, counted from 0.
    pub first: u64,
    /// Its last byte.
    pub last: u64,
}

impl Part {
    /// How many bytes it has.
    pub fn size(&self) -> u64 {
        self.last - self.first + 1
    }
}

/// Only for GET is a range defined (section 14.2): HEAD is answered with the head of the whole.
impl FromHead for Selection {
    fn from_head(method: &str, field: impl Fn(&str) -> Option<String>) -> Result<Self, Error> {
        if method != "GET" {
            return Ok(Selection::default());
        }
        Ok(Selection { range: field("range"), if_range: field("if-range") })
    }
}

impl Selection {
    /// The wanted part of `file`; `None` for all of it.
    ///
    /// A range that cannot be read, one in another unit, and several are ignored, and so is one whose
    /// `If-Range` does not hold: section 14.2 allows or demands each.
    ///
    /// # Errors
    /// [`Error::RangeNotSatisfiable`] when it lies beyond the end.
    pub fn of(&self, file: &File) -> Result<Option<Part>, Error> {
        let Some(range) = self.range.as_deref().filter(|_| self.holds(file)) else { return Ok(None) };
        let Ok(ranges) = parse_range_header(range) else { return Ok(None) };
        if ranges.len() > 1 {
            return Ok(None);
        }
        match ranges.validate(file.size) {
            // The end of an empty file is empty, which no `Content-Range` can say.
            Ok(ranges) => Ok(ranges.first().map(|range| Part { first: *range.start(), last: *range.end() })),
            Err(RangeUnsatisfiableError::Unsatisfiable) => Err(Error::RangeNotSatisfiable(file.size)),
            Err(_) => Ok(None),
        }
    }

    /// Whether `If-Range` is absent or names the file as it is, strongly: by its tag, or by a date
    /// that is exactly its own (section 13.1.5).
    fn holds(&self, file: &File) -> bool {
        match &self.if_range {
            None => true,
            Some(tag) if tag.contains('"') => tag == file.etag().as_str(),
            Some(date) => httpdate::parse_http_date(date).is_ok_and(|date| date == file.modified),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Digest, FilePath};
    use std::time::UNIX_EPOCH;

    fn file(size: u64) -> File {
        File { path: FilePath::stored("a".into()), size, digest: Digest::new(&[1; 32]), modified: UNIX_EPOCH }
    }

    fn of(range: &str, size: u64) -> Result<Option<(u64, u64)>, u16> {
        let field = |name: &str| (name == "range").then(|| range.to_owned());
        let selection = Selection::from_head("GET", field).map_err(|error| error.status())?;
        let part = selection.of(&file(size)).map_err(|error| error.status())?;
        Ok(part.map(|part| (part.first, part.last)))
    }

    #[test]
    fn one_range_is_a_part() {
        for (range, want) in [
            ("bytes=0-0", (0, 0)),
            ("bytes=9-9", (9, 9)),
            ("bytes=-1", (9, 9)),
            ("bytes=-99", (0, 9)),
            ("bytes=3-", (3, 9)),
            ("bytes=3-99999999999999999999", (3, 9)),
            ("BYTES=2-3", (2, 3)),
        ] {
            assert_eq!(of(range, 10), Ok(Some(want)), "{range}");
        }
    }

    #[test]
    fn what_is_beyond_the_end_is_416() {
        for range in ["bytes=10-", "bytes=10-11", "bytes=99999999999999999999-", "bytes=-0"] {
            assert_eq!(of(range, 10), Err(416), "{range}");
        }
        for range in ["bytes=0-", "bytes=0-0", "bytes=-0"] {
            assert_eq!(of(range, 0), Err(416), "{range}");
        }
    }

    #[test]
    fn what_is_no_single_range_is_ignored() {
        for range in ["", "bytes", "bytes=", "bytes=x", "bytes=5-4", "bytes=1-2-3", "items=0-1", "bytes=0-1,4-5", "0-1"]
        {
            assert_eq!(of(range, 10), Ok(None), "{range}");
        }
        assert_eq!(of("bytes=-5", 0), Ok(None), "the end of an empty file is all of it");
    }

    #[test]
    fn if_range_must_name_the_file_as_it_is() {
        let file = file(10);
        let tag = file.etag().as_str().to_owned();
        for (if_range, holds) in [
            (tag.clone(), true),
            (format!("W/{tag}"), false),
            ("\"other\"".to_owned(), false),
            (file.last_modified(), true),
            ("Thu, 01 Jan 1970 00:00:01 GMT".to_owned(), false),
            ("yesterday".to_owned(), false),
        ] {
            let field = |name: &str| match name {
                "range" => Some("bytes=0-0".to_owned()),
                _ => Some(if_range.clone()),
            };
            let part = |method| Selection::from_head(method, field).and_then(|selection| selection.of(&file));
            assert_eq!(part("GET").expect("satisfiable").is_some(), holds, "{if_range}");
            assert_eq!(part("HEAD").expect("ignored"), None);
        }
    }
}
