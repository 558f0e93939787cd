//! `/plaintext`, `/json` and `/baseline11`.

use crate::{
    case::{Case, case},
    request::Request,
};
use shared::{Error, contract::media};

fn sum(query: &str) -> Request {
    Request::get(&format!("/baseline11{query}"))
}

fn sum_with(body: impl AsRef<[u8]>) -> Request {
    sum("?a=1&b=2").method("POST").body(body)
}

pub(super) fn cases() -> Vec<Case> {
    vec![
        case("bench::plaintext", Request::get("/plaintext"))
            .ok(media::TEXT, "Hello, World!")
            .field("content-length", "13"),
        case("bench::json", Request::get("/json"))
            .ok(media::JSON, r#"{"message":"Hello, World!"}"#)
            .field("content-length", "27"),
        case("bench::sum_of_two", sum("?a=13&b=42")).ok(media::TEXT, "55"),
        case("bench::sum_in_any_order", sum("?b=42&a=13")).ok(media::TEXT, "55"),
        case("bench::sum_below_zero", sum("?a=-13&b=3")).ok(media::TEXT, "-10"),
        case("bench::sum_of_encoded_digits", sum("?a=%31&%62=2")).ok(media::TEXT, "3"),
        case("bench::sum_with_an_encoded_plus", sum("?a=%2B1&b=2")).ok(media::TEXT, "3"),
        case("bench::sum_does_not_overflow", sum("?a=9223372036854775807&b=9223372036854775807"))
            .ok(media::TEXT, "18446744073709551614"),
        case("bench::sum_needs_both", sum("?a=1")).error(&Error::invalid("b", "is required")),
        case("bench::sum_without_query", sum("")).faults(&["a", "b"]),
        case("bench::sum_with_an_empty_query", sum("?")).faults(&["a", "b"]),
        case("bench::sum_of_empty_values", sum("?a=&b=")).faults(&["a", "b"]),
        case("bench::sum_of_a_key_without_value", sum("?a&b=1")).faults(&["a"]),
        case("bench::sum_of_words", sum("?a=x&b=2")).error(&Error::invalid("a", "must be an integer of 64 bits")),
        case("bench::sum_of_a_number_too_large", sum("?a=9223372036854775808&b=1")).faults(&["a"]),
        case("bench::sum_of_a_plus_that_is_a_space", sum("?a=+1&b=2")).faults(&["a"]),
        case("bench::sum_names_every_fault", sum("?a=1.5&b=0x1")).faults(&["a", "b"]),
        case("bench::sum_with_a_key_twice", sum("?a=1&a=1&b=2")).error(&Error::query()),
        case("bench::sum_with_an_encoded_key_twice", sum("?a=1&%61=1&b=2")).error(&Error::query()),
        case("bench::sum_with_other_keys", sum("?a=1&z=1&z=2&b=2&A=7")).ok(media::TEXT, "3"),
        case("bench::sum_with_a_body", sum_with("4")).ok(media::TEXT, "7"),
        case("bench::sum_with_a_body_in_chunks", sum_with("400").chunked()).ok(media::TEXT, "403"),
        case("bench::sum_with_white_space_around", sum_with(" 4\r\n")).ok(media::TEXT, "7"),
        case("bench::sum_with_a_body_below_zero", sum_with("-4")).ok(media::TEXT, "-1"),
        case("bench::sum_with_any_content_type", sum_with("4").field("content-type", "application/json"))
            .ok(media::TEXT, "7"),
        case("bench::sum_with_an_empty_body", sum_with("")).error(&Error::invalid("", "must be an integer of 64 bits")),
        case("bench::sum_without_body", sum("?a=1&b=2").method("POST")).faults(&[""]),
        case(
            "bench::sum_without_body_but_a_content_coding",
            sum("?a=1&b=2").method("POST").field("content-encoding", "gzip"),
        )
        .faults(&[""]),
        case("bench::sum_with_a_body_of_words", sum_with("four")).faults(&[""]),
        case("bench::sum_with_a_body_too_large_for_64_bits", sum_with("9223372036854775808")).faults(&[""]),
        case("bench::sum_with_a_body_that_is_not_utf8", sum_with(b"\xff4"))
            .error(&Error::malformed("The body is not UTF-8.")),
        case("bench::sum_with_a_body_needs_the_query", sum("").method("POST").body("4")).faults(&["a", "b"]),
        case("bench::sum_with_a_body_and_a_key_twice", sum("?a=1&b=2&b=2").method("POST").body("4"))
            .error(&Error::query()),
    ]
}
