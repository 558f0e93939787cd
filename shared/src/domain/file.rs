//! Files: bytes under a path, with a digest of what they are.

use super::{Current, ETag, FromHead, etag};
use crate::error::Error;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use serde::Serialize;
use std::{
    fmt, str,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

/// The longest name between two slashes, in bytes: that of Linux's file systems, so that what is put
/// here can be kept anywhere.
pub const NAME_BYTES: usize = 255;
/// The longest path, in bytes.
pub const PATH_BYTES: usize = 1024;

/// The path of a file, decoded: names with a slash between, none of them empty, `.` or `..`, none
/// with a slash, a backslash or a control character in it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct FilePath(String);

impl FilePath {
    /// From what stands behind `/files/` in a request's path: split first, then decoded once.
    ///
    /// # Errors
    /// A 400 that says which rule it breaks.
    pub fn parse(raw: &str) -> Result<Self, Error> {
        let names = raw.split('/').map(name).collect::<Result<Vec<_>, _>>()?;
        let path = names.join("/");
        if path.len() > PATH_BYTES {
            return Err(Error::malformed(format!("A file's path has at most {PATH_BYTES} bytes.")));
        }
        Ok(FilePath(path))
    }

    /// A path that was parsed before it was stored.
    pub(crate) fn stored(path: String) -> Self {
        FilePath(path)
    }

    /// Where it is, as a reference relative to the server: every byte but letters, digits and `-._~/` encoded.
    pub fn location(&self) -> String {
        const SAFE: AsciiSet = NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'/');
        format!("/files/{}", utf8_percent_encode(&self.0, &SAFE))
    }

    /// The path, decoded, without a slash in front.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn name(raw: &str) -> Result<String, Error> {
    let name: Vec<u8> = percent_decode_str(raw).collect();
    // A lone % stands for itself when decoded; here it is a mistake.
    if !raw.split('%').skip(1).all(|code| code.as_bytes().get(..2).is_some_and(is_hex)) {
        return Err(Error::malformed("A percent sign in a file's path must be followed by two hexadecimal digits."));
    }
    let name = String::from_utf8(name).map_err(|_| Error::malformed("A file's path must be UTF-8."))?;
    if matches!(name.as_str(), "" | "." | "..") {
        return Err(Error::malformed("No name in a file's path may be empty, or one or two dots."));
    }
    if name.contains(['/', '\\']) || name.chars().any(char::is_control) {
        return Err(Error::malformed("No name in a file's path may have a slash, a backslash or a control character."));
    }
    if name.len() > NAME_BYTES {
        return Err(Error::malformed(format!("A name in a file's path has at most {NAME_BYTES} bytes.")));
    }
    Ok(name)
}

fn is_hex(code: &[u8]) -> bool {
    code.iter().all(u8::is_ascii_hexdigit)
}

/// The SHA-256 of a content, as 64 lower-case hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Digest(String);

impl Digest {
    /// Of these 32 bytes.
    pub(crate) fn new(bytes: &[u8]) -> Self {
        Digest(etag::hex(bytes))
    }

    /// One that was made before it was stored.
    pub(crate) fn stored(text: String) -> Self {
        Digest(text)
    }

    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What is known of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Where it is.
    pub path: FilePath,
    /// How many bytes it has.
    pub size: u64,
    /// What they are.
    pub digest: Digest,
    /// When they were put there, to the second.
    pub modified: SystemTime,
}

impl File {
    /// Its tag.
    pub fn etag(&self) -> ETag {
        ETag::of_content(&self.digest)
    }

    /// Its media type, by its name.
    pub fn kind(&self) -> String {
        mime_guess::from_path(&self.path.0).first_or_octet_stream().to_string()
    }

    /// As `Last-Modified` says it (RFC 9110, section 5.6.7).
    pub fn last_modified(&self) -> String {
        httpdate::fmt_http_date(self.modified)
    }

    /// What conditions are held against.
    pub fn current<'a>(&self, etag: &'a ETag) -> Current<'a> {
        Current { etag, modified: Some(self.modified) }
    }

    /// As it is listed.
    pub fn body(&self) -> FileBody {
        FileBody {
            path: self.path.0.clone(),
            size: self.size,
            etag: self.etag().as_str().to_owned(),
            modified: humantime::format_rfc3339_seconds(self.modified).to_string(),
            kind: self.kind(),
        }
    }
}

/// Seconds since 1970, as stores keep them.
pub(crate) fn seconds(time: SystemTime) -> i64 {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}

/// The time of [`seconds`].
pub(crate) fn time(seconds: i64) -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(u64::try_from(seconds).unwrap_or_default())
}

/// A file on the wire, members in this order.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct FileBody {
    /// Its path below `/files/`, decoded.
    pub path: String,
    /// How many bytes it has.
    pub size: u64,
    /// Its entity tag, quotes included.
    pub etag: String,
    /// When it was put there ([RFC 3339](https://www.rfc-editor.org/rfc/rfc3339), UTC).
    pub modified: String,
    /// Its media type, by its name.
    #[serde(rename = "type")]
    pub kind: String,
}

/// A file that was just put: as it is listed, and the digest of its content.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct StoredFile {
    /// As it is listed.
    #[serde(flatten)]
    pub file: FileBody,
    /// The SHA-256 of its content, in hexadecimal digits.
    pub sha256: String,
}

/// Says that the body of a PUT is a whole file and not a part of one (RFC 9110, section 14.5).
#[derive(Clone, Copy, Debug)]
pub struct Whole;

/// # Errors
/// A 400 when it is a part.
impl FromHead for Whole {
    fn from_head(_: &str, field: impl Fn(&str) -> Option<String>) -> Result<Self, Error> {
        match field("content-range") {
            Some(_) => Err(Error::malformed("A file is put whole: Content-Range has no place in a PUT.")),
            None => Ok(Whole),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_split_then_decoded_once() {
        let long = "n".repeat(NAME_BYTES);
        for (raw, path) in [
            ("a", "a"),
            ("a/b.txt", "a/b.txt"),
            ("a%20b", "a b"),
            ("%25%32%46", "%2F"),
            ("%C3%A4/%E2%98%95", "ä/☕"),
            ("...", "..."),
            (".a", ".a"),
            ("a;b=c,d:e@f!$&'()*+~", "a;b=c,d:e@f!$&'()*+~"),
            (&long, &long),
        ] {
            let parsed = FilePath::parse(raw).expect("a path");
            assert_eq!(parsed.as_str(), path, "{raw}");
            let location = parsed.location();
            let again = location.strip_prefix("/files/").map(FilePath::parse).expect("a file's");
            assert_eq!(again.ok(), Some(parsed), "{location}");
        }
    }

    #[test]
    fn no_path_leaves_the_folder() {
        let (name, path) = ("n".repeat(NAME_BYTES + 1), vec!["n"; 600].join("/"));
        for raw in [
            "",
            "/",
            "a/",
            "/a",
            "a//b",
            ".",
            "..",
            "a/.",
            "a/..",
            "../a",
            "a/../b",
            "%2e",
            "%2E%2e",
            ".%2e/a",
            "a/%2e%2E",
            "a\\b",
            "..\\a",
            "a%5Cb",
            "%5c",
            "a%2Fb",
            "%2f",
            "..%2Fa",
            "a%00",
            "%00",
            "a%0Ab",
            "%1f",
            "%7F",
            "a%C2%85b",
            "%ff",
            "%C3",
            "%ED%A0%80",
            "%",
            "a%",
            "a%2",
            "a%zz",
            "%%41",
            &name,
            &path,
        ] {
            assert_eq!(FilePath::parse(raw).map_err(|error| error.status()), Err(400), "{raw}");
        }
    }

    #[test]
    fn types_come_from_names() {
        let kind = |path: &str| {
            let path = FilePath::stored(path.to_owned());
            File { path, size: 0, digest: Digest::new(&[0; 32]), modified: UNIX_EPOCH }.kind()
        };
        assert_eq!(kind("a/b.html"), "text/html");
        assert_eq!(kind("a.PNG"), "image/png");
        assert_eq!(kind("noname"), "application/octet-stream");
    }
}
