//! What clients say and is believed, and what is said unasked.

use super::{Answer, Mutation, answer, request};

/// Says that it goes on, and then something else.
fn interim(answer: &mut Answer, line: &str) -> bool {
    answer.head.first = format!("HTTP/1.1 {line}\r\n\r\n{}", answer.head.first);
    true
}

pub fn mutations() -> Vec<Mutation> {
    [believed(), unasked()].into_iter().flatten().collect()
}

fn believed() -> Vec<Mutation> {
    const OVERRIDDEN: &[&str] = &["requests_are_not_overridden"];
    const FORWARDED: &[&str] = &["forwarded_hosts_are_not_believed"];
    vec![
        request("a_field_overrides_the_method", OVERRIDDEN, |head| {
            let method = head.value("x-http-method-override").map(str::to_owned);
            method.is_some_and(|method| head.set_word(0, &method))
        }),
        request("a_field_overrides_the_target", OVERRIDDEN, |head| {
            let target = head.value("x-original-url").map(str::to_owned);
            target.is_some_and(|target| head.set_word(1, &target))
        }),
        request("a_forwarded_host_is_the_host", FORWARDED, |head| {
            let host = head.value("x-forwarded-host").map(str::to_owned);
            host.is_some_and(|_| head.set("host", "localhost"))
        }),
        answer("a_forwarded_scheme_is_the_scheme", FORWARDED, |answer| {
            answer.asked.value("x-forwarded-proto").is_some() && answer.replace("\"http://", "\"https://")
        }),
    ]
}

fn unasked() -> Vec<Mutation> {
    const UNASKED: &[&str] = &["nothing_comes_before_an_answer"];
    vec![
        answer("says_continue_unasked", UNASKED, |answer| {
            answer.asked.value("expect").is_none() && interim(answer, "100 Continue")
        }),
        answer("says_continue_to_http_1_0", UNASKED, |answer| {
            answer.asked.word(2) == "HTTP/1.0" && interim(answer, "100 Continue")
        }),
        answer("sends_early_hints", UNASKED, |answer| {
            answer.asked.path() == "/plaintext" && interim(answer, "103 Early Hints")
        }),
        answer("asks_for_a_body_that_is_too_large", &["announced_body_is_refused_at_once"], |answer| {
            answer.is(413) && answer.asked.value("expect").is_some() && interim(answer, "100 Continue")
        }),
        answer("asks_for_a_file_that_it_refuses", &["files::a_refused_put_asks_for_no_body"], |answer| {
            answer.is(412) && answer.asked.value("expect").is_some() && interim(answer, "100 Continue")
        }),
    ]
}
