//! Mistakes against the RFCs, for the protocol part to catch.

use super::{Answer, Head, Mutation, OfBytes, Spoil, answer, replace, request};

fn bytes(name: &'static str, caught_by: &'static [&'static str], spoil: OfBytes) -> Mutation {
    Mutation::new(name, caught_by, Spoil::Bytes(spoil))
}

pub fn mutations() -> Vec<Mutation> {
    [heads(), bodies(), connections(), answers()].into_iter().flatten().collect()
}

fn heads() -> Vec<Mutation> {
    vec![
        bytes("rfc_takes_a_space_before_the_colon", &["protocol::fields/space-before-colon"], |bytes| {
            replace(bytes, b"X : 1", b"X: 1")
        }),
        bytes("rfc_takes_a_line_without_a_colon", &["protocol::fields/no-colon"], |bytes| {
            replace(bytes, b"\r\nX\r\n", b"\r\n")
        }),
        bytes("rfc_loses_a_line_feed_that_comes_alone", &["pieces::request-line/plain"], |bytes| {
            bytes.as_slice() == b"\n" && replace(bytes, b"\n", b"")
        })
        .silent(),
        request("rfc_takes_two_hosts", &["protocol::host/twice"], |head| head.first_line_only("host")),
        request("rfc_takes_any_host", &["protocol::host/user"], |head| {
            head.change("host", |host| host.replace("me@", ""))
        }),
        request("rfc_needs_no_host", &["protocol::host/missing"], |head| {
            head.value("host").is_none() && head.word(2) == "HTTP/1.1" && head.add("host", "localhost")
        }),
        request("rfc_knows_methods_in_any_case", &["protocol::methods/in-small-letters"], |head| {
            head.word(0) == "get" && head.set_word(0, "GET")
        }),
        request("rfc_knows_no_absolute_target", &["protocol::target/absolute"], |head| {
            let target = head.word(1).replace("http://", "//");
            head.set_word(1, &target)
        }),
        request("rfc_prefers_host_to_the_target", &["protocol::target/absolute-beats-host"], |head| {
            let target = head.word(1).replace("http://", "");
            let path = target.find('/').map(|at| target[at..].to_owned());
            path.is_some_and(|path| target != path && head.set_word(1, &path))
        }),
    ]
}

fn bodies() -> Vec<Mutation> {
    vec![
        request("rfc_takes_a_length_with_a_sign", &["protocol::content-length/plus"], |head| {
            head.change("content-length", |length| length.replace('+', ""))
        }),
        request("rfc_takes_the_first_of_two_lengths", &["protocol::content-length/twice"], |head| {
            head.first_line_only("content-length")
        }),
        bytes("rfc_takes_what_ends_in_chunked", &["protocol::transfer-encoding/word-before"], |bytes| {
            replace(bytes, b"xchunked", b"chunked")
        }),
        request("rfc_goes_on_behind_a_length_and_chunks", &["protocol::transfer-encoding/behind-length"], |head| {
            head.value("transfer-encoding").is_some() && head.remove("content-length")
        }),
        request("rfc_reads_unknown_codings_as_plain", &["protocol::transfer-encoding/gzip-then-chunked"], |head| {
            head.change("transfer-encoding", |coding| coding.replace("gzip, ", ""))
        }),
        bytes("rfc_takes_a_size_with_a_prefix", &["protocol::chunks/size-with-prefix"], |bytes| {
            replace(bytes, b"0x2\r\n", b"2\r\n")
        }),
        bytes("rfc_counts_sizes_in_64_bits", &["protocol::chunks/size-beyond-64-bits"], |bytes| {
            replace(bytes, b"10000000000000002\r\n", b"2\r\n")
        }),
        bytes("rfc_ends_extensions_with_a_line_feed", &["protocol::chunks/extension-ended-by-lf"], |bytes| {
            replace(bytes, b"2;a\n", b"2;a\r\n")
        }),
        bytes("rfc_overlooks_the_end_of_a_chunk", &["protocol::chunks/two-bytes-behind-data"], |bytes| {
            replace(bytes, b"12XX0", b"12\r\n0")
        }),
        Mutation::new("rfc_sends_no_continue", &["protocol::expect/continue"], Spoil::Interim).silent(),
    ]
}

fn connections() -> Vec<Mutation> {
    vec![
        request("rfc_goes_on_behind_close", &["protocol::connection/close-last-of-a-list"], |head| {
            head.change("connection", |options| options.replace(", close", ""))
        }),
        request("rfc_keeps_http_1_0", &["protocol::http-1.0/plain"], |head| {
            head.word(2) == "HTTP/1.0" && head.value("connection").is_none() && head.add("connection", "keep-alive")
        }),
        Mutation::new("rfc_answers_out_of_order", &["protocol::pipelining/mixed"], Spoil::Order),
        Mutation::new("rfc_stays_behind_a_refusal", &["protocol::host/missing"], Spoil::Stays(|_: &Head| true))
            .silent(),
    ]
}

fn answers() -> Vec<Mutation> {
    let without_date = |answer: &mut Answer| answer.is(400) && answer.head.remove("date");
    vec![
        answer("rfc_refuses_without_a_date", &["protocol::answers/date-of-a-refusal"], without_date),
        answer("rfc_keeps_allow_to_itself", &["protocol::methods/405-names-allow"], |answer| {
            answer.is(405) && answer.head.remove("allow")
        }),
        answer("rfc_is_wrong_about_the_part", &["protocol::ranges/first-byte"], |answer| {
            answer.is(206) && answer.head.change("content-range", |range| range.replace("0-0", "1-1"))
        }),
        answer("rfc_tells_head_another_length", &["protocol::methods/head-tells-the-length-of-get"], |answer| {
            answer.asked.word(0) == "HEAD" && answer.head.change("content-length", |length| format!("{length}0"))
        }),
        request("rfc_ignores_if_none_match", &["protocol::conditions/same-tag"], |head| head.remove("if-none-match")),
        request("rfc_reads_one_form_of_dates", &["protocol::conditions/date-of-rfc-850"], |head| {
            head.value("if-unmodified-since").is_some_and(|date| date.contains('-'))
                && head.remove("if-unmodified-since")
        }),
    ]
}
