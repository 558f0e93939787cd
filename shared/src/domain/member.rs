//! Siblings, as each tells of itself and as the others see it.

use serde::Serialize;
use std::{net::SocketAddr, time::SystemTime};

/// The longest name or version that is taken from a sibling, in bytes.
const LONGEST: usize = 64;

/// A server that has been met.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// What it is.
    pub sibling: Sibling,
    /// How it is.
    pub state: MemberState,
    /// When that began, by the clock of whoever says so.
    pub since: SystemTime,
}

/// What a server tells of itself.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Sibling {
    /// Its name; several may have the same.
    pub name: String,
    /// Where it answers HTTP.
    pub address: SocketAddr,
    /// Its version.
    pub version: String,
}

/// Whether a server still speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum MemberState {
    /// It was heard of lately.
    Alive,
    /// It is overdue.
    Suspected,
    /// It has been overdue for so long that nothing more is expected, or has said that it leaves.
    Gone,
}

impl MemberState {
    /// All there are.
    pub const ALL: [MemberState; 3] = [MemberState::Alive, MemberState::Suspected, MemberState::Gone];

    /// As it is written.
    pub const fn name(self) -> &'static str {
        match self {
            MemberState::Alive => "alive",
            MemberState::Suspected => "suspected",
            MemberState::Gone => "gone",
        }
    }
}

impl Sibling {
    /// What came over the network, if it can be what a server says.
    pub fn parse(name: &str, address: &str, version: &str) -> Option<Self> {
        let letter = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        let sound = |text: &str, allowed: fn(u8) -> bool| {
            (1..=LONGEST).contains(&text.len()) && text.bytes().all(|byte| letter(byte) || allowed(byte))
        };
        if !sound(name, |_| false) || !sound(version, |byte| matches!(byte, b'.' | b'+')) {
            return None;
        }
        Some(Sibling { name: name.to_owned(), address: address.parse().ok()?, version: version.to_owned() })
    }
}

impl Member {
    /// As it is shown.
    pub fn body(&self) -> MemberBody {
        MemberBody {
            name: self.sibling.name.clone(),
            address: self.sibling.address.to_string(),
            version: self.sibling.version.clone(),
            state: self.state,
            since: humantime::format_rfc3339_seconds(self.since).to_string(),
        }
    }
}

/// One of `GET /members`, members in this order.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
#[schema(as = Member)]
pub struct MemberBody {
    /// Which of the six it is.
    pub name: String,
    /// Where it answers HTTP: an IP and a port.
    pub address: String,
    /// Its version.
    pub version: String,
    /// Whether it still speaks.
    pub state: MemberState,
    /// When that began ([RFC 3339](https://www.rfc-editor.org/rfc/rfc3339), UTC), as this server saw it.
    pub since: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_a_server_may_say_is_taken() {
        let sibling = Sibling::parse("axum-server", "127.0.0.1:3003", "0.1.0+x").expect("sound");
        assert_eq!(sibling.address.port(), 3003);
        for (name, address, version) in [
            ("", "127.0.0.1:1", "1"),
            ("a b", "127.0.0.1:1", "1"),
            ("a\r\nx: y", "127.0.0.1:1", "1"),
            ("a.b", "127.0.0.1:1", "1"),
            ("a", "localhost:1", "1"),
            ("a", "127.0.0.1", "1"),
            ("a", "127.0.0.1:1", ""),
            ("a", "127.0.0.1:1", "<b>"),
            (&"a".repeat(65), "127.0.0.1:1", "1"),
        ] {
            assert_eq!(Sibling::parse(name, address, version), None, "{name:?} {address:?} {version:?}");
        }
    }
}
