//! Where a framework has the right to differ. The list is short by intent: a deviation that no longer happens fails the
//! tests, and so does a difference that is not listed.

/// One difference.
#[derive(Clone, Copy, Debug)]
pub struct Deviation {
    /// Whose it is.
    pub server: &'static str,
    /// The check, or with a `*` at its end all checks that begin so.
    pub check: &'static str,
    /// Why it cannot be otherwise.
    pub reason: &'static str,
    /// Where that is written down.
    pub link: &'static str,
}

/// All of them.
pub const DEVIATIONS: &[Deviation] = &[
    Deviation {
        server: "actix-web-server",
        check: "sameness::an upgrade*",
        reason: "actix-http takes what follows `Connection: upgrade` or `Upgrade: websocket` for another protocol, and closes when the answer is not a 101",
        link: "https://github.com/actix/actix-web/blob/master/actix-http/src/h1/decoder.rs",
    },
    Deviation {
        server: "actix-web-server",
        check: "socket::a_reason_that_is_not_utf_8_is_1007",
        reason: "actix-http has one error, `BadOpCode`, for a bad code and a bad reason of a close: both are 1002",
        link: "https://github.com/actix/actix-web/blob/master/actix-http/src/ws/frame.rs",
    },
];

/// The deviation of this server in this check, if there is one.
pub fn find(server: &str, check: &str) -> Option<&'static Deviation> {
    DEVIATIONS.iter().find(|deviation| deviation.server == server && matches(deviation.check, check))
}

fn matches(pattern: &str, check: &str) -> bool {
    pattern.strip_suffix('*').map_or(pattern == check, |prefix| check.starts_with(prefix))
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::contract::SERVERS;

    #[test]
    fn every_deviation_is_of_a_server_and_has_reason_and_link() {
        for deviation in DEVIATIONS {
            assert!(SERVERS.iter().any(|server| server.name == deviation.server), "{deviation:?}");
            assert!(!deviation.reason.is_empty() && deviation.link.starts_with("https://"), "{deviation:?}");
        }
    }

    #[test]
    fn patterns_end_in_a_star_or_not() {
        assert!(matches("heads::a", "heads::a") && matches("heads::*", "heads::a"));
        assert!(!matches("heads::a", "heads::ab") && !matches("heads*", "laws"));
    }
}
