//! How far it is: a line that is overwritten on a terminal, and plain lines elsewhere.

use std::{
    env,
    io::{self, IsTerminal, Write},
    time::{Duration, Instant},
};

/// What is written to standard error while something runs.
pub struct Progress {
    begin: Instant,
    done: f64,
    total: f64,
    percent: u64,
    is_seen: bool,
}

impl Progress {
    /// For so many steps.
    pub fn new(total: usize) -> Self {
        Progress::of(total.max(1) as f64)
    }

    /// For so much, in whatever unit it will be told.
    pub fn of(total: f64) -> Self {
        // A line that is overwritten needs a terminal that can do that; NO_COLOR asks for plain text.
        let is_plain = env::var("TERM").is_ok_and(|term| term == "dumb")
            || env::var_os("NO_COLOR").is_some_and(|set| !set.is_empty());
        Progress {
            begin: Instant::now(),
            done: 0.0,
            total,
            percent: u64::MAX,
            is_seen: io::stderr().is_terminal() && !is_plain,
        }
    }

    /// One more is done.
    pub fn step(&mut self) {
        self.advance(1.0);
    }

    /// So much more is done.
    pub fn advance(&mut self, by: f64) {
        self.done += by;
        let percent = (100.0 * self.share()) as u64;
        if self.is_seen && percent != self.percent {
            self.percent = percent;
            // Who cannot be told how far it is can still be told the result.
            let _ = write!(io::stderr(), "\r\u{1b}[K{percent} %, about {} left", told(self.left()));
        }
    }

    /// Begins something that has a name: a line that stays.
    pub fn say(&mut self, what: &str) {
        self.end();
        let left = if self.done > 0.0 { self.left() } else { Duration::from_secs_f64(self.total) };
        let _ = writeln!(io::stderr(), "{:3.0} %  {what} (about {} left)", 100.0 * self.share(), told(left));
        self.percent = u64::MAX;
    }

    /// Clears the line.
    pub fn end(&self) {
        if self.is_seen {
            let _ = write!(io::stderr(), "\r\u{1b}[K");
        }
    }

    fn share(&self) -> f64 {
        (self.done / self.total.max(f64::MIN_POSITIVE)).min(1.0)
    }

    fn left(&self) -> Duration {
        let share = self.share().max(1e-6);
        self.begin.elapsed().mul_f64((1.0 - share) / share)
    }
}

/// `7 min 05 s`, or `9 s`.
pub fn told(time: Duration) -> String {
    match time.as_secs() {
        seconds @ 0..60 => format!("{seconds} s"),
        seconds => format!("{} min {:02} s", seconds / 60, seconds % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_told() {
        assert_eq!(told(Duration::from_secs(59)), "59 s");
        assert_eq!(told(Duration::from_secs(425)), "7 min 05 s");
    }

    #[test]
    fn what_is_done_shortens_what_is_left() {
        let mut progress = Progress::of(2.0);
        progress.begin -= Duration::from_secs(30);
        progress.advance(1.5);
        assert_eq!(progress.left().as_secs(), 10);
        progress.advance(9.0);
        assert_eq!(progress.left(), Duration::ZERO);
    }
}
