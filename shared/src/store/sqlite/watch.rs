//! Learns of changes that others have made to the file, while someone listens.
//!
//! [`PRAGMA data_version`](https://www.sqlite.org/pragma.html#pragma_data_version) tells a connection whether any
//! other one, in this process or in a sibling, has committed since it last asked. It is asked often, and at once
//! when a change was made here.

use super::told;
use crate::{domain::Event, store::feed::Feed};
use sqlx::{ConnectOptions, Connection, SqliteConnection, sqlite::SqliteConnectOptions};
use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::{runtime::Handle, select, sync::Notify, time::sleep};

/// How often siblings' changes are looked for.
const LOOK: Duration = Duration::from_millis(100);
/// How long to wait after the file could not be read.
const PAUSE: Duration = Duration::from_secs(1);

/// Watches the file while it has guests.
pub(super) struct Watch {
    options: SqliteConnectOptions,
    feed: Arc<Feed>,
    state: Mutex<State>,
    changed: Notify,
    /// A listener may come by a runtime that ends before others: actix-web has one for each worker.
    runtime: Handle,
}

#[derive(Default)]
struct State {
    guests: usize,
    watching: bool,
}

/// Someone who listens; dropping it is leaving.
pub(super) struct Guest(Arc<Watch>);

impl Watch {
    /// To be called on the runtime that will live as long as the store.
    pub fn new(options: SqliteConnectOptions) -> Self {
        let (feed, state, changed) = Default::default();
        Watch { options, feed, state, changed, runtime: Handle::current() }
    }

    /// What has been seen.
    pub fn feed(&self) -> &Arc<Feed> {
        &self.feed
    }

    /// A change was made here.
    pub fn look(&self) {
        self.changed.notify_one();
    }

    /// Someone listens from now on.
    pub fn enter(self: &Arc<Self>) -> Guest {
        let mut state = self.state();
        state.guests += 1;
        if !state.watching {
            state.watching = true;
            let watch = self.clone();
            self.runtime.spawn(async move { watch.run().await });
        }
        Guest(self.clone())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether the last guest has left; then this run is over, and the next guest begins another.
    fn is_over(&self) -> bool {
        let mut state = self.state();
        state.watching = state.guests > 0;
        !state.watching
    }

    async fn run(&self) {
        while !self.is_over() {
            if let Err(cause) = self.watch().await {
                tracing::warn!(cause = told(&cause), "cannot look for changes; trying again");
                sleep(PAUSE).await;
            }
        }
    }

    async fn watch(&self) -> Result<(), sqlx::Error> {
        let mut connection = self.options.connect().await?;
        let mut seen = None;
        while !self.state().is_deserted() {
            let version: i64 = sqlx::query_scalar("PRAGMA data_version").fetch_one(&mut connection).await?;
            if seen != Some(version) {
                self.read(&mut connection).await?;
                seen = Some(version);
            }
            select! {
                () = self.changed.notified() => {}
                () = sleep(LOOK) => {}
            }
        }
        connection.close().await
    }

    async fn read(&self, connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
        let rows: Vec<(i64, String, String)> =
            sqlx::query_as("SELECT id, name, data FROM outbox WHERE id > ?1 ORDER BY id")
                .bind(self.feed.newest())
                .fetch_all(connection)
                .await?;
        self.feed.extend(rows.into_iter().map(|(id, name, data)| Event { id, name, data }).collect());
        Ok(())
    }
}

impl State {
    fn is_deserted(&self) -> bool {
        self.guests == 0
    }
}

impl Drop for Guest {
    fn drop(&mut self) {
        self.0.state().guests -= 1;
        self.0.look();
    }
}
