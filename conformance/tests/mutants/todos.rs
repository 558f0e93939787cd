//! `/todos`

use super::{Answer, Mutation, answer, request};
use shared::Error;

/// Whether a todo, or a list of them, was asked for.
fn of_todos(answer: &Answer) -> bool {
    answer.asked.path().starts_with("/todos") && answer.status() < 300
}

pub fn mutations() -> Vec<Mutation> {
    [shapes(), made(), removed(), lists()].into_iter().flatten().collect()
}

fn shapes() -> Vec<Mutation> {
    vec![
        answer(
            "todos_have_their_members_in_another_order",
            &["life::create_answers_201_with_location_and_tag"],
            |answer| of_todos(answer) && answer.edit(|text| swapped(text).unwrap_or_else(|| text.to_owned())),
        ),
        answer("todos_have_one_member_more", &["todo::get"], |answer| {
            of_todos(answer) && answer.replace("\"completed\":false,", "\"completed\":false,\"done\":false,")
        }),
        answer("todos_without_order_do_not_say_so", &["life::create_answers_201_with_location_and_tag"], |answer| {
            of_todos(answer) && answer.replace(",\"order\":null", "")
        }),
        answer("ids_are_strings", &["todo::get"], |answer| {
            of_todos(answer)
                && answer.asked.word(0) == "GET"
                && answer.edit(|text| {
                    let id: String =
                        text.trim_start_matches("{\"id\":").chars().take_while(char::is_ascii_digit).collect();
                    text.replacen(&format!("\"id\":{id},"), &format!("\"id\":\"{id}\","), 1)
                })
        }),
        answer("urls_are_paths", &["todo::get"], |answer| {
            let host = answer.asked.value("host").map(|host| format!("\"http://{host}/todos"));
            of_todos(answer) && host.is_some_and(|host| answer.replace(&host, "\"/todos"))
        }),
        answer("urls_name_another_host", &["todo::the_url_names_the_host_that_was_asked"], |answer| {
            of_todos(answer) && answer.replace("http://localhost:81/", "http://127.0.0.1:3003/")
        }),
        answer("urls_claim_to_be_https", &["todo::get"], |answer| {
            of_todos(answer) && answer.replace("\"http://", "\"https://")
        }),
        answer("text_beyond_ascii_is_lost", &["life::create_answers_201_with_location_and_tag"], |answer| {
            of_todos(answer) && answer.replace("☕", "?")
        }),
    ]
}

/// Completed before title.
fn swapped(text: &str) -> Option<String> {
    let (before, rest) = text.split_once(",\"title\":\"")?;
    let (title, rest) = rest.split_once("\",\"completed\":")?;
    let (completed, rest) = rest.split_once(',')?;
    Some(format!("{before},\"completed\":{completed},\"title\":\"{title}\",{rest}"))
}

fn made() -> Vec<Mutation> {
    const CREATE: &[&str] = &["life::create_answers_201_with_location_and_tag"];
    vec![
        answer("create_answers_200", CREATE, |answer| {
            answer.to("POST", "/todos") && answer.is(201) && answer.restate(200, "OK")
        }),
        answer("create_has_no_location", CREATE, |answer| answer.head.remove("location")),
        answer("location_is_the_list", CREATE, |answer| answer.head.change("location", |_| "/todos".to_owned())),
        answer("location_names_the_host", CREATE, |answer| {
            let host = answer.asked.value("host").unwrap_or_default().to_owned();
            answer.head.change("location", |path| format!("http://{host}{path}"))
        }),
        answer("an_id_is_used_again", &["life::ids_are_never_given_twice"], |answer| {
            answer.to("POST", "/todos") && answer.edit(|text| with_id(text, "1"))
        }),
        answer("titles_are_cut_at_100", &["life::create_trims_and_counts_characters"], |answer| {
            of_todos(answer) && answer.replace(&"ü".repeat(200), &"ü".repeat(100))
        }),
        answer("patch_answers_204", &["todo::patch_title"], |answer| {
            answer.asked.word(0) == "PATCH" && answer.is(200) && {
                answer.head.remove("content-type");
                answer.head.remove("content-length");
                answer.body = None;
                answer.restate(204, "No Content")
            }
        }),
        answer("patch_shows_what_was", &["todo::patch_completed"], |answer| {
            answer.asked.word(0) == "PATCH"
                && answer.edit(|text| text.replace("\"completed\":true", "\"completed\":false"))
        }),
    ]
}

fn with_id(text: &str, id: &str) -> String {
    let rest = text.trim_start_matches("{\"id\":").trim_start_matches(|c: char| c.is_ascii_digit());
    format!("{{\"id\":{id}{rest}")
}

fn removed() -> Vec<Mutation> {
    vec![
        answer("delete_answers_200", &["todo::delete"], |answer| {
            answer.asked.word(0) == "DELETE" && answer.is(204) && {
                answer.restate(200, "OK");
                answer.head.add("content-length", "0")
            }
        }),
        answer("delete_answers_202", &["todo::delete"], |answer| {
            answer.asked.word(0) == "DELETE" && answer.is(204) && {
                answer.restate(202, "Accepted");
                answer.head.add("content-length", "0")
            }
        }),
        answer("delete_twice_is_fine", &["life::what_is_deleted_is_gone"], |answer| {
            answer.asked.word(0) == "DELETE" && answer.is(404) && {
                answer.head.remove("content-type");
                answer.head.remove("content-length");
                answer.body = None;
                answer.restate(204, "No Content")
            }
        }),
        request("clear_removes_nothing", &["life::clear_removes_all_and_ids_go_on"], |head| {
            head.word(0) == "DELETE" && head.path() == "/todos" && head.set_word(1, "/todos/1")
        }),
    ]
}

fn lists() -> Vec<Mutation> {
    const LISTS: &[&str] = &["life::lists_are_filtered_and_cut"];
    vec![
        answer("stats_are_off_by_one", &["life::stats_count"], |answer| {
            answer.asked.path() == "/todos/stats" && answer.edit(|text| text.replace("\"total\":5", "\"total\":6"))
        }),
        answer("stats_count_completed_as_all", &["life::stats_count"], |answer| {
            answer.asked.path() == "/todos/stats"
                && answer.edit(|text| text.replace("\"completed\":2", "\"completed\":5"))
        }),
        answer("a_parameter_beats_a_static_segment", &["todos::stats_beat_the_parameter"], |answer| {
            answer.asked.path() == "/todos/stats" && answer.fail(&Error::NotFound)
        }),
        request("the_limit_is_off_by_one", LISTS, |head| {
            let target = head.word(1).replace("limit=2", "limit=3");
            head.set_word(1, &target)
        }),
        request("lists_have_100_at_most", &["life::a_list_has_1000_at_most"], |head| {
            head.word(0) == "GET" && head.word(1) == "/todos" && head.set_word(1, "/todos?limit=100")
        }),
        answer("lists_have_no_bound", &["todos::list_of_limit_1001"], |answer| {
            answer.asked.word(1).contains("limit=1001") && answer.become_text(200, "application/json", "[]")
        }),
        request("the_offset_is_off_by_one", LISTS, |head| {
            let target = head.word(1).replace("offset=3", "offset=2");
            head.set_word(1, &target)
        }),
        request("the_limit_comes_before_the_filter", LISTS, |head| {
            let target = head.word(1).replace("&completed=false", "");
            head.set_word(1, &target)
        }),
        request("completed_is_not_filtered", LISTS, |head| {
            let target = head.word(1).replace("?completed=true", "");
            head.set_word(1, &target)
        }),
        answer("lists_are_in_the_wrong_order", LISTS, |answer| {
            answer.asked.path() == "/todos" && answer.edit(reversed)
        }),
        answer("lists_are_wrapped", LISTS, |answer| {
            answer.to("GET", "/todos") && answer.edit(|text| format!("{{\"todos\":{text}}}"))
        }),
    ]
}

fn reversed(text: &str) -> String {
    let Some(list) = text.strip_prefix("[{").and_then(|text| text.strip_suffix("}]")) else { return text.to_owned() };
    let todos: Vec<_> = list.rsplit("},{").collect();
    format!("[{{{}}}]", todos.join("},{"))
}
