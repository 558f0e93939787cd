//! `GET /ws`: what happens on a WebSocket once it is open, whatever the library.

use crate::{
    app::App,
    domain::{Broken, CloseCode, Incoming, Outgoing},
};
use futures_util::{Sink, SinkExt, Stream, StreamExt};
use std::{pin::pin, time::Duration};
use tokio::{
    select,
    time::{Instant, interval_at, sleep_until, timeout},
};

/// How long the client may take to answer our close.
const FAREWELL: Duration = Duration::from_secs(2);

/// Sends every message back, and pings the client. It ends when the client wants so, when that breaks the
/// rules, and when the server is about to stop, and says which (1000; 1002, 1007, 1009; 1001). One that gives
/// no sign of life is let go without a word.
///
/// One message is held at a time: it is out before the next is read.
pub async fn socket<M>(
    app: &App,
    incoming: impl Stream<Item = Result<Incoming<M>, Broken>>,
    outgoing: impl Sink<Outgoing<M>>,
) {
    let (mut incoming, mut outgoing) = (pin!(incoming), pin!(outgoing));
    let (ping, idle) = (app.config.limits.socket_ping, app.config.limits.socket_idle);
    let mut pings = interval_at(Instant::now() + ping, ping);
    let mut stop = pin!(app.shutdown.clone().begun());
    let mut silent = pin!(sleep_until(Instant::now() + idle));
    let code = loop {
        let out = select! {
            come = incoming.next() => {
                silent.as_mut().reset(Instant::now() + idle);
                match come {
                    Some(Ok(Incoming::Message(message))) => Outgoing::Message(message),
                    Some(Ok(Incoming::Sign)) => continue,
                    Some(Ok(Incoming::Close)) => break Some(CloseCode::Normal),
                    Some(Err(broken)) => break broken.code(),
                    None => break None,
                }
            }
            _ = pings.tick() => Outgoing::Ping,
            () = &mut silent => break None,
            () = &mut stop => break Some(CloseCode::Away),
        };
        if outgoing.send(out).await.is_err() {
            break None;
        }
    };
    if let Some(code) = code {
        // Where the library has answered the client's close already, it refuses a second one.
        let _ = outgoing.send(Outgoing::Close(code)).await;
        // What the client sends until it has seen our close is of no more use. It also is by reading that a
        // library gets its own answer out.
        let rest = async { while matches!(incoming.next().await, Some(Ok(_))) {} };
        let _ = timeout(FAREWELL, rest).await;
    }
}
