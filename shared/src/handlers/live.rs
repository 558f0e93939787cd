//! Answers that take their time, or have no end.

use crate::{
    app::App,
    domain::{Delay, Event, EventsQuery, LastEventId, Limit},
    error::Error,
    telemetry::LongAnswer,
};
use bytes::Bytes;
use futures_util::{Stream, StreamExt, stream};
use std::{sync::Arc, time::Duration};
use tokio::time::timeout;

/// `GET /events`: what changes from now on, or since the event that the client has seen last. The stream
/// ends after as many events as the client wants, and when the server is about to stop; dropping it is leaving.
///
/// # Errors
/// 422 for a limit that is none, or the store's.
pub async fn events(
    app: &App,
    last: LastEventId,
    query: &EventsQuery,
) -> Result<impl Stream<Item = Arc<Event>> + Send + Sync + use<>, Error> {
    let Limit(limit) = Limit::parse(query)?;
    let listener = app.store.listen(last).await?;
    let events = stream::unfold(listener, async |mut listener| Some((listener.next().await, listener)));
    let events = events.take(limit.unwrap_or(usize::MAX)).take_until(app.shutdown.clone().begun());
    let begun = (Box::pin(events), LongAnswer::new(&app.metrics));
    Ok(stream::unfold(begun, async |(mut events, mut watch)| {
        watch.begin();
        let event = events.next().await;
        watch.end();
        event.map(|event| (event, (events, watch)))
    }))
}

/// Events as they go over the wire, for servers whose framework has no type for them: with a comment
/// whenever nothing else was sent for the time of `heartbeat`.
pub fn frames(
    events: impl Stream<Item = Arc<Event>> + Send + Sync + 'static,
    heartbeat: Duration,
) -> impl Stream<Item = Bytes> + Send + Sync {
    stream::unfold(Box::pin(events), move |mut events| async move {
        match timeout(heartbeat, events.next()).await {
            Ok(Some(event)) => Some((Bytes::from(event.to_string()), events)),
            Ok(None) => None,
            Err(_) => Some((Bytes::from_static(b":\n\n"), events)),
        }
    })
}

/// `GET /delay/{ms}`: waits. A client that leaves ends the wait: it drops this future.
pub async fn delay(delay: Delay) -> String {
    tokio::time::sleep(delay.duration()).await;
    format!("waited {} ms", delay.duration().as_millis())
}
