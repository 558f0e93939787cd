//! `/events`

use super::{Answer, Mutation, Spoil, answer, request};
use std::sync::{Mutex, PoisonError};

fn chunk(name: &'static str, caught_by: &'static [&'static str], spoil: fn(&mut Vec<u8>) -> bool) -> Mutation {
    Mutation::new(name, caught_by, Spoil::Chunk(spoil))
}

/// Changes the text of events.
fn edit(data: &mut Vec<u8>, change: impl FnOnce(&str) -> String) -> bool {
    let text = String::from_utf8_lossy(data).into_owned();
    let new = change(&text);
    let changed = new != text;
    *data = new.into_bytes();
    changed
}

fn is_stream(answer: &Answer) -> bool {
    answer.asked.path() == "/events" && answer.is(200)
}

pub fn mutations() -> Vec<Mutation> {
    [heads(), numbers(), contents()].into_iter().flatten().collect()
}

fn heads() -> Vec<Mutation> {
    const HEAD: &[&str] = &["events::are_a_stream_that_nobody_keeps"];
    vec![
        answer("events_may_be_kept", HEAD, |answer| answer.head.remove("cache-control")),
        answer("events_are_plain_text", HEAD, |answer| {
            is_stream(answer) && answer.head.set("content-type", "text/plain; charset=utf-8")
        }),
        answer("events_say_that_they_are_compressed", HEAD, |answer| {
            is_stream(answer)
                && answer.asked.has("accept-encoding", "gzip")
                && answer.head.add("content-encoding", "gzip")
        }),
        request("events_have_no_end", &["events::end_after_the_limit"], |head| {
            head.path() == "/events" && head.set_word(1, "/events")
        })
        .silent(),
        request("events_ignore_the_last_id", &["events::are_replayed_behind_an_id"], |head| {
            head.remove("last-event-id")
        })
        .silent(),
        request("the_last_id_is_sent_again", &["events::are_replayed_behind_an_id"], |head| {
            head.change("last-event-id", |id| id.parse::<u64>().map_or(0, |id| id.saturating_sub(1)).to_string())
        }),
        request("an_id_that_is_none_is_ignored", &["events::an_id_that_is_none_is_400"], |head| {
            head.value("last-event-id") == Some("x") && head.set("last-event-id", "0")
        })
        .silent(),
    ]
}

/// Takes `old` from the lines of events.
fn without(data: &mut Vec<u8>, old: &str) -> bool {
    edit(data, |text| text.split_inclusive('\n').filter(|line| !line.starts_with(old)).collect())
}

fn numbers() -> Vec<Mutation> {
    static HELD: Mutex<Vec<u8>> = Mutex::new(Vec::new());
    vec![
        chunk("events_come_twice", &["events::have_ids_without_gaps"], |data| {
            let twice = data.starts_with(b"id") || data.starts_with(b"event");
            if twice {
                data.extend_from_within(..);
            }
            twice
        }),
        chunk("an_event_is_lost", &["events::have_ids_without_gaps"], |data| {
            let lost =
                String::from_utf8_lossy(data).contains("id: 7\n") || String::from_utf8_lossy(data).contains("id:7\n");
            if lost {
                data.clear();
            }
            lost
        }),
        chunk("two_events_change_places", &["events::have_ids_without_gaps"], |data| {
            if !data.windows(3).any(|window| window == b"id:") {
                return false;
            }
            let mut held = HELD.lock().unwrap_or_else(PoisonError::into_inner);
            if held.is_empty() {
                held.append(data);
            } else {
                data.append(&mut held);
            }
            true
        }),
        chunk("events_have_no_ids", &["events::have_ids_without_gaps"], |data| without(data, "id:")),
        chunk("ids_begin_at_0", &["events::have_ids_without_gaps"], |data| {
            edit(data, |text| text.replace("id:1\n", "id:0\n").replace("id: 1\n", "id: 0\n"))
        }),
        chunk("lost_history_is_not_told", &["events::say_when_history_is_lost"], |data| {
            let lost = String::from_utf8_lossy(data).contains("lost");
            if lost {
                data.clear();
            }
            lost
        }),
    ]
}

fn contents() -> Vec<Mutation> {
    const TODOS: &[&str] = &["events::tell_of_every_change_of_a_todo"];
    vec![
        chunk("events_have_no_names", TODOS, |data| without(data, "event:")),
        chunk("changes_are_told_as_new", TODOS, |data| edit(data, |text| text.replace("todo_updated", "todo_created"))),
        chunk("an_end_is_told_with_the_todo", TODOS, |data| {
            edit(data, |text| text.replace("todo_deleted", "todo_removed"))
        }),
        chunk("lines_of_data_end_early", TODOS, |data| edit(data, |text| text.replace("\\n", "\ndata: "))),
        chunk("every_event_tells_when_to_come_back", TODOS, |data| {
            edit(data, |text| text.replace("event:", "retry: 1\nevent:"))
        }),
        chunk("replaced_files_are_told_as_new", &["events::tell_of_every_change_of_a_file"], |data| {
            edit(data, |text| text.replace("file_replaced", "file_created"))
        }),
        chunk("events_of_files_tell_another_size", &["events::tell_of_every_change_of_a_file"], |data| {
            edit(data, |text| text.replace("\"size\":3", "\"size\":0"))
        }),
    ]
}
