//! `/events`: every change once and in order, and nothing else.

/// Numbers, and what they are good for.
mod history;

use crate::{
    case::Given,
    check::{Check, Needs},
    client::{Event, Events},
    fact::{Fact, exactly, field, json},
    finding::{Verdict, each, once},
    request::Request,
    target::Target,
};
use shared::{Error, contract::media};

pub(super) fn checks() -> Vec<Check> {
    let check = |id, law| Check::law(id, Needs::Nothing, law);
    let now = vec![
        check("events::are_a_stream_that_nobody_keeps", head),
        check("events::tell_of_every_change_of_a_todo", todos),
        check("events::tell_of_every_change_of_a_file", files),
        check("events::say_nothing_of_what_changed_nothing", silence),
        check("events::end_after_the_limit", limit),
        check("events::a_limit_that_is_none_is_422", bad_limits),
        check("events::an_id_that_is_none_is_400", bad_ids),
        check("events::an_empty_id_is_none", empty_id),
    ];
    [now, history::checks()].concat()
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
