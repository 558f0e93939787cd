//! The last changes, for whoever listens.
//!
//! There is one copy of them in a process. A listener has no queue of its own, only the number of the
//! event that it was given last: it may be as slow as it likes, and keeps nobody waiting and no memory.
//! One that falls so far behind that its next event is no longer kept is told so by an event.

use crate::domain::{Change, Event};
use std::{
    any::Any,
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use tokio::sync::watch;

/// How many changes are kept.
pub(super) const KEPT: usize = 1000;

/// The last changes.
pub(super) struct Feed {
    events: Mutex<VecDeque<Arc<Event>>>,
    /// The number of the newest.
    newest: watch::Sender<i64>,
}

impl Default for Feed {
    fn default() -> Self {
        Feed { events: Mutex::default(), newest: watch::Sender::new(0) }
    }
}

impl Feed {
    /// Nothing panics while the lock is held, so a poisoned one is still sound.
    fn lock(&self) -> MutexGuard<'_, VecDeque<Arc<Event>>> {
        self.events.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The number of the newest event; 0 when there was none.
    pub fn newest(&self) -> i64 {
        *self.newest.borrow()
    }

    /// Adds a change under the next number.
    pub fn tell(&self, change: Change<'_>) {
        let mut events = self.lock();
        let id = self.newest() + 1;
        push(&mut events, Event { id, name: change.name().to_owned(), data: change.data() });
        self.newest.send_replace(id);
    }

    /// Adds events that have their numbers already, in their order.
    pub fn extend(&self, news: Vec<Event>) {
        let mut events = self.lock();
        let mut newest = self.newest();
        for event in news {
            newest = event.id;
            push(&mut events, event);
        }
        self.newest.send_replace(newest);
    }

    /// A listener to whatever comes after the event of this number. `guest` is dropped with it.
    pub fn listen(self: &Arc<Self>, after: i64, guest: impl Any + Send + Sync) -> Listener {
        Listener { feed: self.clone(), newest: self.newest.subscribe(), after, lost: None, _guest: Box::new(guest) }
    }

    /// The same for one that comes with a number that was never given here: it is told so first.
    pub fn listen_anew(self: &Arc<Self>, after: i64, guest: impl Any + Send + Sync) -> Listener {
        let lost = Some(Arc::new(Event::lost(after + 1)));
        Listener { lost, ..self.listen(after, guest) }
    }

    /// The first event after the one of this number, or the news that it is lost.
    fn after(&self, id: i64) -> Option<Arc<Event>> {
        let events = self.lock();
        let oldest = events.front()?.id;
        if id < oldest - 1 {
            return Some(Arc::new(Event::lost(oldest)));
        }
        let at = usize::try_from(id + 1 - oldest).ok()?;
        events.get(at).cloned()
    }
}

/// Numbers are without gaps: where one is missed, what stands before it is of no use.
fn push(events: &mut VecDeque<Arc<Event>>, event: Event) {
    if events.back().is_some_and(|last| last.id + 1 != event.id) {
        events.clear();
    }
    if events.len() == KEPT {
        events.pop_front();
    }
    events.push_back(Arc::new(event));
}

/// Gives one event after the other.
pub struct Listener {
    feed: Arc<Feed>,
    newest: watch::Receiver<i64>,
    after: i64,
    /// To be told before anything else.
    lost: Option<Arc<Event>>,
    _guest: Box<dyn Any + Send + Sync>,
}

impl Listener {
    /// The next event, once there is one. Nothing is lost when this is given up half-way.
    pub async fn next(&mut self) -> Arc<Event> {
        if let Some(lost) = self.lost.take() {
            return lost;
        }
        loop {
            // What comes after this look wakes the wait below.
            self.newest.borrow_and_update();
            if let Some(event) = self.feed.after(self.after) {
                self.after = event.id;
                return event;
            }
            // The sender lives as long as the feed, which this listener holds.
            let _ = self.newest.changed().await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt;

    fn next(listener: &mut Listener) -> Option<(i64, String)> {
        listener.next().now_or_never().map(|event| (event.id, event.name.clone()))
    }

    fn events(ids: std::ops::RangeInclusive<i64>) -> Vec<Event> {
        ids.map(|id| Event { id, name: "x".into(), data: "{}".into() }).collect()
    }

    #[test]
    fn a_listener_hears_everything_once_and_in_order() {
        let feed = Arc::new(Feed::default());
        let mut early = feed.listen(0, ());
        assert_eq!(next(&mut early), None);
        feed.tell(Change::TodosCleared);
        feed.tell(Change::TodosCleared);
        let mut late = feed.listen(1, ());
        assert_eq!(next(&mut early), Some((1, "todos_cleared".into())));
        assert_eq!(next(&mut early), Some((2, "todos_cleared".into())));
        assert_eq!(next(&mut early), None);
        assert_eq!(next(&mut late), Some((2, "todos_cleared".into())));
    }

    #[test]
    fn what_is_no_longer_kept_is_said_to_be_lost() {
        let feed = Arc::new(Feed::default());
        let mut slow = feed.listen(0, ());
        feed.extend(events(1..=1200));
        assert_eq!(next(&mut slow), Some((200, "lost".into())));
        assert_eq!(next(&mut slow), Some((201, "x".into())));
        let mut just = feed.listen(200, ());
        assert_eq!(next(&mut just), Some((201, "x".into())));
    }

    #[test]
    fn a_gap_is_never_passed_over() {
        let feed = Arc::new(Feed::default());
        feed.extend(events(1..=10));
        let mut listener = feed.listen(9, ());
        feed.extend(events(20..=21));
        assert_eq!(next(&mut listener), Some((19, "lost".into())));
        assert_eq!(next(&mut listener), Some((20, "x".into())));
    }

    #[test]
    fn one_that_is_ahead_waits() {
        let feed = Arc::new(Feed::default());
        let mut ahead = feed.listen(3, ());
        feed.extend(events(1..=3));
        assert_eq!(next(&mut ahead), None);
        feed.extend(events(4..=4));
        assert_eq!(next(&mut ahead), Some((4, "x".into())));
    }

    #[test]
    fn one_with_a_strange_number_is_told_first() {
        let feed = Arc::new(Feed::default());
        feed.extend(events(1..=3));
        let mut stranger = feed.listen_anew(3, ());
        assert_eq!(next(&mut stranger), Some((3, "lost".into())));
        assert_eq!(next(&mut stranger), None);
    }
}
