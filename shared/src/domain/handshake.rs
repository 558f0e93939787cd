//! The opening handshake of a WebSocket ([RFC 6455](https://www.rfc-editor.org/rfc/rfc6455), section
//! 4.2.1). The libraries check it too, each in its own words and order; here it is checked before them.

use super::FromHead;
use crate::error::Error;
use base64::{Engine as _, engine::general_purpose::STANDARD};

/// Says that a WebSocket can be made of a request. `Upgrade` has no meaning in HTTP/1.0: the middleware has removed it.
#[derive(Clone, Copy, Debug)]
pub struct Handshake;

/// # Errors
/// [`Error::UpgradeRequired`] when it does not ask for one, or for another version; a 400 when the key is none.
impl FromHead for Handshake {
    fn from_head(method: &str, field: impl Fn(&str) -> Option<String>) -> Result<Self, Error> {
        let version = field("sec-websocket-version");
        if method != "GET" || !is_asked_for(&field) || version.as_deref() != Some("13") {
            return Err(Error::UpgradeRequired);
        }
        match field("sec-websocket-key").map(|key| STANDARD.decode(key)) {
            Some(Ok(nonce)) if nonce.len() == 16 => Ok(Handshake),
            _ => Err(Error::malformed("Sec-WebSocket-Key must be 16 bytes in Base64.")),
        }
    }
}

/// Whether `Connection` and `Upgrade` name what they must, whatever else they list.
pub fn is_asked_for(field: impl Fn(&str) -> Option<String>) -> bool {
    lists(field("connection"), "upgrade") && lists(field("upgrade"), "websocket")
}

fn lists(field: Option<String>, wanted: &str) -> bool {
    field.is_some_and(|field| field.split(',').any(|token| token.trim().eq_ignore_ascii_case(wanted)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(method: &str, change: Option<(&str, &str)>) -> u16 {
        let known = [
            ("connection", "keep-alive, Upgrade"),
            ("upgrade", "WebSocket"),
            ("sec-websocket-version", "13"),
            ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
        ];
        let field = |name: &str| {
            let changed = change.filter(|(changed, _)| *changed == name).map(|(_, value)| value);
            let value = changed.or_else(|| known.iter().find(|(known, _)| *known == name).map(|(_, value)| *value));
            value.filter(|value| !value.is_empty()).map(str::to_owned)
        };
        Handshake::from_head(method, field).map_or_else(|error| error.status(), |Handshake| 101)
    }

    #[test]
    fn a_handshake_needs_all_of_it() {
        assert_eq!(status("GET", None), 101);
        assert_eq!(status("HEAD", None), 426);
        for (name, value, want) in [
            ("connection", "", 426),
            ("connection", "close", 426),
            ("upgrade", "h2c", 426),
            ("upgrade", "h2c, websocket", 101),
            ("sec-websocket-version", "8", 426),
            ("sec-websocket-version", "", 426),
            ("sec-websocket-key", "", 400),
            ("sec-websocket-key", "c2hvcnQ=", 400),
            ("sec-websocket-key", "not base64", 400),
        ] {
            assert_eq!(status("GET", Some((name, value))), want, "{name}: {value}");
        }
    }
}
