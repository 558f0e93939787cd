//! An example: one request, and what is expected of its answer.

use crate::{
    fact::{self, Fact, json},
    finding::{Finding, Verdict, once},
    request::Request,
    target::Target,
};
use serde_json::Value;
use shared::Error;

/// An example.
#[derive(Clone, Debug)]
pub struct Case {
    /// `group::what_is_shown`.
    pub id: &'static str,
    /// The todo that must exist before, as JSON; it is removed afterwards.
    given: Option<&'static str>,
    request: Request,
    facts: Vec<Fact>,
}

/// Begins an example.
pub fn case(id: &'static str, request: Request) -> Case {
    Case { id, given: None, request, facts: Vec::new() }
}

impl Case {
    /// Makes this todo first; `{id}` and `{etag}` stand for it.
    #[must_use]
    pub fn given(mut self, todo: &'static str) -> Self {
        self.given = Some(todo);
        self
    }

    /// Expects one thing more.
    #[must_use]
    pub fn fact(mut self, fact: Fact) -> Self {
        self.facts.push(fact);
        self
    }

    /// Expects this status.
    #[must_use]
    pub fn status(self, status: u16) -> Self {
        self.fact(Fact::Status(status))
    }

    /// Expects this field.
    #[must_use]
    pub fn field(self, name: &'static str, value: &str) -> Self {
        self.fact(fact::field(name, value))
    }

    /// Expects this body.
    #[must_use]
    pub fn body(self, body: &str) -> Self {
        self.fact(Fact::Body(body.to_owned()))
    }

    /// Expects 200 with this body of this type.
    #[must_use]
    pub fn ok(self, kind: &str, body: &str) -> Self {
        self.status(200).field("content-type", kind).body(body)
    }

    /// Expects this error, to the byte.
    #[must_use]
    pub fn error(self, error: &Error) -> Self {
        self.fact(fact::exactly(error))
    }

    /// Expects a 422 that names these fields.
    #[must_use]
    pub fn faults(self, fields: &'static [&'static str]) -> Self {
        self.fact(Fact::Faults(fields))
    }

    /// Expects a problem of this status and code.
    #[must_use]
    pub fn problem(self, status: u16, code: &'static str) -> Self {
        self.fact(Fact::Problem(status, code))
    }

    /// Asks, and compares.
    ///
    /// # Errors
    /// The first fact that is not so.
    pub fn judge(&self, target: &Target) -> Verdict {
        once(|| match self.given {
            None => self.ask(target, &[("{host}", &target.host)]),
            Some(todo) => {
                let todo = Given::make(target, todo)?;
                let asked = self.ask(target, &todo.fill(&target.host));
                todo.remove(target);
                asked
            }
        })
    }

    fn ask(&self, target: &Target, fill: &[(&str, &str)]) -> Result<(), Finding> {
        let facts: Vec<_> = self.facts.iter().map(|fact| fact.filled(fill)).collect();
        target.expect(&self.request.clone().filled(fill), &facts).map(|_| ())
    }
}

/// A todo that was made for a case or a law.
#[derive(Clone, Debug)]
pub struct Given {
    /// Its number.
    pub id: String,
    /// Its tag.
    pub etag: String,
}

impl Given {
    /// Makes it.
    ///
    /// # Errors
    /// When that does not succeed.
    pub fn make(target: &Target, todo: &str) -> Result<Self, Finding> {
        let made =
            target.expect(&Request::new("POST", "/todos").json(todo), &[Fact::Status(201), Fact::Has("etag")])?;
        let id = match &json(&made.answer).map_err(|what| made.finding(what))?["id"] {
            Value::Number(id) => id.to_string(),
            _ => return Err(made.finding("the new todo has no number")),
        };
        Ok(Given { id, etag: made.answer.field("etag").unwrap_or_default().to_owned() })
    }

    /// Its path.
    pub fn path(&self) -> String {
        format!("/todos/{}", self.id)
    }

    /// What its placeholders stand for.
    pub fn fill<'a>(&'a self, host: &'a str) -> [(&'a str, &'a str); 3] {
        [("{id}", &self.id), ("{etag}", &self.etag), ("{host}", host)]
    }

    /// Removes it; one that is gone already is what was wanted.
    pub fn remove(&self, target: &Target) {
        let _ = target.ask(&Request::new("DELETE", &self.path()));
    }
}
