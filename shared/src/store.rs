//! Where todos and files live, and the news of their changes: the only place with a lock or a query.
//!
//! What is known of a file stands beside the todos, its bytes in a folder of their own or, in PostgreSQL,
//! there too. Every change writes an event with it, and the last 1000 events are kept.
//!
//! | store | for | survives |
//! |---|---|---|
//! | [`Store::memory`] | measuring, tests | nothing |
//! | [`Store::open`] with a SQLite file | one machine; several siblings may share one file | a kill of the process |
//! | [`Store::open`] with a PostgreSQL database | many machines; siblings share one database | what the database does |
//!
//! Every method is one change or one look: atomic, and safe to abandon half-way.

mod blobs;
mod faulty;
mod feed;
mod memory;
mod postgres;
mod sqlite;
mod watch;

pub use blobs::{Content, Draft};
pub use faulty::{Fault, Switch};
pub use feed::Listener;
pub use postgres::Address;

use crate::{
    domain::{Conditions, File, FilePath, Filter, LastEventId, NewTodo, Part, Stats, Todo, TodoId, TodoPatch},
    error::Error,
};
use blobs::{Blob, Blobs};
use faulty::Faulty;
use feed::Feed;
use memory::Memory;
use postgres::Postgres;
use sqlite::Sqlite;
use std::{
    any::Any,
    fmt, io,
    path::{Path, PathBuf},
    str::FromStr,
    sync::Arc,
};

/// Which store is wanted: `memory`, `sqlite:PATH` or `postgres://...`.
#[derive(Clone, Debug)]
pub enum Location {
    /// In this process, until it ends.
    Memory,
    /// In one file, shared with whoever opens it.
    Sqlite(PathBuf),
    /// In one database, shared with whoever reaches it.
    Postgres(Address),
}

impl FromStr for Location {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once(':') {
            None if text == "memory" => Ok(Location::Memory),
            Some(("sqlite", path)) if !path.is_empty() => Ok(Location::Sqlite(path.into())),
            _ if Address::is(text) => text.parse().map(Location::Postgres),
            _ => Err("expected memory, sqlite:PATH or postgres://USER@HOST/DATABASE".to_owned()),
        }
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Location::Memory => f.write_str("memory"),
            Location::Sqlite(path) => write!(f, "sqlite:{}", path.display()),
            Location::Postgres(address) => address.fmt(f),
        }
    }
}

/// A store, cheap to clone.
#[derive(Clone)]
pub struct Store(Arc<Parts>);

struct Parts {
    kind: Kind,
    blobs: Blobs,
}

/// A file and where its bytes are.
#[derive(Clone, Debug)]
pub struct Found {
    /// What is known of it.
    pub file: File,
    blob: String,
}

/// A file that was put.
struct Put {
    file: File,
    /// Whether there was none before.
    created: bool,
    /// The name of the blob that no row names any more.
    left: Option<String>,
}

enum Kind {
    Memory(Memory),
    Sqlite(Sqlite),
    Postgres(Postgres),
    Faulty(Faulty),
}

/// The same call on whichever store it is.
///
/// A query is in a box of its own: every future around this one has room for the largest that it may await, and is
/// moved with it, whichever store there is.
macro_rules! on {
    ($store:expr, $kind:ident => $call:expr) => {
        match &$store.0.kind {
            Kind::Faulty(faulty) if faulty.is_on() => faulty.happen().await,
            Kind::Memory($kind) | Kind::Faulty(Faulty { memory: $kind, .. }) => $call,
            Kind::Sqlite($kind) => Box::pin($call).await,
            Kind::Postgres($kind) => Box::pin($call).await,
        }
    };
}

impl Store {
    /// An empty store in memory.
    pub fn memory() -> Self {
        Store(Arc::new(Parts { kind: Kind::Memory(Memory::default()), blobs: Blobs::temporary() }))
    }

    /// A store on which every call goes wrong in one way: for proving that a server survives it.
    pub fn faulty(fault: Fault) -> Self {
        Self::with(Faulty::new(fault, true).0)
    }

    /// A store in memory, and a switch that has everything go wrong until it is turned back.
    pub fn switched(fault: Fault) -> (Self, Switch) {
        let (faulty, switch) = Faulty::new(fault, false);
        (Self::with(faulty), switch)
    }

    fn with(faulty: Faulty) -> Self {
        Store(Arc::new(Parts { kind: Kind::Faulty(faulty), blobs: Blobs::temporary() }))
    }

    /// Opens the store at `location`, and brings its tables up to date.
    ///
    /// # Errors
    /// One line that says what is wrong with the file, which is then left as it was, or with the database.
    pub async fn open(location: &Location) -> Result<Self, String> {
        match location {
            Location::Memory => Ok(Self::memory()),
            Location::Sqlite(path) => {
                let blobs = Blobs::at(beside(path));
                let kind = Kind::Sqlite(Sqlite::open(path, &blobs).await?);
                Ok(Store(Arc::new(Parts { kind, blobs })))
            }
            Location::Postgres(address) => {
                let kind = Kind::Postgres(Postgres::open(address).await?);
                Ok(Store(Arc::new(Parts { kind, blobs: Blobs::on_their_way() })))
            }
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

    /// The files, sorted by the bytes of their paths.
    pub async fn files(&self) -> Result<Vec<File>, Error> {
        on!(self, store => store.files())
    }

    /// One file; [`Error::NotFound`] when there is none of this path.
    pub async fn file(&self, path: &FilePath) -> Result<Found, Error> {
        let found: Result<_, Error> = on!(self, store => store.file(path));
        found.map(|(file, blob)| Found { file, blob })
    }

    /// The bytes of a file, or of a part of it; `None` when it was replaced or removed since it was found.
    pub async fn open_file(&self, found: &Found, part: Option<Part>) -> Result<Option<Content>, Error> {
        if let Kind::Postgres(store) = &self.0.kind {
            return Box::pin(store.open_file(found, part)).await;
        }
        match self.0.blobs.open(&found.blob, found.file.size, part).await {
            Ok(content) => Ok(Some(content)),
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(cause) => Err(Error::io(&cause)),
        }
    }

    /// Begins to write a file: first its bytes.
    pub async fn draft(&self) -> Result<Draft, Error> {
        match &self.0.kind {
            Kind::Faulty(faulty) if faulty.is_on() => faulty.happen().await,
            _ => self.0.blobs.draft().await,
        }
    }

    /// Puts what was written at `path`, if `conditions` allow it; whether there was none before.
    pub async fn put_file(&self, path: FilePath, draft: Draft, conditions: Conditions) -> Result<(File, bool), Error> {
        let blob = draft.finish().await?;
        let store = self.clone();
        // Once begun it goes to its end, whether or not the client waits for it: given up half-way, nobody
        // would know which of the two blobs is the one to remove.
        let put = tokio::spawn(async move { store.name(&path, blob, &conditions).await });
        put.await.map_err(Error::internal)?
    }

    async fn name(&self, path: &FilePath, mut blob: Blob, conditions: &Conditions) -> Result<(File, bool), Error> {
        blob.keep();
        let put: Result<Put, Error> = on!(self, store => store.put_file(path, &blob, conditions));
        match put {
            Ok(put) => {
                self.0.blobs.remove(put.left.into_iter().collect()).await;
                Ok((put.file, put.created))
            }
            Err(error) => {
                // No row was made: there was none to be made, or no room for it. After any other error there may be one
                // all the same.
                if matches!(error, Error::PreconditionFailed | Error::InsufficientStorage) {
                    self.0.blobs.remove(vec![blob.name.clone()]).await;
                }
                Err(error)
            }
        }
    }

    /// Removes a file, if `conditions` allow it.
    pub async fn delete_file(&self, path: FilePath, conditions: Conditions) -> Result<(), Error> {
        let store = self.clone();
        let deleted = tokio::spawn(async move {
            let left: Result<Option<String>, Error> = on!(store, kind => kind.delete_file(&path, &conditions));
            store.0.blobs.remove(left?.into_iter().collect()).await;
            Ok(())
        });
        deleted.await.map_err(Error::internal)?
    }

    /// Listens to changes: those behind the event of number `last`, or those behind now.
    pub async fn listen(&self, last: LastEventId) -> Result<Listener, Error> {
        on!(self, store => store.listen(last))
    }

    /// Whether the store answers.
    pub async fn ping(&self) -> Result<(), Error> {
        on!(self, store => store.ping())
    }

    /// Waits for what is under way and lets go of the file, or of the database.
    pub async fn close(&self) {
        match &self.0.kind {
            Kind::Sqlite(store) => store.close().await,
            Kind::Postgres(store) => store.close().await,
            Kind::Memory(_) | Kind::Faulty(_) => {}
        }
    }
}

/// The folder of the bytes of files: beside the database, so that whoever shares the one shares the other.
fn beside(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".files");
    name.into()
}

/// A listener to what comes behind `last`, where `newest` is the number of the newest event. A number that
/// is still to come was given by another store: then everything may have been missed.
fn listener(feed: &Arc<Feed>, newest: i64, last: LastEventId, guest: impl Any + Send + Sync) -> Listener {
    match last.0 {
        Some(last) if last > newest => feed.listen_anew(newest, guest),
        last => feed.listen(last.unwrap_or(newest), guest),
    }
}

#[cfg(test)]
mod tests;
