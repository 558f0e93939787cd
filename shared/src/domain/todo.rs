//! Todos, in [TodoBackend](https://www.todobackend.com/)'s shape.

use super::{Faults, canonical, deserialize_by_from_str};
use crate::error::{Error, FieldError};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::{fmt, net::SocketAddr, str::FromStr};

/// The longest title, in characters after trimming.
pub const TITLE_CHARS: usize = 200;
/// The most todos in one list.
pub const LIST_LIMIT: i64 = 1000;

/// The number of a todo: 1 and up, never given twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TodoId(pub(crate) i64);

impl TodoId {
    /// As the store keeps it.
    pub fn get(self) -> i64 {
        self.0
    }
}

impl FromStr for TodoId {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        match canonical(text) {
            Some(id @ 1..) => Ok(TodoId(id)),
            _ => Err(Error::NotFound),
        }
    }
}

deserialize_by_from_str!(TodoId, "not the number of a todo");

impl fmt::Display for TodoId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What is to be done: 1..=200 characters, none of them at the ends white space.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Title(String);

impl Title {
    /// Trims, then counts.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        (1..=TITLE_CHARS).contains(&text.chars().count()).then(|| Title(text.to_owned()))
    }

    /// A title that was parsed before it was stored.
    pub(crate) fn stored(text: String) -> Self {
        Title(text)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A todo as the store keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Todo {
    /// Its number.
    pub id: TodoId,
    /// What is to be done.
    pub title: Title,
    /// Whether it is done.
    pub completed: bool,
    /// Where the client wants it shown.
    pub order: Option<i64>,
}

impl Todo {
    /// As it is sent, below `base`.
    pub fn body(self, base: &BaseUrl) -> TodoBody {
        let url = format!("{}/todos/{}", base.0, self.id);
        TodoBody { id: self.id.0, title: self.title.0, completed: self.completed, order: self.order, url }
    }
}

/// A todo on the wire, members in this order.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct TodoBody {
    /// Its number.
    pub id: i64,
    /// What is to be done, 1..=200 characters.
    pub title: String,
    /// Whether it is done.
    pub completed: bool,
    /// Where the client wants it shown.
    #[schema(required)]
    pub order: Option<i64>,
    /// Where it lives, absolute.
    pub url: String,
}

/// How many there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Stats {
    /// All todos.
    pub total: i64,
    /// Those that are done.
    pub completed: i64,
}

/// What the URLs of an answer begin with: `http://` and the host that the client named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BaseUrl(String);

impl BaseUrl {
    /// From the `Host` field; an HTTP/1.0 request may have none, then from the address it came to.
    pub fn new(host: Option<&str>, local: SocketAddr) -> Self {
        match host {
            Some(host) if !host.is_empty() => BaseUrl(format!("http://{host}")),
            _ => BaseUrl(format!("http://{local}")),
        }
    }
}

/// `GET /todos`: the query as it came.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct ListQuery {
    completed: Option<String>,
    limit: Option<String>,
    offset: Option<String>,
}

/// Which todos are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Filter {
    /// Only those done, or only those not done.
    pub completed: Option<bool>,
    /// At most so many, 1..=1000.
    pub limit: i64,
    /// After so many.
    pub offset: i64,
}

impl Filter {
    /// # Errors
    /// A 422 that names every key at fault.
    pub fn parse(query: &ListQuery) -> Result<Self, Error> {
        let mut faults = Faults::default();
        let completed = match query.completed.as_deref() {
            None => None,
            Some("true") => Some(true),
            Some("false") => Some(false),
            Some(_) => {
                faults.add("completed", "must be true or false");
                None
            }
        };
        let limit = faults.integer("limit", query.limit.as_deref(), 1..=LIST_LIMIT);
        let offset = faults.integer("offset", query.offset.as_deref(), 0..=i64::MAX);
        faults.none_or()?;
        Ok(Filter { completed, limit: limit.unwrap_or(LIST_LIMIT), offset: offset.unwrap_or(0) })
    }

    /// Whether a todo is wanted, limit and offset aside.
    pub(crate) fn wants(&self, todo: &Todo) -> bool {
        self.completed.is_none_or(|completed| completed == todo.completed)
    }
}

/// The body of `POST /todos` and `PATCH /todos/{id}` as it came: any JSON object.
#[derive(Clone, Debug, Deserialize)]
#[serde(transparent)]
pub struct TodoDraft(Map<String, Value>);

/// A todo that is to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewTodo {
    /// What is to be done.
    pub title: Title,
    /// Whether it is done; `false` unless told otherwise.
    pub completed: bool,
    /// Where the client wants it shown.
    pub order: Option<i64>,
}

impl NewTodo {
    /// # Errors
    /// A 422 that names every field at fault.
    pub fn parse(draft: &TodoDraft) -> Result<Self, Error> {
        let mut faults = Faults::default();
        let fields = Fields::read(draft, &mut faults);
        if fields.title.is_none() && !draft.0.contains_key("title") {
            faults.add("title", "is required");
        }
        sort_unknown(draft, &mut faults);
        faults.none_or()?;
        let Some(title) = fields.title else { return Err(Error::invalid("title", "is required")) };
        Ok(NewTodo { title, completed: fields.completed.unwrap_or(false), order: fields.order.flatten() })
    }
}

/// What is to change in a todo; at least one field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TodoPatch {
    /// The new title.
    pub title: Option<Title>,
    /// Done or not.
    pub completed: Option<bool>,
    /// The new place; `Some(None)` takes it away.
    pub order: Option<Option<i64>>,
}

impl TodoPatch {
    /// # Errors
    /// A 422 that names every field at fault, or says that there is none.
    pub fn parse(draft: &TodoDraft) -> Result<Self, Error> {
        let mut faults = Faults::default();
        let fields = Fields::read(draft, &mut faults);
        sort_unknown(draft, &mut faults);
        if draft.0.is_empty() {
            faults.add("", "must have at least one of title, completed, order");
        }
        faults.none_or()?;
        Ok(TodoPatch { title: fields.title, completed: fields.completed, order: fields.order })
    }

    /// The todo with the change made.
    pub(crate) fn apply(self, todo: Todo) -> Todo {
        Todo {
            id: todo.id,
            title: self.title.unwrap_or(todo.title),
            completed: self.completed.unwrap_or(todo.completed),
            order: self.order.unwrap_or(todo.order),
        }
    }
}

/// The three fields that a client may write.
struct Fields {
    title: Option<Title>,
    completed: Option<bool>,
    order: Option<Option<i64>>,
}

impl Fields {
    fn read(draft: &TodoDraft, faults: &mut Faults) -> Self {
        let title = draft.0.get("title").and_then(|value| {
            let title = value.as_str().and_then(Title::parse);
            if title.is_none() {
                faults.add("title", format!("must be a string of 1 to {TITLE_CHARS} characters"));
            }
            title
        });
        let completed = draft.0.get("completed").and_then(|value| {
            if !value.is_boolean() {
                faults.add("completed", "must be true or false");
            }
            value.as_bool()
        });
        let order = draft.0.get("order").and_then(|value| {
            if !(value.is_null() || value.is_i64()) {
                faults.add("order", "must be an integer of 64 bits, or null");
            }
            (value.is_null() || value.is_i64()).then(|| value.as_i64())
        });
        Fields { title, completed, order }
    }
}

/// Names the fields that a todo does not have, in alphabetical order.
fn sort_unknown(draft: &TodoDraft, faults: &mut Faults) {
    let known = ["title", "completed", "order"];
    let mut unknown: Vec<_> = draft.0.keys().filter(|key| !known.contains(&key.as_str())).collect();
    unknown.sort();
    faults.0.extend(unknown.into_iter().map(|key| FieldError { field: key.clone(), message: "is not known".into() }));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft(text: &str) -> TodoDraft {
        serde_json::from_str(text).expect("an object")
    }

    fn fields(error: Error) -> Vec<String> {
        match error {
            Error::Invalid(errors) => errors.into_iter().map(|error| error.field).collect(),
            other => panic!("not a 422: {other:?}"),
        }
    }

    #[test]
    fn ids_have_one_form() {
        assert_eq!("7".parse::<TodoId>().ok(), Some(TodoId(7)));
        for bad in ["", "0", "07", "+7", "-7", "7.0", "abc", "9223372036854775808", "7 "] {
            assert!(bad.parse::<TodoId>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn titles_are_trimmed_then_counted() {
        assert_eq!(Title::parse("  a b ").as_ref().map(Title::as_str), Some("a b"));
        assert!(Title::parse(&"ü".repeat(200)).is_some());
        assert!(Title::parse(&"ü".repeat(201)).is_none());
        assert!(Title::parse(" \t\n").is_none());
    }

    #[test]
    fn every_field_at_fault_is_named() {
        let bad = draft(r#"{"zeta":1,"title":" ","completed":"yes","order":1.5,"id":3}"#);
        assert_eq!(fields(NewTodo::parse(&bad).expect_err("bad")), ["title", "completed", "order", "id", "zeta"]);
        assert_eq!(fields(NewTodo::parse(&draft("{}")).expect_err("empty")), ["title"]);
        assert_eq!(fields(TodoPatch::parse(&draft("{}")).expect_err("empty")), [""]);
    }

    #[test]
    fn a_patch_can_take_the_order_away() {
        let patch = TodoPatch::parse(&draft(r#"{"order":null}"#)).expect("valid");
        assert_eq!(patch, TodoPatch { title: None, completed: None, order: Some(None) });
    }

    #[test]
    fn a_filter_has_bounds() {
        let query = |limit: &str| ListQuery { limit: Some(limit.into()), ..ListQuery::default() };
        assert_eq!(Filter::parse(&query("1000")).map(|f| f.limit).ok(), Some(1000));
        for bad in ["0", "1001", "-1", "", "x", "1e3"] {
            assert!(Filter::parse(&query(bad)).is_err(), "{bad:?}");
        }
        assert_eq!(Filter::parse(&ListQuery::default()).map(|f| f.limit).ok(), Some(LIST_LIMIT));
    }
}
