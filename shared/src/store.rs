//! Where todos live: the only place with a lock or a query.
//!
//! | store | for | survives |
//! |---|---|---|
//! | [`Store::memory`] | measuring, tests | nothing |
//! | [`Store::open`] with a SQLite file | everything else; several siblings may share one file | a kill of the process |
//!
//! Every method is one change or one look: atomic, and safe to abandon half-way.

mod faulty;
mod memory;
mod sqlite;

pub use faulty::Fault;

use crate::{
    domain::{Conditions, Filter, NewTodo, Stats, Todo, TodoId, TodoPatch},
    error::Error,
};
use memory::Memory;
use sqlite::Sqlite;
use std::{fmt, path::PathBuf, str::FromStr, sync::Arc};

/// Which store is wanted: `memory` or `sqlite:PATH`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Location {
    /// In this process, until it ends.
    Memory,
    /// In one file, shared with whoever opens it.
    Sqlite(PathBuf),
}

impl FromStr for Location {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once(':') {
            None if text == "memory" => Ok(Location::Memory),
            Some(("sqlite", path)) if !path.is_empty() => Ok(Location::Sqlite(path.into())),
            _ => Err("expected memory or sqlite:PATH".to_owned()),
        }
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Location::Memory => f.write_str("memory"),
            Location::Sqlite(path) => write!(f, "sqlite:{}", path.display()),
        }
    }
}

/// A store, cheap to clone.
#[derive(Clone)]
pub struct Store(Arc<Kind>);

enum Kind {
    Memory(Memory),
    Sqlite(Sqlite),
    Faulty(Fault),
}

/// The same call on whichever store it is.
macro_rules! on {
    ($store:expr, $kind:ident => $call:expr) => {
        match &*$store.0 {
            Kind::Memory($kind) => $call,
            Kind::Sqlite($kind) => $call.await,
            Kind::Faulty(fault) => fault.happen().await,
        }
    };
}

impl Store {
    /// An empty store in memory.
    pub fn memory() -> Self {
        Store(Arc::new(Kind::Memory(Memory::default())))
    }

    /// A store on which every call goes wrong in one way: for proving that a server survives it.
    pub fn faulty(fault: Fault) -> Self {
        Store(Arc::new(Kind::Faulty(fault)))
    }

    /// Opens the store at `location`, and brings its tables up to date.
    ///
    /// # Errors
    /// One line that says what is wrong with the file, which is then left as it was.
    pub async fn open(location: &Location) -> Result<Self, String> {
        match location {
            Location::Memory => Ok(Self::memory()),
            Location::Sqlite(path) => Ok(Store(Arc::new(Kind::Sqlite(Sqlite::open(path).await?)))),
        }
    }

    /// The wanted todos, oldest first.
    ///
    /// # Errors
    /// This and the other methods: [`Error::Unavailable`] when the store cannot be reached,
    /// [`Error::Internal`] when it fails otherwise.
    pub async fn list(&self, filter: Filter) -> Result<Vec<Todo>, Error> {
        on!(self, store => store.list(filter))
    }

    /// Makes a todo and gives it a number.
    pub async fn create(&self, new: NewTodo) -> Result<Todo, Error> {
        on!(self, store => store.create(new))
    }

    /// Removes every todo.
    pub async fn clear(&self) -> Result<(), Error> {
        on!(self, store => store.clear())
    }

    /// Counts them.
    pub async fn stats(&self) -> Result<Stats, Error> {
        on!(self, store => store.stats())
    }

    /// One todo; [`Error::NotFound`] when there is none of this number.
    pub async fn get(&self, id: TodoId) -> Result<Todo, Error> {
        on!(self, store => store.get(id))
    }

    /// Changes one todo, if `conditions` allow it ([`Error::PreconditionFailed`] otherwise).
    pub async fn update(&self, id: TodoId, conditions: &Conditions, patch: TodoPatch) -> Result<Todo, Error> {
        on!(self, store => store.update(id, conditions, patch))
    }

    /// Removes one todo, if `conditions` allow it.
    pub async fn delete(&self, id: TodoId, conditions: &Conditions) -> Result<(), Error> {
        on!(self, store => store.delete(id, conditions))
    }

    /// Whether the store answers.
    pub async fn ping(&self) -> Result<(), Error> {
        on!(self, store => store.ping())
    }

    /// Waits for what is under way and lets go of the file.
    pub async fn close(&self) {
        if let Kind::Sqlite(store) = &*self.0 {
            store.close().await;
        }
    }
}

#[cfg(test)]
mod tests;
