//! Everything that is too large, and what is just not. The limits are the defaults.

use super::probes::sample;
use crate::{
    fact::{Fact, exactly, field, json},
    finding::{Finding, Verdict, each, once},
    request::Request,
    target::Target,
};
use shared::{
    Error,
    contract::{Operation, ROUTES},
};

/// `--max-body-bytes`, `--max-target-bytes`, `--max-head-bytes`
const BODY: usize = 64 * 1024;
const TARGET: usize = 8 * 1024;
const HEAD: usize = 16 * 1024;

/// The routes that read a body, each with a sample; the todo that is changed need not exist.
fn readers() -> Vec<Request> {
    let reading = [Operation::SumBody, Operation::CreateTodo, Operation::UpdateTodo];
    let routes = ROUTES.iter().filter(|route| reading.contains(&route.operation));
    routes.map(|route| sample(route).filled(&[("{id}", "999999999999")])).collect()
}

fn too_large() -> Error {
    Error::TooLarge(BODY as u64)
}

pub(super) fn body_over_the_limit_is_413(target: &Target) -> Verdict {
    let bodies = readers().into_iter().map(|request| request.body(" ".repeat(BODY + 1)));
    let far = readers().into_iter().map(|request| request.body("7".repeat(3 * BODY)));
    each(bodies.chain(far).flat_map(|request| [request.clone(), request.chunked()]), |request| {
        let mut client = target.connect()?;
        client.send(&request.bytes(&target.host));
        client.receive(false)?.expect(&[exactly(&too_large()), field("connection", "close")])?;
        client.closed()
    })
}

pub(super) fn body_at_the_limit_is_read(target: &Target) -> Verdict {
    let sum = Request::new("POST", "/baseline11?a=1&b=2").body(format!("4{}", " ".repeat(BODY - 1)));
    let json = Request::new("POST", "/todos").json(format!("{{}}{}", " ".repeat(BODY - 2)));
    each([sum.clone(), sum.chunked()], |request| {
        target.expect(&request, &[Fact::Status(200), Fact::Body("7".into())]).map(|_| ())
    })?;
    each([json.clone(), json.chunked()], |request| target.expect(&request, &[Fact::Faults(&["title"])]).map(|_| ()))
}

/// What is announced as too large is not waited for, and a client that asks first is told not to send it.
pub(super) fn announced_body_is_refused_at_once(target: &Target) -> Verdict {
    each(["", "expect: 100-continue\r\n"], |expect| {
        let mut client = target.connect()?;
        let host = &target.host;
        let head = format!(
            "POST /todos HTTP/1.1\r\nhost: {host}\r\ncontent-type: application/json\r\n{expect}content-length: 10000000000\r\n\r\n"
        );
        client.send(head.as_bytes());
        let answer = client.receive_interim()?;
        let status = answer.status;
        if status == 413 { Ok(()) } else { Err(client.finding(format!("the first answer is {status}, not 413"))) }
    })
}

pub(super) fn target_over_the_limit_is_414(target: &Target) -> Verdict {
    let long = [
        format!("/{}", "a".repeat(TARGET)),
        format!("/plaintext?{}", "a".repeat(TARGET)),
        format!("/{}", "a/".repeat(TARGET)),
    ];
    each(long.iter().flat_map(|long| ["GET", "POST", "BREW"].map(|method| (method, long))), |(method, long)| {
        let mut client = target.connect()?;
        client.send(&Request::new(method, long).bytes(&target.host));
        client.receive(false)?.expect(&[exactly(&Error::TargetTooLong)])?;
        client.closed()
    })
}

pub(super) fn target_at_the_limit_is_read(target: &Target) -> Verdict {
    let path = "/plaintext?";
    let long = format!("{path}{}", "a".repeat(TARGET - path.len()));
    once(|| {
        target.expect(&Request::get(&long), &[Fact::Status(200)])?;
        target.expect(&Request::get(&format!("/{}", "a".repeat(TARGET - 1))), &[exactly(&Error::NotFound)]).map(|_| ())
    })
}

/// A GET whose head is `size` bytes long.
fn head_of(target: &Target, size: usize) -> Vec<u8> {
    let bare = Request::get("/plaintext").field("x-filler", "").bytes(&target.host).len();
    Request::get("/plaintext").field("x-filler", "a".repeat(size - bare)).bytes(&target.host)
}

fn many_fields(target: &Target, count: usize) -> Vec<u8> {
    let request = (0..count).fold(Request::get("/plaintext"), |request, at| request.field(&format!("x-{at}"), "a"));
    request.bytes(&target.host)
}

pub(super) fn head_over_the_limit_is_431(target: &Target) -> Verdict {
    let heads = [head_of(target, HEAD + 1), head_of(target, 10 * HEAD), many_fields(target, 200)];
    each(heads, |head| {
        let mut client = target.connect()?;
        client.send(&head);
        client.receive(false)?.expect(&[exactly(&Error::HeadTooLarge)])?;
        client.closed()
    })
}

pub(super) fn head_at_the_limit_is_read(target: &Target) -> Verdict {
    each([head_of(target, HEAD), many_fields(target, 80)], |head| -> Result<(), Finding> {
        target.ask_raw(&head, false)?.expect(&[Fact::Status(200)])
    })?;
    // A long field that is read must not break what it is read for.
    once(|| {
        let tags = (0..300).map(|at| format!("\"{at:032}\"")).collect::<Vec<_>>().join(", ");
        let todo = crate::case::Given::make(target, r#"{"title":"many tags"}"#)?;
        let request = Request::get(&todo.path()).field("if-none-match", tags);
        let exchange = target.expect(&request, &[Fact::Status(200)]);
        todo.remove(target);
        let exchange = exchange?;
        json(&exchange.answer).map(|_| ()).map_err(|what| exchange.finding(what))
    })
}
