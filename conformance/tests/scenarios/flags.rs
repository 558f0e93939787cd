//! Flags that change what is allowed.

use super::{Kind, SOON, Scenario};
use conformance::{
    fact::{Fact, exactly, field},
    finding::Finding,
    request::Request,
};
use shared::Error;

pub fn all() -> Vec<Scenario> {
    vec![
        ("allowed_host_is_answered", allowed_host),
        ("cors_origin_may_read", cors_origin),
        ("cors_origin_may_be_any", any_origin),
        ("limits_are_those_of_the_flags", limits),
        ("connections_beyond_the_limit_wait", connections),
    ]
}

fn allowed_host(kind: Kind) -> Result<(), Finding> {
    let running = kind.start_plain(|config| config.allowed_host = vec!["todo.test".into()]);
    let ask = |host: &str, fact: Fact| running.target.expect(&Request::get("/json").field("host", host), &[fact]);
    ask("todo.test", Fact::Status(200))?;
    ask("TODO.test:8080", Fact::Status(200))?;
    ask("localhost", Fact::Status(200))?;
    ask("x.todo.test", exactly(&Error::Misdirected)).map(|_| ())
}

fn cors_origin(kind: Kind) -> Result<(), Finding> {
    let running = kind.start_plain(|config| config.cors_origin = vec!["https://app.test".into()]);
    let ask = |origin: &str, fact: Fact| running.target.expect(&Request::get("/json").field("origin", origin), &[fact]);
    ask("https://app.test", field("access-control-allow-origin", "https://app.test"))?;
    ask("http://localhost", field("access-control-allow-origin", "http://localhost"))?;
    ask("http://app.test", Fact::Lacks("access-control-allow-origin"))?;
    ask("https://app.test:444", Fact::Lacks("access-control-allow-origin")).map(|_| ())
}

fn any_origin(kind: Kind) -> Result<(), Finding> {
    let running = kind.start_plain(|config| config.cors_origin = vec!["*".into()]);
    let request = Request::get("/json").field("origin", "https://any.test");
    running.target.expect(&request, &[field("access-control-allow-origin", "https://any.test")]).map(|_| ())
}

fn limits(kind: Kind) -> Result<(), Finding> {
    let running = kind.start_plain(|config| {
        config.limits.max_body_bytes = 10;
        config.limits.max_upload_bytes = 20;
        config.limits.max_target_bytes = 100;
        config.limits.max_head_bytes = 500;
    });
    let target = &running.target;
    let sum = |body: &str| Request::new("POST", "/baseline11?a=1&b=2").body(body);
    target.expect(&sum("4         "), &[Fact::Status(200)])?;
    target.expect(&sum("4          "), &[exactly(&Error::TooLarge(10))])?;
    target.expect(&sum("4          ").chunked(), &[exactly(&Error::TooLarge(10))])?;
    let upload = |count: usize| Request::new("POST", "/upload").body("x".repeat(count));
    target.expect(&upload(20).chunked(), &[Fact::Status(200)])?;
    target.expect(&upload(21), &[exactly(&Error::TooLarge(20)), field("connection", "close")])?;
    target.expect(&upload(21).chunked(), &[exactly(&Error::TooLarge(20)), field("connection", "close")])?;
    target.expect(&Request::get(&format!("/plaintext?{}", "a".repeat(89))), &[Fact::Status(200)])?;
    target.expect(&Request::get(&format!("/plaintext?{}", "a".repeat(90))), &[exactly(&Error::TargetTooLong)])?;
    target.expect(&Request::get("/json").field("x", "a".repeat(500)), &[exactly(&Error::HeadTooLarge)]).map(|_| ())
}

/// They are not refused: they wait in the backlog until somebody leaves.
fn connections(kind: Kind) -> Result<(), Finding> {
    let running = kind.start_plain(|config| config.limits.max_connections = 1);
    let mut target = running.target.clone();
    let mut first = target.connect()?;
    first.send(&Request::get("/plaintext").bytes(&target.host));
    first.receive(false)?.expect(&[Fact::Status(200)])?;
    target.patience = std::time::Duration::from_millis(300);
    let mut second = target.connect()?;
    second.send(&Request::get("/plaintext").bytes(&target.host));
    if second.receive(false).is_ok() {
        return Err(second.finding("a second connection is served beside the only one that is allowed"));
    }
    drop(first);
    second.wait_for(SOON);
    second.receive(false)?.expect(&[Fact::Status(200)])
}
