//! A bound on the time to an answer. The time that the client takes to send its body does not count.

use super::{Answer, fail};
use actix_web::{HttpMessage, body::BoxBody, dev::ServiceRequest, middleware::Next, web::Data};
use shared::{App, Error};
use std::{cell::RefCell, pin::pin, rc::Rc, time::Duration};
use tokio::{
    select,
    time::{Instant, sleep_until},
};

/// Answers 504 when nothing else does.
pub(super) async fn timeout(app: Data<App>, request: ServiceRequest, next: Next<BoxBody>) -> Answer {
    let limit = app.config.limits.request_timeout;
    let clock = request.extensions().get::<BodyClock>().cloned();
    let begun = Instant::now();
    let mut answer = pin!(next.call(request));
    let mut deadline = begun + limit;
    loop {
        select! {
            answer = &mut answer => return answer,
            () = sleep_until(deadline) => {}
        }
        // Was some of that time the client's?
        let now = Instant::now();
        deadline = begun + limit + clock.as_ref().map(|clock| clock.waited(now)).unwrap_or_default();
        if deadline <= now {
            return Err(fail(Error::Timeout(limit)));
        }
    }
}

/// How long a request has waited for its body; shared by the timeout and the body itself.
#[derive(Clone, Default)]
pub(super) struct BodyClock(Rc<RefCell<Waited>>);

#[derive(Default)]
struct Waited {
    total: Duration,
    since: Option<Instant>,
}

impl BodyClock {
    /// The body has nothing to give for now.
    pub(super) fn pause(&self, now: Instant) {
        self.0.borrow_mut().since.get_or_insert(now);
    }

    /// The body has given something, or has ended.
    pub(super) fn resume(&self, now: Instant) {
        let mut waited = self.0.borrow_mut();
        if let Some(since) = waited.since.take() {
            waited.total += now - since;
        }
    }

    fn waited(&self, now: Instant) -> Duration {
        let waited = self.0.borrow();
        waited.total + waited.since.map_or(Duration::ZERO, |since| now - since)
    }
}
