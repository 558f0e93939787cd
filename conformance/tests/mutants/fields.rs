//! Fields that every answer has, or none: the time, the request id, what leaks.

use super::{Mutation, answer};
use std::sync::atomic::{AtomicUsize, Ordering};

pub fn mutations() -> Vec<Mutation> {
    [dates(), ids(), leaks(), strays(), singles()].into_iter().flatten().collect()
}

fn dates() -> Vec<Mutation> {
    vec![
        answer("date_is_of_the_last_start", &["date_is_true"], |answer| {
            // Some minutes ago, if a start was then: another minute of the hour.
            answer.head.change("date", |now| {
                let minute = now.get(20..22).and_then(|minute| minute.parse::<u32>().ok()).unwrap_or_default();
                format!("{}{:02}{}", &now[..20], (minute + 55) % 60, &now[22..])
            })
        }),
        answer("no_date", &["date_is_true"], |answer| answer.head.remove("date")),
        answer("no_date_in_errors", &["date_is_true"], |answer| answer.status() >= 400 && answer.head.remove("date")),
        answer("date_in_the_old_format", &["date_is_true"], |answer| {
            answer.head.change("date", |now| now.replacen(' ', "-", 3).replacen('-', " ", 1))
        }),
        answer("date_of_another_zone", &["date_is_true"], |answer| {
            answer.head.change("date", |now| now.replace("GMT", "UTC"))
        }),
        answer("weekday_is_wrong", &["date_is_true"], |answer| {
            answer.head.change("date", |now| {
                if now.starts_with("Mon") { now.replace("Mon", "Tue") } else { format!("Mon{}", &now[3..]) }
            })
        }),
    ]
}

fn ids() -> Vec<Mutation> {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    vec![
        answer("request_id_is_not_echoed", &["request_id_is_echoed"], |answer| {
            let next = NEXT.fetch_add(1, Ordering::Relaxed);
            answer.head.set("x-request-id", &format!("own-{next}"))
        }),
        answer("unsound_request_id_is_echoed", &["request_id_is_replaced"], |answer| {
            let given = answer.asked.value("x-request-id").filter(|given| given.contains(' ')).map(str::to_owned);
            given.is_some_and(|given| answer.head.set("x-request-id", &given))
        }),
        answer("long_request_id_is_echoed", &["request_id_is_replaced"], |answer| {
            let given = answer.asked.value("x-request-id").filter(|given| given.len() > 64).map(str::to_owned);
            given.is_some_and(|given| answer.head.set("x-request-id", &given))
        }),
        answer("long_request_id_is_cut", &["request_id_is_echoed"], |answer| {
            answer.head.change("x-request-id", |id| id[..id.len().min(63)].to_owned())
        }),
        answer("request_ids_are_in_lower_case", &["request_id_is_echoed"], |answer| {
            answer.head.change("x-request-id", str::to_lowercase)
        }),
        answer("one_request_id_for_all", &["request_ids_differ"], |answer| {
            answer.asked.value("x-request-id").is_none() && answer.head.set("x-request-id", "0")
        }),
        answer("errors_have_no_request_id", &["request_id_is_echoed"], |answer| {
            answer.status() >= 400 && answer.head.remove("x-request-id")
        }),
        answer("refused_heads_have_another_id", &["refusals_keep_the_request_id"], |answer| {
            answer.is(400) && answer.head.set("x-request-id", "another")
        }),
    ]
}

fn leaks() -> Vec<Mutation> {
    vec![
        answer("leaks_what_it_runs_on", &["only_allowed_headers"], |answer| answer.head.add("x-powered-by", "haste")),
        answer("leaks_the_trace_in_errors", &["only_allowed_headers"], |answer| {
            answer.status() >= 400 && answer.head.add("x-trace", "src/main.rs:1")
        }),
        answer("leaks_to_those_that_ask_for_compression", &["fields_stand_where_they_belong"], |answer| {
            answer.head.value("content-encoding").is_some() && answer.head.add("x-cache", "miss")
        }),
        answer("lacks_nosniff", &["files::one_range_is_206"], |answer| answer.head.remove("x-content-type-options")),
    ]
}

/// A field that is right elsewhere.
fn strays() -> Vec<Mutation> {
    const PLACES: &[&str] = &["fields_stand_where_they_belong"];
    vec![
        answer("every_answer_may_be_kept", PLACES, |answer| {
            answer.head.value("cache-control").is_none() && answer.head.add("cache-control", "public, max-age=3600")
        }),
        answer("every_answer_has_a_location", PLACES, |answer| {
            answer.status() < 300 && answer.head.value("location").is_none() && answer.head.add("location", "/")
        }),
        answer("every_path_offers_parts", PLACES, |answer| {
            answer.is(200) && answer.head.value("accept-ranges").is_none() && answer.head.add("accept-ranges", "bytes")
        }),
        answer("answers_that_change_have_a_tag", PLACES, |answer| {
            answer.asked.path() == "/json/3" && answer.is(200) && answer.head.add("etag", "\"1\"")
        }),
        answer("every_answer_names_allow", PLACES, |answer| {
            answer.is(404) && answer.head.value("allow").is_none() && answer.head.add("allow", "GET, HEAD, OPTIONS")
        }),
        answer("errors_keep_the_tag_of_what_is_there", PLACES, |answer| {
            answer.is(412) && answer.head.add("etag", "\"1\"")
        }),
    ]
}

fn singles() -> Vec<Mutation> {
    vec![
        answer("content_type_stands_twice", &["single_fields_stand_once"], |answer| {
            let kind = answer.head.value("content-type").map(str::to_owned);
            kind.is_some_and(|kind| answer.head.add("Content-Type", &kind))
        }),
        answer("content_length_stands_twice", &["single_fields_stand_once"], |answer| {
            let len = answer.head.value("content-length").map(str::to_owned);
            len.is_some_and(|len| answer.head.add("Content-Length", &len))
        }),
        answer("date_stands_twice", &["single_fields_stand_once"], |answer| {
            let date = answer.head.value("date").map(str::to_owned);
            date.is_some_and(|date| answer.head.add("date", &date))
        }),
        answer("text_has_no_charset", &["bench::plaintext"], |answer| {
            answer.head.change("content-type", |kind| kind.replace("; charset=utf-8", ""))
        }),
        answer("json_has_a_charset", &["bench::json"], |answer| {
            answer.head.has("content-type", "application/json")
                && answer.head.set("content-type", "application/json; charset=utf-8")
        }),
    ]
}
