//! `/todos` and `/todos/stats`: single requests that hold on any store.

use crate::{
    case::{Case, case},
    fact::Fact,
    request::Request,
};
use shared::{Error, contract::media};

const LIMIT: &str = "must be an integer from 1 to 1000";
const TITLE: &str = "must be a string of 1 to 200 characters";

fn list(query: &str) -> Request {
    Request::get(&format!("/todos{query}"))
}

fn post(body: impl AsRef<[u8]>) -> Request {
    Request::new("POST", "/todos").json(body)
}

fn title(character: &str, count: usize) -> String {
    format!(r#"{{"title":"{}"}}"#, character.repeat(count))
}

pub(super) fn cases() -> Vec<Case> {
    [queries(), bodies(), faults(), types()].concat()
}

fn queries() -> Vec<Case> {
    let beyond = "?offset=9223372036854775807";
    vec![
        case("todos::list_beyond_the_end_is_empty", list(beyond)).ok(media::JSON, "[]"),
        case("todos::list_takes_its_limits", list("?offset=9223372036854775807&limit=1000&completed=false"))
            .ok(media::JSON, "[]"),
        case("todos::list_ignores_other_keys", list(&format!("{beyond}&order=up&order=down"))).ok(media::JSON, "[]"),
        case("todos::list_of_completed_neither_true_nor_false", list("?completed=yes"))
            .error(&Error::invalid("completed", "must be true or false")),
        case("todos::list_of_completed_in_capitals", list("?completed=TRUE")).faults(&["completed"]),
        case("todos::list_of_completed_empty", list("?completed=")).faults(&["completed"]),
        case("todos::list_of_limit_0", list("?limit=0")).error(&Error::invalid("limit", LIMIT)),
        case("todos::list_of_limit_1001", list("?limit=1001")).error(&Error::invalid("limit", LIMIT)),
        case("todos::list_of_limit_empty", list("?limit=")).faults(&["limit"]),
        case("todos::list_of_offset_below_0", list("?offset=-1")).faults(&["offset"]),
        case("todos::list_of_offset_too_large", list("?offset=9223372036854775808")).faults(&["offset"]),
        case("todos::list_names_every_fault", list("?offset=x&limit=x&completed=x")).faults(&[
            "completed",
            "limit",
            "offset",
        ]),
        case("todos::list_of_limit_twice", list("?limit=1&limit=1")).error(&Error::query()),
        case("todos::list_of_completed_twice", list("?completed=true&completed=false")).error(&Error::query()),
        case("todos::stats_beat_the_parameter", Request::get("/todos/stats"))
            .status(200)
            .field("content-type", media::JSON)
            .fact(Fact::Contains(r#"{"total":"#.into()))
            .fact(Fact::Contains(r#","completed":"#.into())),
    ]
}

fn bodies() -> Vec<Case> {
    let dangling = r#"{"title":"x"} x"#;
    vec![
        case("todos::create_without_body_is_400", post("")).error(&Error::malformed("The body is not JSON.")),
        case("todos::create_from_broken_json_is_400", post("{")).error(&Error::malformed("The body is not JSON.")),
        case("todos::create_from_words_is_400", post("milk")).error(&Error::malformed("The body is not JSON.")),
        case("todos::create_with_something_behind_is_400", post(dangling)).problem(400, "malformed"),
        case("todos::create_with_a_trailing_comma_is_400", post(r#"{"title":"x",}"#)).problem(400, "malformed"),
        case("todos::create_from_other_bytes_than_utf8_is_400", post(b"{\"title\":\"\xff\"}"))
            .problem(400, "malformed"),
        case("todos::create_behind_a_byte_order_mark_is_400", post("\u{feff}{\"title\":\"x\"}"))
            .problem(400, "malformed"),
        case("todos::create_from_too_deep_json_is_400", post(format!("{{\"title\":{}", "[".repeat(5000))))
            .problem(400, "malformed"),
        case("todos::create_from_an_array_is_422", post("[]")).error(&Error::invalid("", "must be a JSON object")),
        case("todos::create_from_a_string_is_422", post(r#""x""#)).error(&Error::invalid("", "must be a JSON object")),
        case("todos::create_from_null_is_422", post("null")).error(&Error::invalid("", "must be a JSON object")),
        case("todos::create_from_a_number_is_422", post("1")).error(&Error::invalid("", "must be a JSON object")),
    ]
}

fn faults() -> Vec<Case> {
    let all = r#"{"zeta":1,"title":" ","completed":"yes","order":1.5,"id":3}"#;
    vec![
        case("todos::create_needs_a_title", post("{}")).error(&Error::invalid("title", "is required")),
        case("todos::create_with_an_empty_title", post(r#"{"title":""}"#)).error(&Error::invalid("title", TITLE)),
        case("todos::create_with_a_blank_title", post(r#"{"title":" \t\n"}"#)).faults(&["title"]),
        case("todos::create_with_201_characters", post(title("ü", 201))).faults(&["title"]),
        case("todos::create_with_a_number_as_title", post(r#"{"title":1}"#)).faults(&["title"]),
        case("todos::create_with_null_as_title", post(r#"{"title":null}"#)).faults(&["title"]),
        case("todos::create_with_a_word_as_completed", post(r#"{"title":"x","completed":"yes"}"#))
            .error(&Error::invalid("completed", "must be true or false")),
        case("todos::create_with_null_as_completed", post(r#"{"title":"x","completed":null}"#)).faults(&["completed"]),
        case("todos::create_with_a_fraction_as_order", post(r#"{"title":"x","order":1.5}"#))
            .error(&Error::invalid("order", "must be an integer of 64 bits, or null")),
        case("todos::create_with_an_order_too_large", post(r#"{"title":"x","order":9223372036854775808}"#))
            .faults(&["order"]),
        case("todos::create_with_a_field_unknown", post(r#"{"title":"x","colour":"red"}"#))
            .error(&Error::invalid("colour", "is not known")),
        case("todos::create_with_an_id", post(r#"{"title":"x","id":1}"#)).faults(&["id"]),
        case("todos::create_names_every_fault", post(all)).faults(&["title", "completed", "order", "id", "zeta"]),
        case("todos::create_in_chunks_is_judged_too", post(all).chunked()).faults(&[
            "title",
            "completed",
            "order",
            "id",
            "zeta",
        ]),
    ]
}

fn types() -> Vec<Case> {
    let with = |kind: &str| Request::new("POST", "/todos").field("content-type", kind).body("{}");
    let wrong = Error::UnsupportedMediaType;
    vec![
        case("todos::create_without_content_type_is_415", Request::new("POST", "/todos").body("{}")).error(&wrong),
        case("todos::create_without_anything_is_415", Request::new("POST", "/todos")).error(&wrong),
        case("todos::create_from_text_is_415", with("text/plain")).error(&wrong),
        case("todos::create_from_a_form_is_415", with("application/x-www-form-urlencoded")).error(&wrong),
        case("todos::create_from_text_json_is_415", with("text/json")).error(&wrong),
        case("todos::create_from_almost_json_is_415", with("application/jsonx")).error(&wrong),
        case("todos::create_from_nonsense_is_415", with(";;")).error(&wrong),
        case("todos::create_with_a_charset_is_read", with("application/json; charset=utf-8")).faults(&["title"]),
        case("todos::create_in_capitals_is_read", with("Application/JSON")).faults(&["title"]),
        case("todos::create_from_a_json_suffix_is_read", with("application/merge-patch+json")).faults(&["title"]),
    ]
}
