//! Follows the changes that others make in a database, while someone listens.
//!
//! How a database is followed is a matter of its kind; when it is, and what to do after it could not be, is the same
//! for all.

use super::feed::Feed;
use crate::domain::Event;
use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::{runtime::Handle, sync::Notify, time::sleep};

/// How long to wait after the database could not be followed.
const PAUSE: Duration = Duration::from_secs(1);

/// Where the changes of all siblings stand.
pub(super) trait Outbox: Send + Sync + Sized + 'static {
    /// Tells `watch` of what comes, until nobody listens; an error when that is not possible any more.
    fn follow(&self, watch: &Watch<Self>) -> impl Future<Output = Result<(), String>> + Send;
}

/// Follows the outbox while it has guests.
pub(super) struct Watch<O> {
    outbox: O,
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
pub(super) struct Guest<O: Outbox>(Arc<Watch<O>>);

impl<O: Outbox> Watch<O> {
    /// To be called on the runtime that will live as long as the store.
    pub fn new(outbox: O) -> Self {
        let (feed, state, changed) = Default::default();
        Watch { outbox, feed, state, changed, runtime: Handle::current() }
    }

    /// What has been seen.
    pub fn feed(&self) -> &Arc<Feed> {
        &self.feed
    }

    /// A change was made here.
    pub fn look(&self) {
        self.changed.notify_one();
    }

    /// Waits for a change that was made here, or for a guest to leave.
    pub async fn changed(&self) {
        self.changed.notified().await;
    }

    /// Adds rows of the outbox, in their order.
    pub fn tell(&self, rows: Vec<(i64, String, String)>) {
        self.feed.extend(rows.into_iter().map(|(id, name, data)| Event { id, name, data }).collect());
    }

    /// Someone listens from now on.
    pub fn enter(self: &Arc<Self>) -> Guest<O> {
        let mut state = self.state();
        state.guests += 1;
        if !state.watching {
            state.watching = true;
            let watch = self.clone();
            self.runtime.spawn(async move { watch.run().await });
        }
        Guest(self.clone())
    }

    /// Whether nobody listens.
    pub fn is_deserted(&self) -> bool {
        self.state().guests == 0
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
            if let Err(cause) = self.outbox.follow(self).await {
                tracing::warn!(cause, "cannot look for changes; trying again");
                sleep(PAUSE).await;
            }
        }
    }
}

impl<O: Outbox> Drop for Guest<O> {
    fn drop(&mut self) {
        self.0.state().guests -= 1;
        self.0.look();
    }
}
