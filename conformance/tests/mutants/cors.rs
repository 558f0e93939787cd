//! `Origin`

use super::{Answer, Mutation, answer, request};

const ALLOWED: &str = "access-control-allow-origin";

/// Lets pages of this origin read the answer.
fn let_read(answer: &mut Answer, allowed: fn(&str) -> bool) -> bool {
    let origin = answer.asked.value("origin").filter(|origin| allowed(origin)).map(str::to_owned);
    origin.is_some_and(|origin| answer.head.set(ALLOWED, &origin))
}

pub fn mutations() -> Vec<Mutation> {
    [origins(), preflights(), what_is_read(), hosts()].into_iter().flatten().collect()
}

fn origins() -> Vec<Mutation> {
    vec![
        answer("any_origin_may_read", &["cors_foreign_origin_gets_nothing"], |answer| answer.head.set(ALLOWED, "*")),
        answer("star_for_a_known_origin", &["cors_loopback_origin_may_read"], |answer| {
            answer.head.value(ALLOWED).is_some() && answer.head.set(ALLOWED, "*")
        }),
        answer("any_origin_is_reflected", &["cors_foreign_origin_gets_nothing"], |answer| let_read(answer, |_| true)),
        answer("origins_are_known_by_their_beginning", &["cors_foreign_origin_gets_nothing"], |answer| {
            let_read(answer, |origin| origin.starts_with("http://localhost"))
        }),
        answer("the_null_origin_may_read", &["cors_foreign_origin_gets_nothing"], |answer| {
            let_read(answer, |origin| origin == "null")
        }),
    ]
}

fn preflights() -> Vec<Mutation> {
    vec![
        answer("foreign_preflight_is_answered", &["cors_foreign_preflight_is_plain_options"], |answer| {
            answer.asked.word(0) == "OPTIONS" && answer.asked.value("origin") == Some("http://example.com") && {
                answer.head.set("access-control-allow-methods", "GET")
            }
        }),
        request("preflight_is_not_known", &["cors_preflight_is_answered"], |head| {
            head.remove("access-control-request-method")
        }),
        answer("preflight_is_not_remembered", &["cors_preflight_is_answered"], |answer| {
            answer.head.remove("access-control-max-age")
        }),
        answer("preflight_repeats_any_field", &["cors_preflight_is_answered"], |answer| {
            let asked = answer.asked.value("access-control-request-headers").map(str::to_owned);
            asked.is_some_and(|asked| answer.head.set("access-control-allow-headers", &asked))
        }),
    ]
}

fn what_is_read() -> Vec<Mutation> {
    vec![
        answer("errors_may_not_be_read", &["cors_loopback_origin_may_read"], |answer| {
            answer.status() >= 400 && answer.head.remove(ALLOWED)
        }),
        answer("nothing_is_exposed", &["cors_loopback_origin_may_read"], |answer| {
            answer.head.remove("access-control-expose-headers")
        }),
        answer("credentials_are_allowed", &["fields_stand_where_they_belong"], |answer| {
            answer.head.value(ALLOWED).is_some() && answer.head.add("access-control-allow-credentials", "true")
        }),
        answer("a_preflight_allows_credentials", &["preflights_have_only_allowed_headers"], |answer| {
            answer.head.value("access-control-max-age").is_some()
                && answer.head.add("access-control-allow-credentials", "true")
        }),
        answer("vary_forgets_origin", &["vary_names_origin"], |answer| {
            answer.asked.value("origin").is_none() && answer.head.remove("vary")
        }),
        answer("vary_names_origin_only_to_known_ones", &["cors_foreign_origin_gets_nothing"], |answer| {
            answer.head.value(ALLOWED).is_none() && answer.head.remove("vary")
        }),
    ]
}

fn hosts() -> Vec<Mutation> {
    vec![
        request("answers_for_any_host", &["foreign_host_is_421"], |head| {
            head.value("host").is_some_and(|host| host.contains("example.com")) && head.set("host", "localhost")
        }),
        request("a_host_is_known_by_its_beginning", &["foreign_host_is_421"], |head| {
            head.value("host").is_some_and(|host| host.starts_with("localhost.")) && head.set("host", "localhost")
        }),
        answer("answers_404_for_a_foreign_host", &["foreign_host_is_421"], |answer| {
            answer.is(421) && answer.fail(&shared::Error::NotFound)
        }),
        request("host_counts_before_the_target", &["absolute_targets_name_the_host"], |head| {
            let target = head.word(1).to_owned();
            let Some((_, rest)) = target.split_once("://") else { return false };
            head.set_word(1, rest.find('/').map_or("/", |at| &rest[at..]))
        }),
    ]
}
