//! A bound on the time to an answer, counted from the last piece of the request's body.

use super::{Answering, Next, fail};
use actix_web::{HttpMessage, dev::ServiceRequest};
use shared::{App, Error};
use std::{cell::Cell, future::ready, pin::pin, rc::Rc};
use tokio::{
    select,
    time::{Instant, sleep_until},
};

/// Answers 504 when nothing else does.
pub(super) fn timeout(app: &App, request: ServiceRequest, next: &impl Next) -> Answering {
    let limit = app.config.limits.request_timeout;
    let clock = request.extensions().get::<BodyClock>().cloned();
    let answer = next.call(request);
    Box::pin(async move {
        let mut answer = pin!(answer);
        select! {
            biased;
            answer = &mut answer => return answer,
            // Most answers are there at once: for them no clock is read, and no timer is set.
            () = ready(()) => {}
        }
        let begun = Instant::now();
        let mut deadline = begun + limit;
        loop {
            select! {
                biased;
                answer = &mut answer => return answer,
                () = sleep_until(deadline) => {}
            }
            // Has more of the body come meanwhile?
            let now = Instant::now();
            let last = clock.as_ref().and_then(|clock| clock.last(now));
            deadline = last.map_or(begun, |last| begun.max(last)) + limit;
            if deadline <= now {
                return Err(fail(Error::Timeout(limit)));
            }
        }
    })
}

/// When the body of a request last gave something; shared by the timeout and the body itself.
#[derive(Clone, Default)]
pub(super) struct BodyClock(Rc<Cell<Last>>);

#[derive(Clone, Copy, Default)]
enum Last {
    /// It was never asked for.
    #[default]
    Never,
    /// It has nothing to give for now: the client is waited for.
    Waiting,
    /// It gave something, or ended.
    Gave(Instant),
}

impl BodyClock {
    /// The body has nothing to give for now.
    pub(super) fn pause(&self) {
        self.0.set(Last::Waiting);
    }

    /// The body has given something, or has ended.
    pub(super) fn resume(&self, now: Instant) {
        self.0.set(Last::Gave(now));
    }

    /// Since when nothing but the handler is waited for; `now` while it is not.
    fn last(&self, now: Instant) -> Option<Instant> {
        match self.0.get() {
            Last::Never => None,
            Last::Waiting => Some(now),
            Last::Gave(at) => Some(at),
        }
    }
}
