//! Bodies that are read too kindly: what is wrong in them is put right on the way, at the same length.

use super::{Mutation, Spoil, replace};

fn body(name: &'static str, caught_by: &'static [&'static str], spoil: fn(&mut Vec<u8>) -> bool) -> Mutation {
    Mutation::new(name, caught_by, Spoil::Bytes(spoil))
}

/// Puts a text in the place of another.
fn text(bytes: &mut Vec<u8>, old: &str, new: &str) -> bool {
    debug_assert_eq!(old.len(), new.len(), "the length was told already");
    replace(bytes, old.as_bytes(), new.as_bytes())
}

pub fn mutations() -> Vec<Mutation> {
    [syntax(), values()].into_iter().flatten().collect()
}

fn syntax() -> Vec<Mutation> {
    vec![
        body("takes_a_trailing_comma", &["todos::create_with_a_trailing_comma_is_400"], |bytes| {
            text(bytes, r#""x",}"#, r#""x" }"#)
        }),
        body("reads_to_the_end_of_the_object_only", &["todos::create_with_something_behind_is_400"], |bytes| {
            text(bytes, r#""x"} x"#, r#""x"}  "#)
        }),
        body("skips_a_byte_order_mark", &["todos::create_behind_a_byte_order_mark_is_400"], |bytes| {
            text(bytes, "\u{feff}", "   ")
        }),
        body("replaces_bytes_that_are_no_text", &["todos::create_from_other_bytes_than_utf8_is_400"], |bytes| {
            replace(bytes, b"\"\xff\"", b"\"?\"")
        }),
        body("takes_what_is_in_an_array", &["todos::create_from_an_array_is_422"], |bytes| {
            text(bytes, "\r\n[]", "\r\n{}")
        }),
        body("an_empty_text_is_an_empty_object", &["todos::create_from_null_is_422"], |bytes| {
            text(bytes, "\r\nnull", "\r\n{}  ")
        }),
    ]
}

fn values() -> Vec<Mutation> {
    vec![
        body("ignores_unknown_members", &["todos::create_with_a_field_unknown"], |bytes| {
            text(bytes, r#","colour":"red""#, "               ")
        }),
        body("takes_an_id_from_the_client", &["todos::create_with_an_id"], |bytes| {
            text(bytes, r#","id":1}"#, "       }")
        }),
        body("takes_words_for_booleans", &["todos::create_with_a_word_as_completed"], |bytes| {
            text(bytes, r#""completed":"yes""#, r#""completed":true "#)
        }),
        body("takes_null_for_a_boolean", &["todos::create_with_null_as_completed"], |bytes| {
            text(bytes, r#""completed":null"#, r#""completed":true"#)
        }),
        body("cuts_fractions", &["todos::create_with_a_fraction_as_order"], |bytes| {
            text(bytes, r#""order":1.5"#, r#""order":1  "#)
        }),
        body("takes_the_largest_number_for_a_larger_one", &["todos::create_with_an_order_too_large"], |bytes| {
            text(bytes, r#""order":9223372036854775808"#, r#""order":9223372036854775807"#)
        }),
        body("does_not_trim_before_it_counts", &["todos::create_with_a_blank_title"], |bytes| {
            text(bytes, r#"{"title":" \t"#, r#"{"title":"_\t"#)
        }),
        body("counts_one_character_too_few", &["todos::create_with_201_characters"], |bytes| {
            text(bytes, "{\"title\":\"üü", "{\"title\":\"🦀")
        }),
    ]
}
