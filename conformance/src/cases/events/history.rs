//! The numbers of events, and what they are good for: on a store of its own, where the number of an event is that of its
//! todo.

use crate::{
    check::{Check, Needs},
    client::{Event, Events},
    fact::Fact,
    finding::{Finding, Verdict, once},
    request::Request,
    target::Target,
};

/// How many events are kept.
const KEPT: i64 = 1000;

pub(super) fn checks() -> Vec<Check> {
    let on_own_store = |id, law| Check::law(id, Needs::Store, law);
    vec![
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
