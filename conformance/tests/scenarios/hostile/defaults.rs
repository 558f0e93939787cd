//! The bar of the project, with the limits that users have: every slow client is cut within 35 seconds.

use super::{
    super::{IN_FLIGHT, Kind, SOON},
    bystander,
    guilty::Guilty,
    scene::{LARGE, Scene},
};
use conformance::{fact::Fact, finding::Finding, request::Request};
use std::{
    sync::Arc,
    thread,
    time::{Duration, Instant},
};
use tokio::{runtime::Builder, task::JoinSet};

const BAR: Duration = Duration::from_secs(35);
/// A cut before the limit is as wrong as one too late; clocks of two programs may be so far apart.
const CLOCKS: Duration = Duration::from_millis(100);
/// How many of each kind.
const EACH: usize = 3;

/// Each with its limit, in seconds.
const SLOW: [(Guilty, u64); 8] = [
    (Guilty::Silent, 10),
    (Guilty::DrippingHead, 10),
    (Guilty::DrippingLaterHead, 10),
    (Guilty::DrippingBody, 20),
    (Guilty::StalledBody, 20),
    (Guilty::StalledReader, 20),
    (Guilty::DrippingReader, 20),
    (Guilty::Idle, 30),
];

/// All of them at once, while a healthy client asks.
pub fn slow(kind: Kind) -> Result<(), Finding> {
    let running = kind.start_plain(|_| {});
    let target = &running.target;
    target.expect(&Request::new("PUT", LARGE).body(vec![b'x'; 4 << 20]), &[Fact::Status(201)])?;
    thread::scope(|scope| {
        let all = scope.spawn(|| {
            let scene = Scene::of(target, Duration::from_millis(500), BAR);
            every_kind(scene).map_err(Finding::new)
        });
        while !all.is_finished() {
            let mut kept = target.connect()?;
            bystander::ask(target, &mut kept, true, Duration::from_millis(50))?;
            thread::sleep(Duration::from_millis(500));
        }
        all.join().unwrap_or_else(|_| Err(Finding::new("a panic among the slow")))
    })?;
    target.await_metric("http_connections", |value| value == 1.0, SOON)?;
    target.await_metric(IN_FLIGHT, |value| value == 1.0, SOON)
}

fn every_kind(scene: Scene) -> Result<(), String> {
    let runtime = Builder::new_current_thread().enable_all().build().map_err(|cause| cause.to_string())?;
    let scene = Arc::new(scene);
    runtime.block_on(async {
        let mut slow = JoinSet::new();
        for (guilty, limit) in SLOW.into_iter().cycle().take(EACH * SLOW.len()) {
            let scene = Arc::clone(&scene);
            slow.spawn(async move {
                let begun = Instant::now();
                let cut = guilty.live(&scene, 0).await.and_then(|()| match begun.elapsed() {
                    took if took + CLOCKS < Duration::from_secs(limit) => Err(format!("cut after {took:?} already")),
                    took if took > BAR => Err(format!("cut after {took:?} only")),
                    _ => Ok(()),
                });
                cut.map_err(|what| format!("{guilty:?}: {what}"))
            });
        }
        while let Some(ended) = slow.join_next().await {
            ended.map_err(|cause| cause.to_string())??;
        }
        Ok(())
    })
}
