//! Keep-alive, and the end of a connection.

use super::{Mutation, Spoil, answer, request};

pub fn mutations() -> Vec<Mutation> {
    [ends(), lengths()].into_iter().flatten().collect()
}

fn ends() -> Vec<Mutation> {
    vec![
        Mutation::new(
            "does_not_close_when_asked_to",
            &["connection_close_is_honoured"],
            Spoil::Stays(|last| last.status() == 404),
        )
        .silent(),
        Mutation::new(
            "does_not_close_behind_a_refused_head",
            &["head_over_the_limit_is_431"],
            Spoil::Stays(|last| last.status() == 431),
        )
        .silent(),
        Mutation::new("closes_behind_every_answer", &["connections_are_kept"], Spoil::Ends(|_| true)),
        Mutation::new("closes_behind_a_404", &["connections_are_kept"], Spoil::Ends(|answer| answer.is(404))),
        Mutation::new(
            "closes_behind_head",
            &["pipelined_requests_are_answered_in_order"],
            Spoil::Ends(|answer| answer.asked.is_head()),
        ),
        Mutation::new("answers_out_of_order", &["pipelined_requests_are_answered_in_order"], Spoil::Order),
        request("only_the_first_line_of_connection_is_read", &["connection_close_is_honoured"], |head| {
            head.first_line_only("connection")
        }),
        answer("does_not_say_close", &["connection_close_is_honoured"], |answer| answer.head.remove("connection")),
        answer("always_says_keep_alive", &["connections_are_kept"], |answer| {
            answer.head.value("connection").is_none() && answer.head.add("connection", "keep-alive")
        }),
        answer("does_not_say_keep_alive_to_http_1_0", &["http_1_0_is_answered"], |answer| {
            answer.asked.word(2) == "HTTP/1.0" && answer.head.remove("connection")
        }),
    ]
}

fn lengths() -> Vec<Mutation> {
    vec![
        answer("sends_chunks_where_a_length_is_due", &["content_length_is_there"], |answer| {
            let Some(body) = answer.body.clone().filter(|body| !body.is_empty()) else { return false };
            answer.head.remove("content-length");
            answer.head.add("transfer-encoding", "chunked");
            let head = format!("{:x}\r\n", body.len()).into_bytes();
            answer.body = Some([&head[..], &body, b"\r\n0\r\n\r\n"].concat());
            true
        }),
        answer("a_length_is_one_too_small", &["bench::plaintext"], |answer| {
            answer.body.as_ref().is_some_and(|body| body.len() > 1) && {
                answer.head.change("content-length", |len| len.parse::<usize>().map_or(0, |len| len - 1).to_string())
            }
        }),
        answer("a_204_says_its_length", &["options_names_allow"], |answer| {
            answer.is(204) && answer.head.add("content-length", "0")
        }),
        answer("fields_end_in_a_bare_line_feed", &["bench::plaintext"], |answer| {
            answer.head.change("content-type", |kind| format!("{kind}\n"))
        }),
        answer("has_no_reason_and_no_space", &["bench::plaintext"], |answer| {
            answer.head.first.truncate("HTTP/1.1 200".len());
            true
        }),
        answer("answers_as_http_1_0", &["answers_speak_http_1_1"], |answer| answer.head.set_word(0, "HTTP/1.0")),
    ]
}
