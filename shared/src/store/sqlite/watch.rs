//! Learns of changes that others have made to the file.
//!
//! [`PRAGMA data_version`](https://www.sqlite.org/pragma.html#pragma_data_version) tells a connection whether any
//! other one, in this process or in a sibling, has committed since it last asked. It is asked often, and at once
//! when a change was made here.

use super::told;
use crate::store::watch::{Outbox, Watch};
use sqlx::{ConnectOptions, Connection, SqliteConnection, sqlite::SqliteConnectOptions};
use std::time::Duration;
use tokio::{select, time::sleep};

/// How often siblings' changes are looked for.
const LOOK: Duration = Duration::from_millis(100);

/// The table in this file.
pub(super) struct Table(pub SqliteConnectOptions);

impl Outbox for Table {
    async fn follow(&self, watch: &Watch<Self>) -> Result<(), String> {
        self.watch(watch).await.map_err(|cause| told(&cause))
    }
}

impl Table {
    async fn watch(&self, watch: &Watch<Self>) -> Result<(), sqlx::Error> {
        let mut connection = self.0.connect().await?;
        let mut seen = None;
        while !watch.is_deserted() {
            let version: i64 = sqlx::query_scalar("PRAGMA data_version").fetch_one(&mut connection).await?;
            if seen != Some(version) {
                read(&mut connection, watch).await?;
                seen = Some(version);
            }
            select! {
                () = watch.changed() => {}
                () = sleep(LOOK) => {}
            }
        }
        connection.close().await
    }
}

async fn read(connection: &mut SqliteConnection, watch: &Watch<Table>) -> Result<(), sqlx::Error> {
    let rows = sqlx::query_as("SELECT id, name, data FROM outbox WHERE id > ?1 ORDER BY id")
        .bind(watch.feed().newest())
        .fetch_all(connection)
        .await?;
    watch.tell(rows);
    Ok(())
}
