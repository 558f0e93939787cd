//! `/events`: every change once and in order, and nothing else.

use crate::{
    case::Given,
    check::{Check, Needs},
    client::{Event, Events},
    fact::{Fact, exactly, field, json},
    finding::{Finding, Verdict, each, once},
    request::Request,
    target::Target,
};
use shared::{Error, contract::media};

/// How many events are kept.
const KEPT: i64 = 1000;

pub(super) fn checks() -> Vec<Check> {
    let check = |id, law| Check::law(id, Needs::Nothing, law);
    let on_own_store = |id, law| Check::law(id, Needs::Store, law);
    vec![
        check("events::are_a_stream_that_nobody_keeps", head),
        check("events::tell_of_every_change_of_a_todo", todos),
        check("events::tell_of_every_change_of_a_file", files),
        check("events::say_nothing_of_what_changed_nothing", silence),
        check("events::end_after_the_limit", limit),
        check("events::a_limit_that_is_none_is_422", bad_limits),
        check("events::an_id_that_is_none_is_400", bad_ids),
        check("events::an_empty_id_is_none", empty_id),
        on_own_store("events::have_ids_without_gaps", ids),
        on_own_store("events::are_replayed_behind_an_id", replay),
        on_own_store("events::tell_of_a_clearing_once", clearing),
        on_own_store("events::say_when_history_is_lost", lost),
        on_own_store("events::say_so_to_one_from_another_store", stranger),
    ]
}

fn event(id: i64, name: &str, data: &str) -> Event {
    Event { id: id.to_string(), name: name.to_owned(), data: data.to_owned() }
}

fn same(events: &mut Events, wanted: &Event) -> Result<(), Finding> {
    let event = events.expect()?;
    if event == *wanted { Ok(()) } else { Err(events.finding(format!("the event is {event:?}, not {wanted:?}"))) }
}

fn head(target: &Target) -> Verdict {
    each(["", "?limit=1", "?limit=9223372036854775807"], |query| {
        let events = Events::listen(target, query, None)?;
        let kind = events.head.field("content-type") == Some(media::EVENTS);
        let fresh = events.head.field("cache-control") == Some("no-cache");
        if kind && fresh { Ok(()) } else { Err(events.finding("content-type or cache-control is another")) }
    })?;
    // Compressed they would wait for company.
    once(|| {
        let request = Request::get("/events?limit=1").field("last-event-id", "0").field("accept-encoding", "gzip, br");
        Given::make(target, r#"{"title":"so that there is an event"}"#)?.remove(target);
        target.expect(&request, &[Fact::Status(200), Fact::Lacks("content-encoding")]).map(|_| ())
    })
}

/// Others may change todos of their own meanwhile.
fn of_todo(id: &str) -> impl Fn(&Event) -> bool {
    let (alone, first) = (format!(r#"{{"id":{id}}}"#), format!(r#"{{"id":{id},"#));
    move |event| event.data == alone || event.data.starts_with(&first)
}

fn todos(target: &Target) -> Verdict {
    once(|| {
        let mut events = Events::listen(target, "", None)?;
        let todo = Given::make(target, r#"{"title":"two\nlines \"☕\"","order":-1}"#)?;
        let patch = Request::new("PATCH", &todo.path()).json(r#"{"completed":true,"order":null}"#);
        target.expect(&patch, &[Fact::Status(200)])?;
        todo.remove(target);
        let id = &todo.id;
        for (name, data) in [
            ("todo_created", format!(r#"{{"id":{id},"title":"two\nlines \"☕\"","completed":false,"order":-1}}"#)),
            ("todo_updated", format!(r#"{{"id":{id},"title":"two\nlines \"☕\"","completed":true,"order":null}}"#)),
            ("todo_deleted", format!(r#"{{"id":{id}}}"#)),
        ] {
            let event = events.find(of_todo(id))?;
            if (event.name.as_str(), &event.data) != (name, &data) {
                return Err(events.finding(format!("the event is {event:?}, not {name} with {data}")));
            }
        }
        Ok(())
    })
}

fn files(target: &Target) -> Verdict {
    once(|| {
        let mut events = Events::listen(target, "", None)?;
        // A name that nobody else uses, and that JSON must escape.
        let todo = Given::make(target, r#"{"title":"a number"}"#)?;
        todo.remove(target);
        let name = format!(r#"events/{} \"x\""#, todo.id);
        let path = format!("/files/events/{}%20%22x%22", todo.id);
        for (content, told) in [("one", "file_created"), ("two", "file_replaced"), ("two", "file_replaced")] {
            let made = target.expect(&Request::new("PUT", &path).body(content), &[Fact::Has("etag")])?;
            let stored = json(&made.answer).map_err(|what| made.finding(what))?;
            let (etag, modified) = (&stored["etag"], &stored["modified"]);
            let data = format!(
                r#"{{"path":"{name}","size":3,"etag":{etag},"modified":{modified},"type":"application/octet-stream"}}"#
            );
            let event = events.find(|event| event.data.contains(&name))?;
            if (event.name.as_str(), &event.data) != (told, &data) {
                return Err(events.finding(format!("the event is {event:?}, not {told} with {data}")));
            }
        }
        target.expect(&Request::new("DELETE", &path), &[Fact::Status(204)])?;
        let event = events.find(|event| event.data.contains(&name))?;
        let wanted = (event.name == "file_deleted") && event.data == format!(r#"{{"path":"{name}"}}"#);
        if wanted { Ok(()) } else { Err(events.finding("the last event is not file_deleted")) }
    })
}

/// What was refused, and what was only read.
fn silence(target: &Target) -> Verdict {
    once(|| {
        let todo = Given::make(target, r#"{"title":"quiet"}"#)?;
        let mut events = Events::listen(target, "", None)?;
        let file = format!("/files/quiet-{}", todo.id);
        for (request, status) in [
            (Request::get(&todo.path()), 200),
            (Request::new("PATCH", &todo.path()).json(r#"{"title":""}"#), 422),
            (Request::new("PATCH", &todo.path()).json(r#"{"order":1}"#).field("if-match", "\"x\""), 412),
            (Request::new("DELETE", &todo.path()).field("if-match", "\"x\""), 412),
            (Request::new("PUT", &file).body("x").field("if-match", "\"x\""), 412),
            (Request::new("DELETE", &file), 404),
        ] {
            target.expect(&request, &[Fact::Status(status)])?;
        }
        todo.remove(target);
        let about = of_todo(&todo.id);
        let event = events.find(|event| about(event) || event.data.contains(&file[7..]))?;
        if event.name == "todo_deleted" { Ok(()) } else { Err(events.finding(format!("{event:?} did not happen"))) }
    })
}

fn limit(target: &Target) -> Verdict {
    each([1, 3], |count| {
        let mut events = Events::listen(target, &format!("?limit={count}"), None)?;
        for _ in 0..count {
            Given::make(target, r#"{"title":"one of some"}"#)?.remove(target);
        }
        for _ in 0..count {
            events.expect()?;
        }
        match events.receive()? {
            None => Ok(()),
            Some(event) => Err(events.finding(format!("{event:?} is one too many"))),
        }
    })
}

fn bad_limits(target: &Target) -> Verdict {
    each(["0", "-1", "", "x", "1.5", "9223372036854775808"], |limit| {
        target.expect(&Request::get(&format!("/events?limit={limit}")), &[Fact::Faults(&["limit"])]).map(|_| ())
    })
}

fn bad_ids(target: &Target) -> Verdict {
    let error = Error::malformed("Last-Event-ID must be the number of an event.");
    each(["x", "-1", "1.5", "01", "+1", "1 2", "9223372036854775808"], |id| {
        let request = Request::get("/events?limit=1").field("last-event-id", id);
        target.expect(&request, &[exactly(&error), field("content-type", media::PROBLEM)]).map(|_| ())
    })?;
    once(|| {
        let twice = Request::get("/events").field("last-event-id", "1").field("last-event-id", "2");
        target.expect(&twice, &[exactly(&error)]).map(|_| ())
    })
}

/// A page that has seen no event yet may say so.
fn empty_id(target: &Target) -> Verdict {
    once(|| {
        let mut events = Events::listen(target, "", Some(""))?;
        let todo = Given::make(target, r#"{"title":"the next"}"#)?;
        todo.remove(target);
        events.find(of_todo(&todo.id)).map(|_| ())
    })
}

/// Makes so many todos, one after the other.
fn make(target: &Target, count: usize) -> Result<(), Finding> {
    let mut client = target.connect()?;
    for _ in 0..count {
        client.send(&Request::new("POST", "/todos").json(r#"{"title":"x"}"#).bytes(&target.host));
        client.receive(false)?.expect(&[Fact::Status(201)])?;
    }
    Ok(())
}

fn ids(target: &Target) -> Verdict {
    once(|| {
        let mut events = Events::listen(target, "", None)?;
        make(target, 20)?;
        for id in 1..=20 {
            same(&mut events, &created(id))?;
        }
        Ok(())
    })
}

/// On a store of its own, where the number of an event is that of its todo.
fn created(id: i64) -> Event {
    event(id, "todo_created", &format!(r#"{{"id":{id},"title":"x","completed":false,"order":null}}"#))
}

fn replay(target: &Target) -> Verdict {
    once(|| {
        make(target, 10)?;
        for last in [0, 4, 9, 10] {
            let mut events = Events::listen(target, "", Some(&last.to_string()))?;
            (last + 1..=10).try_for_each(|id| same(&mut events, &created(id)))?;
        }
        // What is replayed and what comes then have no seam.
        let mut events = Events::listen(target, "?limit=8", Some("7"))?;
        make(target, 5)?;
        (8..=15).try_for_each(|id| same(&mut events, &created(id)))?;
        match events.receive()? {
            None => Ok(()),
            Some(event) => Err(events.finding(format!("{event:?} is one too many"))),
        }
    })
}

fn clearing(target: &Target) -> Verdict {
    once(|| {
        let mut events = Events::listen(target, "", None)?;
        let clear = Request::new("DELETE", "/todos");
        // There was nothing to clear.
        target.expect(&clear, &[Fact::Status(204)])?;
        make(target, 1)?;
        target.expect(&clear, &[Fact::Status(204)])?;
        target.expect(&clear, &[Fact::Status(204)])?;
        make(target, 1)?;
        same(&mut events, &created(1))?;
        same(&mut events, &event(2, "todos_cleared", "{}"))?;
        let next = events.expect()?;
        if next.id == "3" && next.name == "todo_created" { Ok(()) } else { Err(events.finding("more was told")) }
    })
}

fn lost(target: &Target) -> Verdict {
    once(|| {
        let more = 7;
        make(target, usize::try_from(KEPT + more).unwrap_or_default())?;
        // Just everything that is kept is asked for: nothing is lost.
        let mut events = Events::listen(target, "", Some(&more.to_string()))?;
        same(&mut events, &created(more + 1))?;
        for last in [0, more - 1] {
            let mut events = Events::listen(target, "", Some(&last.to_string()))?;
            same(&mut events, &event(more, "lost", &format!(r#"{{"oldest":{}}}"#, more + 1)))?;
            (more + 1..=KEPT + more).try_for_each(|id| same(&mut events, &created(id)))?;
        }
        Ok(())
    })
}

fn stranger(target: &Target) -> Verdict {
    once(|| {
        make(target, 2)?;
        let mut events = Events::listen(target, "", Some("3"))?;
        same(&mut events, &event(2, "lost", r#"{"oldest":3}"#))?;
        make(target, 1)?;
        same(&mut events, &created(3))
    })
}
