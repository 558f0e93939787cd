//! A store that goes and comes back: `/readyz` says so, and nobody has to start anything again.

use super::{Kind, Scenario};
use conformance::{
    client::{Client, Events},
    fact::{Fact, exactly, field},
    finding::Finding,
    request::Request,
    target::Target,
};
use shared::{
    Error,
    store::{Fault, Store, Switch},
};

pub fn all() -> Vec<Scenario> {
    vec![("a_store_that_comes_back_is_used_again", comes_back)]
}

fn comes_back(kind: Kind) -> Result<(), Finding> {
    let (store, switch) = Store::switched(Fault::Gone);
    let running = kind.start(store, |_| {});
    let target = &running.target;
    let mut kept = target.connect()?;
    let mut events = Events::listen(target, "", None)?;
    for round in 1..=3 {
        there(&mut kept, target, round)?;
        // A todo and a file have come.
        events.expect()?;
        events.expect()?;
        away(&mut kept, target, &switch)?;
    }
    there(&mut kept, target, 4)?;
    if events.expect()?.name == "todo_created" { Ok(()) } else { Err(events.finding("something else has happened")) }
}

fn ask(client: &mut Client, target: &Target, request: &Request, facts: &[Fact]) -> Result<(), Finding> {
    client.send(&request.bytes(&target.host));
    client.receive(false)?.expect(facts)
}

/// Everything works, and what was made in earlier rounds is there.
fn there(client: &mut Client, target: &Target, round: usize) -> Result<(), Finding> {
    let todo = Request::new("POST", "/todos").json(r#"{"title":"milk"}"#);
    let file = Request::new("PUT", &format!("/files/{round}")).body("x");
    ask(client, target, &Request::get("/readyz"), &[Fact::Status(200), Fact::Body("ok".into())])?;
    ask(client, target, &todo, &[Fact::Status(201), field("location", format!("/todos/{round}"))])?;
    ask(client, target, &file, &[Fact::Status(201)])?;
    ask(client, target, &Request::get("/files/1"), &[Fact::Status(200), Fact::Body("x".into())])?;
    ask(client, target, &Request::get("/todos/1"), &[Fact::Status(200)])
}

fn away(client: &mut Client, target: &Target, switch: &Switch) -> Result<(), Finding> {
    let gone = [exactly(&Error::Unavailable("The store cannot be reached.")), field("retry-after", "1")];
    switch.on();
    for request in [
        Request::get("/readyz"),
        Request::get("/todos"),
        Request::new("POST", "/todos").json(r#"{"title":"milk"}"#),
        Request::new("PUT", "/files/1").body("y"),
        Request::get("/files/1"),
    ] {
        ask(client, target, &request, &gone)?;
    }
    ask(client, target, &Request::get("/livez"), &[Fact::Status(200)])?;
    ask(client, target, &Request::get("/json"), &[Fact::Status(200)])?;
    switch.off();
    Ok(())
}
