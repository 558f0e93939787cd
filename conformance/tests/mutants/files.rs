//! Files and their parts.

use super::{Answer, Mutation, answer, request};
use shared::Error;

/// Whether one file, or a part of one, comes back.
fn of_file(answer: &Answer) -> bool {
    answer.asked.path().starts_with("/files/") && answer.status() < 300
}

/// The first and the last byte, and the size, that a part says it has.
fn part(answer: &Answer) -> Option<(usize, usize, usize)> {
    let range = answer.head.value("content-range")?.strip_prefix("bytes ")?;
    let (span, size) = range.split_once('/')?;
    let (first, last) = span.split_once('-')?;
    Some((first.parse().ok()?, last.parse().ok()?, size.parse().ok()?))
}

pub fn mutations() -> Vec<Mutation> {
    [parts(), ranges(), contents(), lists()].into_iter().flatten().collect()
}

fn parts() -> Vec<Mutation> {
    const PARTS: &[&str] = &["files::one_range_is_206"];
    vec![
        answer("parts_end_one_too_early", PARTS, |answer| {
            let Some((first, last, size)) = part(answer).filter(|(first, last, _)| first < last) else { return false };
            let body = answer.body.clone().unwrap_or_default();
            answer.head.set("content-range", &format!("bytes {first}-{}/{size}", last - 1));
            answer.retell(&body[..body.len().saturating_sub(1)])
        }),
        answer("parts_begin_one_too_late", PARTS, |answer| {
            let Some((first, last, size)) = part(answer).filter(|(first, last, _)| first < last) else { return false };
            let body = answer.body.clone().unwrap_or_default();
            answer.head.set("content-range", &format!("bytes {}-{last}/{size}", first + 1));
            answer.retell(&body[1..])
        }),
        answer("parts_say_another_size", PARTS, |answer| {
            let Some((first, last, size)) = part(answer) else { return false };
            answer.head.set("content-range", &format!("bytes {first}-{last}/{}", size + 1))
        }),
        answer("parts_do_not_say_the_size", PARTS, |answer| {
            let Some((first, last, _)) = part(answer) else { return false };
            answer.head.set("content-range", &format!("bytes {first}-{last}/*"))
        }),
        answer("parts_do_not_say_where", PARTS, |answer| answer.is(206) && answer.head.remove("content-range")),
        answer("parts_answer_200", PARTS, |answer| answer.is(206) && answer.restate(200, "OK")),
        answer("parts_have_no_tag", PARTS, |answer| answer.is(206) && answer.head.remove("etag")),
        request("ranges_are_not_known", PARTS, |head| head.remove("range")),
        answer("parts_are_not_offered", &["files::a_file_is_kept_and_listed"], |answer| {
            answer.head.remove("accept-ranges")
        }),
        answer("parts_of_all_that_follows_are_cut", &["files::parts_of_a_large_file_fit_together"], |answer| {
            answer.is(206) && answer.body.as_ref().is_some_and(|body| body.len() > 65_536) && {
                let body = answer.body.clone().unwrap_or_default();
                answer.retell(&body[..65_536])
            }
        }),
    ]
}

fn ranges() -> Vec<Mutation> {
    vec![
        answer("a_416_does_not_say_the_size", &["files::a_range_beyond_the_end_is_416"], |answer| {
            answer.is(416) && answer.head.remove("content-range")
        }),
        answer("a_range_beyond_the_end_is_400", &["files::a_range_beyond_the_end_is_416"], |answer| {
            answer.is(416) && answer.fail(&Error::malformed("There is no such range."))
        }),
        request("a_range_beyond_the_end_is_ignored", &["files::a_range_beyond_the_end_is_416"], |head| {
            head.has("range", "bytes=10-") && head.remove("range")
        }),
        request("of_many_ranges_the_first_is_served", &["files::what_is_no_single_range_is_ignored"], |head| {
            head.change("range", |range| range.split(',').next().unwrap_or_default().to_owned())
        }),
        request(
            "a_range_that_ends_before_it_begins_is_turned",
            &["files::what_is_no_single_range_is_ignored"],
            |head| head.change("range", |range| range.replace("5-4", "4-5")),
        ),
        request("other_units_are_bytes", &["files::what_is_no_single_range_is_ignored"], |head| {
            head.change("range", |range| range.replace("items=", "bytes="))
        }),
        request("a_suffix_is_a_beginning", &["files::one_range_is_206"], |head| {
            head.change("range", |range| range.replace("bytes=-3", "bytes=0-2"))
        }),
        answer("ranges_of_head_are_206", &["files::one_range_is_206"], |answer| {
            answer.asked.is_head() && answer.asked.value("range").is_some() && answer.restate(206, "Partial Content")
        }),
        request("ranges_come_before_conditions", &["files::conditions_come_before_ranges"], |head| {
            head.value("range").is_some() && head.remove("if-none-match")
        }),
    ]
}

fn contents() -> Vec<Mutation> {
    vec![
        answer("a_replaced_file_is_201", &["files::a_file_is_kept_and_listed"], |answer| {
            answer.asked.word(0) == "PUT" && answer.is(200) && answer.restate(201, "Created")
        }),
        answer("a_new_file_is_200", &["files::a_file_is_kept_and_listed"], |answer| {
            answer.asked.word(0) == "PUT" && answer.is(201) && answer.restate(200, "OK")
        }),
        answer("the_digest_is_of_nothing", &["files::a_file_is_kept_and_listed"], |answer| {
            let nothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
            answer.asked.word(0) == "PUT"
                && answer.edit(|text| match text.split_once("\"sha256\":\"") {
                    Some((before, _)) => format!("{before}\"sha256\":\"{nothing}\"}}"),
                    None => text.to_owned(),
                })
        }),
        answer("a_byte_is_lost", &["files::any_bytes_come_back_as_they_were"], |answer| {
            of_file(answer) && answer.asked.word(0) == "GET" && {
                let body = answer.body.clone().unwrap_or_default();
                !body.is_empty() && answer.retell(&body[1..])
            }
        }),
        answer("files_are_text", &["files::the_name_tells_the_type"], |answer| {
            of_file(answer) && answer.asked.word(0) == "GET" && answer.head.set("content-type", "text/plain")
        }),
        answer("the_type_is_what_the_client_says", &["files::the_name_tells_the_type"], |answer| {
            answer.asked.path().ends_with(".html")
                && answer.head.has("content-type", "html")
                && answer.head.set("content-type", "text/css")
        }),
        answer("files_say_no_time", &["files::one_range_is_206"], |answer| answer.head.remove("last-modified")),
        answer("files_are_as_old_as_the_world", &["files::modified_is_when_it_was_put"], |answer| {
            answer.asked.path().starts_with("/files/")
                && answer.edit(|text| match text.split_once("\"modified\":\"") {
                    Some((before, rest)) => format!("{before}\"modified\":\"1970-01-01T00:00:00Z{}", &rest[20..]),
                    None => text.to_owned(),
                })
        }),
        answer("files_are_of_another_year", &["files::modified_is_when_it_was_put"], |answer| {
            answer.head.change("last-modified", |date| format!("{}2001{}", &date[..12], &date[16..]))
        }),
        answer("files_are_always_of_now", &["files::if_range_must_name_the_file_as_it_is"], |answer| {
            let now = answer.head.value("date").map(|now| now.replace("20", "19"));
            now.is_some_and(|now| answer.asked.word(0) == "HEAD" && answer.head.change("last-modified", |_| now))
        }),
        answer("a_part_may_be_put", &["files::a_put_of_a_part_is_400"], |answer| {
            answer.asked.value("content-range").is_some() && answer.is(400) && answer.restate(200, "OK")
        }),
    ]
}

fn lists() -> Vec<Mutation> {
    vec![
        answer("the_list_is_empty", &["files::a_file_is_kept_and_listed"], |answer| {
            answer.to("GET", "/files") && answer.edit(|_| "[]".to_owned())
        }),
        answer("the_list_is_not_sorted", &["files::the_list_is_sorted_by_path"], |answer| {
            answer.to("GET", "/files")
                && answer.edit(|text| {
                    let list = text.trim_start_matches("[{").trim_end_matches("}]");
                    let files: Vec<_> = list.rsplit("},{").collect();
                    format!("[{{{}}}]", files.join("},{"))
                })
        }),
        answer("the_list_shows_unfinished_files", &["files::the_list_is_sorted_by_path"], |answer| {
            answer.to("GET", "/files") && answer.edit(|text| text.replacen("[{", "[{\"path\":\".part\"},{", 1))
        }),
    ]
}
