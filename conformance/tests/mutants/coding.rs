//! `Accept-Encoding`

use super::{Answer, Mutation, answer, request};
use flate2::{Compression, write::GzEncoder};
use std::io::Write;

fn is_coded(answer: &Answer) -> bool {
    answer.head.value("content-encoding").is_some()
}

/// Compresses a body that is whole.
fn gzip(answer: &mut Answer) -> bool {
    let body = answer.body.clone().unwrap_or_default();
    if body.is_empty() || is_coded(answer) || !answer.asked.has("accept-encoding", "gzip") {
        return false;
    }
    let mut coder = GzEncoder::new(Vec::new(), Compression::fast());
    let coded = coder.write_all(&body).and_then(|()| coder.finish()).expect("memory takes all");
    answer.head.set("content-encoding", "gzip");
    answer.retell(coded)
}

pub fn mutations() -> Vec<Mutation> {
    [of_answers(), of_requests()].into_iter().flatten().collect()
}

fn of_answers() -> Vec<Mutation> {
    vec![
        answer("a_compressed_answer_keeps_the_strong_tag", &["compression_weakens_the_tag"], |answer| {
            is_coded(answer) && answer.head.change("etag", |tag| tag.trim_start_matches("W/").to_owned())
        }),
        answer("a_compressed_answer_has_no_tag", &["compression_weakens_the_tag"], |answer| {
            is_coded(answer) && answer.head.remove("etag")
        }),
        answer("a_compressed_answer_does_not_vary", &["compression_by_gzip"], |answer| {
            is_coded(answer) && answer.head.remove("vary") && answer.head.add("vary", "origin")
        }),
        answer("a_plain_answer_does_not_vary", &["compression_by_gzip"], |answer| {
            !is_coded(answer) && answer.head.remove("vary") && answer.head.add("vary", "origin")
        }),
        answer("compresses_small_answers", &["compression_not_of_small_answers"], gzip),
        answer("compresses_parts", &["files::large_text_is_compressed_and_its_parts_are_not"], |answer| {
            answer.is(206) && gzip(answer)
        }),
        answer("compresses_pictures", &["files::large_text_is_compressed_and_its_parts_are_not"], |answer| {
            answer.head.has("content-type", "image/") && gzip(answer)
        }),
        answer("says_gzip_and_sends_plain", &["compression_not_of_small_answers"], |answer| {
            answer.asked.has("accept-encoding", "gzip")
                && answer.body.as_ref().is_some_and(|body| !body.is_empty())
                && answer.head.set("content-encoding", "gzip")
        }),
        answer("forgets_to_say_gzip", &["compression_by_gzip"], |answer| answer.head.remove("content-encoding")),
        answer("head_says_plain_where_get_is_compressed", &["compression_of_head_is_that_of_get"], |answer| {
            answer.asked.is_head() && answer.head.remove("content-encoding")
        }),
        answer(
            "a_compressed_file_offers_parts",
            &["files::large_text_is_compressed_and_its_parts_are_not"],
            |answer| {
                is_coded(answer)
                    && answer.asked.path().starts_with("/files/")
                    && answer.head.set("accept-ranges", "bytes")
            },
        ),
    ]
}

fn of_requests() -> Vec<Mutation> {
    vec![
        request("compresses_although_refused", &["compression_by_preference"], |head| {
            head.change("accept-encoding", |accept| accept.replace(";q=0,", ",").trim_end_matches(";q=0").to_owned())
                && head.has("accept-encoding", "gzip")
        }),
        request("ignores_weights_of_codings", &["compression_by_preference"], |head| {
            head.change("accept-encoding", |accept| accept.replace(";q=0.5", ""))
        }),
        request("only_the_first_line_of_codings_is_read", &["compression_by_several_lines"], |head| {
            head.first_line_only("accept-encoding")
        }),
        request("never_compresses", &["compression_by_gzip"], |head| head.remove("accept-encoding")),
        request("knows_no_brotli", &["compression_by_br"], |head| {
            head.change("accept-encoding", |accept| accept.replace("br", "zstd"))
        }),
    ]
}
