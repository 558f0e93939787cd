//! A bound on the requests in flight. One more is turned away at once, not kept waiting, so that a counter is all that it
//! takes: a semaphore, which could keep it waiting, costs a lock for every request.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

/// Counts requests up to a limit; clones count together.
#[derive(Clone, Debug)]
pub struct InFlight(Arc<Count>);

#[derive(Debug)]
struct Count {
    now: AtomicUsize,
    limit: usize,
}

/// A request that was let in, until this is dropped.
#[derive(Debug)]
pub struct Admitted(Arc<Count>);

impl InFlight {
    /// At most `limit` at once.
    pub fn new(limit: usize) -> Self {
        InFlight(Arc::new(Count { now: AtomicUsize::new(0), limit }))
    }

    /// Lets one more in, unless there are as many as there may be.
    pub fn admit(&self) -> Option<Admitted> {
        // Nothing else is told by this number, so that no order with other memory matters.
        let more = |now| (now < self.0.limit).then(|| now + 1);
        self.0.now.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more).ok()?;
        Some(Admitted(Arc::clone(&self.0)))
    }
}

impl Drop for Admitted {
    fn drop(&mut self) {
        self.0.now.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_leaves_before_the_next_comes() {
        let (two, none) = (InFlight::new(2), InFlight::new(0));
        let (first, second) = (two.clone().admit(), two.admit());
        assert!(first.is_some() && second.is_some());
        assert!(two.admit().is_none() && two.admit().is_none());
        drop(first);
        let third = two.admit();
        assert!(third.is_some() && two.admit().is_none());
        assert!(none.admit().is_none());
    }
}
