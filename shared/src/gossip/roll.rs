//! What is made of what the failure detector says.
//!
//! | it says | the server is |
//! |---|---|
//! | alive | alive |
//! | dead | suspected; gone once it has said so for [`PATIENCE`] |
//! | dead, of one that was never seen alive | not listed; gone after [`PATIENCE`] |
//!
//! One that says itself that it leaves is gone at once. A server that was started again is the newer one of the two.

use crate::domain::{Member, MemberState, Sibling};
use std::{
    collections::HashMap,
    net::SocketAddr,
    time::{Duration, Instant, SystemTime},
};

/// How long a server is suspected before it is gone. A machine that is busy may keep a server from speaking for a while.
const PATIENCE: Duration = Duration::from_secs(5);

/// What is known of one server, at one moment.
pub(super) struct Report {
    pub sibling: Sibling,
    /// Which of its lives this is; later ones have greater numbers.
    pub generation: u64,
    pub is_alive: bool,
    pub has_left: bool,
}

/// All that were met.
#[derive(Default)]
pub(super) struct Roll(HashMap<(String, SocketAddr), Entry>);

struct Entry {
    /// As it is shown; not at all while nothing is known of it.
    shown: Option<Member>,
    /// Since when it is overdue.
    overdue: Option<Instant>,
}

impl Roll {
    /// Takes down what is reported now; answers what has changed by it.
    pub fn call(&mut self, reports: Vec<Report>, now: Instant, clock: SystemTime) -> Vec<Member> {
        let latest = latest(reports);
        self.0.retain(|key, _| latest.contains_key(key));
        let mut changes = Vec::new();
        for (key, report) in latest {
            let entry = self.0.entry(key).or_insert(Entry { shown: None, overdue: None });
            if entry.take(report, now, clock) {
                changes.extend(entry.shown.clone());
            }
        }
        changes
    }

    /// Those that are shown.
    pub fn members(&self) -> Vec<Member> {
        self.0.values().filter_map(|entry| entry.shown.clone()).collect()
    }
}

fn latest(reports: Vec<Report>) -> HashMap<(String, SocketAddr), Report> {
    let mut latest = HashMap::<_, Report>::new();
    for report in reports {
        let key = (report.sibling.name.clone(), report.sibling.address);
        if latest.get(&key).is_none_or(|known| known.generation < report.generation) {
            latest.insert(key, report);
        }
    }
    latest
}

impl Entry {
    /// Whether that changes how it is shown.
    fn take(&mut self, report: Report, now: Instant, clock: SystemTime) -> bool {
        let overdue = (!report.is_alive).then(|| *self.overdue.get_or_insert(now));
        self.overdue = overdue;
        let state = match overdue {
            _ if report.has_left => MemberState::Gone,
            None => MemberState::Alive,
            Some(since) if now.duration_since(since) >= PATIENCE => MemberState::Gone,
            Some(_) if self.shown.is_none() => return false,
            // What is gone is not suspected any more.
            Some(_) if self.shown.as_ref().is_some_and(|shown| shown.state == MemberState::Gone) => MemberState::Gone,
            Some(_) => MemberState::Suspected,
        };
        let same = |shown: &Member| shown.state == state && shown.sibling == report.sibling;
        if self.shown.as_ref().is_some_and(same) {
            return false;
        }
        self.shown = Some(Member { sibling: report.sibling, state, since: clock });
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(generation: u64, is_alive: bool, has_left: bool) -> Report {
        let sibling = Sibling::parse("axum-server", "127.0.0.1:3003", "0.1.0").expect("sound");
        Report { sibling, generation, is_alive, has_left }
    }

    /// Calls a roll at these seconds, each with what is reported then; what it shows after each.
    fn shown(calls: Vec<(u64, Vec<Report>)>) -> Vec<Option<(&'static str, u64)>> {
        let (mut roll, begun, clock) = (Roll::default(), Instant::now(), SystemTime::UNIX_EPOCH);
        let calls = calls.into_iter().map(|(second, reports)| {
            let at = Duration::from_secs(second);
            roll.call(reports, begun + at, clock + at);
            let member = roll.members().pop()?;
            Some((member.state.name(), member.since.duration_since(clock).expect("later").as_secs()))
        });
        calls.collect()
    }

    #[test]
    fn what_is_overdue_is_suspected_and_then_gone() {
        let steps = vec![
            (0, vec![report(1, true, false)]),
            (1, vec![report(1, true, false)]),
            (2, vec![report(1, false, false)]),
            (6, vec![report(1, false, false)]),
            (7, vec![report(1, false, false)]),
            (9, vec![report(1, true, false)]),
            (10, vec![]),
        ];
        let wanted = [
            Some(("alive", 0)),
            Some(("alive", 0)),
            Some(("suspected", 2)),
            Some(("suspected", 2)),
            Some(("gone", 7)),
            Some(("alive", 9)),
            None,
        ];
        assert_eq!(shown(steps), wanted);
    }

    #[test]
    fn one_that_was_late_is_alive_again() {
        let steps = [(0, true), (1, false), (4, true), (8, false), (12, false), (13, false)];
        let steps = steps.map(|(at, is_alive)| (at, vec![report(1, is_alive, false)]));
        let states: Vec<_> = shown(steps.into()).into_iter().flatten().map(|(state, _)| state).collect();
        assert_eq!(states, ["alive", "suspected", "alive", "suspected", "suspected", "gone"]);
    }

    #[test]
    fn one_that_leaves_is_gone_at_once_and_the_newer_life_counts() {
        let steps = vec![
            (0, vec![report(1, true, false)]),
            (1, vec![report(1, true, true)]),
            (2, vec![report(1, false, true), report(2, true, false)]),
            (3, vec![report(2, true, false), report(1, false, false)]),
        ];
        assert_eq!(shown(steps), [Some(("alive", 0)), Some(("gone", 1)), Some(("alive", 2)), Some(("alive", 2))]);
    }

    #[test]
    fn of_one_that_was_never_alive_nothing_is_said_at_first() {
        let steps = [0, 4, 5].map(|at| (at, vec![report(1, false, false)]));
        assert_eq!(shown(steps.into()), [None, None, Some(("gone", 5))]);
    }
}
