//! What is wrong, with the bytes that show it.

use std::fmt::Write as _;

/// Of a long exchange only so many bytes of its beginning and of its end are shown.
const SHOWN: usize = 1200;

/// One thing that is wrong.
#[derive(Clone, Debug)]
pub struct Finding {
    /// In words.
    pub what: String,
    /// What was sent and what came back, for a person; empty when there was no exchange.
    pub raw: String,
}

/// Everything wrong that one check found.
pub type Verdict = Result<(), Vec<Finding>>;

impl Finding {
    /// One without an exchange.
    pub fn new(what: impl Into<String>) -> Self {
        Finding { what: what.into(), raw: String::new() }
    }

    /// One with its exchange.
    pub fn raw(what: impl Into<String>, sent: &[u8], received: &[u8]) -> Self {
        Finding { what: what.into(), raw: format!("{}{}", shown(sent, '>'), shown(received, '<')) }
    }
}

/// For a verdict of a single step.
impl From<Finding> for Vec<Finding> {
    fn from(finding: Finding) -> Self {
        vec![finding]
    }
}

/// Does `check` for each of `all`, and gathers what is wrong rather than stop at the first.
///
/// # Errors
/// Whatever was found.
pub fn each<T>(all: impl IntoIterator<Item = T>, mut check: impl FnMut(T) -> Result<(), Finding>) -> Verdict {
    let findings: Vec<_> = all.into_iter().filter_map(|one| check(one).err()).collect();
    if findings.is_empty() { Ok(()) } else { Err(findings) }
}

/// Several steps, of which the first that fails counts.
///
/// # Errors
/// What that step found.
pub fn once(steps: impl FnOnce() -> Result<(), Finding>) -> Verdict {
    steps().map_err(Vec::from)
}

/// Bytes as lines behind a mark, so that invisible ones show.
fn shown(bytes: &[u8], mark: char) -> String {
    let mut text = String::new();
    let hidden = bytes.len().saturating_sub(2 * SHOWN);
    if hidden == 0 {
        put(&mut text, bytes, mark);
        return text;
    }
    put(&mut text, &bytes[..SHOWN], mark);
    // Writing to a String cannot fail.
    let _ = writeln!(text, "    {mark} ... {hidden} more bytes ...");
    put(&mut text, &bytes[bytes.len() - SHOWN..], mark);
    text
}

fn put(text: &mut String, bytes: &[u8], mark: char) {
    for line in bytes.split_inclusive(|&byte| byte == b'\n') {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "    {mark} {}", String::from_utf8_lossy(line).escape_debug());
    }
}
