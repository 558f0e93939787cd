//! `/todos/{id}`: one request to one todo.

use crate::{
    case::{Case, case},
    fact::Fact,
    request::Request,
};
use shared::{Error, contract::media};

/// The todo that these begin with, and how it is shown.
const MILK: &str = r#"{"title":"milk","order":7}"#;
const SHOWN: &str = r#"{"id":{id},"title":"milk","completed":false,"order":7,"url":"http://{host}/todos/{id}"}"#;

fn get() -> Request {
    Request::get("/todos/{id}")
}

fn patch(body: impl AsRef<[u8]>) -> Request {
    Request::new("PATCH", "/todos/{id}").json(body)
}

fn delete() -> Request {
    Request::new("DELETE", "/todos/{id}")
}

fn milk(id: &'static str, request: Request) -> Case {
    case(id, request).given(MILK)
}

pub(super) fn cases() -> Vec<Case> {
    [gets(), conditions(), patches(), faults(), deletes(), strangers()].concat()
}

fn gets() -> Vec<Case> {
    vec![
        milk("todo::get", get()).ok(media::JSON, SHOWN).field("etag", "{etag}"),
        milk("todo::get_with_an_encoded_digit", get().target("/todos/{id}?x=%31"))
            .ok(media::JSON, SHOWN)
            .field("etag", "{etag}"),
        milk("todo::the_url_names_the_host_that_was_asked", get().field("host", "localhost:81"))
            .status(200)
            .fact(Fact::Contains(r#""url":"http://localhost:81/todos/{id}""#.into())),
    ]
}

fn conditions() -> Vec<Case> {
    let not_modified = |id, value: &str| {
        let case = milk(id, get().field("if-none-match", value)).status(304).field("etag", "{etag}");
        case.fact(Fact::Empty).fact(Fact::Lacks("content-type"))
    };
    let failed = Error::PreconditionFailed;
    vec![
        not_modified("todo::get_if_none_match", "{etag}"),
        not_modified("todo::get_if_none_match_weak", "W/{etag}"),
        not_modified("todo::get_if_none_match_any", "*"),
        not_modified("todo::get_if_none_match_in_a_list", "\"x\", {etag}"),
        milk(
            "todo::get_if_none_match_over_two_lines",
            get().field("if-none-match", "\"x\"").field("if-none-match", "{etag}"),
        )
        .status(304),
        milk("todo::get_if_none_match_other", get().field("if-none-match", "\"x\"")).ok(media::JSON, SHOWN),
        milk("todo::get_if_none_match_nonsense", get().field("if-none-match", "x")).ok(media::JSON, SHOWN),
        milk("todo::get_if_match", get().field("if-match", "{etag}")).ok(media::JSON, SHOWN),
        milk("todo::get_if_match_other", get().field("if-match", "\"x\"")).error(&failed),
        milk("todo::patch_if_match", patch(r#"{"order":8}"#).field("if-match", "{etag}")).status(200),
        milk("todo::patch_if_match_any", patch(r#"{"order":8}"#).field("if-match", "*")).status(200),
        milk("todo::patch_if_match_other", patch(r#"{"order":8}"#).field("if-match", "\"x\"")).error(&failed),
        milk("todo::patch_if_match_weak", patch(r#"{"order":8}"#).field("if-match", "W/{etag}")).error(&failed),
        milk("todo::patch_if_none_match_any", patch(r#"{"order":8}"#).field("if-none-match", "*")).error(&failed),
        milk("todo::delete_if_match", delete().field("if-match", "\"x\", {etag}")).status(204),
        milk("todo::delete_if_match_other", delete().field("if-match", "\"x\"")).error(&failed),
        milk("todo::delete_if_none_match", delete().field("if-none-match", "{etag}")).error(&failed),
    ]
}

fn patches() -> Vec<Case> {
    let shown = |title: &str, completed: bool, order: &str| {
        SHOWN
            .replace("milk", title)
            .replace("\"completed\":false", &format!("\"completed\":{completed}"))
            .replace("\"order\":7", &format!("\"order\":{order}"))
    };
    vec![
        milk("todo::patch_title", patch(r#"{"title":" oat milk "}"#))
            .ok(media::JSON, &shown("oat milk", false, "7"))
            .fact(Fact::Has("etag")),
        milk("todo::patch_completed", patch(r#"{"completed":true}"#)).ok(media::JSON, &shown("milk", true, "7")),
        milk("todo::patch_order", patch(r#"{"order":-9223372036854775808}"#))
            .ok(media::JSON, &shown("milk", false, "-9223372036854775808")),
        milk("todo::patch_takes_the_order_away", patch(r#"{"order":null}"#))
            .ok(media::JSON, &shown("milk", false, "null")),
        milk("todo::patch_everything", patch(r#"{"order":1,"completed":true,"title":"tea"}"#))
            .ok(media::JSON, &shown("tea", true, "1")),
        milk("todo::patch_with_what_it_is_keeps_the_tag", patch(MILK)).ok(media::JSON, SHOWN).field("etag", "{etag}"),
        milk("todo::patch_in_chunks", patch(r#"{"completed":true}"#).chunked())
            .ok(media::JSON, &shown("milk", true, "7")),
    ]
}

fn faults() -> Vec<Case> {
    let text = Request::new("PATCH", "/todos/{id}").field("content-type", "text/plain").body("{}");
    vec![
        milk("todo::patch_nothing", patch("{}"))
            .error(&Error::invalid("", "must have at least one of title, completed, order")),
        milk("todo::patch_with_null_as_title", patch(r#"{"title":null}"#)).faults(&["title"]),
        milk("todo::patch_with_a_blank_title", patch(r#"{"title":"  "}"#)).faults(&["title"]),
        milk("todo::patch_with_every_fault", patch(r#"{"order":"x","completed":1,"url":"x","title":2,"id":3}"#))
            .faults(&["title", "completed", "order", "id", "url"]),
        milk("todo::patch_from_an_array", patch("[]")).error(&Error::invalid("", "must be a JSON object")),
        milk("todo::patch_from_broken_json", patch("{\"order\":")).error(&Error::malformed("The body is not JSON.")),
        milk("todo::patch_without_body", patch("")).error(&Error::malformed("The body is not JSON.")),
        milk("todo::patch_from_text_is_415", text).error(&Error::UnsupportedMediaType),
        milk("todo::patch_without_content_type_is_415", Request::new("PATCH", "/todos/{id}").body("{}"))
            .error(&Error::UnsupportedMediaType),
    ]
}

fn deletes() -> Vec<Case> {
    vec![milk("todo::delete", delete()).status(204).fact(Fact::Empty).fact(Fact::Lacks("content-type"))]
}

/// Ids that no todo has: one form only, no sign, no leading zero.
fn strangers() -> Vec<Case> {
    let get = |id, path: &str| case(id, Request::get(path)).error(&Error::NotFound);
    let change = |id, path: &str| case(id, patch(r#"{"order":1}"#).target(path)).error(&Error::NotFound);
    let remove = |id, path: &str| case(id, delete().target(path)).error(&Error::NotFound);
    vec![
        get("todo::get_a_stranger", "/todos/999999999999"),
        get("todo::get_0", "/todos/0"),
        get("todo::get_below_0", "/todos/-1"),
        get("todo::get_with_a_sign", "/todos/+1"),
        get("todo::get_with_a_fraction", "/todos/1.0"),
        get("todo::get_a_word", "/todos/abc"),
        get("todo::get_a_number_too_large", "/todos/9223372036854775808"),
        get("todo::get_an_encoded_slash", "/todos/1%2F2"),
        get("todo::get_almost_stats", "/todos/stat"),
        case("todo::get_with_a_leading_zero", Request::get("/todos/0{id}")).given(MILK).error(&Error::NotFound),
        case("todo::get_with_a_space", Request::get("/todos/{id}%20")).given(MILK).error(&Error::NotFound),
        change("todo::patch_a_stranger", "/todos/999999999999"),
        change("todo::patch_a_word", "/todos/abc"),
        remove("todo::delete_a_stranger", "/todos/999999999999"),
        remove("todo::delete_a_word", "/todos/abc"),
    ]
}
