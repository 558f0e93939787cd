//! Requests put together by [proptest](https://docs.rs/proptest) out of everything that could matter, alone and several in
//! one connection, sent to all six. What tells them apart is taken apart until nothing can be left out.

pub mod asked;
mod body;
mod body_words;
mod field_words;
mod fields;
mod six;
mod target_words;
mod targets;
mod verdict;

pub use six::Six;

use asked::Asked;
use proptest::{
    collection::vec,
    prelude::*,
    sample::select,
    test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner},
};
use std::{
    cell::Cell,
    env,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

/// Not one of the six has reason to answer this host in another way than the others.
const HOST: &str = "127.0.0.1";

/// The seed of an ordinary run: the same requests each time, so that a verdict does not depend on luck.
const SEED: u64 = 1;
/// How long an ordinary run may take.
const TIME: Duration = Duration::from_secs(10);
/// How many are made between two looks at the clock.
const ROUND: u32 = 25;
/// How many connections an ordinary run makes to each server.
const COUNT: u32 = 800;
/// How long a difference is made smaller.
const SHRINKING: u32 = 150_000;

/// Where to look, and for how long.
pub struct Search {
    pub seed: u64,
    pub time: Duration,
    pub count: u32,
}

/// What was looked at.
#[derive(Clone, Copy, Default)]
pub struct Looked {
    pub connections: u32,
    pub requests: usize,
}

impl Search {
    /// As `SEARCH_SEED` (a number, or `random`) and `SEARCH_SECONDS` say. With either, only the time is a bound.
    pub fn from_env() -> Self {
        let told = |name| env::var(name).ok().filter(|value| !value.is_empty());
        let (seed, seconds) = (told("SEARCH_SEED"), told("SEARCH_SECONDS"));
        let count = if seed.is_none() && seconds.is_none() { COUNT } else { u32::MAX };
        let seed = seed.map_or(SEED, |seed| match seed.as_str() {
            "random" => SystemTime::now().duration_since(UNIX_EPOCH).map_or(SEED, |now| u64::from(now.subsec_nanos())),
            number => number.parse().expect("SEARCH_SEED is a number, or `random`"),
        });
        let seconds = seconds.map(|seconds| seconds.parse().expect("SEARCH_SECONDS is a number"));
        Search { seed, time: seconds.map_or(TIME, Duration::from_secs), count }
    }

    /// Looks for what the six answer differently.
    ///
    /// # Errors
    /// The smallest such requests, raw, and what came back.
    pub fn run(&self, six: &Six) -> Result<Looked, String> {
        let (mut looked, begun) = (Looked::default(), Instant::now());
        for round in 0.. {
            if begun.elapsed() > self.time || looked.connections >= self.count {
                break;
            }
            self.round(round, six, &mut looked).map_err(|told| {
                format!("{told}Seen again with SEARCH_SEED={} SEARCH_SECONDS={}\n", self.seed, self.time.as_secs())
            })?;
        }
        Ok(looked)
    }

    fn round(&self, round: u64, six: &Six, looked: &mut Looked) -> Result<(), String> {
        let seen = Cell::new(Looked::default());
        let found = self.runner(round).run(&conversation(), |asked| {
            let Looked { connections, requests } = seen.get();
            seen.set(Looked { connections: connections + 1, requests: requests + asked.len() });
            six.compare(&asked).map_err(TestCaseError::fail)
        });
        let Looked { connections, requests } = seen.get();
        *looked = Looked { connections: looked.connections + connections, requests: looked.requests + requests };
        match found {
            Ok(()) => Ok(()),
            Err(TestError::Fail(told, _)) => Err(told.to_string()),
            Err(TestError::Abort(why)) => Err(format!("the search gave up: {why}\n")),
        }
    }

    fn runner(&self, round: u64) -> TestRunner {
        let mut seed = [0; 32];
        seed[..8].copy_from_slice(&self.seed.to_le_bytes());
        seed[8..16].copy_from_slice(&round.to_le_bytes());
        let config = Config {
            cases: ROUND,
            failure_persistence: None,
            max_shrink_time: SHRINKING,
            max_shrink_iters: 4000,
            ..Config::default()
        };
        TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &seed))
    }
}

/// What one client says on one connection, without waiting for answers.
fn conversation() -> impl Strategy<Value = Vec<Asked>> {
    prop_oneof![2 => vec(asked(), 1), 1 => vec(asked(), 2..5)].prop_map(|mut asked| {
        asked.iter_mut().for_each(Asked::stay_with_http);
        let last = asked.iter().position(|asked| asked.is_last() || asked.asks_for_upgrade());
        asked.truncate(last.map_or(usize::MAX, |at| at + 1));
        asked
    })
}

fn asked() -> impl Strategy<Value = Asked> {
    let host = prop_oneof![60 => Just(Some(HOST)), 2 => Just(None), 1 => select(&[Some("localhost"), Some("example.com"), Some("")][..])];
    let end = prop_oneof![400 => Just("\r\n"), 1 => select(&["\n", "\r\r\n", "x\r\n\r\n"][..])];
    (targets::line(), host, fields::fields(), body::body(), end).prop_map(|(line, host, fields, body, end)| Asked {
        line,
        host,
        fields,
        body,
        end,
    })
}
