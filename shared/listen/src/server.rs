//! Accept, connection limit, drain: what `axum::serve` and its like leave open, around hyper's HTTP/1.1.

use std::any::Any;
use std::convert::Infallible;
use std::error::Error;
use std::fmt;
use std::future::poll_fn;
use std::io;
use std::net::TcpListener as StdListener;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use http::{Request, Response};
use http_body::Body;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::coop;
use tokio::time::{sleep, timeout};
use tower_service::Service;

use crate::answer::Tracked;
use crate::guard::Guard;
use crate::limits::Limits;

/// The first pause after an accept that failed for want of resources, and the longest.
const BACK_OFF: (Duration, Duration) = (Duration::from_millis(5), Duration::from_secs(1));

/// hyper counts fields against 100 of its own and allocates for any other number.
const HYPER_FIELDS: usize = 100;

/// Makes what is kept for as long as a connection lives.
type Keepsake = Arc<dyn Fn() -> Box<dyn Any + Send> + Send + Sync>;

/// An HTTP/1.1 server that keeps [`Limits`].
#[derive(Clone)]
pub struct Server {
    limits: Arc<Limits>,
    keepsake: Keepsake,
}

/// What a connection is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Serve,
    Drain,
    Abort,
}

impl Server {
    /// A server that keeps `limits`.
    pub fn new(limits: Limits) -> Self {
        Self { limits: Arc::new(limits), keepsake: Arc::new(|| Box::new(())) }
    }

    /// Calls `make` for every connection, and drops what it gives with the connection: a gauge can count them so. It
    /// must not block.
    #[must_use]
    pub fn keep_with_each<T: Any + Send>(mut self, make: impl Fn() -> T + Send + Sync + 'static) -> Self {
        self.keepsake = Arc::new(move || Box::new(make()));
        self
    }

    /// Serves until `shutdown`, then drains: the listener closes, idle connections close, open answers have
    /// [`Limits::drain_timeout`] to finish, what is left is dropped.
    ///
    /// Each request carries its [`Connection`](crate::Connection) as an extension, and a [`Refusal`](crate::Refusal) if
    /// its head was refused: the service answers that and looks at nothing else of the request. Call it on a Tokio runtime
    /// with time and IO enabled.
    ///
    /// # Errors
    /// If the listener cannot be made asynchronous. No error of one accept or of one connection ends the server.
    pub async fn serve<S, B>(
        self,
        listener: StdListener,
        shutdown: impl Future<Output = ()> + Send,
        service: S,
    ) -> io::Result<()>
    where
        S: Service<Request<Incoming>, Response = Response<B>, Error = Infallible> + Clone + Send + 'static,
        S::Future: Send + 'static,
        B: Body + Send + 'static,
        B::Data: Send,
        B::Error: Into<Box<dyn Error + Send + Sync>>,
    {
        listener.set_nonblocking(true)?;
        let listener = TcpListener::from_std(listener)?;
        let slots = self.limits.connections.min(Semaphore::MAX_PERMITS).min(u32::MAX as usize);
        let permits = Arc::new(Semaphore::new(slots));
        let (stage, told) = watch::channel(Stage::Serve);

        let accepting = async {
            loop {
                let (permit, stream) = accept(&listener, &permits).await;
                let (mut guard, connection) = Guard::new(stream, Arc::clone(&self.limits));
                guard.keep(((self.keepsake)(), permit));
                let service = Tracked::new(service.clone(), connection);
                tokio::spawn(drive(guard, service, told.clone(), self.limits.head_bytes, self.limits.head_fields));
            }
        };
        tokio::select! {
            biased;
            () = shutdown => {}
            () = accepting => {}
        }
        drop(listener);
        stage.send_replace(Stage::Drain);
        self.drained(&permits, slots, &stage).await;
        Ok(())
    }

    /// Waits until the last connection is gone, or tells the rest to go: all permits are back then.
    async fn drained(&self, permits: &Semaphore, slots: usize, stage: &watch::Sender<Stage>) {
        let gone = permits.acquire_many(u32::try_from(slots).unwrap_or(u32::MAX));
        if timeout(self.limits.drain_timeout, gone).await.is_err() {
            tracing::warn!("the drain time is over: what is still open is dropped");
            stage.send_replace(Stage::Abort);
        }
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server").field("limits", &self.limits).finish_non_exhaustive()
    }
}

/// The next connection, with a permit taken before it: beyond the limit clients wait in the kernel's backlog.
async fn accept(listener: &TcpListener, permits: &Arc<Semaphore>) -> (Option<OwnedSemaphorePermit>, TcpStream) {
    // The semaphore is never closed; if it were, serving without a limit would beat not serving.
    let permit = Arc::clone(permits).acquire_owned().await.ok();
    let mut pause = BACK_OFF.0;
    loop {
        match listener.accept().await {
            Ok((stream, _)) => return (permit, stream),
            Err(error) if !lacks_resources(&error) => tracing::debug!(%error, "a connection was gone before accept"),
            Err(error) => {
                if pause == BACK_OFF.0 {
                    tracing::warn!(%error, "cannot accept for now");
                }
                sleep(pause).await;
                pause = (pause * 2).min(BACK_OFF.1);
            }
        }
    }
}

/// Whether an accept failed for something that trying again at once will not mend.
///
/// The others (ECONNABORTED, EINTR, network errors that Linux hands through) belong to the one connection that is gone.
fn lacks_resources(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset, Interrupted, WouldBlock};
    let passing = [ConnectionAborted, ConnectionRefused, ConnectionReset, Interrupted, WouldBlock];
    !passing.contains(&error.kind())
}

/// Serves one connection to its end, or to the server's.
async fn drive<S, B>(
    guard: Guard,
    service: Tracked<S>,
    mut told: watch::Receiver<Stage>,
    head_bytes: usize,
    fields: usize,
) where
    S: Service<Request<Incoming>, Response = Response<B>, Error = Infallible> + Clone + Send + 'static,
    S::Future: Send + 'static,
    B: Body + Send + 'static,
    B::Data: Send,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    let serving = http1(head_bytes, fields).serve_connection(TokioIo::new(guard), service).with_upgrades();
    let mut serving = pin!(serving);
    let mut result = until(serving.as_mut(), &mut told, |stage| *stage != Stage::Serve).await;
    if result.is_none() {
        serving.as_mut().graceful_shutdown();
        result = until(serving, &mut told, |stage| *stage == Stage::Abort).await;
    }
    if let Some(Err(error)) = result {
        tracing::debug!(%error, "a connection ended early");
    }
}

/// What comes of `serving`, or `None` once its connection is told to `stop`. It must stay in one task.
async fn until<T>(
    serving: impl Future<Output = T>,
    told: &mut watch::Receiver<Stage>,
    stop: impl FnMut(&Stage) -> bool,
) -> Option<T> {
    let news = told.clone();
    let (mut serving, mut stopped) = (pin!(serving), pin!(told.wait_for(stop)));
    let mut is_told = false;
    poll_fn(|cx| {
        // First of all: a request that has arrived is still served.
        if let Poll::Ready(result) = serving.as_mut().poll(cx) {
            return Poll::Ready(Some(result));
        }
        // To wait for news takes a lock, for every request; a look whether there are any does not.
        if is_told && news.has_changed().is_ok_and(|changed| !changed) {
            return Poll::Pending;
        }
        // A task that has done enough for now is told to come again, and nothing else.
        is_told = coop::has_budget_remaining();
        stopped.as_mut().poll(cx).map(|_| None)
    })
    .await
}

/// hyper without timers: the guard times every head, and hyper's timer would cost an allocation per request.
///
/// Nor `pipeline_flush`: with it hyper buffers an answer without bound while the client does not read, or while another
/// request is waiting behind it. The guard's outbox batches pipelined answers instead.
fn http1(head_bytes: usize, fields: usize) -> http1::Builder {
    let mut builder = http1::Builder::new();
    // A head that was rewritten may have grown by its host.
    builder.keep_alive(true).half_close(false).max_buf_size(head_bytes.saturating_mul(2).max(64 * 1024));
    if fields > HYPER_FIELDS {
        builder.max_headers(fields);
    }
    builder
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::task::ready;
    use tokio::task::yield_now;

    #[tokio::test]
    async fn a_connection_that_had_done_enough_hears_the_news() {
        let (stage, mut told) = watch::channel(Stage::Serve);
        let mut busy = true;
        let serving = poll_fn(move |cx| {
            while busy && coop::has_budget_remaining() {
                ready!(pin!(coop::consume_budget()).poll(cx));
            }
            busy = false;
            Poll::<()>::Pending
        });
        let stopped = tokio::spawn(async move { until(serving, &mut told, |stage| *stage == Stage::Drain).await });
        // It has its turns before there is news.
        for _ in 0..10 {
            yield_now().await;
        }
        stage.send_replace(Stage::Drain);
        let stopped = timeout(Duration::from_secs(10), stopped).await;
        assert!(matches!(stopped, Ok(Ok(None))));
    }
}
