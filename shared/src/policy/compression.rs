//! Which answers are compressed, and with what. The codecs are the frameworks' own.

use super::negotiate;

/// Our codings, the preferred one first.
pub const CODINGS: [&str; 2] = ["br", "gzip"];
/// Answers up to this many bytes stay plain: the gain would not pay for the header.
pub const THRESHOLD: u64 = 1024;

/// The coding that the request prefers among ours, or `identity`.
pub fn choose(accept_encoding: Option<&str>) -> &'static str {
    negotiate::coding(accept_encoding, &CODINGS).map_or("identity", |at| CODINGS[at])
}

/// Whether an answer can be compressed at all: JSON, HTML or text, above the threshold, and whole.
/// If so, it carries `Vary: accept-encoding`, compressed or not. `size` is `None` for a stream.
pub fn is_eligible(status: u16, content_type: Option<&str>, size: Option<u64>) -> bool {
    let whole = status != 206 && status != 304;
    whole && size.is_none_or(|size| size > THRESHOLD) && content_type.is_some_and(is_text)
}

fn is_text(content_type: &str) -> bool {
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    // An event stream must not wait in a compressor's window.
    (essence.starts_with("text/") && essence != "text/event-stream")
        || essence == "application/json"
        || essence.ends_with("+json")
}

/// The tag of a compressed answer: other bytes, so it may only be weak.
pub fn weaken(etag: &str) -> String {
    if etag.starts_with("W/") { etag.to_owned() } else { format!("W/{etag}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_large_whole_text_is_eligible() {
        assert!(is_eligible(200, Some("application/json"), Some(1025)));
        assert!(is_eligible(200, Some("text/html; charset=utf-8"), None));
        assert!(is_eligible(422, Some("application/problem+json"), Some(5000)));
        assert!(!is_eligible(200, Some("application/json"), Some(1024)));
        assert!(!is_eligible(206, Some("text/plain"), Some(5000)));
        assert!(!is_eligible(200, Some("image/png"), Some(5000)));
        assert!(!is_eligible(200, Some("text/event-stream"), None));
        assert!(!is_eligible(200, None, Some(5000)));
    }
}
