//! How many scenarios run at once. Each has a thread of its own, and waits for a seat where cores are scarce.

use std::{
    num::NonZero,
    sync::{Condvar, Mutex, PoisonError},
    thread,
};

/// Seats, of which each scenario takes one.
pub struct Seats {
    free: Mutex<usize>,
    left: Condvar,
}

impl Seats {
    /// As many as were asked for, or as there are cores.
    pub fn new(wanted: Option<usize>) -> Self {
        let count = wanted.unwrap_or_else(|| thread::available_parallelism().map_or(1, NonZero::get));
        Seats { free: Mutex::new(count), left: Condvar::new() }
    }

    /// Waits for a seat.
    pub fn take(&self) -> Seat<'_> {
        let free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        let mut free = self.left.wait_while(free, |free| *free == 0).unwrap_or_else(PoisonError::into_inner);
        *free -= 1;
        Seat(self)
    }
}

/// A seat that is taken, until this is dropped.
pub struct Seat<'a>(&'a Seats);

impl Drop for Seat<'_> {
    fn drop(&mut self) {
        *self.0.free.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        self.0.left.notify_one();
    }
}
