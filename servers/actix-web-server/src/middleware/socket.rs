//! A WebSocket by [actix-ws](https://docs.rs/actix-ws/0.4), with bounds where it has none.
//!
//! actix-ws reads a frame to its end before it says that the frame is too large, and lets 32 messages wait to
//! be written. Here so much is read without a message coming of it, and no more; and a message waits until
//! the connection has taken the one before.

use actix_http::{error::PayloadError, ws::CloseReason};
use actix_web::{
    Error as ActixError, FromRequest, HttpRequest, HttpResponse,
    body::{BodySize, BoxBody, MessageBody},
    dev::Payload,
    web::{self, Bytes},
};
use actix_ws::{AggregatedMessage, AggregatedMessageStream, Closed, ProtocolError, Session};
use futures_util::{Sink, Stream, StreamExt, sink, stream};
use shared::domain::{Broken, Incoming, Outgoing};
use std::{
    cell::Cell,
    io,
    pin::Pin,
    rc::Rc,
    task::{Context, Poll, ready},
};
use tokio::sync::watch;

/// Header bytes that a sound message may have for each of its own: a fragment of one byte has six to nine.
const OVERHEAD: usize = 10;

/// An open WebSocket.
pub struct Socket {
    session: Session,
    messages: AggregatedMessageStream,
    /// Bytes read since the last message.
    unused: Rc<Cell<usize>>,
    /// How often the connection has taken what was to be written.
    taken: watch::Receiver<u64>,
}

impl Socket {
    /// The 101, and what there will be then; a message has at most `limit` bytes.
    ///
    /// # Errors
    /// When the request is no sound handshake.
    pub fn open(request: &HttpRequest, payload: Payload, limit: usize) -> Result<(HttpResponse, Self), ActixError> {
        let unused = Rc::new(Cell::new(0));
        let most = limit.saturating_mul(OVERHEAD).saturating_add(1024);
        let bounded = Box::pin(Bounded { payload, unused: unused.clone(), most });
        // The one way to make what `handle` takes is to extract it.
        let mut payload: Payload = Payload::Stream { payload: bounded };
        let payload = web::Payload::from_request(request, &mut payload).into_inner()?;
        let (response, session, messages) = actix_ws::handle(request, payload)?;
        let messages = messages.max_frame_size(limit).aggregate_continuations().max_continuation_size(limit);
        let (tell, taken) = watch::channel(0);
        let response = response.map_body(|_, body| BoxBody::new(Taken { body, tell }));
        Ok((response, Socket { session, messages, unused, taken }))
    }

    /// What comes, and where to put what goes out.
    pub fn split(
        self,
    ) -> (impl Stream<Item = Result<Incoming<AggregatedMessage>, Broken>>, impl Sink<Outgoing<AggregatedMessage>>) {
        let Socket { session, messages, unused, taken } = self;
        let incoming = stream::unfold((messages, session.clone()), move |(mut messages, mut session)| {
            let unused = unused.clone();
            async move {
                let message = messages.next().await?;
                unused.set(0);
                Some((receive(message, &mut session).await, (messages, session)))
            }
        });
        let outgoing = sink::unfold((session, taken), |(mut session, mut taken), out| async move {
            taken.borrow_and_update();
            send(&mut session, out).await?;
            taken.changed().await.map_err(|_| Closed)?;
            Ok::<_, Closed>((session, taken))
        });
        (incoming, outgoing)
    }
}

/// actix-ws leaves it to us to answer a ping.
async fn receive(
    message: Result<AggregatedMessage, ProtocolError>,
    session: &mut Session,
) -> Result<Incoming<AggregatedMessage>, Broken> {
    match message {
        Ok(message @ (AggregatedMessage::Text(_) | AggregatedMessage::Binary(_))) => Ok(Incoming::Message(message)),
        Ok(AggregatedMessage::Ping(bytes)) => {
            session.pong(&bytes).await.map(|()| Incoming::Sign).map_err(|Closed| Broken::Gone)
        }
        Ok(AggregatedMessage::Pong(_)) => Ok(Incoming::Sign),
        Ok(AggregatedMessage::Close(_)) => Ok(Incoming::Close),
        Err(error) => Err(broken(&error)),
    }
}

async fn send(session: &mut Session, out: Outgoing<AggregatedMessage>) -> Result<(), Closed> {
    match out {
        Outgoing::Message(AggregatedMessage::Text(text)) => session.text(text).await,
        Outgoing::Message(AggregatedMessage::Binary(bytes)) => session.binary(bytes).await,
        Outgoing::Message(_) => Ok(()),
        Outgoing::Ping => session.ping(b"").await,
        Outgoing::Close(code) => {
            let reason = CloseReason { code: code.number().into(), description: None };
            session.clone().close(Some(reason)).await
        }
    }
}

/// actix-ws has one variant for many errors, and tells some apart by their words only.
fn broken(error: &ProtocolError) -> Broken {
    let ProtocolError::Io(error) = error else {
        return if matches!(error, ProtocolError::Overflow) { Broken::TooLarge } else { Broken::Protocol };
    };
    let cause = error.get_ref().and_then(|cause| cause.downcast_ref::<PayloadError>());
    match (error.kind(), cause) {
        (io::ErrorKind::InvalidData, _) if error.to_string().contains("reserved bits") => Broken::Protocol,
        (io::ErrorKind::InvalidData, _) => Broken::NotUtf8,
        // Continuations together, or one frame, are over the limit.
        (io::ErrorKind::Other, None | Some(PayloadError::Overflow)) => Broken::TooLarge,
        _ => Broken::Gone,
    }
}

/// The bytes of the connection, so many and no more between two messages.
struct Bounded {
    payload: Payload,
    unused: Rc<Cell<usize>>,
    most: usize,
}

impl Stream for Bounded {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.unused.get() > self.most {
            return Poll::Ready(Some(Err(PayloadError::Overflow)));
        }
        let item = ready!(self.payload.poll_next_unpin(cx));
        if let Some(Ok(bytes)) = &item {
            self.unused.set(self.unused.get().saturating_add(bytes.len()));
        }
        Poll::Ready(item)
    }
}

/// The frames on their way out; counts how often the connection takes some.
struct Taken {
    body: BoxBody,
    tell: watch::Sender<u64>,
}

impl MessageBody for Taken {
    type Error = <BoxBody as MessageBody>::Error;

    fn size(&self) -> BodySize {
        self.body.size()
    }

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, Self::Error>>> {
        let item = ready!(self.body.as_pin_mut().poll_next(cx));
        self.tell.send_modify(|times| *times += 1);
        Poll::Ready(item)
    }
}
