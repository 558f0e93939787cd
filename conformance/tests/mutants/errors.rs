//! Problems that are none, or not the right ones.

use super::{Answer, Mutation, answer, request};
use shared::{Error, contract::media, error::FieldError};

fn is_problem(answer: &Answer) -> bool {
    answer.head.value("content-type") == Some(media::PROBLEM)
}

pub fn mutations() -> Vec<Mutation> {
    [swapped(), shaped(), faults(), limits()].into_iter().flatten().collect()
}

fn swapped() -> Vec<Mutation> {
    vec![
        answer("swaps_400_and_422", &["todos::create_from_broken_json_is_400"], |answer| match answer.status() {
            400 => answer.fail(&Error::invalid("", "must be a JSON object")),
            422 => answer.fail(&Error::malformed("The body is not JSON.")),
            _ => false,
        }),
        answer("answers_400_for_422", &["todos::create_needs_a_title"], |answer| {
            answer.is(422) && answer.restate(400, "Bad Request")
        }),
        answer("answers_403_for_404", &["unknown_path_is_404"], |answer| {
            answer.is(404) && answer.restate(403, "Forbidden")
        }),
        answer("answers_401_for_412", &["todo::patch_if_match_other"], |answer| {
            answer.is(412) && answer.restate(401, "Unauthorized")
        }),
        answer("answers_409_for_412", &["life::two_writers_with_one_tag"], |answer| {
            answer.is(412) && answer.restate(409, "Conflict")
        }),
        answer("answers_500_for_400", &["todos::create_from_broken_json_is_400"], |answer| {
            answer.is(400) && answer.fail(&Error::Internal)
        }),
        answer("answers_200_for_errors", &["todo::get_a_stranger"], |answer| {
            answer.is(404) && answer.restate(200, "OK")
        }),
        answer("answers_400_for_415", &["todos::create_from_text_is_415"], |answer| {
            answer.is(415) && answer.fail(&Error::malformed("The body is not JSON."))
        }),
        answer("answers_400_for_a_parameter", &["items::a_word_is_404"], |answer| {
            answer.is(404) && answer.asked.path() == "/json/many" && answer.fail(&Error::malformed("no number"))
        }),
        request("reads_json_of_any_type", &["todos::create_from_text_is_415"], |head| {
            head.value("content-type").is_some() && head.set("content-type", "application/json")
        }),
    ]
}

fn shaped() -> Vec<Mutation> {
    vec![
        answer("errors_are_plain_text", &["errors_are_problems"], |answer| {
            let status = answer.status();
            is_problem(answer) && answer.become_text(status, media::TEXT, "Not so.")
        }),
        answer("errors_are_plain_json", &["errors_are_problems"], |answer| {
            is_problem(answer) && answer.head.set("content-type", media::JSON)
        }),
        answer("problems_have_no_code", &["errors_are_problems"], |answer| {
            let text = answer.text();
            let code =
                text.split(",\"code\":").nth(1).and_then(|rest| rest.split(['}', ',']).next()).map(str::to_owned);
            code.is_some_and(|code| answer.replace(&format!(",\"code\":{code}"), ""))
        }),
        answer("the_status_inside_is_another", &["errors_are_problems"], |answer| {
            is_problem(answer) && answer.replace("\"status\":4", "\"status\":5")
        }),
        answer("the_type_is_another", &["errors_are_problems"], |answer| {
            answer.replace("urn:problem:sextet:", "about:blank#")
        }),
        answer("the_detail_is_another", &["todo::get_a_stranger"], |answer| {
            answer.replace("There is nothing here.", "No row with this id.")
        }),
        answer("the_detail_tells_the_cause", &["todos::create_from_broken_json_is_400"], |answer| {
            answer.replace("is not JSON.", "is not JSON: EOF while parsing an object at line 1 column 1")
        }),
        answer("the_detail_names_a_place", &["todos::create_from_broken_json_is_400"], |answer| {
            answer.replace("is not JSON.", "is not JSON: shared/src/body.rs:17")
        }),
        answer("the_detail_of_some_errors_tells_the_cause", &["todos::create_from_too_deep_json_is_400"], |answer| {
            answer.asked.word(0) == "POST"
                && answer.asked.value("content-length").is_some_and(|len| len.len() > 3)
                && answer.replace("is not JSON.", "is not JSON: recursion limit exceeded at line 1 column 128")
        }),
        answer("the_detail_of_a_bad_path_tells_a_type", &["bad_percent_encoding_is_400"], |answer| {
            let detail =
                answer.text().split("\"detail\":\"").nth(1).and_then(|rest| rest.split('"').next().map(str::to_owned));
            answer.asked.word(1).contains("%zz")
                && detail.is_some_and(|detail| answer.replace(&detail, "core::num::ParseIntError"))
        }),
    ]
}

fn faults() -> Vec<Mutation> {
    vec![
        answer("only_the_first_fault_is_named", &["todos::create_names_every_fault"], |answer| {
            let text = answer.text();
            let end = text.find("},{\"field\"").filter(|_| answer.is(422)).map(|at| format!("{}}}]}}", &text[..at]));
            end.is_some_and(|text| answer.retell(text))
        }),
        answer("faults_have_no_names", &["todos::create_needs_a_title"], |answer| {
            answer.is(422)
                && answer.fail(&Error::Invalid(vec![FieldError { field: "".into(), message: "is required".into() }]))
        }),
        answer("faults_are_left_out", &["todos::create_needs_a_title"], |answer| {
            answer.is(422) && answer.fail(&Error::Invalid(Vec::new()))
        }),
        answer("all_problems_have_errors", &["errors_are_problems"], |answer| {
            answer.is(404) && answer.replace("\"not_found\"}", "\"not_found\",\"errors\":[]}")
        }),
    ]
}

fn limits() -> Vec<Mutation> {
    vec![
        answer("too_large_a_body_is_malformed", &["body_over_the_limit_is_413"], |answer| {
            answer.is(413) && answer.fail(&Error::malformed("The body is too large."))
        }),
        answer("the_limit_of_a_body_is_another", &["body_over_the_limit_is_413"], |answer| {
            answer.is(413) && answer.replace("65536", "65535")
        }),
        answer("too_large_a_body_is_read_all_the_same", &["body_over_the_limit_is_413"], |answer| {
            answer.is(413) && answer.fail(&Error::invalid("title", "is required"))
        }),
        answer("a_refused_body_does_not_close", &["body_over_the_limit_is_413"], |answer| {
            answer.is(413) && answer.head.remove("connection")
        }),
        answer("too_long_a_target_is_404", &["target_over_the_limit_is_414"], |answer| {
            answer.is(414) && answer.fail(&Error::NotFound)
        }),
        answer("too_large_a_head_is_400", &["head_over_the_limit_is_431"], |answer| {
            answer.is(431) && answer.fail(&Error::malformed("too large"))
        }),
        answer("the_limit_of_heads_is_below", &["head_at_the_limit_is_read"], |answer| {
            answer.asked.bytes().len() >= 16 * 1024 && answer.is(200) && answer.fail(&Error::HeadTooLarge)
        }),
        answer("the_limit_of_targets_is_below", &["target_at_the_limit_is_read"], |answer| {
            answer.asked.word(1).len() >= 8 * 1024 && answer.is(200) && answer.fail(&Error::TargetTooLong)
        }),
    ]
}
