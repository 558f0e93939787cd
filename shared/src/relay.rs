//! Asks the siblings in turn, and spares those that fail, and itself from clients that ask too often.
//!
//! A request comes by two gates, which each server puts around the one route in its framework's own way:
//! [`admit`] is the rate limit of each client, [`choose`] the circuit breakers. What the second gives, a [`Passage`], is
//! what [`ask`] needs. If the first sibling fails another one is asked, once: GET changes nothing.
//!
//! | what happens | answer |
//! |---|---|
//! | the client asks too often | 429, `Retry-After` |
//! | nobody else is alive, or every breaker is open | 503, `Retry-After` |
//! | nobody could be connected to | 503, `Retry-After` |
//! | something else came than the answer of `GET /json` | 502 |
//! | nothing came in time | 504 |

mod breaker;
mod figures;
mod limiter;

use crate::{
    app::App,
    config::Siblings,
    contract::media,
    domain::{MemberState, Sibling},
    error::Error,
    policy::request_id,
    telemetry::Metrics,
};
use breaker::{Breaker, Permit, Rule, WINDOW};
use bytes::Bytes;
use client::{Client, Failure};
use limiter::Limiter;
use std::{
    collections::BTreeMap,
    net::IpAddr,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};
use tokio::time::{Instant, timeout};

/// The field that names the sibling whose answer it is.
pub const SERVED_BY: &str = "x-served-by";
/// What a sibling is asked for.
const PATH: &str = "/json";
/// Its answer is a few bytes.
const MOST: usize = 64 * 1024;
const UNREACHABLE: Error = Error::Unavailable("The sibling cannot be reached.");

/// What relaying needs to remember.
pub struct Relay {
    limiter: Limiter,
    client: Client,
    rule: Rule,
    breakers: Mutex<BTreeMap<Sibling, Arc<Breaker>>>,
    /// Whose turn it is.
    turn: AtomicUsize,
}

/// Leave to ask a sibling.
#[derive(Clone)]
pub struct Passage(Arc<Permit>);

/// The answer of a sibling.
#[derive(Clone, Debug)]
pub struct Relayed {
    /// The name of the sibling.
    pub served_by: String,
    /// The body, JSON.
    pub body: Bytes,
}

impl Relay {
    pub(crate) fn new(siblings: &Siblings, metrics: &Metrics) -> Self {
        figures::describe(metrics);
        Relay {
            limiter: Limiter::new(siblings.relay_rate),
            client: Client::default(),
            rule: Rule { share: siblings.breaker_share, window: WINDOW, pause: siblings.breaker_pause },
            breakers: Mutex::default(),
            turn: AtomicUsize::new(0),
        }
    }

    fn breakers(&self) -> MutexGuard<'_, BTreeMap<Sibling, Arc<Breaker>>> {
        self.breakers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The breakers of these siblings, from the one whose turn it is; those of others are forgotten. The turn is the next
    /// one's then, if it `passes`.
    fn in_turn(&self, siblings: &[&Sibling], passes: bool, metrics: &Metrics) -> Vec<Arc<Breaker>> {
        let mut known = self.breakers();
        known.retain(|sibling, _| siblings.contains(&sibling));
        for sibling in siblings {
            let new = || Arc::new(Breaker::new((*sibling).clone(), self.rule, metrics));
            known.entry((*sibling).clone()).or_insert_with(new);
        }
        let mut breakers: Vec<_> = known.values().cloned().collect();
        drop(known);
        let first = self.turn.fetch_add(usize::from(passes), Ordering::Relaxed) % breakers.len().max(1);
        breakers.rotate_left(first);
        breakers
    }
}

/// The rate limit: whether this client may ask now.
///
/// # Errors
/// A 429 that says when it may.
pub fn admit(app: &App, client: Option<IpAddr>) -> Result<(), Error> {
    app.relay.limiter.check(client).map_err(|wait| {
        figures::limited(&app.metrics);
        Error::TooManyRequests(wait)
    })
}

/// The circuit breakers: the next living sibling that is worth asking.
///
/// # Errors
/// A 503 if there is none, which says when there may be one.
pub fn choose(app: &App) -> Result<Passage, Error> {
    let permit = next(app, None).inspect_err(|_| figures::refused(&app.metrics))?;
    Ok(Passage(Arc::new(permit)))
}

/// The next one. Another one than this does not take a turn of its own: it stands in for it.
fn next(app: &App, but: Option<&Sibling>) -> Result<Permit, Error> {
    let members = app.members.list();
    let alive = members.iter().filter(|member| member.state == MemberState::Alive).map(|member| &member.sibling);
    let others: Vec<_> = alive.filter(|sibling| sibling.address != app.advertised).collect();
    if others.is_empty() {
        return Err(Error::Unavailable("No sibling is alive."));
    }
    let mut breakers = app.relay.in_turn(&others, but.is_none(), &app.metrics);
    breakers.retain(|breaker| Some(&breaker.sibling) != but);
    breakers
        .iter()
        .find_map(Breaker::enter)
        .ok_or_else(|| Error::Tripped(breakers.iter().map(|breaker| breaker.wait()).min().unwrap_or_default()))
}

/// Asks the sibling that was chosen, and if it fails, another one.
///
/// # Errors
/// What the last one that was asked has done: 502, 503, 504.
pub async fn ask(app: &App, passage: &Passage, request_id: &str) -> Result<Relayed, Error> {
    let (begun, limit) = (Instant::now(), app.config.siblings.relay_timeout);
    // Half of the time, so that there is some left for another.
    let failure = match attempt(app, &passage.0, request_id, limit / 2).await {
        Ok(relayed) => return Ok(relayed),
        Err(failure) => failure,
    };
    let Ok(another) = next(app, Some(passage.0.sibling())) else { return Err(failure) };
    figures::retried(&app.metrics);
    attempt(app, &another, request_id, limit.saturating_sub(begun.elapsed())).await
}

/// Asks one sibling once, and lets its breaker know how that went.
async fn attempt(app: &App, permit: &Permit, request_id: &str, limit: Duration) -> Result<Relayed, Error> {
    let sibling = permit.sibling();
    let fields = [(request_id::NAME, request_id), ("accept", media::JSON)];
    let asked = timeout(limit, app.relay.client.get(sibling.address, PATH, &fields, MOST)).await;
    let (outcome, answer) = match asked {
        Ok(Ok(answer)) if answer.status == 200 && answer.media.as_deref() == Some(media::JSON) => {
            ("ok", Ok(answer.body))
        }
        Ok(Ok(answer)) => ("wrong", Err((Error::BadGateway, format!("the status is {}", answer.status)))),
        Ok(Err(cause @ Failure::Unreachable(_))) => ("unreachable", Err((UNREACHABLE, cause.to_string()))),
        Ok(Err(cause)) => ("broken", Err((Error::BadGateway, cause.to_string()))),
        Err(_) => ("late", Err((Error::Timeout(limit), format!("no answer within {limit:?}")))),
    };
    permit.settle(answer.is_ok());
    figures::attempt(&app.metrics, sibling, outcome);
    match answer {
        Ok(body) => Ok(Relayed { served_by: sibling.name.clone(), body }),
        Err((error, cause)) => {
            tracing::warn!(sibling = sibling.name, address = %sibling.address, cause, "a sibling has failed");
            Err(error)
        }
    }
}
