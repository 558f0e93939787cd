//! HEAD, OPTIONS, 405.

use super::{Answer, Mutation, answer, request};
use shared::Error;

/// Changes what `Allow` says.
fn allow(answer: &mut Answer, change: impl FnOnce(Vec<&str>) -> Vec<&str>) -> bool {
    let mut changed = false;
    answer.head.change("allow", |old| {
        let new = change(old.split(", ").collect()).join(", ");
        changed = new != old;
        new
    });
    changed
}

fn without(answer: &mut Answer, method: &str) -> bool {
    allow(answer, |mut methods| {
        methods.retain(|known| *known != method);
        methods
    })
}

pub fn mutations() -> Vec<Mutation> {
    [allows(), heads(), others()].into_iter().flatten().collect()
}

fn allows() -> Vec<Mutation> {
    vec![
        answer("drops_allow", &["method_not_allowed_names_allow"], |answer| answer.head.remove("allow")),
        answer("drops_allow_of_options", &["options_names_allow"], |answer| {
            answer.is(204) && answer.head.remove("allow")
        }),
        answer("allow_is_not_sorted", &["options_names_allow"], |answer| {
            allow(answer, |methods| methods.into_iter().rev().collect())
        }),
        answer("allow_lacks_head", &["method_not_allowed_names_allow"], |answer| without(answer, "HEAD")),
        answer("allow_lacks_options", &["method_not_allowed_names_allow"], |answer| without(answer, "OPTIONS")),
        answer("allow_names_a_method_twice", &["options_names_allow"], |answer| {
            allow(answer, |methods| [&methods[..], &methods[..1]].concat())
        }),
        answer("allow_names_every_method", &["options_names_allow"], |answer| {
            allow(answer, |_| vec!["DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT"])
        }),
    ]
}

fn heads() -> Vec<Mutation> {
    vec![
        answer("answers_head_with_a_body", &["pipelined_requests_are_answered_in_order"], |answer| {
            answer.asked.is_head() && answer.is(200) && with_body(answer)
        }),
        answer("answers_head_with_the_body_of_an_error", &["answers_without_body_have_none"], |answer| {
            answer.asked.is_head() && answer.status() >= 400 && with_body(answer)
        }),
        answer("head_lacks_content_length", &["content_length_is_there"], |answer| {
            answer.asked.is_head() && answer.head.remove("content-length")
        }),
        answer("head_says_that_there_is_nothing", &["head_equals_get"], |answer| {
            answer.asked.is_head() && answer.is(200) && answer.head.set("content-length", "0")
        }),
        answer("head_lacks_the_tag", &["head_equals_get"], |answer| {
            answer.asked.is_head() && answer.head.remove("etag")
        }),
        answer("head_is_405", &["head_equals_get"], |answer| {
            answer.asked.is_head() && answer.is(200) && answer.fail(&Error::MethodNotAllowed)
        }),
    ]
}

/// With as many bytes as it says there are.
fn with_body(answer: &mut Answer) -> bool {
    let len = answer.head.value("content-length").and_then(|len| len.parse().ok()).unwrap_or_default();
    answer.body = Some(vec![b'x'; len]);
    len > 0
}

fn others() -> Vec<Mutation> {
    vec![
        answer("options_answers_200", &["options_names_allow"], |answer| {
            answer.asked.word(0) == "OPTIONS" && answer.is(204) && {
                answer.restate(200, "OK");
                answer.head.set("content-length", "0")
            }
        }),
        answer("options_says_that_there_is_nothing", &["options_names_allow"], |answer| {
            answer.asked.word(0) == "OPTIONS" && answer.head.set("content-length", "0")
        }),
        answer("options_asterisk_is_404", &["options_asterisk_is_204"], |answer| {
            answer.to("OPTIONS", "*") && answer.fail(&Error::NotFound)
        }),
        request("methods_in_any_case", &["methods_are_case_sensitive"], |head| {
            let capital = head.word(0).to_uppercase();
            head.set_word(0, &capital)
        }),
        answer("unknown_methods_are_501", &["method_not_allowed_names_allow"], |answer| {
            answer.asked.word(0) == "BREW" && answer.is(405) && answer.restate(501, "Not Implemented")
        }),
        answer("answers_404_for_405", &["method_not_allowed_names_allow"], |answer| {
            answer.is(405) && answer.fail(&Error::NotFound)
        }),
        answer("answers_405_for_404", &["unknown_path_is_404"], |answer| {
            answer.is(404) && answer.fail(&Error::MethodNotAllowed)
        }),
    ]
}
