//! What is expected of an answer.

use crate::client::{Answer, decoded};
use serde_json::Value;
use shared::{Error, contract::media};

/// One thing that must be so. `{id}`, `{etag}` and `{host}` in texts stand for those of the case.
#[derive(Clone, Debug)]
pub enum Fact {
    /// The status.
    Status(u16),
    /// A field stands once, with this value.
    Field(&'static str, String),
    /// A field is there, whatever it says.
    Has(&'static str),
    /// A field is not there.
    Lacks(&'static str),
    /// `Vary` names this.
    Varies(&'static str),
    /// The body once decoded, to the byte.
    Body(String),
    /// The body contains this.
    Contains(String),
    /// The body is this JSON, whatever the order of its members.
    Json(Value),
    /// There is no body.
    Empty,
    /// A problem of this status and code, whatever its detail.
    Problem(u16, &'static str),
    /// A problem, to the byte.
    Exactly(u16, Vec<u8>),
    /// A 422 that names these fields, in this order.
    Faults(&'static [&'static str]),
}

/// What stands in the words of compilers, parsers and systems, and in none of ours.
const CAUSES: [&str; 10] =
    ["::", ".rs", "src/", "/tmp", " at line ", " column ", " at position ", "os error", "Error(", "panicked"];

/// A field with its value.
pub fn field(name: &'static str, value: impl Into<String>) -> Fact {
    Fact::Field(name, value.into())
}

/// The answer to this error, to the byte.
pub fn exactly(error: &Error) -> Fact {
    Fact::Exactly(error.status(), error.body())
}

impl Fact {
    /// With `{name}` replaced.
    #[must_use]
    pub fn filled(&self, fill: &[(&str, &str)]) -> Self {
        let replace = |text: &String| fill.iter().fold(text.clone(), |text, (name, value)| text.replace(name, value));
        match self {
            Fact::Field(name, value) => Fact::Field(name, replace(value)),
            Fact::Body(text) => Fact::Body(replace(text)),
            Fact::Contains(text) => Fact::Contains(replace(text)),
            other => other.clone(),
        }
    }

    /// # Errors
    /// Says what is so instead.
    pub fn check(&self, answer: &Answer) -> Result<(), String> {
        match self {
            Fact::Status(want) => same("status", &answer.status, want),
            Fact::Field(name, want) => check_field(answer, name, want),
            Fact::Has(name) => ensure(answer.field(name).is_some(), || format!("{name} is missing")),
            Fact::Lacks(name) => ensure(answer.field(name).is_none(), || format!("{name} is there")),
            Fact::Varies(name) => {
                let vary = answer.tokens("vary");
                ensure(vary.iter().any(|known| known == name), || format!("vary {vary:?} does not name {name}"))
            }
            Fact::Body(want) => same("body", &text(answer)?.as_str(), &want.as_str()),
            Fact::Contains(want) => {
                let text = text(answer)?;
                ensure(text.contains(want.as_str()), || format!("{want:?} is not in the body"))
            }
            Fact::Json(want) => same("body", &json(answer)?, want),
            Fact::Empty => ensure(answer.body.is_empty(), || "there is a body".to_owned()),
            Fact::Problem(status, code) => check_problem(answer, *status, code),
            Fact::Exactly(status, want) => {
                check_kind(answer, *status)?;
                same("body", &text(answer)?, &String::from_utf8_lossy(want).into_owned())
            }
            Fact::Faults(want) => check_faults(answer, want),
        }
    }
}

fn same<T: PartialEq + std::fmt::Debug>(what: &str, got: &T, want: &T) -> Result<(), String> {
    ensure(got == want, || format!("{what} is {got:?}, not {want:?}"))
}

fn ensure(so: bool, otherwise: impl FnOnce() -> String) -> Result<(), String> {
    if so { Ok(()) } else { Err(otherwise()) }
}

fn check_field(answer: &Answer, name: &str, want: &str) -> Result<(), String> {
    let got: Vec<_> = answer.fields.iter().filter(|(known, _)| known == name).map(|(_, value)| value).collect();
    ensure(got == [want], || format!("{name} is {got:?}, not {want:?}"))
}

fn check_kind(answer: &Answer, status: u16) -> Result<(), String> {
    same("status", &answer.status, &status)?;
    check_field(answer, "content-type", media::PROBLEM)
}

fn check_problem(answer: &Answer, status: u16, code: &str) -> Result<(), String> {
    check_kind(answer, status)?;
    let problem = json(answer)?;
    same("code", &problem["code"], &Value::from(code))?;
    same("status in the body", &problem["status"], &Value::from(status))?;
    same("type", &problem["type"], &Value::from(format!("urn:problem:sextet:{code}")))?;
    for name in ["title", "detail"] {
        let text = problem[name].as_str().filter(|text| !text.is_empty()).ok_or(format!("{name} is missing"))?;
        let leak = CAUSES.iter().find(|cause| text.contains(**cause));
        ensure(leak.is_none(), || format!("{name} tells the cause: {text:?}"))?;
    }
    let (errors, wanted) = (problem["errors"].is_array(), status == 422);
    ensure(errors == wanted, || "errors belong in a 422, and only there".to_owned())
}

fn check_faults(answer: &Answer, want: &[&str]) -> Result<(), String> {
    check_problem(answer, 422, "invalid")?;
    let problem = json(answer)?;
    let named = |error: &Value| error["field"].as_str().unwrap_or("?").to_owned();
    let got: Vec<_> = problem["errors"].as_array().into_iter().flatten().map(named).collect();
    ensure(got == want, || format!("the fields at fault are {got:?}, not {want:?}"))
}

pub(crate) fn text(answer: &Answer) -> Result<String, String> {
    String::from_utf8(decoded(answer)?).map_err(|_| "the body is not UTF-8".to_owned())
}

/// The decoded body as JSON.
///
/// # Errors
/// When it is none.
pub fn json(answer: &Answer) -> Result<Value, String> {
    serde_json::from_slice(&decoded(answer)?).map_err(|cause| format!("the body is not JSON: {cause}"))
}
