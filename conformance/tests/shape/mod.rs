//! When two answers are the same: what must be equal, and what a server may choose.

use conformance::{
    client::{Answer, Exchange, decoded},
    finding::Finding,
};
use shared::contract::{MAY_DIFFER, Server, media};

/// Statuses from 500 on that say something of the request: a coding or a version that is not understood.
const DECLINES: [u16; 2] = [501, 505];

/// A server, and what came of one request to it.
pub type Told<'a> = (&'static Server, &'a Result<Exchange, Finding>);

/// Nothing when both answered alike, otherwise how they differ and both exchanges.
pub fn differences(left: Told<'_>, right: Told<'_>) -> Result<(), Finding> {
    let (Ok(first), Ok(other)) = (left.1, right.1) else { return same_failure(left, right) };
    let (mine, theirs) = (Shape::of(left.0, first)?, Shape::of(right.0, other)?);
    if mine == theirs {
        return Ok(());
    }
    let what = mine.against(&theirs);
    Err(Finding { what, raw: format!("{}{}", first.finding("").raw, other.finding("").raw) })
}

/// A request may get no answer, if it gets none from all.
fn same_failure(left: Told<'_>, right: Told<'_>) -> Result<(), Finding> {
    match (left.1, right.1) {
        (Err(_), Err(_)) => Ok(()),
        (Err(finding), Ok(_)) => {
            Err(Finding { what: format!("only {} fails: {}", left.0.name, finding.what), ..finding.clone() })
        }
        (_, Err(finding)) => Err(finding.clone()),
        _ => Ok(()),
    }
}

/// What must be equal.
#[derive(PartialEq, Eq)]
struct Shape {
    line: String,
    fields: Vec<String>,
    body: String,
}

impl Shape {
    fn of(server: &Server, exchange: &Exchange) -> Result<Self, Finding> {
        let answer = &exchange.answer;
        if answer.status >= 500 && !DECLINES.contains(&answer.status) {
            return Err(exchange.finding("a request makes the server fail, be it all six"));
        }
        let line = format!("HTTP/1.{} {}", answer.minor, answer.status);
        let mut fields: Vec<_> = answer.fields.iter().map(|(name, value)| shown(answer, name, value)).collect();
        fields.sort();
        let body = decoded(answer).map_err(|what| exchange.finding(what))?;
        let text = String::from_utf8_lossy(&body);
        let body = match answer.field("content-type") {
            Some(media::METRICS) => String::new(),
            Some(media::EVENTS) => timeless(&events(&text)),
            Some(media::JSON) => timeless(&neutral(server, &text)),
            _ => neutral(server, &text),
        };
        Ok(Shape { line, fields, body })
    }

    fn against(&self, other: &Self) -> String {
        let only = |these: &[String], those: &[String]| -> Vec<_> {
            these.iter().filter(|field| !those.contains(field)).cloned().collect()
        };
        let (gone, new) = (only(&self.fields, &other.fields), only(&other.fields, &self.fields));
        let body = if self.body == other.body { "" } else { "; the bodies differ" };
        format!("{} {gone:?} became {} {new:?}{body}", self.line, other.line)
    }
}

/// A field as far as it must be equal: of some only that it is there.
fn shown(answer: &Answer, name: &str, value: &str) -> String {
    // The page names its server, the figures count, and a coder may be better than another.
    let html = answer.field("content-type").is_some_and(|kind| kind.starts_with("text/html"));
    let index = answer.field("content-type") == Some("application/json")
        && answer.tokens("vary").contains(&"accept".to_owned());
    let length = html || index || is_metrics(answer) || answer.field("content-encoding").is_some();
    // The six put their files one after the other.
    if MAY_DIFFER.contains(&name) || name == "last-modified" || (name == "content-length" && length) {
        return name.to_owned();
    }
    if name == "connection" {
        let mut tokens = answer.tokens(name);
        tokens.sort();
        return format!("{name}: {}", tokens.join(", "));
    }
    format!("{name}: {value}")
}

fn is_metrics(answer: &Answer) -> bool {
    answer.field("content-type") == Some(media::METRICS)
}

/// Without what a server says of itself; the page is the same from all, and names all.
fn neutral(server: &Server, body: &str) -> String {
    if body.starts_with("<!doctype html>") {
        return body.to_owned();
    }
    body.replace(&format!("{{\"name\":\"{}\"", server.name), "{\"name\":\"NAME\"")
}

/// Without the time at which a file was put.
fn timeless(body: &str) -> String {
    let mut parts = body.split("\"modified\":\"");
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        text.push_str("\"modified\":\"TIME");
        text.push_str(part.get(20..).unwrap_or_default());
    }
    text
}

/// Events by what they say: the order of the lines, and the space behind a colon, are for a framework to choose.
fn events(body: &str) -> String {
    let blocks = body.split("\n\n").map(|block| {
        let lines = block.split('\n').map(|line| line.replacen(": ", ":", 1));
        let mut lines: Vec<_> = lines.collect();
        lines.sort();
        lines.join("\n")
    });
    blocks.collect::<Vec<_>>().join("\n\n")
}
