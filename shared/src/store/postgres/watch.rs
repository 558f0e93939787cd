//! Learns of changes by [`LISTEN`](https://www.postgresql.org/docs/current/sql-listen.html).
//!
//! A notification only says that there is something to read. What there is stands in the outbox, which is read after
//! every notification and after every connect: what was committed while there was no connection is not lost.

use super::{
    ACQUIRE_TIMEOUT,
    errors::told,
    lease::{pool, within},
};
use crate::store::watch::{Outbox, Watch};
use sqlx::postgres::{PgConnectOptions, PgListener};
use std::{io, time::Duration};
use tokio::{select, time::sleep};

/// The name that notifications go by in this database.
const CHANNEL: &str = "outbox";
/// How often to read without being told, and how long that may take. A connection that was cut silently tells nothing
/// more, and this notices.
const LOOK: Duration = Duration::from_secs(5);

/// The table in this database.
pub(super) struct Table(pub PgConnectOptions);

impl Outbox for Table {
    async fn follow(&self, watch: &Watch<Self>) -> Result<(), String> {
        self.listen(watch).await.map_err(|cause| told(&cause))
    }
}

impl Table {
    async fn listen(&self, watch: &Watch<Self>) -> Result<(), sqlx::Error> {
        // A pool of its own: listening takes no place from requests.
        let mut listener = PgListener::connect_with(&pool(self.0.clone(), 1, ACQUIRE_TIMEOUT)).await?;
        listener.eager_reconnect(false);
        within(LOOK, listener.listen(CHANNEL)).await?;
        while !watch.is_deserted() {
            // Those that have come are told by what is read now.
            while listener.next_buffered().is_some() {}
            read(&mut listener, watch).await?;
            select! {
                news = listener.try_recv() => drop(news?.ok_or(io::Error::from(io::ErrorKind::ConnectionAborted))?),
                () = watch.changed() => {}
                () = sleep(LOOK) => {}
            }
        }
        Ok(())
    }
}

async fn read(listener: &mut PgListener, watch: &Watch<Table>) -> Result<(), sqlx::Error> {
    let rows = sqlx::query_as("SELECT id, name, data FROM outbox WHERE id > $1 ORDER BY id");
    watch.tell(within(LOOK, rows.bind(watch.feed().newest()).fetch_all(listener)).await?);
    Ok(())
}
