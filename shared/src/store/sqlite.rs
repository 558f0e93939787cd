//! Todos, and what is known of files, in one SQLite file that several processes may share.
//!
//! - [WAL](https://www.sqlite.org/wal.html): readers never wait for the writer.
//! - [`synchronous = FULL`](https://www.sqlite.org/pragma.html#pragma_synchronous): SQLite syncs its
//!   log at every commit, so before the answer is sent.
//! - One writing connection a process and `BEGIN IMMEDIATE`: the write lock is taken at the start,
//!   where SQLite's busy handler waits for it; a lock that is asked for half-way through a
//!   transaction fails at once instead
//!   ([why](https://www.sqlite.org/lang_transaction.html#deferred_immediate_and_exclusive_transactions)).

mod watch;

use super::{
    Put,
    blobs::{Blob, Blobs},
    feed::{KEPT, Listener},
    watch::Watch,
};
use crate::{
    domain::{
        Change, Conditions, Digest, ETag, File, FilePath, Filter, LastEventId, NewTodo, Stats, Title, Todo, TodoId,
        TodoPatch,
        file::{seconds, time},
    },
    error::Error,
};
use sqlx::{
    ConnectOptions, Connection, FromRow, Row, SqlitePool, Transaction,
    migrate::Migrator,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteRow, SqliteSynchronous},
};
use std::{fs, path::Path, sync::Arc, time::Duration};
use watch::Table;

static MIGRATIONS: Migrator = sqlx::migrate!("./migrations/sqlite");

/// How long a writer waits for the others; longer than the request timeout, so that a client sees
/// a 504 rather than `SQLITE_BUSY`.
const BUSY_TIMEOUT: Duration = Duration::from_secs(60);
/// Enough to keep two cores busy with reads.
const READERS: u32 = 4;

pub(super) struct Sqlite {
    read: SqlitePool,
    write: SqlitePool,
    watch: Arc<Watch<Table>>,
}

/// A file as its row has it.
struct FileRow {
    file: File,
    blob: String,
}

impl FromRow<'_, SqliteRow> for FileRow {
    fn from_row(row: &SqliteRow) -> Result<Self, sqlx::Error> {
        let file = File {
            path: FilePath::stored(row.try_get("path")?),
            size: row.try_get::<i64, _>("size")?.unsigned_abs(),
            digest: Digest::stored(row.try_get("digest")?),
            modified: time(row.try_get("modified")?),
        };
        Ok(FileRow { file, blob: row.try_get("blob")? })
    }
}

impl FromRow<'_, SqliteRow> for Todo {
    fn from_row(row: &SqliteRow) -> Result<Self, sqlx::Error> {
        Ok(Todo {
            id: TodoId(row.try_get("id")?),
            title: Title::stored(row.try_get("title")?),
            completed: row.try_get("completed")?,
            order: row.try_get("position")?,
        })
    }
}

impl Sqlite {
    /// Opens the file, and clears away the blobs that a crash has left.
    pub async fn open(path: &Path, blobs: &Blobs) -> Result<Self, String> {
        let fail = |cause: &dyn std::fmt::Display| format!("cannot open the database {}: {cause}", path.display());
        let turn = wait_for_turn(path).await.map_err(|cause| fail(&cause))?;
        check(path).await.map_err(|cause| fail(&cause))?;
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .busy_timeout(BUSY_TIMEOUT)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full);
        let write = pool(1).connect_with(options.clone()).await.map_err(|cause| fail(&told(&cause)))?;
        MIGRATIONS.run(&write).await.map_err(|cause| fail(&cause))?;
        let read = pool(READERS).connect_with(options.clone()).await.map_err(|cause| fail(&told(&cause)))?;
        let store = Sqlite { read, write, watch: Arc::new(Watch::new(Table(options))) };
        store.sweep(blobs).await.map_err(|cause| fail(&cause))?;
        drop(turn);
        Ok(store)
    }

    /// Removes blobs that no row names and nobody writes. A sibling may have made a row between the look and the
    /// lock, so there is a second look.
    async fn sweep(&self, blobs: &Blobs) -> Result<(), String> {
        for name in blobs.names().await.map_err(|cause| cause.to_string())? {
            if self.names(&name).await? {
                continue;
            }
            let blob = blobs.abandoned(name.clone()).await.map_err(|cause| cause.to_string())?;
            if let Some(blob) = blob
                && !self.names(&name).await?
            {
                match blob.remove() {
                    Ok(()) => tracing::info!(name, "removed what an upload left when it was cut short"),
                    Err(cause) => tracing::warn!(name, %cause, "cannot remove what an upload left"),
                }
            }
        }
        Ok(())
    }

    /// Whether a row names this blob.
    async fn names(&self, blob: &str) -> Result<bool, String> {
        let row = sqlx::query("SELECT 1 FROM file WHERE blob = ?1").bind(blob).fetch_optional(&self.read);
        row.await.map(|row| row.is_some()).map_err(|cause| told(&cause))
    }

    pub async fn list(&self, filter: Filter) -> Result<Vec<Todo>, Error> {
        sqlx::query_as(
            "SELECT id, title, completed, position FROM todo
             WHERE ?1 IS NULL OR completed = ?1 ORDER BY id LIMIT ?2 OFFSET ?3",
        )
        .bind(filter.completed)
        .bind(filter.limit)
        .bind(filter.offset)
        .fetch_all(&self.read)
        .await
        .map_err(failed)
    }

    pub async fn create(&self, new: NewTodo) -> Result<Todo, Error> {
        let mut change = self.change().await?;
        let todo = sqlx::query_as(
            "INSERT INTO todo (title, completed, position) VALUES (?1, ?2, ?3)
             RETURNING id, title, completed, position",
        )
        .bind(new.title.as_str())
        .bind(new.completed)
        .bind(new.order)
        .fetch_one(&mut *change)
        .await
        .map_err(failed)?;
        self.commit(change, Change::TodoCreated(&todo)).await?;
        Ok(todo)
    }

    pub async fn clear(&self) -> Result<(), Error> {
        let mut change = self.change().await?;
        let gone = sqlx::query("DELETE FROM todo").execute(&mut *change).await.map_err(failed)?;
        if gone.rows_affected() > 0 { self.commit(change, Change::TodosCleared).await } else { Ok(()) }
    }

    pub async fn stats(&self) -> Result<Stats, Error> {
        let (total, completed) = sqlx::query_as("SELECT count(*), count(*) FILTER (WHERE completed) FROM todo")
            .fetch_one(&self.read)
            .await
            .map_err(failed)?;
        Ok(Stats { total, completed })
    }

    pub async fn get(&self, id: TodoId) -> Result<Todo, Error> {
        find(&self.read, id).await
    }

    pub async fn update(&self, id: TodoId, conditions: &Conditions, patch: TodoPatch) -> Result<Todo, Error> {
        let mut change = self.change().await?;
        let todo = find(&mut *change, id).await?;
        conditions.allow_change(Some((&ETag::of(&todo)).into()))?;
        let todo = patch.apply(todo);
        sqlx::query("UPDATE todo SET title = ?2, completed = ?3, position = ?4 WHERE id = ?1")
            .bind(id.get())
            .bind(todo.title.as_str())
            .bind(todo.completed)
            .bind(todo.order)
            .execute(&mut *change)
            .await
            .map_err(failed)?;
        self.commit(change, Change::TodoUpdated(&todo)).await?;
        Ok(todo)
    }

    pub async fn delete(&self, id: TodoId, conditions: &Conditions) -> Result<(), Error> {
        let mut change = self.change().await?;
        let todo = find(&mut *change, id).await?;
        conditions.allow_change(Some((&ETag::of(&todo)).into()))?;
        sqlx::query("DELETE FROM todo WHERE id = ?1").bind(id.get()).execute(&mut *change).await.map_err(failed)?;
        self.commit(change, Change::TodoDeleted(id)).await
    }

    pub async fn files(&self) -> Result<Vec<File>, Error> {
        let rows: Vec<FileRow> = sqlx::query_as("SELECT path, blob, size, digest, modified FROM file ORDER BY path")
            .fetch_all(&self.read)
            .await
            .map_err(failed)?;
        Ok(rows.into_iter().map(|row| row.file).collect())
    }

    pub async fn file(&self, path: &FilePath) -> Result<(File, String), Error> {
        let row = find_file(&self.read, path).await?.ok_or(Error::NotFound)?;
        Ok((row.file, row.blob))
    }

    pub async fn put_file(&self, path: &FilePath, blob: &Blob, conditions: &Conditions) -> Result<Put, Error> {
        let mut change = self.change().await?;
        let old = find_file(&mut *change, path).await?;
        conditions.allow_file(old.as_ref().map(|old| &old.file))?;
        let file = blob.named(path);
        sqlx::query("REPLACE INTO file (path, blob, size, digest, modified) VALUES (?1, ?2, ?3, ?4, ?5)")
            .bind(path.as_str())
            .bind(&blob.name)
            .bind(i64::try_from(blob.size).unwrap_or(i64::MAX))
            .bind(blob.digest.as_str())
            .bind(seconds(file.modified))
            .execute(&mut *change)
            .await
            .map_err(failed)?;
        let told = if old.is_some() { Change::FileReplaced(&file) } else { Change::FileCreated(&file) };
        self.commit(change, told).await?;
        Ok(Put { file, created: old.is_none(), left: old.map(|old| old.blob) })
    }

    /// The name of the blob that no row names any more.
    pub async fn delete_file(&self, path: &FilePath, conditions: &Conditions) -> Result<Option<String>, Error> {
        let mut change = self.change().await?;
        let old = find_file(&mut *change, path).await?.ok_or(Error::NotFound)?;
        conditions.allow_file(Some(&old.file))?;
        sqlx::query("DELETE FROM file WHERE path = ?1")
            .bind(path.as_str())
            .execute(&mut *change)
            .await
            .map_err(failed)?;
        self.commit(change, Change::FileDeleted(path)).await?;
        Ok(Some(old.blob))
    }

    /// A listener to what comes after `last`, or after now. What was committed before this call is not news.
    pub async fn listen(&self, last: LastEventId) -> Result<Listener, Error> {
        let guest = self.watch.enter();
        let newest = sqlx::query_scalar("SELECT coalesce(max(id), 0) FROM outbox").fetch_one(&self.read);
        let newest = newest.await.map_err(failed)?;
        Ok(super::listener(self.watch.feed(), newest, last, guest))
    }

    pub async fn ping(&self) -> Result<(), Error> {
        sqlx::query("SELECT 1 FROM todo LIMIT 1").execute(&self.read).await.map_err(failed)?;
        Ok(())
    }

    pub async fn close(&self) {
        self.read.close().await;
        self.write.close().await;
    }

    /// Takes the write lock, waiting for siblings; dropped without a commit it undoes everything.
    async fn change(&self) -> Result<Transaction<'static, sqlx::Sqlite>, Error> {
        self.write.begin_with("BEGIN IMMEDIATE").await.map_err(failed)
    }

    /// Ends a change with the news of it, so that there is never one without the other.
    async fn commit(&self, mut change: Transaction<'static, sqlx::Sqlite>, news: Change<'_>) -> Result<(), Error> {
        let told = sqlx::query("INSERT INTO outbox (name, data) VALUES (?1, ?2)")
            .bind(news.name())
            .bind(news.data())
            .execute(&mut *change)
            .await
            .map_err(failed)?;
        let forgotten = told.last_insert_rowid() - i64::try_from(KEPT).unwrap_or(i64::MAX);
        let forget = sqlx::query("DELETE FROM outbox WHERE id <= ?1").bind(forgotten);
        forget.execute(&mut *change).await.map_err(failed)?;
        change.commit().await.map_err(failed)?;
        self.watch.look();
        Ok(())
    }
}

async fn find_file(on: impl sqlx::SqliteExecutor<'_>, path: &FilePath) -> Result<Option<FileRow>, Error> {
    sqlx::query_as("SELECT path, blob, size, digest, modified FROM file WHERE path = ?1")
        .bind(path.as_str())
        .fetch_optional(on)
        .await
        .map_err(failed)
}

async fn find(on: impl sqlx::SqliteExecutor<'_>, id: TodoId) -> Result<Todo, Error> {
    sqlx::query_as("SELECT id, title, completed, position FROM todo WHERE id = ?1")
        .bind(id.get())
        .fetch_optional(on)
        .await
        .map_err(failed)?
        .ok_or(Error::NotFound)
}

/// A connection is tested by its use: SQLite has no server that could have gone away meanwhile. But where there was no
/// room for a change, SQLite has [rolled back on its own](https://www.sqlite.org/lang_transaction.html#response_to_errors_within_a_transaction);
/// sqlx then fails to do it again, believes to be in a transaction for good, and begins no other: such a connection is
/// replaced.
fn pool(connections: u32) -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .max_connections(connections)
        .min_connections(1)
        .acquire_timeout(BUSY_TIMEOUT)
        .test_before_acquire(false)
        .before_acquire(|connection, _| Box::pin(async { Ok(!connection.is_in_transaction()) }))
        .idle_timeout(None)
        .max_lifetime(None)
}

/// Siblings may start at the same moment: the switch to WAL and the migrations want the file for
/// themselves, and SQLite's busy handler does not cover the former. The lock ends with the handle.
async fn wait_for_turn(path: &Path) -> std::io::Result<fs::File> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    if let Some(folder) = folder {
        fs::create_dir_all(folder)?;
    }
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    let file = fs::File::create(&name)?;
    let lock = move || file.lock().map(|()| file);
    tokio::task::spawn_blocking(lock).await.map_err(std::io::Error::other)?
}

/// Looks an existing file over before anything is written to it.
async fn check(path: &Path) -> Result<(), String> {
    match fs::metadata(path) {
        Ok(found) if found.len() > 0 => {}
        Ok(_) => return Ok(()),
        Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(cause) => return Err(cause.to_string()),
    }
    let options = SqliteConnectOptions::new().filename(path).busy_timeout(BUSY_TIMEOUT);
    let mut connection = options.connect().await.map_err(|cause| told(&cause))?;
    let verdict: Result<String, _> = sqlx::query_scalar("PRAGMA quick_check(1)").fetch_one(&mut connection).await;
    let closed = connection.close().await;
    match verdict {
        Ok(verdict) if verdict == "ok" => closed.map_err(|cause| told(&cause)),
        Ok(fault) => Err(format!("the file is damaged ({})", fault.replace('\n', " "))),
        Err(cause) => Err(told(&cause)),
    }
}

/// SQLite's own words, without the layers around them.
fn told(cause: &sqlx::Error) -> String {
    match cause {
        sqlx::Error::Database(cause) => cause.message().to_owned(),
        other => other.to_string().replace('\n', " "),
    }
}

/// A full disk is that, a file that cannot be read or written is a store that is down, anything else is our fault.
fn failed(cause: sqlx::Error) -> Error {
    // https://www.sqlite.org/rescode.html: the low byte is the primary code.
    const FULL: i32 = 13;
    const DOWN: [i32; 4] = [5, 6, 10, 14]; // BUSY, LOCKED, IOERR, CANTOPEN
    let code = cause.as_database_error().and_then(|cause| cause.code()?.parse::<i32>().ok()).map(|code| code & 0xff);
    if code == Some(FULL) {
        tracing::error!(%cause, "the disk is full");
        return Error::InsufficientStorage;
    }
    let down = match &cause {
        sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::Io(_) => true,
        _ => code.is_some_and(|code| DOWN.contains(&code)),
    };
    if down {
        tracing::error!(%cause, "the store is down");
        return Error::Unavailable("The store cannot be reached.");
    }
    Error::internal(cause)
}
