//! Cross-origin requests ([Fetch](https://fetch.spec.whatwg.org/#http-cors-protocol)): origins on
//! loopback are allowed, others by `--cors-origin`; a foreign one gets no CORS header at all.
//!
//! The libraries do not keep that rule: tower-http 0.7's `CorsLayer` answers every OPTIONS itself,
//! foreign or plain, and actix-cors 0.7 answers a foreign preflight with an error in its own words.

use super::host;

/// The methods that a preflight allows.
pub const METHODS: &str = "DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT";
/// The fields that a page may send.
pub const REQUEST_HEADERS: &str = "content-type, if-match, if-modified-since, if-none-match, if-range, if-unmodified-since, last-event-id, range, x-request-id";
/// The fields that a page may read.
pub const EXPOSED_HEADERS: &str =
    "accept-ranges, content-range, etag, last-modified, location, retry-after, x-request-id, x-served-by";
/// How long a preflight may be remembered, in seconds.
pub const MAX_AGE: &str = "600";

/// Which origins may read the answers.
#[derive(Clone, Debug, Default)]
pub struct Origins(Vec<String>);

impl Origins {
    /// Loopback, and these; `*` means any.
    pub fn new(allowed: Vec<String>) -> Self {
        Origins(allowed)
    }

    fn allow(&self, origin: &str) -> bool {
        self.0.iter().any(|allowed| allowed == "*" || allowed == origin) || is_loopback(origin)
    }

    /// The fields to add to an answer to `origin`. Nothing for a foreign origin.
    pub fn answer(&self, origin: Option<&str>) -> Option<[(&'static str, String); 2]> {
        let origin = origin.filter(|origin| self.allow(origin))?;
        Some([
            ("access-control-allow-origin", origin.to_owned()),
            ("access-control-expose-headers", EXPOSED_HEADERS.to_owned()),
        ])
    }

    /// The fields of the 204 that answers a preflight; `None` when it is no preflight of an allowed
    /// origin, and the request goes its ordinary way. `requested` is `Access-Control-Request-Method`.
    pub fn preflight(
        &self,
        method: &str,
        origin: Option<&str>,
        requested: Option<&str>,
    ) -> Option<[(&'static str, String); 4]> {
        let origin = origin.filter(|origin| self.allow(origin))?;
        requested.filter(|_| method == "OPTIONS")?;
        Some([
            ("access-control-allow-origin", origin.to_owned()),
            ("access-control-allow-methods", METHODS.to_owned()),
            ("access-control-allow-headers", REQUEST_HEADERS.to_owned()),
            ("access-control-max-age", MAX_AGE.to_owned()),
        ])
    }
}

/// `http://localhost:5173`, `http://127.0.0.1`, `https://[::1]:8443`
fn is_loopback(origin: &str) -> bool {
    let host = origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://"));
    host.is_some_and(host::is_loopback)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback_and_listed_origins_are_allowed() {
        let origins = Origins::new(vec!["https://example.com".into()]);
        for good in [
            "http://localhost",
            "http://localhost:5173",
            "http://127.0.0.1:80",
            "https://[::1]:1",
            "https://example.com",
        ] {
            assert!(origins.answer(Some(good)).is_some(), "{good}");
        }
        for bad in
            ["null", "http://localhost.evil.com", "http://example.com", "http://127.0.0.1.evil.com", "file://", ""]
        {
            assert!(origins.answer(Some(bad)).is_none(), "{bad}");
        }
        assert!(Origins::new(vec!["*".into()]).answer(Some("null")).is_some());
    }

    #[test]
    fn a_preflight_is_told_from_plain_options() {
        let origins = Origins::default();
        assert!(origins.preflight("OPTIONS", Some("http://localhost"), Some("PATCH")).is_some());
        assert!(origins.preflight("OPTIONS", Some("http://localhost"), None).is_none());
        assert!(origins.preflight("OPTIONS", Some("http://evil.com"), Some("PATCH")).is_none());
        assert!(origins.preflight("GET", Some("http://localhost"), Some("PATCH")).is_none());
    }
}
