//! `host [":" port]` of RFC 3986, as `Host` and an absolute target carry it.

use std::net::Ipv6Addr;
use std::str;

use memchr::memchr;

use crate::class::NAME;
use crate::target::hex;

/// Whether `value` names a host: a name, an IPv4 address or an IPv6 address in brackets, with or without a port.
///
/// A name must not be empty; a port may (`example.org:` is valid) and is at most 65535. User names are refused: in an
/// http URL they are an error (RFC 9110, 4.2.4), and in `Host` they never were allowed.
pub(crate) fn is_authority(value: &[u8]) -> bool {
    let (host, port) = match value.strip_prefix(b"[") {
        Some(rest) => match rest.iter().position(|&b| b == b']') {
            Some(end) if is_ipv6(&rest[..end]) => (None, &rest[end + 1..]),
            _ => return false,
        },
        None => {
            let end = memchr(b':', value).unwrap_or(value.len());
            (Some(&value[..end]), &value[end..])
        }
    };
    host.is_none_or(is_name) && is_port(port)
}

fn is_ipv6(address: &[u8]) -> bool {
    str::from_utf8(address).is_ok_and(|text| text.parse::<Ipv6Addr>().is_ok())
}

/// `reg-name`: unreserved characters, sub-delims and whole percent-escapes.
fn is_name(name: &[u8]) -> bool {
    !name.is_empty() && (NAME.has_all(name) || is_escaped_name(name))
}

fn is_escaped_name(name: &[u8]) -> bool {
    let mut bytes = name.iter().copied();
    while let Some(byte) = bytes.next() {
        let sound = match byte {
            b'%' => bytes.next().and_then(hex).is_some() && bytes.next().and_then(hex).is_some(),
            _ => NAME.has(byte),
        };
        if !sound {
            return false;
        }
    }
    true
}

/// Empty, or a colon and a number that fits a port.
fn is_port(rest: &[u8]) -> bool {
    let Some(digits) = rest.strip_prefix(b":") else {
        return rest.is_empty();
    };
    let number = digits.iter().try_fold(0u32, |sum, digit| match digit {
        b'0'..=b'9' => Some((sum * 10 + u32::from(digit - b'0')).min(65_536)),
        _ => None,
    });
    number.is_some_and(|port| port <= 65_535)
}

#[cfg(test)]
mod tests {
    use super::is_authority;

    #[test]
    fn hosts() {
        for good in
            ["a", "a.b", "A_b~1", "a:", "a:0", "a:080", "127.0.0.1:65535", "[::1]", "[::ffff:1.2.3.4]:1", "a%41"]
        {
            assert!(is_authority(good.as_bytes()), "{good}");
        }
        for bad in [
            "",
            ":",
            ":80",
            "a:b",
            "a:-1",
            "a:65536",
            "a:99999999999",
            "a:1:2",
            "a b",
            "a/b",
            "a?b",
            "a#b",
            "u@a",
            "[]",
            "[a]",
            "[::1",
            "::1",
            "[::1]a",
            "[::1%25en0]",
            "a%4",
            "a%zz",
            "a\\b",
            "\u{e9}",
            "a\0",
            "\"a\"",
        ] {
            assert!(!is_authority(bad.as_bytes()), "{bad}");
        }
    }
}
