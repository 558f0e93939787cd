//! "At least so many bytes per second over any window", as plain arithmetic: the clock is an argument.
//!
//! Only time spent waiting for the peer counts. Waiting time is cut into slots of a sixteenth of the window, and each slot
//! keeps the bytes that arrived in it. A peer has stalled once the slots of one window *and one slot more* hold less than
//! the window's due: the extra slot is what keeps a peer that makes exactly the rate, in bursts or not, from ever being cut.

use std::time::{Duration, Instant};

/// Slots that make up one window.
const SLOTS: u32 = 16;
/// Slots that are kept: one window, one slot of leniency and the one being filled.
const KEPT: usize = SLOTS as usize + 2;

/// Judges whether a peer keeps a minimum rate. Cuts at the latest an eighth of a window after the window has passed.
#[derive(Clone, Debug)]
pub struct Pace {
    due: u64,
    slot: Duration,
    waited: Duration,
    since: Option<Instant>,
    current: u64,
    slots: [u64; KEPT],
}

impl Pace {
    /// A peer must make `min_rate` bytes per second over any `window` of waiting. A rate of 0 never stalls.
    pub fn new(min_rate: u64, window: Duration) -> Self {
        let due = u128::from(min_rate).saturating_mul(window.as_nanos()) / 1_000_000_000;
        Self {
            due: u64::try_from(due).unwrap_or(u64::MAX),
            slot: (window / SLOTS).max(Duration::from_nanos(1)),
            waited: Duration::ZERO,
            since: None,
            current: 0,
            slots: [0; KEPT],
        }
    }

    /// From now on we wait for the peer; without effect if we do already.
    pub fn waiting(&mut self, now: Instant) {
        self.since.get_or_insert(now);
    }

    /// The peer moved `bytes`, and we no longer wait (call [`Pace::waiting`] again if we do).
    pub fn progress(&mut self, now: Instant, bytes: u64) {
        // Most peers need not be waited for.
        if self.since.is_some() {
            self.pause(now);
        }
        self.count(bytes);
    }

    /// The peer moved `bytes` and was not waited for, so that no time has to be asked for.
    pub fn count(&mut self, bytes: u64) {
        let slot = &mut self.slots[(self.current % KEPT as u64) as usize];
        *slot = slot.saturating_add(bytes);
    }

    /// We no longer wait, though nothing came: time from here on is our own.
    pub fn pause(&mut self, now: Instant) {
        self.waited = self.waited_at(now);
        self.since = None;
        let slot = self.slot_at(self.waited);
        let fresh = slot.saturating_sub(self.current).min(KEPT as u64);
        for step in 0..fresh {
            self.slots[((slot - step) % KEPT as u64) as usize] = 0;
        }
        self.current = slot;
    }

    /// Whether the peer has fallen below the rate, as far as waiting until `now` shows.
    pub fn stalled(&self, now: Instant) -> bool {
        self.waited_at(now) > self.limit()
    }

    /// When the peer will have stalled if nothing more comes; `None` while we do not wait for it.
    pub fn deadline(&self) -> Option<Instant> {
        let wait = self.limit().saturating_sub(self.waited);
        self.since?.checked_add(wait.saturating_add(Duration::from_nanos(1)))
    }

    /// The waiting time past which the bytes seen so far are too few.
    ///
    /// Walks from the newest slot back until the due is met: once the slot that met it has left the window, the rest is
    /// less than due.
    fn limit(&self) -> Duration {
        if self.due == 0 {
            return Duration::MAX;
        }
        let oldest = self.current.saturating_sub(KEPT as u64 - 1);
        let mut sum = 0u64;
        for slot in (oldest..=self.current).rev() {
            sum = sum.saturating_add(self.slots[(slot % KEPT as u64) as usize]);
            if sum >= self.due {
                return self.times(slot + 1 + u64::from(SLOTS) + 1);
            }
        }
        self.times((oldest + u64::from(SLOTS) + 1).max(u64::from(SLOTS) + 1))
    }

    fn times(&self, slots: u64) -> Duration {
        let nanos = self.slot.as_nanos().saturating_mul(u128::from(slots));
        Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
    }

    fn slot_at(&self, waited: Duration) -> u64 {
        u64::try_from(waited.as_nanos() / self.slot.as_nanos()).unwrap_or(u64::MAX)
    }

    fn waited_at(&self, now: Instant) -> Duration {
        let running = self.since.map_or(Duration::ZERO, |since| now.saturating_duration_since(since));
        self.waited.saturating_add(running)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WINDOW: Duration = Duration::from_secs(20);

    /// Waits from the start; bytes come as `steps` say (after so many milliseconds, so many bytes). Answers whether the
    /// peer ever stalled, looking right before each arrival and at the deadline.
    fn ever_stalls(steps: impl IntoIterator<Item = (u64, u64)>) -> Option<Duration> {
        let start = Instant::now();
        let mut now = start;
        let mut pace = Pace::new(500, WINDOW);
        pace.waiting(now);
        for (millis, bytes) in steps {
            let next = now + Duration::from_millis(millis);
            let deadline = pace.deadline().expect("waiting");
            if deadline <= next {
                assert!(pace.stalled(deadline), "the deadline is when it stalls");
                return Some(deadline - start);
            }
            assert!(!pace.stalled(next));
            now = next;
            pace.progress(now, bytes);
            pace.waiting(now);
        }
        None
    }

    #[test]
    fn exactly_the_rate_is_never_cut() {
        for (millis, bytes) in [(1, 1), (2, 1), (10, 5), (1_000, 500), (3_000, 1_500), (7_000, 3_500), (20_000, 10_000)]
        {
            let steps = (0..200_000 / millis + 5).map(|_| (millis, bytes.max(millis / 2)));
            assert_eq!(ever_stalls(steps), None, "{bytes} bytes each {millis} ms");
        }
    }

    #[test]
    fn bursts_that_keep_the_rate_over_each_window_are_never_cut() {
        let steps = [(19_900, 10_000), (100, 0), (5_000, 10_000), (19_000, 1), (1_000, 10_000), (20_000, 10_000)];
        assert_eq!(ever_stalls(steps.into_iter().cycle().take(60)), None);
    }

    #[test]
    fn less_than_the_rate_is_cut_soon_after_a_window() {
        let soon = WINDOW..=WINDOW * 9 / 8;
        let steps: [(&str, Vec<(u64, u64)>); 4] = [
            ("silent", vec![(100_000, 0)]),
            ("dripping", vec![(1_000, 1); 100]),
            ("at half the rate", vec![(1_000, 250); 100]),
            ("just below the rate", vec![(1_000, 450); 100]),
        ];
        for (name, steps) in steps {
            let cut = ever_stalls(steps).expect(name);
            assert!(soon.contains(&cut), "{name}: {cut:?}");
        }
    }

    #[test]
    fn past_plenty_counts_for_one_window_only() {
        let cut = ever_stalls([(1_000, 1_000_000_000), (100_000, 0)]).expect("cut");
        let silent = cut - Duration::from_secs(1);
        assert!((WINDOW..=WINDOW * 9 / 8).contains(&silent), "{silent:?}");
    }

    #[test]
    fn our_own_time_does_not_count() {
        let mut now = Instant::now();
        let mut pace = Pace::new(500, WINDOW);
        for _ in 0..100 {
            pace.waiting(now);
            now += Duration::from_millis(100);
            pace.progress(now, 50);
            assert_eq!(pace.deadline(), None);
            now += Duration::from_secs(60);
            assert!(!pace.stalled(now));
        }
        pace.waiting(now);
        pace.pause(now + Duration::from_secs(15));
        now += Duration::from_secs(100);
        assert!(!pace.stalled(now));
        pace.waiting(now);
        assert!(pace.stalled(now + Duration::from_secs(10)), "both waits count together");
    }

    #[test]
    fn odd_numbers_are_harmless() {
        let now = Instant::now();
        for (rate, window) in [(0, WINDOW), (u64::MAX, Duration::MAX), (1, Duration::ZERO)] {
            let mut pace = Pace::new(rate, window);
            pace.waiting(now);
            pace.waiting(now + WINDOW);
            let _ = (pace.stalled(now), pace.deadline());
            pace.progress(now + WINDOW * 1000, u64::MAX);
            assert!(rate != 0 || !pace.stalled(now + WINDOW * 5000));
        }
    }
}
