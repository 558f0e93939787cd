//! What [TodoBackend](https://www.todobackend.com/) asks of a service, in our own words: a page on another origin can
//! make, find, change and remove todos by following URLs.

use crate::{
    check::{Check, Needs},
    fact::{Fact, field, json},
    finding::{Finding, Verdict, once},
    request::Request,
    target::Target,
};
use serde_json::{Value, json as value};

const ORIGIN: &str = "http://localhost:5173";

pub(super) fn checks() -> Vec<Check> {
    let check = |id, law| Check::law(id, Needs::Nothing, law);
    vec![
        check("todobackend::a_new_todo_is_echoed_and_not_completed", new_todo),
        check("todobackend::a_todo_is_found_by_its_url_and_in_the_list", found),
        check("todobackend::title_and_completed_are_changed_by_url", changed),
        check("todobackend::the_order_is_kept_and_changed", ordered),
        Check::law("todobackend::the_root_is_emptied_by_delete", Needs::Store, emptied),
        Check::law("todobackend::a_todo_is_removed_by_its_url", Needs::Store, removed),
    ]
}

/// A request of a page elsewhere, whose answer that page may read.
fn ask(target: &Target, request: Request, status: u16) -> Result<Value, Finding> {
    let facts = [Fact::Status(status), field("access-control-allow-origin", ORIGIN)];
    let exchange = target.expect(&request.field("origin", ORIGIN), &facts)?;
    if status == 204 {
        return Ok(Value::Null);
    }
    json(&exchange.answer).map_err(|what| exchange.finding(what))
}

fn post(target: &Target, todo: &Value) -> Result<Value, Finding> {
    ask(target, Request::new("POST", "/todos").json(todo.to_string()), 201)
}

/// The request to the URL that a todo names.
fn at(target: &Target, method: &str, todo: &Value) -> Result<Request, Finding> {
    let url = todo["url"].as_str().unwrap_or_default();
    match url.strip_prefix(&format!("http://{}", target.host)) {
        Some(path) if path.starts_with('/') => Ok(Request::new(method, path)),
        _ => Err(Finding::new(format!("{url:?} is no URL on this server"))),
    }
}

fn remove(target: &Target, todo: &Value) -> Result<(), Finding> {
    ask(target, at(target, "DELETE", todo)?, 204).map(|_| ())
}

fn must(so: bool, what: &str, todo: &Value) -> Result<(), Finding> {
    if so { Ok(()) } else { Err(Finding::new(format!("{what}: {todo}"))) }
}

/// The list may be longer than one answer, and others may change it meanwhile.
fn is_listed(target: &Target, todo: &Value) -> Result<bool, Finding> {
    for page in 0.. {
        let list = ask(target, Request::get(&format!("/todos?offset={}", page * 500)), 200)?;
        let list = list.as_array().cloned().unwrap_or_default();
        if list.contains(todo) || list.is_empty() {
            return Ok(!list.is_empty());
        }
    }
    Ok(false)
}

fn new_todo(target: &Target) -> Verdict {
    once(|| {
        let todo = post(target, &value!({"title": "walk the dog"}))?;
        remove(target, &todo)?;
        must(todo["title"] == "walk the dog", "the title is another", &todo)?;
        must(todo["completed"] == false, "a new todo is completed", &todo)
    })
}

fn found(target: &Target) -> Verdict {
    once(|| {
        let todo = post(target, &value!({"title": "walk the cat"}))?;
        let same = ask(target, at(target, "GET", &todo)?, 200)?;
        let listed = is_listed(target, &todo)?;
        remove(target, &todo)?;
        must(same == todo, "its URL shows another todo", &same)?;
        must(listed, "it is not in the list", &todo)
    })
}

fn changed(target: &Target) -> Verdict {
    once(|| {
        let todo = post(target, &value!({"title": "walk the fish"}))?;
        let patch = at(target, "PATCH", &todo)?.json(r#"{"title":"swim with the fish","completed":true}"#);
        let answered = ask(target, patch, 200)?;
        let kept = ask(target, at(target, "GET", &todo)?, 200)?;
        let listed = is_listed(target, &kept)?;
        remove(target, &todo)?;
        must(answered["title"] == "swim with the fish" && answered["completed"] == true, "not changed", &answered)?;
        must(kept == answered && listed, "the change is not kept", &kept)
    })
}

fn ordered(target: &Target) -> Verdict {
    once(|| {
        let todo = post(target, &value!({"title": "first things first", "order": 523}))?;
        let patched = ask(target, at(target, "PATCH", &todo)?.json(r#"{"order":95}"#), 200)?;
        let kept = ask(target, at(target, "GET", &todo)?, 200)?;
        remove(target, &todo)?;
        must(todo["order"] == 523, "the order is another", &todo)?;
        must(patched["order"] == 95 && kept == patched, "the order is not changed", &kept)
    })
}

fn emptied(target: &Target) -> Verdict {
    once(|| {
        post(target, &value!({"title": "soon gone"}))?;
        ask(target, Request::new("DELETE", "/todos"), 204)?;
        let list = ask(target, Request::get("/todos"), 200)?;
        must(list == value!([]), "the list is not empty", &list)
    })
}

fn removed(target: &Target) -> Verdict {
    once(|| {
        ask(target, Request::new("DELETE", "/todos"), 204)?;
        let (one, two) = (post(target, &value!({"title": "one"}))?, post(target, &value!({"title": "two"}))?);
        remove(target, &one)?;
        let list = ask(target, Request::get("/todos"), 200)?;
        remove(target, &two)?;
        must(list == value!([two]), "not only the other is left", &list)
    })
}
