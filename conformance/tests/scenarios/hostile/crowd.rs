//! Many bad clients at once, each of them again and again.

use super::{guilty::Guilty, scene::Scene};
use conformance::finding::Finding;
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};
use tokio::{runtime::Builder, task::JoinSet, time::sleep};

/// Who comes, how many at once, one after the other over how long, and how long each stays away before it comes again.
#[derive(Clone, Copy)]
pub struct Crowd {
    pub guilty: Guilty,
    pub count: usize,
    pub gathering: Duration,
    pub pause: Duration,
}

impl Crowd {
    /// Gathers, is there while `work` is done, and until the last of it is gone; what the work gave, and how many came.
    ///
    /// # Errors
    /// When the server did not treat one of them as it should.
    pub fn beside<T>(self, scene: Scene, work: impl FnOnce() -> T) -> Result<(T, usize), Finding> {
        let enough = Arc::new(AtomicBool::new(false));
        thread::scope(|scope| {
            let there = scope.spawn(|| self.gather(Arc::new(scene), &enough));
            thread::sleep(self.gathering);
            let done = work();
            enough.store(true, Ordering::Relaxed);
            let lives = there.join().unwrap_or_else(|_| Err("a panic in the crowd".to_owned()));
            let lives = lives.map_err(|what| Finding::new(format!("{:?}: {what}", self.guilty)))?;
            Ok((done, lives))
        })
    }

    /// All of them, on one thread.
    fn gather(self, scene: Arc<Scene>, enough: &Arc<AtomicBool>) -> Result<usize, String> {
        let runtime = Builder::new_current_thread().enable_all().build().map_err(|cause| cause.to_string())?;
        runtime.block_on(async {
            let mut crowd = JoinSet::new();
            for number in 0..self.count {
                crowd.spawn(self.come_again(number, Arc::clone(&scene), Arc::clone(enough)));
            }
            let mut lives = 0;
            while let Some(ended) = crowd.join_next().await {
                lives += ended.map_err(|cause| cause.to_string())??;
            }
            Ok(lives)
        })
    }

    async fn come_again(self, number: usize, scene: Arc<Scene>, enough: Arc<AtomicBool>) -> Result<usize, String> {
        sleep(self.gathering.mul_f64(number as f64 / self.count as f64)).await;
        for lives in 1.. {
            self.guilty.live(&scene, number + lives).await?;
            if enough.load(Ordering::Relaxed) {
                return Ok(lives);
            }
            sleep(self.pause).await;
        }
        Ok(0)
    }
}
