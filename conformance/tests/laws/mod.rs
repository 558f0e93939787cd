//! What every store must do alike, by its own methods.

/// Files: bytes, parts, and who comes first.
pub mod files;
/// Todos: their life, races, what is given up half-way, and the news of it all.
pub mod todos;

use shared::{
    Error,
    domain::{Conditions, Filter, FromHead, NewTodo, Title},
    store::Store,
};

/// The store, and another that stands on the same place if there can be one.
pub struct Pair {
    pub one: Store,
    pub two: Store,
}

/// What a law finds.
pub type Verdict = Result<(), String>;

fn new(title: &str) -> NewTodo {
    NewTodo { title: Title::parse(title).expect("a title"), completed: false, order: None }
}

fn all() -> Filter {
    Filter { completed: None, limit: 1000, offset: 0 }
}

/// Conditions of one field.
fn condition(name: &str, value: &str) -> Conditions {
    let field = |asked: &str| (asked == name).then(|| value.to_owned());
    Conditions::from_head("PUT", field).expect("nothing is refused")
}

fn status<T>(outcome: Result<T, Error>) -> u16 {
    outcome.map_or_else(|error| error.status(), |_| 200)
}

/// Says so unless two things are the same.
fn same<T: PartialEq + std::fmt::Debug>(what: &str, found: T, wanted: T) -> Verdict {
    if found == wanted { Ok(()) } else { Err(format!("{what}: {found:?} is not {wanted:?}")) }
}

fn told(error: Error) -> String {
    format!("{error:?}")
}
