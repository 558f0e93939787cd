//! Request heads and bodies that are read too kindly, or answered too late.

use super::{Head, Mutation, Spoil, answer, replace, request};
use shared::Error;

fn bytes(name: &'static str, caught_by: &'static [&'static str], spoil: fn(&mut Vec<u8>) -> bool) -> Mutation {
    Mutation::new(name, caught_by, Spoil::Bytes(spoil))
}

pub fn mutations() -> Vec<Mutation> {
    [lines(), hosts(), lengths(), chunks(), waits()].into_iter().flatten().collect()
}

fn lines() -> Vec<Mutation> {
    const UNSOUND: &[&str] = &["unsound_heads_are_refused"];
    vec![
        bytes("takes_bare_line_feeds", UNSOUND, |bytes| {
            replace(bytes, b"HTTP/1.1\nHost: 127.0.0.1", b"HTTP/1.1\r\nHost: 127.0.0.1")
                && replace(bytes, b"\n\n", b"\r\n\r\n")
        }),
        bytes("takes_a_space_before_the_colon", UNSOUND, |bytes| replace(bytes, b"x : 1", b"x: 1")),
        bytes("unfolds_lines", UNSOUND, |bytes| replace(bytes, b"\r\n folded", b" folded")),
        bytes("takes_two_spaces", UNSOUND, |bytes| replace(bytes, b"GET  /", b"GET /")),
        bytes("takes_a_tab_for_a_space", UNSOUND, |bytes| replace(bytes, b"GET\t/", b"GET /")),
        bytes("takes_a_fragment", UNSOUND, |bytes| replace(bytes, b"#top ", b" ")),
        bytes("takes_a_lone_carriage_return", UNSOUND, |bytes| replace(bytes, b"a\rb", b"a b")),
        bytes("takes_a_nul_in_a_field", UNSOUND, |bytes| replace(bytes, b"x: \0", b"x: ")),
        request("takes_any_version", &["other_versions_are_505"], |head| {
            head.word(2) == "HTTP/2.0" && head.word(1) == "/plaintext" && head.set_word(2, "HTTP/1.1")
        }),
        bytes("answers_an_old_version_as_400", &["other_versions_are_505"], |bytes| {
            replace(bytes, b"HTTP/0.9", b"HTTP/09")
        }),
        answer("long_fields_are_refused", &["sound_heads_are_served"], |answer| {
            answer.asked.value("x").is_some() && answer.is(200) && answer.fail(&Error::malformed("no"))
        }),
    ]
}

fn hosts() -> Vec<Mutation> {
    const UNSOUND: &[&str] = &["unsound_heads_are_refused"];
    vec![
        request("needs_no_host", UNSOUND, |head| head.value("host").is_none() && head.add("host", "localhost")),
        request("takes_the_first_of_two_hosts", UNSOUND, |head| head.first_line_only("host")),
        request("takes_a_name_before_the_host", UNSOUND, |head| {
            let target = head.word(1).replace("me@", "");
            head.set_word(1, &target)
        }),
        request("takes_any_port", UNSOUND, |head| head.change("host", |host| host.replace(":65536", ":80"))),
    ]
}

fn lengths() -> Vec<Mutation> {
    const UNSOUND: &[&str] = &["unsound_heads_are_refused"];
    vec![
        request("chunks_count_before_length", UNSOUND, |head| has_both(head) && head.remove("content-length")),
        request("length_counts_before_chunks", UNSOUND, |head| has_both(head) && head.remove("transfer-encoding")),
        request("takes_equal_lengths", UNSOUND, |head| head.first_line_only("content-length")),
        request("takes_a_list_of_equal_lengths", UNSOUND, |head| {
            head.change("content-length", |len| len.replace("1, 1", "1"))
        }),
        request("takes_a_length_with_a_sign", UNSOUND, |head| {
            head.change("content-length", |len| len.replace('+', ""))
        }),
        request("ignores_other_codings", &["unknown_codings_are_501"], |head| {
            head.value("transfer-encoding") == Some("gzip, chunked") && head.set("transfer-encoding", "chunked")
        }),
        answer("refused_heads_do_not_say_close", &["refused_heads_close_the_connection"], |answer| {
            answer.is(400) && answer.head.remove("connection")
        }),
    ]
}

fn has_both(head: &Head) -> bool {
    head.value("content-length").is_some() && head.value("transfer-encoding").is_some()
}

fn chunks() -> Vec<Mutation> {
    const BROKEN: &[&str] = &["broken_chunks_are_400"];
    vec![
        bytes("takes_a_bare_line_feed_in_chunks", BROKEN, |bytes| {
            replace(bytes, b"\r\n\r\n1\n4\r\n", b"\r\n\r\n1\r\n4\r\n")
        }),
        bytes("takes_a_bare_line_feed_behind_a_chunk", BROKEN, |bytes| {
            replace(bytes, b"1\r\n4\n0\r\n", b"1\r\n4\r\n0\r\n")
        }),
        bytes("takes_a_size_with_a_prefix", BROKEN, |bytes| replace(bytes, b"\r\n0x1\r\n", b"\r\n1\r\n")),
        bytes("sizes_wrap_around", BROKEN, |bytes| replace(bytes, b"10000000000000001\r\n", b"1\r\n")),
        bytes("lets_a_chunk_be_longer_than_it_says", BROKEN, |bytes| replace(bytes, b"1\r\n44\r\n", b"2\r\n44\r\n")),
        answer("codings_are_told_by_case", &["chunks_with_extensions_and_trailers_are_read"], |answer| {
            answer.asked.value("transfer-encoding") == Some("Chunked") && answer.fail(&Error::malformed("no"))
        }),
        answer("knows_no_extensions_of_chunks", &["chunks_with_extensions_and_trailers_are_read"], |answer| {
            answer.to("POST", "/baseline11")
                && answer.asked.has("transfer-encoding", "chunked")
                && answer.is(200)
                && answer.fail(&Error::malformed("no"))
        }),
    ]
}

fn waits() -> Vec<Mutation> {
    vec![
        request("expectations_are_told_by_case", &["expect_continue_is_answered"], |head| {
            head.value("expect") == Some("100-Continue") && head.remove("expect")
        })
        .silent(),
        Mutation::new("never_asks_for_the_body", &["expect_continue_is_answered"], Spoil::Interim).silent(),
        answer("knows_no_expectation", &["expect_continue_is_answered"], |answer| {
            answer.asked.value("expect").is_some() && answer.restate(417, "Expectation Failed")
        }),
    ]
}
