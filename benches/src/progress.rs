//! How far it is, on a terminal only.

use std::{
    io::{self, IsTerminal, Write},
    time::Instant,
};

/// A line that is overwritten, on standard error.
pub struct Progress {
    begin: Instant,
    done: usize,
    total: usize,
    percent: usize,
    is_seen: bool,
}

impl Progress {
    /// For so many steps.
    pub fn new(total: usize) -> Self {
        Progress {
            begin: Instant::now(),
            done: 0,
            total: total.max(1),
            percent: usize::MAX,
            is_seen: io::stderr().is_terminal(),
        }
    }

    /// One more is done.
    pub fn step(&mut self) {
        self.done += 1;
        let percent = 100 * self.done / self.total;
        if self.is_seen && percent != self.percent {
            self.percent = percent;
            let left = self.begin.elapsed().mul_f64((self.total.saturating_sub(self.done)) as f64 / self.done as f64);
            // Who cannot be told how far it is can still be told the result.
            let _ = write!(io::stderr(), "\r\u{1b}[K{percent} %, about {} s left", left.as_secs());
        }
    }

    /// Clears the line.
    pub fn end(&self) {
        if self.is_seen {
            let _ = write!(io::stderr(), "\r\u{1b}[K");
        }
    }
}
