//! Tags and dates: what they say, and whether they are heeded.

use super::{Head, Mutation, answer, request};
use std::sync::atomic::{AtomicUsize, Ordering};

pub fn mutations() -> Vec<Mutation> {
    [tags(), not_modified(), ignored(), compared()].into_iter().flatten().collect()
}

fn tags() -> Vec<Mutation> {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    vec![
        answer("tags_change_by_themselves", &["life::create_answers_201_with_location_and_tag"], |answer| {
            let next = NEXT.fetch_add(1, Ordering::Relaxed);
            answer.head.change("etag", |tag| format!("{}-{next}\"", tag.trim_end_matches('"')))
        }),
        answer("one_tag_for_all", &["life::a_change_shows_everywhere_and_changes_the_tag"], |answer| {
            answer.head.change("etag", |_| "\"1\"".to_owned())
        }),
        answer("tags_are_weak", &["life::create_answers_201_with_location_and_tag"], |answer| {
            answer.head.change("etag", |tag| format!("W/{tag}"))
        }),
        answer("tags_have_no_quotes", &["life::create_answers_201_with_location_and_tag"], |answer| {
            answer.head.change("etag", |tag| tag.replace('"', ""))
        }),
        answer("a_change_has_no_tag", &["todo::patch_title"], |answer| {
            answer.asked.word(0) == "PATCH" && answer.head.remove("etag")
        }),
        answer("a_new_todo_has_no_tag", &["life::create_answers_201_with_location_and_tag"], |answer| {
            answer.to("POST", "/todos") && answer.head.remove("etag")
        }),
    ]
}

fn not_modified() -> Vec<Mutation> {
    vec![
        answer("a_304_says_its_length", &["bodyless_answers_have_no_content_headers"], |answer| {
            answer.is(304) && answer.head.add("content-length", "0")
        }),
        answer("a_304_has_a_type", &["bodyless_answers_have_no_content_headers"], |answer| {
            answer.is(304) && answer.head.add("content-type", "application/json")
        }),
        answer("a_304_has_a_body", &["answers_without_body_have_none"], |answer| {
            answer.is(304) && {
                answer.body = Some(b"{}".to_vec());
                true
            }
        }),
        answer("a_304_has_no_tag", &["todo::get_if_none_match"], |answer| answer.is(304) && answer.head.remove("etag")),
        answer("a_304_does_not_vary", &["vary_names_origin"], |answer| answer.is(304) && answer.head.remove("vary")),
        answer("a_412_is_a_304", &["todo::get_if_match_other"], |answer| {
            answer.is(412) && answer.asked.word(0) == "GET" && {
                answer.head.remove("content-length");
                answer.head.remove("content-type");
                answer.body = None;
                answer.restate(304, "Not Modified")
            }
        }),
    ]
}

fn ignored() -> Vec<Mutation> {
    vec![
        request("ignores_if_match", &["todo::patch_if_match_other"], |head| head.remove("if-match")),
        request("ignores_if_match_of_files", &["files::puts_are_conditional"], |head| {
            head.path().starts_with("/files/") && head.remove("if-match")
        }),
        request("ignores_if_none_match", &["todo::get_if_none_match"], |head| head.remove("if-none-match")),
        request("ignores_if_none_match_of_changes", &["todo::patch_if_none_match_any"], |head| {
            head.word(0) == "PATCH" && head.remove("if-none-match")
        }),
        request("ignores_if_range", &["files::if_range_must_name_the_file_as_it_is"], |head| head.remove("if-range")),
        request("ignores_if_modified_since", &["files::gets_are_conditional"], |head| head.remove("if-modified-since")),
        request("ignores_if_unmodified_since", &["files::gets_are_conditional"], |head| {
            head.remove("if-unmodified-since")
        }),
        request("forgets_conditions_of_deletes", &["todo::delete_if_match_other"], |head| {
            head.word(0) == "DELETE" && head.remove("if-match")
        }),
    ]
}

/// Compares the tags of this field otherwise.
fn tags_of(head: &mut Head, field: &str, change: fn(&str) -> String) -> bool {
    head.change(field, change)
}

fn compared() -> Vec<Mutation> {
    vec![
        request("if_match_is_compared_weakly", &["todo::patch_if_match_weak"], |head| {
            tags_of(head, "if-match", |tags| tags.replace("W/", ""))
        }),
        request("if_none_match_is_compared_strongly", &["todo::get_if_none_match_weak"], |head| {
            tags_of(head, "if-none-match", |tags| tags.replace("W/\"", "W/\"x"))
        }),
        request("if_range_is_compared_weakly", &["files::if_range_must_name_the_file_as_it_is"], |head| {
            tags_of(head, "if-range", |tags| tags.replace("W/", ""))
        }),
        request("only_the_first_tag_is_read", &["todo::get_if_none_match_in_a_list"], |head| {
            tags_of(head, "if-none-match", |tags| tags.split(',').next().unwrap_or_default().to_owned())
        }),
        request("only_the_first_line_is_read", &["todo::get_if_none_match_over_two_lines"], |head| {
            head.first_line_only("if-none-match")
        }),
        request("a_star_is_a_tag", &["todo::get_if_none_match_any"], |head| {
            tags_of(head, "if-none-match", |tags| tags.replace('*', "\"*\""))
        }),
        request("dates_count_before_tags", &["files::gets_are_conditional"], |head| {
            head.value("if-modified-since").is_some() && head.remove("if-none-match")
        }),
    ]
}
