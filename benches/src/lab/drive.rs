//! One window: load on a server, and what came of it.

use crate::lab::{
    cores, gates,
    heat::Heat,
    raw::{Pace, Round},
    server::Server,
    usage::{Usage, Used},
};
use load::Plan;
use std::{sync::atomic::AtomicBool, time::Duration};

/// For an answer, and for what is open when a window ends.
const TIMEOUT: Duration = Duration::from_secs(3);

/// How long.
#[derive(Clone, Copy, Debug)]
pub struct Times {
    /// Before anything counts.
    pub warm_up: Duration,
    /// That counts.
    pub window: Duration,
}

/// A round, and its latencies.
pub type Window = (Round, Vec<(u64, u64)>);

/// Puts a server under load for one window.
///
/// # Errors
/// Why there was no load at all, in words.
pub fn window(
    server: &Server,
    heat: &Heat,
    (pace, rate): (Pace, Option<f64>),
    times: Times,
    (round, seed): (usize, u64),
) -> Result<Window, String> {
    let plan = Plan {
        connections: heat.connections,
        depth: heat.depth,
        keep_alive: heat.keep_alive,
        warm_up: times.warm_up.mul_f64(heat.patience),
        duration: times.window.mul_f64(heat.patience),
        timeout: TIMEOUT,
        seed,
        ..Plan::new(server.address, heat.asks.clone(), rate.map_or(load::Pace::FlatOut, load::Pace::Rate))
    };
    let mut probe = || {
        let usage = server.pids().and_then(|pids| Usage::of(pids).map_err(|cause| format!("its time: {cause}")));
        Ok::<_, String>((usage?, server.core.and_then(cores::busy)))
    };
    let mut outcome = load::run(&plan, &AtomicBool::new(false), &mut probe).map_err(|cause| cause.to_string())?;
    let used = match &outcome.probes {
        [Ok((before, busy)), Ok((after, busier))] => {
            let used = after.since(before);
            Ok((used, others(busy.zip(*busier), used)))
        }
        [Err(why), _] | [_, Err(why)] => Err(why.clone()),
    };
    let shared = used.as_ref().ok().and_then(|(used, others)| gates::shared(used.waited.min(*others), plan.duration));
    let faults = outcome.faults().into_iter().chain(shared).collect();
    let used = used.map(|(used, _)| used);
    let open = outcome.open.take();
    let milliseconds = |time: Duration| time.as_secs_f64() * 1e3;
    let round = Round {
        round,
        offered: rate,
        achieved: outcome.achieved,
        requests: outcome.completed,
        cpu: used
            .as_ref()
            .ok()
            .filter(|_| outcome.completed > 0)
            .map(|used| used.run.as_secs_f64() * 1e6 / outcome.completed as f64),
        split_ms: used.as_ref().ok().map(|used| (milliseconds(used.user), milliseconds(used.system))),
        percentiles: open
            .as_ref()
            .map(|open| [open.latency.p50, open.latency.p90, open.latency.p99, open.latency.p999]),
        generator: outcome.generator.busy,
        repeated: 0,
        faults: gates::counted(faults, pace),
        unknown: used.err(),
    };
    Ok((round, open.map(|open| open.latency.counts).unwrap_or_default()))
}

/// Time that others had on the server's core between two looks at it. What the server's threads waited for each other
/// is not in it.
fn others(busy: Option<(Duration, Duration)>, used: Used) -> Duration {
    busy.map_or(Duration::ZERO, |(before, after)| after.saturating_sub(before).saturating_sub(used.run))
}
