//! Many checks at once, their verdicts in the order of the plan.

use crate::{
    finding::Verdict,
    plan::{Item, Plan},
    protocol::subject::Subject,
};
use std::{
    sync::{
        atomic::{AtomicUsize, Ordering},
        mpsc::{self, Receiver, Sender},
    },
    thread,
};

/// Judges everything, several checks at a time; `told` hears of each in the order of the plan. Checks of the contract that
/// need the store for themselves come after all others, one by one.
///
/// # Errors
/// What `told` returns; nothing more is begun then.
pub fn judge<E: Send>(
    plan: &Plan,
    subject: &Subject,
    jobs: usize,
    mut told: impl FnMut(&Item, Verdict) -> Result<(), E>,
) -> Result<(), E> {
    let (alone, together): (Vec<_>, Vec<_>) = plan.items.iter().partition(|item| item.is_alone());
    let next = AtomicUsize::new(0);
    thread::scope(|scope| {
        let (tell, verdicts) = mpsc::channel();
        for _ in 0..jobs.clamp(1, together.len().max(1)) {
            let (tell, next, together) = (tell.clone(), &next, &together);
            scope.spawn(move || work(together, subject, next, &tell));
        }
        drop(tell);
        let heard = in_order(&verdicts, |at, verdict| told(together[at], verdict));
        // Whoever stops listening stops the work.
        next.store(together.len(), Ordering::Relaxed);
        heard
    })?;
    alone.into_iter().try_for_each(|item| told(item, item.judge(subject)))
}

fn work(items: &[&Item], subject: &Subject, next: &AtomicUsize, tell: &Sender<(usize, Verdict)>) {
    loop {
        let at = next.fetch_add(1, Ordering::Relaxed);
        let Some(item) = items.get(at) else { return };
        if tell.send((at, item.judge(subject))).is_err() {
            return;
        }
    }
}

/// Hands on what comes in any order, in order.
fn in_order<T, E>(all: &Receiver<(usize, T)>, mut told: impl FnMut(usize, T) -> Result<(), E>) -> Result<(), E> {
    let (mut early, mut due) = (std::collections::BTreeMap::new(), 0);
    for (at, one) in all {
        early.insert(at, one);
        while let Some(one) = early.remove(&due) {
            told(due, one)?;
            due += 1;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_in_any_order_is_told_in_order() {
        let (tell, all) = mpsc::channel();
        for at in [2, 0, 1, 4, 3] {
            tell.send((at, at * 10)).expect("somebody listens");
        }
        drop(tell);
        let mut heard = Vec::new();
        let told = in_order(&all, |at, one| {
            heard.push((at, one));
            if at == 3 { Err("enough") } else { Ok(()) }
        });
        assert_eq!(told, Err("enough"));
        assert_eq!(heard, [(0, 0), (1, 10), (2, 20), (3, 30)]);
    }
}
