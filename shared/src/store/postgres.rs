//! Todos, and files with their bytes, in a PostgreSQL database that siblings on many machines may share.
//!
//! - A change locks what it changes before it looks: a todo by its row, the path of a file by an
//!   [advisory lock](https://www.postgresql.org/docs/current/explicit-locking.html#ADVISORY-LOCKS), as there may be no row yet,
//!   all todos by their table. So what it has seen is still so when it is committed.
//! - The last thing that it takes is the number of its event, by the one row of `newest`, and that is kept until the commit.
//!   So events come in the order of the commits, and no change waits for one that waits for it.
//! - Who reads never waits for a lock, and has connections of his own, so that writers that wait leave him some. So has who
//!   moves bytes, which takes longer than anything else.
//! - [`sqlx::migrate!`] takes an advisory lock, so siblings may start together.

mod address;
mod errors;
mod lease;
mod pieces;
mod watch;

pub use address::Address;

use super::{
    Found, Put,
    blobs::{Blob, Content},
    feed::{KEPT, Listener},
    watch::Watch,
};
use crate::{
    domain::{
        Change, Conditions, Digest, ETag, File, FilePath, Filter, LastEventId, NewTodo, Part, Stats, Title, Todo,
        TodoId, TodoPatch,
        file::{seconds, time},
    },
    error::Error,
};
use errors::told;
use lease::{Lease, Leases, PATIENCE, within};
use sqlx::{
    ConnectOptions, Connection, FromRow, PgConnection, Row,
    migrate::Migrator,
    postgres::{PgConnectOptions, PgRow},
};
use std::{sync::Arc, time::Duration};
use watch::Table;

static MIGRATIONS: Migrator = sqlx::migrate!("./migrations/postgres");

/// How long the server may take to let us in when we start.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(4);
/// How long a statement may take.
const STATEMENT_TIMEOUT: Duration = Duration::from_secs(20);
/// How long one waits for another's lock.
const LOCK_TIMEOUT: Duration = Duration::from_secs(5);
/// Connections for looks, as many for changes, and as many for bytes. One more listens. A server allows 100 unless told
/// otherwise: that is enough for six siblings.
const CONNECTIONS: u32 = 4;
/// How long a call waits for a connection. When the server is gone, this is how long it takes to say so: sqlx tries again
/// until then.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(3);

/// Takes the next number, tells of the change under it, forgets what is too old, and wakes who listens.
const TELL: &str = "
    WITH next AS (UPDATE newest SET id = id + 1 RETURNING id),
         told AS (INSERT INTO outbox (id, name, data) SELECT id, $1, $2 FROM next RETURNING id),
         gone AS (DELETE FROM outbox WHERE id <= (SELECT id - $3 FROM next))
    SELECT pg_notify('outbox', '') FROM told";

pub(super) struct Postgres {
    read: Leases,
    write: Leases,
    bytes: Leases,
    watch: Arc<Watch<Table>>,
}

/// A file as its row has it.
struct FileRow {
    file: File,
    blob: String,
}

impl FromRow<'_, PgRow> for FileRow {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        let path = FilePath::stored(row.try_get("path")?);
        let size: i64 = row.try_get("size")?;
        let digest = Digest::stored(row.try_get("digest")?);
        let file = File { path, size: size.unsigned_abs(), digest, modified: time(row.try_get("modified")?) };
        Ok(FileRow { file, blob: row.try_get("blob")? })
    }
}

impl FromRow<'_, PgRow> for Todo {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        let (id, title) = (TodoId(row.try_get("id")?), row.try_get("title")?);
        let title = String::from_utf8(title).map_err(|cause| sqlx::Error::Decode(cause.into()))?;
        let (completed, order) = (row.try_get("completed")?, row.try_get("position")?);
        Ok(Todo { id, title: Title::stored(title), completed, order })
    }
}

impl Postgres {
    /// Opens the database, and brings its tables up to date. To be called on the runtime that will live as long as
    /// the store.
    pub async fn open(address: &Address) -> Result<Self, String> {
        let options = address.options();
        let ready = prepare(&options).await;
        ready.map_err(|cause| format!("cannot open the database {address}: {cause}"))?;
        let leases = |patience| Leases::new(options.clone(), CONNECTIONS, patience);
        let (read, write) = (leases(ACQUIRE_TIMEOUT), leases(ACQUIRE_TIMEOUT));
        // Some may have to wait until others are through. Whether the server is there, a look has told before.
        let bytes = leases(PATIENCE);
        Ok(Postgres { read, write, bytes, watch: Arc::new(Watch::new(Table(options.clone()))) })
    }

    pub async fn list(&self, filter: Filter) -> Result<Vec<Todo>, Error> {
        let todos = sqlx::query_as(
            "SELECT id, title, completed, position FROM todo
             WHERE $1 IS NULL OR completed = $1 ORDER BY id LIMIT $2 OFFSET $3",
        );
        self.read.look().await?.all(todos.bind(filter.completed).bind(filter.limit).bind(filter.offset)).await
    }

    pub async fn create(&self, new: NewTodo) -> Result<Todo, Error> {
        let mut change = self.change().await?;
        let insert = sqlx::query_as(
            "INSERT INTO todo (title, completed, position) VALUES ($1, $2, $3)
             RETURNING id, title, completed, position",
        );
        let insert = insert.bind(bytes(&new.title)).bind(new.completed).bind(new.order);
        let todo = change.one(insert).await?;
        commit(change, Change::TodoCreated(&todo)).await?;
        Ok(todo)
    }

    pub async fn clear(&self) -> Result<(), Error> {
        let mut change = self.change().await?;
        // Whoever changes a todo has ended before the look, and whoever comes meanwhile waits: no todo that was made
        // before the news is left over after it.
        change.run(sqlx::query("LOCK TABLE todo IN EXCLUSIVE MODE")).await?;
        let gone = change.run(sqlx::query("DELETE FROM todo")).await?;
        if gone > 0 { commit(change, Change::TodosCleared).await } else { change.commit().await }
    }

    pub async fn stats(&self) -> Result<Stats, Error> {
        let counts = sqlx::query_as("SELECT count(*), count(*) FILTER (WHERE completed) FROM todo");
        let (total, completed) = self.read.look().await?.one(counts).await?;
        Ok(Stats { total, completed })
    }

    pub async fn get(&self, id: TodoId) -> Result<Todo, Error> {
        let todo = sqlx::query_as("SELECT id, title, completed, position FROM todo WHERE id = $1");
        self.read.look().await?.maybe(todo.bind(id.get())).await?.ok_or(Error::NotFound)
    }

    pub async fn update(&self, id: TodoId, conditions: &Conditions, patch: TodoPatch) -> Result<Todo, Error> {
        let (mut change, todo) = self.change_todo(id, conditions).await?;
        let todo = patch.apply(todo);
        let update = sqlx::query("UPDATE todo SET title = $2, completed = $3, position = $4 WHERE id = $1");
        let update = update.bind(id.get()).bind(bytes(&todo.title)).bind(todo.completed).bind(todo.order);
        change.run(update).await?;
        commit(change, Change::TodoUpdated(&todo)).await?;
        Ok(todo)
    }

    pub async fn delete(&self, id: TodoId, conditions: &Conditions) -> Result<(), Error> {
        let (mut change, _) = self.change_todo(id, conditions).await?;
        change.run(sqlx::query("DELETE FROM todo WHERE id = $1").bind(id.get())).await?;
        commit(change, Change::TodoDeleted(id)).await
    }

    pub async fn files(&self) -> Result<Vec<File>, Error> {
        let rows = sqlx::query_as("SELECT path, blob, size, digest, modified FROM file ORDER BY path");
        let rows: Vec<FileRow> = self.read.look().await?.all(rows).await?;
        Ok(rows.into_iter().map(|row| row.file).collect())
    }

    pub async fn file(&self, path: &FilePath) -> Result<(File, String), Error> {
        let row = find_file(&mut self.read.look().await?, path).await?.ok_or(Error::NotFound)?;
        Ok((row.file, row.blob))
    }

    /// The bytes of a file, or of a part of it; `None` when it was replaced or removed since it was found.
    pub async fn open_file(&self, found: &Found, part: Option<Part>) -> Result<Option<Content>, Error> {
        let mut look = self.bytes.begin("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?;
        let content = pieces::read(&mut look, &found.blob, found.file.size, part).await?;
        look.commit().await?;
        Ok(content)
    }

    pub async fn put_file(&self, path: &FilePath, blob: &Blob, conditions: &Conditions) -> Result<Put, Error> {
        let (mut change, old) = change_file(&self.bytes, path).await?;
        conditions.allow_file(old.as_ref().map(|old| &old.file))?;
        let file = blob.named(path);
        pieces::write(&mut change, blob).await?;
        let put = sqlx::query(
            "INSERT INTO file (path, blob, size, digest, modified) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (path) DO UPDATE SET (blob, size, digest, modified) =
             (EXCLUDED.blob, EXCLUDED.size, EXCLUDED.digest, EXCLUDED.modified)",
        );
        let put = put.bind(path.as_str().to_owned()).bind(blob.name.clone());
        let put = put.bind(i64::try_from(file.size).unwrap_or(i64::MAX)).bind(file.digest.as_str().to_owned());
        change.run(put.bind(seconds(file.modified))).await?;
        if let Some(old) = &old {
            pieces::remove(&mut change, &old.blob).await?;
        }
        commit(change, if old.is_some() { Change::FileReplaced(&file) } else { Change::FileCreated(&file) }).await?;
        Ok(Put { file, created: old.is_none(), left: None })
    }

    /// No blob in a folder is left over.
    pub async fn delete_file(&self, path: &FilePath, conditions: &Conditions) -> Result<Option<String>, Error> {
        let (mut change, old) = change_file(&self.write, path).await?;
        let old = old.ok_or(Error::NotFound)?;
        conditions.allow_file(Some(&old.file))?;
        pieces::remove(&mut change, &old.blob).await?;
        change.run(sqlx::query("DELETE FROM file WHERE path = $1").bind(path.as_str().to_owned())).await?;
        commit(change, Change::FileDeleted(path)).await?;
        Ok(None)
    }

    /// A listener to what comes after `last`, or after now. What was committed before this call is not news.
    pub async fn listen(&self, last: LastEventId) -> Result<Listener, Error> {
        let guest = self.watch.enter();
        let (newest,) = self.read.look().await?.one(sqlx::query_as("SELECT id FROM newest")).await?;
        Ok(super::listener(self.watch.feed(), newest, last, guest))
    }

    pub async fn ping(&self) -> Result<(), Error> {
        self.read.look().await?.run(sqlx::query("SELECT 1 FROM todo LIMIT 1")).await.map(|_| ())
    }

    pub async fn close(&self) {
        tokio::join!(self.read.close(), self.write.close(), self.bytes.close());
    }

    /// Begins a change; dropped without a commit it undoes everything.
    async fn change(&self) -> Result<Lease, Error> {
        self.write.begin("BEGIN").await
    }

    /// Begins to change a todo, if `conditions` allow it: nobody else changes it meanwhile.
    async fn change_todo(&self, id: TodoId, conditions: &Conditions) -> Result<(Lease, Todo), Error> {
        let mut change = self.change().await?;
        let todo = sqlx::query_as("SELECT id, title, completed, position FROM todo WHERE id = $1 FOR UPDATE");
        let todo: Todo = change.maybe(todo.bind(id.get())).await?.ok_or(Error::NotFound)?;
        conditions.allow_change(Some((&ETag::of(&todo)).into()))?;
        Ok((change, todo))
    }
}

/// Begins to change what is at `path`: nobody else does meanwhile, whether or not there is anything.
async fn change_file(leases: &Leases, path: &FilePath) -> Result<(Lease, Option<FileRow>), Error> {
    let mut change = leases.begin("BEGIN").await?;
    // A number of two parts is never that of the migrations' lock. Two paths of one number only wait for each other.
    let lock = sqlx::query("SELECT pg_advisory_xact_lock(1, hashtext($1))");
    change.run(lock.bind(path.as_str().to_owned())).await?;
    let old = find_file(&mut change, path).await?;
    Ok((change, old))
}

/// Ends a change with the news of it, so that there is never one without the other.
async fn commit(mut change: Lease, news: Change<'_>) -> Result<(), Error> {
    let kept = i64::try_from(KEPT).unwrap_or(i64::MAX);
    change.run(sqlx::query(TELL).bind(news.name()).bind(news.data()).bind(kept)).await?;
    change.commit().await
}

async fn find_file(look: &mut Lease, path: &FilePath) -> Result<Option<FileRow>, Error> {
    let row = sqlx::query_as("SELECT path, blob, size, digest, modified FROM file WHERE path = $1");
    look.maybe(row.bind(path.as_str().to_owned())).await
}

fn bytes(title: &Title) -> Vec<u8> {
    title.as_str().as_bytes().to_vec()
}

/// Looks at the database, then makes its tables.
async fn prepare(options: &PgConnectOptions) -> Result<(), String> {
    let connecting = within(CONNECT_TIMEOUT, options.connect()).await;
    let mut connection = connecting.map_err(|cause| told(&cause))?;
    let encoding = sqlx::query_scalar("SELECT current_setting('server_encoding')").fetch_one(&mut connection);
    let encoding: String = within(PATIENCE, encoding).await.map_err(|cause| told(&cause))?;
    if encoding != "UTF8" {
        return Err(format!("its encoding is {encoding}; make one with createdb --encoding UTF8 --template template0"));
    }
    within(PATIENCE, migrate(connection)).await.map_err(|cause| told(&cause))
}

async fn migrate(mut connection: PgConnection) -> Result<(), sqlx::Error> {
    MIGRATIONS.run(&mut connection).await?;
    connection.close().await
}
