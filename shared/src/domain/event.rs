//! Changes, and the events that tell of them ([server-sent events](https://html.spec.whatwg.org/multipage/server-sent-events.html)).

use super::{Faults, File, FilePath, FromHead, Todo, TodoId, canonical};
use crate::error::Error;
use serde::Deserialize;
use serde_json::json;
use std::fmt;

/// The name of every event: the changes, and that some are lost.
pub const EVENT_NAMES: [&str; 8] = [
    "todo_created",
    "todo_updated",
    "todo_deleted",
    "todos_cleared",
    "file_created",
    "file_replaced",
    "file_deleted",
    "lost",
];

/// What has changed.
#[derive(Clone, Copy, Debug)]
pub enum Change<'a> {
    /// A todo was made.
    TodoCreated(&'a Todo),
    /// A todo has other values.
    TodoUpdated(&'a Todo),
    /// A todo is gone.
    TodoDeleted(TodoId),
    /// All todos are gone.
    TodosCleared,
    /// A file is there that was not.
    FileCreated(&'a File),
    /// A file has another content.
    FileReplaced(&'a File),
    /// A file is gone.
    FileDeleted(&'a FilePath),
}

impl Change<'_> {
    /// The event's name.
    pub fn name(&self) -> &'static str {
        match self {
            Change::TodoCreated(_) => "todo_created",
            Change::TodoUpdated(_) => "todo_updated",
            Change::TodoDeleted(_) => "todo_deleted",
            Change::TodosCleared => "todos_cleared",
            Change::FileCreated(_) => "file_created",
            Change::FileReplaced(_) => "file_replaced",
            Change::FileDeleted(_) => "file_deleted",
        }
    }

    /// The event's data: one line of JSON. A todo has no `url` here, as that depends on who asks.
    pub fn data(&self) -> String {
        let data = match self {
            Change::TodoCreated(todo) | Change::TodoUpdated(todo) => {
                // In the order of a todo's members, which `json!` would sort.
                let (title, order) = (json!(todo.title.as_str()), json!(todo.order));
                return format!(
                    r#"{{"id":{},"title":{title},"completed":{},"order":{order}}}"#,
                    todo.id, todo.completed
                );
            }
            Change::FileCreated(file) | Change::FileReplaced(file) => {
                // A struct of strings and numbers cannot fail to serialise.
                return serde_json::to_string(&file.body()).unwrap_or_default();
            }
            Change::TodoDeleted(id) => json!({ "id": id.get() }),
            Change::TodosCleared => json!({}),
            Change::FileDeleted(path) => json!({ "path": path.as_str() }),
        };
        data.to_string()
    }
}

/// A change under its number: 1 and up, one after the other, never given twice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Its number.
    pub id: i64,
    /// What has happened.
    pub name: String,
    /// To what: one line of JSON.
    pub data: String,
}

impl Event {
    /// Says that what came between the listener's last event and the one of number `oldest` is no longer
    /// known. It has the number before that, so that a listener that comes back is not told again.
    pub(crate) fn lost(oldest: i64) -> Self {
        Event { id: oldest - 1, name: "lost".to_owned(), data: format!(r#"{{"oldest":{oldest}}}"#) }
    }
}

/// As it goes over the wire, for servers whose framework has no type for it.
impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "id: {}\nevent: {}\ndata: {}\n\n", self.id, self.name, self.data)
    }
}

/// `Last-Event-ID`: the number of the last event that a listener has seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LastEventId(pub Option<i64>);

/// # Errors
/// A 400 when it is no number of an event.
impl FromHead for LastEventId {
    fn from_head(_: &str, field: impl Fn(&str) -> Option<String>) -> Result<Self, Error> {
        match field("last-event-id").filter(|id| !id.is_empty()) {
            None => Ok(LastEventId(None)),
            Some(id) => match canonical(&id) {
                Some(id @ 0..) => Ok(LastEventId(Some(id))),
                _ => Err(Error::malformed("Last-Event-ID must be the number of an event.")),
            },
        }
    }
}

/// `GET /events`: the query as it came.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct EventsQuery {
    limit: Option<String>,
}

/// After how many events a stream ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit(pub Option<usize>);

impl Limit {
    /// # Errors
    /// A 422 when it is no number above 0.
    pub fn parse(query: &EventsQuery) -> Result<Self, Error> {
        let mut faults = Faults::default();
        let limit = faults.integer("limit", query.limit.as_deref(), 1..=i64::MAX);
        faults.none_or()?;
        Ok(Limit(limit.map(|limit| usize::try_from(limit).unwrap_or(usize::MAX))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Digest, Title};
    use std::time::UNIX_EPOCH;

    #[test]
    fn a_change_is_one_line_of_json() {
        let title = Title::parse("two\nlines, a \" and a ☕").expect("a title");
        let todo = Todo { id: TodoId(7), title, completed: true, order: None };
        let event =
            Event { id: 3, name: Change::TodoCreated(&todo).name().into(), data: Change::TodoCreated(&todo).data() };
        assert_eq!(
            event.to_string(),
            "id: 3\nevent: todo_created\ndata: {\"id\":7,\"title\":\"two\\nlines, a \\\" and a ☕\",\"completed\":true,\"order\":null}\n\n"
        );
        let path = FilePath::stored("a".into());
        let file = File { path: path.clone(), size: 1, digest: Digest::new(&[0; 32]), modified: UNIX_EPOCH };
        let changes = [
            Change::TodoCreated(&todo),
            Change::TodoUpdated(&todo),
            Change::TodoDeleted(todo.id),
            Change::TodosCleared,
            Change::FileCreated(&file),
            Change::FileReplaced(&file),
            Change::FileDeleted(&path),
        ];
        let names = changes.iter().map(Change::name).chain([Event::lost(1).name.leak() as &str]);
        assert_eq!(names.collect::<Vec<_>>(), EVENT_NAMES);
        assert!(changes.iter().all(|change| !change.data().contains('\n')));
        assert_eq!(Change::TodoDeleted(TodoId(7)).data(), r#"{"id":7}"#);
        assert_eq!(Change::TodosCleared.data(), "{}");
        assert_eq!(Change::FileDeleted(&FilePath::stored("a/\"".into())).data(), r#"{"path":"a/\""}"#);
    }

    #[test]
    fn the_last_id_is_a_number_or_absent() {
        let read =
            |value: Option<&str>| LastEventId::from_head("GET", |_| value.map(str::to_owned)).map(|LastEventId(id)| id);
        assert_eq!(read(None).ok(), Some(None));
        assert_eq!(read(Some("")).ok(), Some(None));
        assert_eq!(read(Some("0")).ok(), Some(Some(0)));
        assert_eq!(read(Some("17")).ok(), Some(Some(17)));
        for bad in ["-1", "x", "1, 2", "01", "9223372036854775808"] {
            assert_eq!(read(Some(bad)).map_err(|error| error.status()), Err(400), "{bad}");
        }
    }
}
