//! One request and its answer, as the connection sees them: the outermost middleware.
//!
//! The answer's body keeps the listener's [`Exchange`] until it is sent or given up. What actix does on
//! its own about a request's body that nobody reads differs from the other five in two ways, both
//! undone here: it closes the connection even when the rest is at hand, and it sends a second answer,
//! a bare 400, when the rest is broken.

use super::{Answering, Next, body::Body, change};
use actix_web::{
    HttpMessage, HttpResponse,
    body::{self, BodySize, BoxBody, MessageBody},
    dev::ServiceRequest,
    http::{ConnectionType, Method, StatusCode, Version, header},
};
use bytes::Bytes;
use listen::{Connection, Exchange};
use shared::{
    App,
    contract::{self, Operation},
};
use std::{
    error::Error,
    pin::Pin,
    task::{Context, Poll, ready},
};

/// Tells the listener when the request begins and when its answer is over.
pub(super) fn exchange(app: &App, mut request: ServiceRequest, next: &impl Next) -> Answering {
    // With `--stock` there is no guard.
    let exchange = request.conn_data::<Connection>().map(Connection::begin);
    if let Some(refusal) = exchange.as_ref().and_then(Exchange::refusal) {
        request.extensions_mut().insert(refusal);
    }
    let asked = Asked::by(&request);
    // What comes behind an upgrade is no body: it has no end, and no rate to keep.
    let upgrades = asked.connection == ConnectionType::Upgrade && is_socket(&request);
    let body = if upgrades { None } else { Body::take(app, &mut request, exchange.as_ref().map(Exchange::body)) };
    let waits = request.headers().contains_key(header::EXPECT);
    let answer = next.call(request);
    Box::pin(async move {
        let answer = answer.await;
        // A client that waits to be asked for its body is not asked for what nobody wants.
        let unasked = body.as_ref().is_some_and(|body| waits && !body.is_over());
        let drained = match &body {
            Some(body) if !unasked => body.drain().await,
            _ => !unasked,
        };
        // Nothing can follow a body of which nobody knows where it ends.
        let last = !drained || body.as_ref().is_some_and(Body::is_broken);
        change(answer, |response| asked.settle(response, body, exchange, last))
    })
}

fn is_socket(request: &ServiceRequest) -> bool {
    contract::operation(request.method().as_str(), request.uri().path()) == Some(Operation::Socket)
}

/// What the head of a request says about the connection.
struct Asked {
    version: Version,
    connection: ConnectionType,
    /// The answer is to have no body.
    bare: bool,
}

impl Asked {
    fn by(request: &ServiceRequest) -> Self {
        Asked {
            version: request.version(),
            connection: request.head().connection_type(),
            bare: request.method() == Method::HEAD,
        }
    }

    /// Says in the answer what becomes of the connection; `last` if nothing can follow.
    fn settle(
        self,
        response: HttpResponse,
        body: Option<Body>,
        exchange: Option<Exchange>,
        last: bool,
    ) -> HttpResponse {
        let Asked { version, connection, bare } = self;
        let upgraded = response.status() == StatusCode::SWITCHING_PROTOCOLS;
        if let Some(exchange) = exchange.as_ref().filter(|_| upgraded) {
            exchange.upgrade();
        }
        let unknown_size = response.body().size() == BodySize::Stream;
        // Of a body that is not sent nobody knows how it would be framed.
        let response = if bare && unknown_size { response.set_body(BoxBody::new(body::None::new())) } else { response };
        let mut response = response.map_body(|_, answer| BoxBody::new(Sending { answer, bare, body, exchange }));
        let head = response.head_mut();
        // HTTP/1.0 knows no chunks, which actix sends it all the same.
        let endless = version < Version::HTTP_11 && unknown_size;
        head.no_chunking(endless);
        // actix says `connection: upgrade` to whoever asked for it, whatever the answer; and a 426, which says it by
        // right, would not say `close` to one that did.
        let refused = connection == ConnectionType::Upgrade && !upgraded;
        if endless || last || refused || connection == ConnectionType::Close {
            head.set_connection_type(ConnectionType::Close);
        }
        response
    }
}

/// An answer's body on its way out.
///
/// It holds the request's body as well: as long as that is alive, actix closes the connection
/// behind an answer whose request was not read to its end, rather than to read on without a limit.
struct Sending {
    answer: BoxBody,
    /// It belongs to a HEAD: actix would ask for all of it, and throw it away.
    bare: bool,
    body: Option<Body>,
    exchange: Option<Exchange>,
}

impl MessageBody for Sending {
    type Error = Box<dyn Error>;

    fn size(&self) -> BodySize {
        match self.answer.size() {
            // An empty answer is never polled, and could not keep back what must not follow it.
            BodySize::None | BodySize::Sized(0) if self.body.as_ref().is_some_and(Body::is_noted) => BodySize::Stream,
            size => size,
        }
    }

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, Self::Error>>> {
        let item = if self.bare { None } else { ready!(self.answer.as_pin_mut().poll_next(cx)) };
        if item.is_none() {
            // actix queues a bare 400 behind the answer to a request whose body is broken. An answer
            // that does not end is flushed, and then the connection shut down, as its input has ended.
            if self.body.as_ref().is_some_and(|body| body.breaks(cx)) {
                return Poll::Pending;
            }
            self.exchange = None;
        }
        Poll::Ready(item)
    }
}
