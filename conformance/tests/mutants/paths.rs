//! Paths and queries that are read too kindly.

use super::{Head, Mutation, answer, request};
use shared::Error;

/// Changes the path, and leaves the query.
fn path(head: &mut Head, change: impl FnOnce(&str) -> String) -> bool {
    let target = head.word(1).to_owned();
    let (path, query) = target.find('?').map_or((target.as_str(), ""), |at| target.split_at(at));
    let new = format!("{}{query}", change(path));
    head.set_word(1, &new)
}

/// Without the encoding of what need not be encoded.
fn unescaped(path: &str) -> String {
    let letters = (b'a'..=b'z').chain(*b".-/");
    letters.fold(path.to_owned(), |path, letter| {
        path.replace(&format!("%{letter:02x}"), &char::from(letter).to_string())
            .replace(&format!("%{letter:02X}"), &char::from(letter).to_string())
    })
}

/// As a browser resolves it.
fn resolved(path: &str) -> String {
    let mut kept = Vec::new();
    for segment in path.split('/').skip(1) {
        match segment {
            "." => {}
            ".." => drop(kept.pop()),
            other => kept.push(other),
        }
    }
    format!("/{}", kept.join("/"))
}

/// The first of each key.
fn first_of_each(query: &str) -> String {
    let mut seen = Vec::new();
    let mut kept = Vec::new();
    for pair in query.split('&') {
        let key = pair.split('=').next().unwrap_or_default();
        if !seen.contains(&key) {
            kept.push(pair);
        }
        seen.push(key);
    }
    kept.join("&")
}

pub fn mutations() -> Vec<Mutation> {
    [of_paths(), of_encoding(), of_queries()].into_iter().flatten().collect()
}

fn of_paths() -> Vec<Mutation> {
    vec![
        request("takes_a_trailing_slash", &["trailing_slash_is_404"], |head| {
            path(head, |path| if path.len() > 1 { path.trim_end_matches('/').to_owned() } else { path.to_owned() })
        }),
        request("merges_slashes", &["double_slash_is_404"], |head| path(head, |path| path.replace("//", "/"))),
        request("takes_paths_in_any_case", &["other_case_is_404"], |head| path(head, str::to_lowercase)),
        request("resolves_dot_segments", &["dot_segments_are_not_resolved"], |head| {
            head.word(1).contains("/.") && path(head, resolved)
        }),
        request("resolves_dot_segments_of_files", &["files::no_path_leaves_the_folder"], |head| {
            head.path().starts_with("/files/") && head.path().contains("/..") && path(head, resolved)
        }),
        request("takes_a_backslash_for_a_slash", &["files::no_path_leaves_the_folder"], |head| {
            path(head, |path| path.replace('\\', "/"))
        }),
        request("cuts_paths_at_a_nul", &["files::no_path_leaves_the_folder"], |head| {
            path(head, |path| path.split("%00").next().unwrap_or_default().to_owned())
        }),
        request("files_are_named_in_any_case", &["files::names_are_told_apart_to_the_byte"], |head| {
            path(head, |path| if path.starts_with("/files/") { path.to_lowercase() } else { path.to_owned() })
        }),
    ]
}

fn of_encoding() -> Vec<Mutation> {
    vec![
        request("decodes_before_it_routes", &["encoded_static_segment_is_404"], |head| path(head, unescaped)),
        request("decodes_twice", &["parameters_are_decoded_once"], |head| path(head, |path| path.replace("%25", "%"))),
        request("an_encoded_slash_ends_a_segment", &["items::an_encoded_slash_stays_in_its_segment"], |head| {
            // The rest of the segment is not looked at.
            path(head, |path| path.split("%2F").next().unwrap_or_default().to_owned())
        }),
        request("lets_a_stray_percent_be", &["bad_percent_encoding_is_400"], |head| {
            let kind = head.word(1).replace("%zz", "%25zz");
            head.set_word(1, &kind)
        }),
        request("replaces_what_is_not_utf_8", &["invalid_utf8_is_400"], |head| {
            let kind = head.word(1).replace("%ff", "%EF%BF%BD");
            head.set_word(1, &kind)
        }),
        request("takes_overlong_utf_8", &["invalid_utf8_is_400"], |head| {
            let kind = head.word(1).replace("%c0%af", "%2f");
            head.set_word(1, &kind)
        }),
    ]
}

fn of_queries() -> Vec<Mutation> {
    vec![
        request("takes_the_first_of_a_key_twice", &["query_key_twice_is_400"], |head| {
            let target = head.word(1).to_owned();
            let Some((path, query)) = target.split_once('?') else { return false };
            head.set_word(1, &format!("{path}?{}", first_of_each(query)))
        }),
        answer("refuses_unknown_query_keys", &["unknown_query_keys_are_ignored"], |answer| {
            answer.asked.word(1).contains("unknown=") && answer.fail(&Error::query())
        }),
        request("takes_query_keys_in_any_case", &["bench::sum_with_other_keys"], |head| {
            let lower = head.word(1).to_lowercase();
            head.set_word(1, &lower)
        }),
        request("a_plus_is_no_space", &["bench::sum_of_a_plus_that_is_a_space"], |head| {
            let literal = head.word(1).replace('+', "%2B");
            head.set_word(1, &literal)
        }),
        answer("paths_end_at_an_encoded_question_mark", &["files::any_other_name_will_do"], |answer| {
            answer.asked.path().contains("%3F") && answer.head.change("location", |old| old.replace("%3F", "?"))
        }),
    ]
}
