//! What the generator itself spends.

use crate::{cpu, outcome::Generator};
use std::time::{Duration, Instant};

/// Tells work from watching. A turn of the loop that found nothing to do was watching, and so was the time
/// asleep; all else is work, also what another thread took of it.
pub(crate) struct Meter {
    turned: Instant,
    works: bool,
    totals: Totals,
    opened: Option<(Instant, Totals)>,
}

#[derive(Clone, Copy, Default)]
struct Totals {
    watched: Duration,
    asleep: Duration,
    cpu: Duration,
}

impl Meter {
    pub(crate) fn new(now: Instant) -> Self {
        Meter { turned: now, works: true, totals: Totals::default(), opened: None }
    }

    /// A turn begins.
    pub(crate) fn turn(&mut self, now: Instant) {
        if !self.works {
            self.totals.watched += now - self.turned;
        }
        (self.turned, self.works) = (now, false);
    }

    /// There was something to do in this turn.
    pub(crate) fn work(&mut self) {
        self.works = true;
    }

    /// This turn has slept, and then there was something to do, or not.
    pub(crate) fn slept(&mut self, time: Duration, works: bool) {
        self.totals.asleep += time;
        if works {
            self.totals.watched += time;
            self.works = true;
        }
    }

    /// The window opens.
    pub(crate) fn open(&mut self, now: Instant) {
        self.turn(now);
        self.totals.cpu = cpu::of_this_thread();
        self.opened = Some((now, self.totals));
    }

    /// The window closes: what was spent in it.
    pub(crate) fn close(&mut self, now: Instant) -> Generator {
        self.turn(now);
        self.totals.cpu = cpu::of_this_thread();
        let Some((opened, before)) = self.opened else { return Generator::default() };
        let wall = (now - opened).as_secs_f64().max(f64::MIN_POSITIVE);
        let share = |of: fn(&Totals) -> Duration| (of(&self.totals) - of(&before)).as_secs_f64() / wall;
        let (cpu, asleep) = (share(|totals| totals.cpu), share(|totals| totals.asleep));
        let busy = (1.0 - share(|totals| totals.watched)).max(0.0);
        Generator { cpu, busy, preempted: (1.0 - cpu - asleep).max(0.0) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_is_what_is_neither_watching_nor_sleep() {
        let start = Instant::now();
        let at = |ms| start + Duration::from_millis(ms);
        let mut meter = Meter::new(start);
        meter.work();
        meter.open(at(100));
        meter.turn(at(100));
        meter.work();
        // 30 ms of work, then 20 of watching, then 40 of sleep and 10 of work.
        meter.turn(at(130));
        meter.turn(at(150));
        meter.slept(Duration::from_millis(40), true);
        let spent = meter.close(at(200));
        assert!((spent.busy - 0.4).abs() < 1e-9, "{spent:?}");
        assert!(spent.preempted > 0.5, "{spent:?}");
    }
}
