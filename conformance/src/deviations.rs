//! Where a framework has the right to differ. The list is short by intent: a deviation that no longer happens fails the
//! tests, and so does a difference that is not listed.

use shared::contract::SERVERS;

/// One difference.
#[derive(Clone, Copy, Debug)]
pub struct Deviation {
    /// Whose it is; `*` when all six have it, by the contract.
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
        server: "*",
        check: "protocol::methods/unknown",
        reason: "by the contract an unknown method is 405 with Allow on a path that is known: it tells a client what it can do, as a 501 would not",
        link: "https://www.rfc-editor.org/rfc/rfc9110#section-9.1",
    },
    Deviation {
        server: "*",
        check: "protocol::limits/long-method",
        reason: "by the contract an unknown method is 405 with Allow, however long it is",
        link: "https://www.rfc-editor.org/rfc/rfc9112#section-3",
    },
    Deviation {
        server: "actix-web-server",
        check: "sameness::an upgrade*",
        reason: "actix-http takes what follows `Connection: upgrade` or `Upgrade: websocket` for another protocol, and closes when the answer is not a 101",
        link: "https://github.com/actix/actix-web/blob/master/actix-http/src/h1/decoder.rs",
    },
    Deviation {
        server: "actix-web-server",
        check: "sameness::an old client that would stay*",
        reason: "actix-http never says `connection: close` to HTTP/1.0, where that is what no word about it means",
        link: "https://github.com/actix/actix-web/blob/master/actix-http/src/h1/encoder.rs",
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
    let of_six = || SERVERS.iter().any(|known| known.name == server);
    let is_theirs = |deviation: &Deviation| deviation.server == server || deviation.server == "*" && of_six();
    DEVIATIONS.iter().find(|deviation| is_theirs(deviation) && matches(deviation.check, check))
}

fn matches(pattern: &str, check: &str) -> bool {
    pattern.strip_suffix('*').map_or(pattern == check, |prefix| check.starts_with(prefix))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_deviation_is_of_a_server_and_has_reason_and_link() {
        for deviation in DEVIATIONS {
            let known = deviation.server == "*" || SERVERS.iter().any(|server| server.name == deviation.server);
            assert!(known, "{deviation:?}");
            assert!(!deviation.reason.is_empty() && deviation.link.starts_with("https://"), "{deviation:?}");
        }
    }

    #[test]
    fn what_all_six_have_no_other_server_has() {
        assert!(find("warp-server", "protocol::methods/unknown").is_some());
        assert!(find("haste/1", "protocol::methods/unknown").is_none());
    }

    #[test]
    fn patterns_end_in_a_star_or_not() {
        assert!(matches("heads::a", "heads::a") && matches("heads::*", "heads::a"));
        assert!(!matches("heads::a", "heads::ab") && !matches("heads*", "laws"));
    }
}
