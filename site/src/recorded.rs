//! Answers that were recorded: for a page that was opened from a disk, or that a host sends on which none of the six runs.
//!
//! `cargo page -- --record` asks the six, who must be running at their usual ports, what their forms ask at first, and keeps
//! what they answer in `site/recorded.json`.

use crate::form::{self, Form, Input};
use http::{Request, Response, header};
use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use serde::{Deserialize, Serialize};
use shared::contract::{Method, Operation, ROUTES, Route, SERVERS, Server};
use std::{error::Error, fs, io, net::Ipv4Addr, path::Path, time::Duration};
use tokio::time::timeout;

/// Where they are kept.
pub const FILE: &str = "site/recorded.json";
/// So much of a body is kept: the page shows no more.
const KEPT: usize = 4096;
/// No answer takes longer.
const PATIENCE: Duration = Duration::from_secs(10);

/// All of them.
#[derive(Debug, Serialize, Deserialize)]
pub struct Recorded {
    /// The day, as `2026-01-31`.
    pub day: String,
    /// In the order of the contract, and of the six.
    pub answers: Vec<Answer>,
}

/// What one of the six has answered.
#[derive(Debug, Serialize, Deserialize)]
pub struct Answer {
    /// What for.
    pub operation: String,
    /// Who.
    pub server: String,
    /// Where it was asked.
    pub origin: String,
    /// The status.
    pub status: u16,
    /// The fields.
    pub headers: Vec<(String, String)>,
    /// The beginning of the body.
    pub body: String,
    /// How long the body is, in bytes.
    pub bytes: usize,
}

/// Reads them.
///
/// # Errors
/// When there are none, or they cannot be read.
pub fn read(root: &Path) -> io::Result<Recorded> {
    let text = fs::read(root.join(FILE)).map_err(|cause| io::Error::other(format!("{FILE}: {cause}")))?;
    Ok(serde_json::from_slice(&text)?)
}

/// Asks the six and keeps what they answer.
///
/// # Errors
/// When one of them does not answer.
pub async fn record(root: &Path, day: String) -> io::Result<usize> {
    let client = Client::builder(TokioExecutor::new()).build_http();
    let document = form::document().map_err(io::Error::other)?;
    let mut routes: Vec<_> = ROUTES.iter().filter(|route| can_be_kept(route)).collect();
    routes.sort_by_key(|route| turn(route));
    let mut answers = Vec::new();
    for route in routes {
        let form = form::of(&document, route).map_err(io::Error::other)?;
        for server in &SERVERS {
            let asked = timeout(PATIENCE, ask(&client, server, route, &form)).await;
            let failed = |cause: &dyn std::fmt::Display| {
                io::Error::other(format!(
                    "{} at port {}: {}: {cause}",
                    server.name,
                    server.port,
                    route.operation.name()
                ))
            };
            answers.push(asked.map_err(|cause| failed(&cause))?.map_err(|cause| failed(&cause))?);
        }
    }
    let place = |answer: &Answer| ROUTES.iter().position(|route| route.operation.name() == answer.operation);
    answers.sort_by_key(place);
    let count = answers.len();
    let text = serde_json::to_string_pretty(&Recorded { day, answers })?;
    fs::write(root.join(FILE), format!("{text}\n"))?;
    Ok(count)
}

/// Whether its answer can be kept: the page's would hold itself, the other two have no end.
fn can_be_kept(route: &Route) -> bool {
    !matches!(route.operation, Operation::Home | Operation::Events | Operation::Socket)
}

/// First what makes something, last what removes it.
fn turn(route: &Route) -> usize {
    match (route.operation, route.method) {
        (Operation::CreateTodo, _) | (_, Method::Put) => 0,
        (Operation::ClearTodos, _) => 4,
        (_, Method::Delete) => 3,
        (_, Method::Patch) => 2,
        _ => 1,
    }
}

async fn ask(
    client: &Client<HttpConnector, Full<Bytes>>,
    server: &'static Server,
    route: &Route,
    form: &Form,
) -> Result<Answer, Box<dyn Error + Send + Sync>> {
    let origin = format!("http://{}:{}", Ipv4Addr::LOCALHOST, server.port);
    let mut request = Request::builder().method(route.method.as_str()).uri(format!("{origin}{}", target(route, form)));
    for input in of(form, "header") {
        request = request.header(&input.name, input.example);
    }
    if let Some(body) = &form.body {
        request = request.header(header::CONTENT_TYPE, &body.media);
    }
    let body = form.body.as_ref().map_or("", |body| body.example);
    let response = client.request(request.body(Full::from(body))?).await?;
    told(route, server, origin, response).await
}

async fn told(
    route: &Route,
    server: &'static Server,
    origin: String,
    response: Response<Incoming>,
) -> Result<Answer, Box<dyn Error + Send + Sync>> {
    let (head, body) = response.into_parts();
    let body = body.collect().await?.to_bytes();
    let text = |value: &http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    Ok(Answer {
        operation: route.operation.name().to_owned(),
        server: server.name.to_owned(),
        origin,
        status: head.status.as_u16(),
        headers: head.headers.iter().map(|(name, value)| (name.to_string(), text(value))).collect(),
        body: String::from_utf8_lossy(&body[..body.len().min(KEPT)]).into_owned(),
        bytes: body.len(),
    })
}

/// The examples of one place that say something.
fn of<'a>(form: &'a Form, place: &'a str) -> impl Iterator<Item = &'a Input> {
    form.inputs.iter().filter(move |input| input.place == place && !input.example.is_empty())
}

/// Path and query of the first request. No example needs to be encoded, which a test holds.
fn target(route: &Route, form: &Form) -> String {
    let path = of(form, "path").fold(route.pattern.to_owned(), |path, Input { name, example, .. }| {
        path.replace(&format!("{{{name}}}"), example).replace(&format!("{{*{name}}}"), example)
    });
    let query: Vec<_> = of(form, "query").map(|Input { name, example, .. }| format!("{name}={example}")).collect();
    if query.is_empty() { path } else { format!("{path}?{}", query.join("&")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_whole() {
        let document = form::document().expect("JSON");
        for route in ROUTES {
            let form = form::of(&document, route).expect("a form");
            let target = target(route, &form);
            let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/?&=.:_-".contains(&byte);
            assert!(target.starts_with('/') && target.bytes().all(plain), "{target}");
        }
    }
}
