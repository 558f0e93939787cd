//! `Upgrade` (RFC 9110, section 7.8).

use super::{
    case::{Case, must},
    outcome::NO_FAILURE,
    subject::BODY,
};

pub(super) fn cases() -> Vec<Case> {
    let offered = "a server switches only to what it is asked for, and need not";
    let alone = "Upgrade without the connection option is ignored";
    vec![
        must("upgrade/unknown", "RFC 9110, 7.8", offered)
            .gets("Connection: upgrade\r\nUpgrade: x-of-the-judge/1\r\n")
            .served(),
        must("upgrade/unknown-in-capitals", "RFC 9110, 7.8", offered)
            .gets("Connection: Upgrade\r\nUpgrade: HTTP/9.0\r\n")
            .served(),
        must("upgrade/several-unknown", "RFC 9110, 7.8", offered)
            .gets("Connection: keep-alive, upgrade\r\nUpgrade: x-of-the-judge/1, y-of-the-judge\r\n")
            .served(),
        must("upgrade/option-alone", "RFC 9110, 7.8", "the connection option without Upgrade changes nothing")
            .gets("Connection: upgrade\r\n")
            .served(),
        must("upgrade/field-alone", "RFC 9110, 7.8", alone).gets("Upgrade: x-of-the-judge/1\r\n").served(),
        must("upgrade/websocket-alone", "RFC 9110, 7.8", alone).gets("Upgrade: websocket\r\n").served(),
        must("upgrade/tls", "RFC 9110, 7.8", offered).gets("Connection: upgrade\r\nUpgrade: TLS/1.2\r\n").served(),
        must("upgrade/websocket-where-there-is-none", "RFC 9110, 7.8", offered)
            .gets("Connection: upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n")
            .answered(NO_FAILURE),
        must("upgrade/with-a-body", "RFC 9110, 7.8", "a body comes before the switch")
            .posts("Connection: upgrade\r\nUpgrade: x-of-the-judge/1\r\nContent-Length: 2\r\n", BODY)
            .served(),
        must("upgrade/in-http-1.0", "RFC 9110, 7.8", "Upgrade in HTTP/1.0 is ignored")
            .sends("GET {path} HTTP/1.0\r\nHost: {host}\r\nConnection: upgrade\r\nUpgrade: x-of-the-judge/1\r\n\r\n")
            .is_last(),
    ]
}
