//! A small service behind a [`listen::Server`], and a client that writes bytes as they are.
#![allow(dead_code, reason = "each test file uses its own part")]

use std::collections::VecDeque;
use std::convert::Infallible;
use std::future::Future;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures_util::stream::{self, Stream, StreamExt};
use http::{Request, Response};
use http_body::{Body, Frame};
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, Full, StreamBody};
use hyper::body::Incoming;
use listen::{Limits, Refusal, Server};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::{Notify, oneshot};
use tokio::task::JoinHandle;

/// Nothing in a test may take longer.
pub const PATIENCE: Duration = Duration::from_secs(10);

type Answer = Response<BoxBody<Bytes, Infallible>>;

/// What the service saw, shared with the test.
#[derive(Default)]
pub struct Seen {
    /// Targets of all requests that reached the service, refusals as their status.
    pub targets: Mutex<Vec<String>>,
    pub begun: Notify,
    pub cancelled: AtomicUsize,
    pub cancel: Notify,
    pub release: Notify,
    pub open: AtomicUsize,
    pub most_open: AtomicUsize,
}

#[derive(Clone)]
pub struct App(pub Arc<Seen>);

impl tower_service::Service<Request<Incoming>> for App {
    type Response = Answer;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Answer, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Incoming>) -> Self::Future {
        let seen = Arc::clone(&self.0);
        let refusal = request.extensions().get::<Refusal>().cloned();
        let target = refusal.as_ref().map_or_else(|| request.uri().to_string(), |r| r.status().to_string());
        seen.targets.lock().unwrap().push(target);
        seen.begun.notify_one();
        Box::pin(async move { Ok(answer(&seen, request, refusal).await) })
    }
}

async fn answer(seen: &Arc<Seen>, mut request: Request<Incoming>, refusal: Option<Refusal>) -> Answer {
    let id = request.headers().get("x-request-id").cloned();
    let mut response = match refusal {
        Some(refusal) => text(refusal.status(), refusal.to_string()),
        None => respond(seen, &mut request).await,
    };
    if let Some(id) = id {
        response.headers_mut().insert("x-request-id", id);
    }
    response
}

async fn respond(seen: &Arc<Seen>, request: &mut Request<Incoming>) -> Answer {
    let path = request.uri().path().to_owned();
    let number = || path.rsplit('/').next().and_then(|n| n.parse().ok()).unwrap_or(0);
    match path.split('/').nth(1) {
        Some("body") => match request.body_mut().collect().await {
            Ok(body) => text(200, format!("{} bytes", body.to_bytes().len())),
            Err(_) => text(400, "bad body".into()),
        },
        Some("ignore") => text(413, "too much".into()),
        Some("wait") => {
            let mut watch = Watch(Some(Arc::clone(seen)));
            tokio::time::sleep(Duration::from_millis(number())).await;
            watch.0 = None;
            text(200, "waited".into())
        }
        Some("hold") => {
            seen.release.notified().await;
            text(200, "held".into())
        }
        Some("host") => {
            text(200, format!("{:?} {}", request.headers().get_all("host").iter().collect::<Vec<_>>(), request.uri()))
        }
        Some("big") => Response::new(Chunks::new(number() as usize).boxed()),
        Some("pieces") => Response::new(BodyExt::boxed(StreamBody::new(pieces(number())))),
        Some("whole") => text(200, "x".repeat(number() as usize)),
        Some("upgrade") => upgrade(request),
        _ => {
            // hyper closes after an answer whose request it has not read to the end, so what follows would be chance.
            let _ = request.body_mut().collect().await;
            text(200, format!("{} {}", request.method(), request.uri()))
        }
    }
}

/// So many of a byte each, every 20 ms.
fn pieces(number: u64) -> impl Stream<Item = Result<Frame<Bytes>, Infallible>> {
    stream::iter(0..number).then(async |_| {
        tokio::time::sleep(Duration::from_millis(20)).await;
        Ok(Frame::data(Bytes::from_static(b"x")))
    })
}

/// Answers 101, then sends back what comes.
fn upgrade(request: &mut Request<Incoming>) -> Answer {
    let upgraded = hyper::upgrade::on(request);
    tokio::spawn(async move {
        let mut io = hyper_util::rt::TokioIo::new(upgraded.await.unwrap());
        let mut room = [0; 64];
        while let Ok(n @ 1..) = io.read(&mut room).await {
            io.write_all(&room[..n]).await.unwrap();
            io.flush().await.unwrap();
        }
    });
    let mut response = text(101, String::new());
    response.headers_mut().insert("connection", "upgrade".parse().unwrap());
    response.headers_mut().insert("upgrade", "echo".parse().unwrap());
    response
}

fn text(status: u16, text: String) -> Answer {
    let mut response = Response::new(Full::new(Bytes::from(text)).boxed());
    *response.status_mut() = status.try_into().unwrap();
    // What lacks it was answered by the stack itself.
    response.headers_mut().insert("x-service", "1".parse().unwrap());
    response
}

/// Notices that its request was cancelled.
struct Watch(Option<Arc<Seen>>);

impl Drop for Watch {
    fn drop(&mut self) {
        if let Some(seen) = &self.0 {
            seen.cancelled.fetch_add(1, Ordering::SeqCst);
            seen.cancel.notify_one();
        }
    }
}

/// So many bytes, in frames.
struct Chunks(VecDeque<Bytes>);

impl Chunks {
    fn new(len: usize) -> Self {
        let frame = Bytes::from(vec![b'x'; 16 * 1024]);
        let mut frames: VecDeque<_> = (0..len / frame.len()).map(|_| frame.clone()).collect();
        frames.push_back(frame.slice(..len % frame.len()));
        Self(frames)
    }
}

impl Body for Chunks {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Poll::Ready(self.0.pop_front().map(|frame| Ok(Frame::data(frame))))
    }
}

/// One open connection.
struct Open(Arc<Seen>);

impl Drop for Open {
    fn drop(&mut self) {
        self.0.open.fetch_sub(1, Ordering::SeqCst);
    }
}

/// A running server.
pub struct Running {
    pub address: SocketAddr,
    pub seen: Arc<Seen>,
    stop: Option<oneshot::Sender<()>>,
    server: JoinHandle<std::io::Result<()>>,
}

impl Running {
    pub fn start(limits: Limits) -> Self {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let seen = Arc::new(Seen::default());
        let (stop, stopped) = oneshot::channel();
        let counted = Arc::clone(&seen);
        let limits = Limits { upgrade_path: Some("/upgrade"), ..limits };
        let server = Server::new(limits).keep_with_each(move || {
            let open = counted.open.fetch_add(1, Ordering::SeqCst) + 1;
            counted.most_open.fetch_max(open, Ordering::SeqCst);
            Open(Arc::clone(&counted))
        });
        let serving = server.serve(listener, async { drop(stopped.await) }, App(Arc::clone(&seen)));
        Self { address, seen, stop: Some(stop), server: tokio::spawn(serving) }
    }

    pub async fn connect(&self) -> Client {
        Client(TcpStream::connect(self.address).await.unwrap())
    }

    pub fn stop(&mut self) {
        self.stop.take().unwrap().send(()).unwrap();
    }

    /// Waits for the server's end.
    pub async fn ended(self) {
        within(self.server).await.unwrap().unwrap();
    }

    /// Sends `input` at once, closes the sending half only after the answer's end, and answers all that came back.
    pub async fn talk(&self, input: impl AsRef<[u8]>) -> String {
        let mut client = self.connect().await;
        client.send(input).await;
        client.read_to_end().await
    }
}

/// A client that speaks bytes.
pub struct Client(pub TcpStream);

impl Client {
    pub async fn send(&mut self, bytes: impl AsRef<[u8]>) {
        self.0.write_all(bytes.as_ref()).await.unwrap();
    }

    /// Everything until the server closes.
    pub async fn read_to_end(&mut self) -> String {
        let mut all = Vec::new();
        within(self.0.read_to_end(&mut all)).await.unwrap();
        String::from_utf8(all).unwrap()
    }

    /// Everything until `end` has come.
    pub async fn read_until(&mut self, end: &str) -> String {
        let mut all = Vec::new();
        while !all.ends_with(end.as_bytes()) {
            match within(self.0.read_u8()).await {
                Ok(byte) => all.push(byte),
                Err(error) => panic!("{error} after {:?}", String::from_utf8_lossy(&all)),
            }
        }
        String::from_utf8(all).unwrap()
    }
}

/// The status codes of the final answers in `text`.
pub fn statuses(text: &str) -> Vec<u16> {
    text.split("HTTP/1.")
        .skip(1)
        .filter_map(|answer| answer.get(2..5)?.parse().ok())
        .filter(|&status| status != 100)
        .collect()
}

pub async fn within<F: Future>(future: F) -> F::Output {
    tokio::time::timeout(PATIENCE, future).await.expect("took too long")
}

/// Runs `future` and says how long it took.
pub async fn timed<F: Future>(future: F) -> (F::Output, Duration) {
    let begun = Instant::now();
    let output = within(future).await;
    (output, begun.elapsed())
}
