//! Bounds the body of every request, and clears away what no handler reads of it: the little that is
//! at hand is thrown away, so that the connection can go on, and else the answer says that it closes.

use crate::{
    Body, BoxError,
    body::say_close,
    request_body::{PacedBody, Rest},
    timeout::BodyClock,
};
use bytes::Bytes;
use futures_util::{
    TryFutureExt,
    future::{Either, MapOk},
};
use http::{Request, Response, header};
use listen::Pace;
use shared::App;
use std::{
    convert::Infallible,
    future::poll_fn,
    pin::Pin,
    task::{Context, Poll},
};
use tower::{Layer, Service};

/// How much of a body that no handler wants is read, so that the connection can go on.
const DRAINED: usize = 64 * 1024;
/// How often it is looked for.
const LOOKS: u8 = 4;

/// Bounds every request body, and makes every answer's body ours: the innermost layer.
#[derive(Clone)]
pub struct BodyLimit(App);

/// The layer of [`BodyLimit`].
pub fn body_limit(app: &App) -> BodyLimit {
    BodyLimit(app.clone())
}

impl<S> Layer<S> for BodyLimit {
    type Service = Bounded<S>;

    fn layer(&self, inner: S) -> Bounded<S> {
        Bounded { app: self.0.clone(), inner }
    }
}

/// A service behind a [`BodyLimit`].
#[derive(Clone)]
pub struct Bounded<S> {
    app: App,
    inner: S,
}

impl<S, B, A> Service<Request<B>> for Bounded<S>
where
    S: Service<Request<PacedBody<B>>, Response = Response<A>, Error = Infallible, Future: Send + 'static> + Clone,
    B: http_body::Body<Data = Bytes> + Unpin + Send + 'static,
    A: http_body::Body<Data = Bytes> + Send + 'static,
    A::Error: Into<BoxError>,
{
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Either<MapOk<S::Future, fn(Response<A>) -> Response<Body>>, Draining>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let bodiless = request.body().is_end_stream();
        let waits = request.headers().contains_key(header::EXPECT);
        let (request, rest) = self.bounded(request);
        let answer = self.inner.call(request).map_ok(ours as fn(_) -> _);
        if bodiless {
            return Either::Left(answer);
        }
        Either::Right(Box::pin(async move {
            let mut response = answer.await?;
            let rest = rest.take();
            // Asking for more would tell a client that waits for it to send what nobody wants.
            if let Some(rest) = rest
                && (waits || !drain(rest).await)
            {
                say_close(response.headers_mut());
            }
            Ok(response)
        }))
    }
}

/// The answer to a request that has a body.
type Draining = Pin<Box<dyn Future<Output = Result<Response<Body>, Infallible>> + Send>>;

fn ours<A>(response: Response<A>) -> Response<Body>
where
    A: http_body::Body<Data = Bytes> + Send + 'static,
    A::Error: Into<BoxError>,
{
    response.map(Body::new)
}

impl<S> Bounded<S> {
    fn bounded<B>(&self, request: Request<B>) -> (Request<PacedBody<B>>, Rest<B>) {
        let limits = &self.app.config.limits;
        let (parts, body) = request.into_parts();
        let limit = limits.body_bytes(parts.extensions.get().copied());
        let clock = parts.extensions.get::<BodyClock>().cloned().unwrap_or_default();
        let (body, rest) = PacedBody::new(body, limit, Pace::new(limits.min_rate, limits.rate_window), clock);
        (Request::from_parts(parts, body), rest)
    }
}

/// Reads what is at hand of a body that nobody wants; whether that was all of it.
async fn drain<B: http_body::Body<Data = Bytes> + Unpin>(mut body: B) -> bool {
    let (mut drained, mut looks) = (0, 0);
    poll_fn(|cx| {
        while drained <= DRAINED && !body.is_end_stream() {
            match Pin::new(&mut body).poll_frame(cx) {
                Poll::Ready(Some(Ok(frame))) => drained += frame.data_ref().map_or(0, Bytes::len),
                Poll::Ready(None) => return Poll::Ready(true),
                // hyper looks behind the head only once the body is asked for.
                Poll::Pending if looks < LOOKS => {
                    looks += 1;
                    cx.waker().wake_by_ref();
                    return Poll::Pending;
                }
                Poll::Pending | Poll::Ready(Some(Err(_))) => return Poll::Ready(false),
            }
        }
        Poll::Ready(body.is_end_stream())
    })
    .await
}
