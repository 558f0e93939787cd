//! Todos from their making to their end, over several requests.

/// Lists that are long.
mod lists;

use crate::{
    case::Given,
    check::{Check, Needs},
    client::Exchange,
    fact::{Fact, exactly, field, json},
    finding::{Finding, Verdict, each, once},
    request::Request,
    target::Target,
};
use serde_json::{Value, json as value};
use shared::{Error, contract::media};

pub(super) fn checks() -> Vec<Check> {
    let check = |id, law| Check::law(id, Needs::Nothing, law);
    let on_own_store = |id, law| Check::law(id, Needs::Store, law);
    vec![
        check("life::create_answers_201_with_location_and_tag", create),
        check("life::create_trims_and_counts_characters", create_trims),
        check("life::create_in_chunks", create_in_chunks),
        check("life::a_change_shows_everywhere_and_changes_the_tag", change),
        check("life::a_failed_condition_changes_nothing", failed_condition),
        check("life::two_writers_with_one_tag", two_writers),
        check("life::what_is_deleted_is_gone", delete),
        check("life::ids_are_never_given_twice", ids),
        check("life::urls_name_the_host_of_an_absolute_target", absolute_url),
        on_own_store("life::clear_removes_all_and_ids_go_on", clear),
        on_own_store("life::lists_are_filtered_and_cut", lists),
        on_own_store("life::a_list_has_1000_at_most", lists::long),
        on_own_store("life::stats_count", stats),
    ]
}

fn post(target: &Target, body: &str) -> Result<(Exchange, Value), Finding> {
    let exchange = target.expect(&Request::new("POST", "/todos").json(body), &[Fact::Status(201)])?;
    let todo = json(&exchange.answer).map_err(|what| exchange.finding(what))?;
    Ok((exchange, todo))
}

fn path(todo: &Value) -> String {
    format!("/todos/{}", todo["id"])
}

fn clean(target: &Target, todo: &Value) -> Result<(), Finding> {
    target.expect(&Request::new("DELETE", &path(todo)), &[Fact::Status(204), Fact::Empty]).map(|_| ())
}

fn create(target: &Target) -> Verdict {
    let bodies = [
        (r#"{"title":"milk"}"#, "milk", "false,\"order\":null"),
        (r#"{"order":-3,"completed":true,"title":"a \"b\" \\ü☕"}"#, r#"a \"b\" \\ü☕"#, "true,\"order\":-3"),
        (r#"{"title":"milk","order":null,"completed":false}"#, "milk", "false,\"order\":null"),
        (r#"{"title":"\u0041"}"#, "A", "false,\"order\":null"),
    ];
    each(bodies, |(sent, title, rest)| {
        let (exchange, todo) = post(target, sent)?;
        let id = &todo["id"];
        let url = format!("http://{}/todos/{id}", target.host);
        let shown = format!(r#"{{"id":{id},"title":"{title}","completed":{rest},"url":"{url}"}}"#);
        exchange.expect(&[
            field("content-type", media::JSON),
            field("location", path(&todo)),
            Fact::Has("etag"),
            Fact::Body(shown.clone()),
        ])?;
        let tag = exchange.answer.field("etag").unwrap_or_default();
        if !(tag.len() > 2 && tag.starts_with('"') && tag.ends_with('"')) {
            return Err(exchange.finding("the tag is not a strong one"));
        }
        target.expect(&Request::get(&path(&todo)), &[Fact::Status(200), field("etag", tag), Fact::Body(shown)])?;
        clean(target, &todo)
    })
}

fn create_trims(target: &Target) -> Verdict {
    let long = "ü".repeat(200);
    each([(" \\t milk \\n".to_owned(), "milk".to_owned()), (long.clone(), long)], |(sent, title)| {
        let (exchange, todo) = post(target, &format!(r#"{{"title":"{sent}"}}"#))?;
        clean(target, &todo)?;
        if todo["title"] == title { Ok(()) } else { Err(exchange.finding("the title is not the trimmed one")) }
    })
}

fn create_in_chunks(target: &Target) -> Verdict {
    once(|| {
        let request = Request::new("POST", "/todos").json(r#"{"title":"in two parts"}"#).chunked();
        let exchange = target.expect(&request, &[Fact::Status(201)])?;
        let todo = json(&exchange.answer).map_err(|what| exchange.finding(what))?;
        clean(target, &todo)?;
        if todo["title"] == "in two parts" { Ok(()) } else { Err(exchange.finding("the title is another")) }
    })
}

fn change(target: &Target) -> Verdict {
    once(|| {
        let todo = Given::make(target, r#"{"title":"milk"}"#)?;
        let patch = |body: &str| Request::new("PATCH", &todo.path()).json(body);
        let changed = target.expect(&patch(r#"{"completed":true,"order":2}"#), &[Fact::Status(200)])?;
        let tag = changed.answer.field("etag").unwrap_or_default().to_owned();
        if tag == todo.etag {
            return Err(changed.finding("the tag is the old one"));
        }
        let body = String::from_utf8_lossy(&changed.answer.body).into_owned();
        let facts = [Fact::Status(200), field("etag", &tag), Fact::Body(body)];
        target.expect(&Request::get(&todo.path()), &facts)?;
        let old = Request::get(&todo.path()).field("if-none-match", &todo.etag);
        target.expect(&old, &[Fact::Status(200)])?;
        let back = target.expect(&patch(r#"{"completed":false,"order":null}"#), &[Fact::Status(200)])?;
        back.expect(&[field("etag", &todo.etag)])?;
        todo.remove(target);
        Ok(())
    })
}

fn failed_condition(target: &Target) -> Verdict {
    once(|| {
        let todo = Given::make(target, r#"{"title":"milk"}"#)?;
        let patch = Request::new("PATCH", &todo.path()).json(r#"{"title":"tea"}"#).field("if-match", "\"x\"");
        target.expect(&patch, &[exactly(&Error::PreconditionFailed)])?;
        let delete = Request::new("DELETE", &todo.path()).field("if-match", "\"x\"");
        target.expect(&delete, &[exactly(&Error::PreconditionFailed)])?;
        let facts = [Fact::Status(200), field("etag", &todo.etag), Fact::Contains("milk".into())];
        target.expect(&Request::get(&todo.path()), &facts)?;
        todo.remove(target);
        Ok(())
    })
}

/// The lost update that `If-Match` is for: the second writer must be told.
fn two_writers(target: &Target) -> Verdict {
    once(|| {
        let todo = Given::make(target, r#"{"title":"milk"}"#)?;
        let patch = |body: &str| Request::new("PATCH", &todo.path()).json(body).field("if-match", &todo.etag);
        target.expect(&patch(r#"{"title":"first"}"#), &[Fact::Status(200)])?;
        target.expect(&patch(r#"{"title":"second"}"#), &[exactly(&Error::PreconditionFailed)])?;
        target.expect(&Request::get(&todo.path()), &[Fact::Contains("first".into())])?;
        todo.remove(target);
        Ok(())
    })
}

fn delete(target: &Target) -> Verdict {
    once(|| {
        let (_, todo) = post(target, r#"{"title":"milk"}"#)?;
        clean(target, &todo)?;
        let gone = [exactly(&Error::NotFound)];
        target.expect(&Request::get(&path(&todo)), &gone)?;
        target.expect(&Request::new("DELETE", &path(&todo)), &gone)?;
        target.expect(&Request::new("PATCH", &path(&todo)).json(r#"{"order":1}"#), &gone).map(|_| ())
    })
}

fn ids(target: &Target) -> Verdict {
    once(|| {
        let (_, first) = post(target, r#"{"title":"milk"}"#)?;
        clean(target, &first)?;
        let (exchange, second) = post(target, r#"{"title":"milk"}"#)?;
        clean(target, &second)?;
        if second["id"].as_i64() > first["id"].as_i64() {
            Ok(())
        } else {
            Err(exchange.finding("the id was used before"))
        }
    })
}

fn absolute_url(target: &Target) -> Verdict {
    once(|| {
        let request = Request::new("POST", "http://localhost:9/todos").json(r#"{"title":"milk"}"#);
        let exchange =
            target.expect(&request, &[Fact::Status(201), Fact::Contains("\"http://localhost:9/todos/".into())])?;
        clean(target, &json(&exchange.answer).map_err(|what| exchange.finding(what))?)
    })
}

fn clear(target: &Target) -> Verdict {
    once(|| {
        let (_, before) = post(target, r#"{"title":"milk"}"#)?;
        for _ in 0..2 {
            target.expect(
                &Request::new("DELETE", "/todos"),
                &[Fact::Status(204), Fact::Empty, Fact::Lacks("content-type")],
            )?;
            target.expect(&Request::get("/todos"), &[Fact::Status(200), Fact::Body("[]".into())])?;
        }
        target.expect(&Request::get(&path(&before)), &[exactly(&Error::NotFound)])?;
        let (exchange, after) = post(target, r#"{"title":"milk"}"#)?;
        empty(target)?;
        if after["id"].as_i64() > before["id"].as_i64() { Ok(()) } else { Err(exchange.finding("the ids began anew")) }
    })
}

fn empty(target: &Target) -> Result<(), Finding> {
    target.expect(&Request::new("DELETE", "/todos"), &[Fact::Status(204)]).map(|_| ())
}

fn fill(target: &Target) -> Result<(), Finding> {
    empty(target)?;
    for at in 0..5 {
        post(target, &value!({"title": at.to_string(), "completed": at % 2 == 1}).to_string())?;
    }
    Ok(())
}

fn lists(target: &Target) -> Verdict {
    once(|| fill(target))?;
    let verdict = filtered(target);
    once(|| empty(target))?;
    verdict
}

fn filtered(target: &Target) -> Verdict {
    let wanted = [
        ("", "01234"),
        ("?completed=true", "13"),
        ("?completed=false", "024"),
        ("?limit=2", "01"),
        ("?offset=3", "34"),
        ("?limit=1&offset=1&completed=false", "2"),
        ("?offset=5", ""),
        ("?%6cimit=%31", "0"),
    ];
    each(wanted, |(query, titles)| {
        let exchange = target.expect(&Request::get(&format!("/todos{query}")), &[Fact::Status(200)])?;
        let list = json(&exchange.answer).map_err(|what| exchange.finding(what))?;
        let got: String = list.as_array().into_iter().flatten().filter_map(|todo| todo["title"].as_str()).collect();
        if got == titles { Ok(()) } else { Err(exchange.finding(format!("the list is {got:?}, not {titles:?}"))) }
    })
}

fn stats(target: &Target) -> Verdict {
    once(|| {
        fill(target)?;
        let body = Fact::Body(r#"{"total":5,"completed":2}"#.into());
        target.expect(&Request::get("/todos/stats"), &[Fact::Status(200), body])?;
        empty(target)
    })
}
