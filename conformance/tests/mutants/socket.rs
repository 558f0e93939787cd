//! `/ws`

use super::{Mutation, Spoil, answer, request};
use conformance::client::{
    Frame,
    frame::{BINARY, CLOSE, MORE, PING, PONG, TEXT},
};
use shared::Error;

type OfFrame = fn(&Frame) -> Option<Vec<u8>>;

fn frame(name: &'static str, caught_by: &'static [&'static str], spoil: OfFrame) -> Mutation {
    Mutation::new(name, caught_by, Spoil::Frame(spoil))
}

/// The same frame with another kind.
fn kind(frame: &Frame, kind: u8) -> Vec<u8> {
    Frame { kind, ..frame.clone() }.bare()
}

pub fn mutations() -> Vec<Mutation> {
    [handshakes(), messages(), controls(), closes()].into_iter().flatten().collect()
}

fn handshakes() -> Vec<Mutation> {
    const OPENED: &[&str] = &["socket::a_handshake_is_answered_by_101"];
    const REFUSED: &[&str] = &["socket::what_is_no_handshake_is_426"];
    vec![
        answer("one_key_is_accepted_for_all", OPENED, |answer| {
            answer.head.change("sec-websocket-accept", |_| "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=".to_owned())
        }),
        answer("agrees_to_compress_messages", OPENED, |answer| {
            answer.is(101) && answer.head.add("sec-websocket-extensions", "permessage-deflate")
        }),
        answer("agrees_to_any_protocol", OPENED, |answer| {
            let asked = answer.asked.value("sec-websocket-protocol").map(str::to_owned);
            asked.is_some_and(|asked| answer.head.add("sec-websocket-protocol", &asked))
        }),
        answer("leaks_in_a_handshake", &["socket::a_101_says_no_more_than_it_must"], |answer| {
            answer.is(101) && answer.head.add("x-powered-by", "haste")
        }),
        answer("a_handshake_has_no_request_id", &["socket::a_101_says_no_more_than_it_must"], |answer| {
            answer.is(101) && answer.head.remove("x-request-id")
        }),
        request("speaks_any_version", REFUSED, |head| head.change("sec-websocket-version", |_| "13".to_owned())),
        request("needs_no_connection_upgrade", REFUSED, |head| {
            head.path() == "/ws" && !head.has("connection", "upgrade") && head.set("connection", "upgrade")
        }),
        request("lists_are_not_read", &["socket::a_handshake_may_list_more"], |head| {
            head.change("connection", |list| list.split(',').next().unwrap_or_default().to_owned())
        }),
        answer("a_426_does_not_say_to_what", REFUSED, |answer| answer.is(426) && answer.head.remove("upgrade")),
        answer("no_handshake_is_400", &["socket::a_plain_get_is_426"], |answer| {
            answer.is(426) && answer.fail(&Error::malformed("no handshake"))
        }),
        request("takes_any_key", &["socket::a_key_that_is_none_is_400"], |head| {
            head.value("sec-websocket-key").is_some_and(|key| key.len() != 24)
                && head.set("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==")
        }),
    ]
}

fn messages() -> Vec<Mutation> {
    vec![
        frame("an_echo_is_another_text", &["socket::text_comes_back_as_it_was"], |frame| {
            let text = String::from_utf8(frame.payload.clone()).ok().filter(|_| frame.kind == TEXT)?;
            Some(Frame::new(TEXT, text.to_uppercase()).bare())
        }),
        frame("text_is_echoed_as_binary", &["socket::text_comes_back_as_it_was"], |frame| {
            (frame.kind == TEXT).then(|| kind(frame, BINARY))
        }),
        frame("binary_is_echoed_as_text", &["socket::text_comes_back_as_it_was"], |frame| {
            (frame.kind == BINARY).then(|| kind(frame, TEXT))
        }),
        frame("an_echo_is_in_parts_of_one_kind", &["socket::text_comes_back_as_it_was"], |frame| {
            (frame.kind == TEXT).then(|| [Frame::new(TEXT, "").part().bare(), frame.bare()].concat())
        }),
        frame("an_echo_has_no_end", &["socket::text_comes_back_as_it_was"], |frame| {
            (frame.kind == TEXT).then(|| frame.clone().part().bare())
        })
        .silent(),
        frame("an_echo_ends_in_more_of_nothing", &["socket::text_comes_back_as_it_was"], |frame| {
            (frame.kind == TEXT).then(|| [frame.bare(), Frame::new(MORE, "").bare()].concat())
        }),
        frame("a_server_masks", &["socket::text_comes_back_as_it_was"], |frame| {
            (frame.kind == TEXT).then(|| frame.bytes())
        }),
        frame("reserved_bits_are_set", &["socket::text_comes_back_as_it_was"], |frame| {
            (frame.kind == TEXT).then(|| frame.clone().reserved(4).bare())
        }),
        frame("an_echo_comes_twice", &["socket::text_comes_back_as_it_was"], |frame| {
            (frame.kind == TEXT).then(|| frame.bare().repeat(2))
        }),
        frame("long_messages_are_cut", &["socket::messages_of_every_size_come_back"], |frame| {
            (frame.payload.len() > 126).then(|| Frame::new(frame.kind, &frame.payload[..126]).bare())
        }),
        frame("empty_messages_are_not_echoed", &["socket::messages_of_every_size_come_back"], |frame| {
            (frame.kind < CLOSE && frame.payload.is_empty()).then(Vec::new)
        })
        .silent(),
    ]
}

fn controls() -> Vec<Mutation> {
    const PINGS: &[&str] = &["socket::a_ping_is_answered_by_its_pong"];
    vec![
        frame("pings_are_not_answered", PINGS, |frame| (frame.kind == PONG).then(Vec::new)).silent(),
        frame("a_pong_is_empty", PINGS, |frame| (frame.kind == PONG).then(|| Frame::new(PONG, "").bare())),
        frame("a_ping_is_answered_by_a_ping", PINGS, |frame| (frame.kind == PONG).then(|| kind(frame, PING))),
        frame("pings_are_echoed", PINGS, |frame| (frame.kind == PONG).then(|| kind(frame, TEXT))),
        frame("a_pong_comes_twice", PINGS, |frame| (frame.kind == PONG).then(|| frame.bare().repeat(2))),
    ]
}

/// Another code in the place of this one.
fn code(frame: &Frame, old: u16, new: u16) -> Option<Vec<u8>> {
    (frame.code() == Some(old)).then(|| Frame::close(new).bare())
}

fn closes() -> Vec<Mutation> {
    vec![
        frame("too_large_a_message_is_1002", &["socket::a_message_over_the_limit_is_1009"], |frame| {
            code(frame, 1009, 1002)
        }),
        frame("text_that_is_not_utf_8_is_1003", &["socket::text_that_is_not_utf_8_is_1007"], |frame| {
            code(frame, 1007, 1003)
        }),
        frame("broken_frames_are_1006", &["socket::what_the_protocol_forbids_is_1002"], |frame| {
            code(frame, 1002, 1006)
        }),
        frame("a_close_is_not_answered", &["socket::a_close_is_answered"], |frame| {
            (frame.kind == CLOSE).then(Vec::new)
        }),
        frame("a_close_is_answered_with_another_code", &["socket::a_close_is_answered"], |frame| {
            code(frame, 1000, 1001)
        }),
        frame("a_close_is_answered_twice", &["socket::a_close_is_answered"], |frame| {
            (frame.kind == CLOSE).then(|| frame.bare().repeat(2))
        }),
        Mutation::new(
            "a_closed_socket_stays_open",
            &["socket::a_close_is_answered"],
            Spoil::Stays(|last| last.status() == 101),
        )
        .silent(),
    ]
}
