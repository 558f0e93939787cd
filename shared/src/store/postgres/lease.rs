//! A connection on loan from a pool, for one look or one change.
//!
//! - It belongs to the store's runtime, whoever opens it: actix-web has a runtime for each worker, and a connection
//!   would end with the one that it was opened on.
//! - Nothing on it is waited for without an end. The server keeps time-outs of its own, but a server that is stopped,
//!   or cut off, keeps none.
//! - When it is dropped in the middle of something, what was begun is undone before anyone else has it, and it is
//!   closed if that cannot be done.

use super::{ACQUIRE_TIMEOUT, errors::failed};
use crate::error::Error;
use sqlx::{
    Connection, Executor, FromRow, PgPool, Postgres,
    pool::PoolConnection,
    postgres::{PgArguments, PgConnectOptions, PgPoolOptions, PgRow},
    query::{Query, QueryAs},
};
use std::time::Duration;
use tokio::{runtime::Handle, time::timeout};

/// How long an answer is waited for: longer than the server's own time-outs, shorter than the request's.
pub(super) const PATIENCE: Duration = Duration::from_secs(25);

/// How long a connection has for saying that it is still there.
const TEST_TIMEOUT: Duration = Duration::from_secs(1);

/// A statement, and one whose rows are `T`.
type Statement = Query<'static, Postgres, PgArguments>;
type Question<T> = QueryAs<'static, Postgres, T, PgArguments>;

/// Connections. Each is tested before it is used, so those that a restart of the server has cut are replaced.
pub(super) struct Leases {
    pool: PgPool,
    runtime: Handle,
}

impl Leases {
    /// At most so many, each waited for so long. To be called on the runtime that will live as long as the store.
    pub fn new(options: PgConnectOptions, most: u32, patience: Duration) -> Self {
        Leases { pool: pool(options, most, patience), runtime: Handle::current() }
    }

    /// One for a look.
    pub async fn look(&self) -> Result<Lease, Error> {
        let pool = self.pool.clone();
        let acquired = self.runtime.spawn(async move { pool.acquire().await }).await;
        let connection = acquired.map_err(Error::internal)?.map_err(failed)?;
        Ok(Lease { connection: Some(connection), runtime: self.runtime.clone(), is_clean: true, is_change: false })
    }

    /// One for a change, or for several looks at the same state; dropped without a commit, everything is undone.
    pub async fn begin(&self, begin: &'static str) -> Result<Lease, Error> {
        let mut lease = self.look().await?;
        lease.is_change = true;
        lease.run(sqlx::query(begin)).await?;
        Ok(lease)
    }

    /// Waits, but not for ever, until all are back.
    pub async fn close(&self) {
        if timeout(ACQUIRE_TIMEOUT, self.pool.close()).await.is_err() {
            tracing::warn!("the database does not answer; leaving without a farewell");
        }
    }
}

/// A pool of connections, none of them opened yet.
pub(super) fn pool(options: PgConnectOptions, most: u32, patience: Duration) -> PgPool {
    PgPoolOptions::new()
        .max_connections(most)
        .acquire_timeout(patience)
        // sqlx's own test has no end on a connection that was cut silently: then nobody says so.
        .test_before_acquire(false)
        .before_acquire(|connection, _| Box::pin(async { Ok(within(TEST_TIMEOUT, connection.ping()).await.is_ok()) }))
        .connect_lazy_with(options)
}

/// A connection in use.
pub(super) struct Lease {
    /// Until it is dropped.
    connection: Option<PoolConnection<Postgres>>,
    runtime: Handle,
    /// No answer is outstanding.
    is_clean: bool,
    /// Something was begun and not ended.
    is_change: bool,
}

impl Lease {
    /// All rows.
    pub async fn all<T>(&mut self, question: Question<T>) -> Result<Vec<T>, Error>
    where
        T: for<'r> FromRow<'r, PgRow> + Send + Unpin,
    {
        let connection = self.connection.as_mut().ok_or(Error::Internal)?;
        self.is_clean = false;
        let answer = within(PATIENCE, question.fetch_all(&mut **connection)).await;
        self.is_clean = answer.is_ok();
        answer.map_err(failed)
    }

    /// The first row, if there is one.
    pub async fn maybe<T>(&mut self, question: Question<T>) -> Result<Option<T>, Error>
    where
        T: for<'r> FromRow<'r, PgRow> + Send + Unpin,
    {
        self.all(question).await.map(|rows| rows.into_iter().next())
    }

    /// The row that there must be.
    pub async fn one<T>(&mut self, question: Question<T>) -> Result<T, Error>
    where
        T: for<'r> FromRow<'r, PgRow> + Send + Unpin,
    {
        self.maybe(question).await?.ok_or_else(|| Error::internal("a row is missing"))
    }

    /// How many rows were affected.
    pub async fn run(&mut self, statement: Statement) -> Result<u64, Error> {
        let connection = self.connection.as_mut().ok_or(Error::Internal)?;
        self.is_clean = false;
        let answer = within(PATIENCE, statement.execute(&mut **connection)).await;
        self.is_clean = answer.is_ok();
        answer.map(|done| done.rows_affected()).map_err(failed)
    }

    /// Ends a change. When the connection is lost meanwhile nobody knows whether it was made, so that is an error.
    pub async fn commit(mut self) -> Result<(), Error> {
        self.run(sqlx::query("COMMIT")).await?;
        self.is_change = false;
        Ok(())
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        let Some(mut connection) = self.connection.take() else { return };
        // sqlx, too, gives it back by a task.
        let _on = self.runtime.enter();
        if self.is_clean && !self.is_change {
            return;
        }
        let undo = if self.is_change { "ROLLBACK" } else { "" };
        self.runtime.spawn(async move {
            // Answers to what came before are taken first.
            if within(PATIENCE, connection.execute(undo)).await.is_err() {
                connection.close_on_drop();
            }
        });
    }
}

/// Waits for an answer, but not for ever.
pub(super) async fn within<T>(
    patience: Duration,
    answer: impl Future<Output = Result<T, sqlx::Error>>,
) -> Result<T, sqlx::Error> {
    match timeout(patience, answer).await {
        Ok(answer) => answer,
        Err(_) => Err(std::io::Error::from(std::io::ErrorKind::TimedOut).into()),
    }
}
