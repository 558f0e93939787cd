//! The stream that stands between a socket and any HTTP/1.1 stack: it hands on checked requests only, cuts silent
//! clients, and ends so that a client can read the last answer.

use std::any::Any;
use std::fmt;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};

use socket2::SockRef;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::net::TcpStream;
use tokio::runtime::Handle;
use tokio::time::timeout;

use crate::clock::Clock;
use crate::connection::{Connection, Refusal};
use crate::due::{Cut, State};
use crate::inbox::Inbox;
use crate::limits::Limits;
use crate::outbox::Outbox;

/// How much a closing connection reads and throws away, so that the client can read its answer before it is reset.
pub const LINGER_BYTES: usize = 1024 * 1024;

/// How long a closing connection waits for the client to close too.
pub const LINGER_TIME: Duration = Duration::from_secs(1);

/// A [`TcpStream`] that reads checked HTTP/1.1 requests and writes at the client's pace. See the crate's page.
///
/// # Errors
/// Reading and writing fail as the stream does. Writing also fails with [`io::ErrorKind::TimedOut`], and the connection
/// is reset, when the client takes less of an answer than [`Limits::min_rate`].
pub struct Guard {
    stream: TcpStream,
    limits: Arc<Limits>,
    connection: Connection,
    inbox: Inbox,
    outbox: Outbox,
    clock: Clock,
    /// Which head is incomplete, and since when.
    partial: Option<(u64, Instant)>,
    /// When the client's FIN was seen.
    fin: Option<Instant>,
    /// Bytes read and thrown away.
    discarded: usize,
    shut: bool,
    kept: Vec<Box<dyn Any + Send>>,
}

impl Guard {
    /// Puts a guard in front of a fresh stream, and sets the stream's TCP options.
    ///
    /// The [`Connection`] is for the service, which calls [`Connection::begin`] once per request.
    pub fn new(stream: TcpStream, limits: Arc<Limits>) -> (Self, Connection) {
        // Neither option is worth a connection: a socket that refuses them is most likely gone, as reading will tell.
        let _ = stream.set_nodelay(true);
        let _ = SockRef::from(&stream).set_send_buffer_size(limits.send_buffer);
        let connection = Connection::new(stream.peer_addr().ok());
        let guard = Self {
            inbox: Inbox::new(Arc::clone(&limits), connection.clone()),
            outbox: Outbox::new(&limits),
            connection: connection.clone(),
            clock: Clock::default(),
            partial: None,
            fin: None,
            discarded: 0,
            shut: false,
            kept: Vec::new(),
            stream,
            limits,
        };
        (guard, connection)
    }

    /// Keeps `token` until the stream is dropped, which an upgrade may put off: a permit, a gauge.
    pub fn keep(&mut self, token: impl Any + Send) {
        self.kept.push(Box::new(token));
    }

    /// Reads from the socket; what may be handed on is in `buf` then. Pending also when there is no use in reading.
    fn poll_fill(&mut self, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        if self.fin.is_some() || self.inbox.full() || self.discarded > LINGER_BYTES {
            return Poll::Pending;
        }
        let before = buf.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(cx, buf))?;
        let len = buf.filled().len() - before;
        if len == 0 {
            self.fin = Some(Instant::now());
            self.outbox.time_all();
            self.clock.unset();
        } else if self.inbox.ended() {
            self.discarded += len;
            buf.set_filled(before);
        } else {
            self.inbox.take(buf, before);
        }
        Poll::Ready(Ok(()))
    }

    /// Ready when the client is to be cut.
    fn poll_cut(&mut self, cx: &mut Context<'_>) -> Poll<Cut> {
        self.note_partial();
        let Self { clock, connection, inbox, outbox, limits, fin, partial, .. } = self;
        let state = State { connection, inbox, outbox, limits, fin: *fin, partial: partial.map(|(_, since)| since) };
        clock.poll(cx, |now| state.due(now))
    }

    fn note_partial(&mut self) {
        let number = self.connection.passed();
        if !self.inbox.in_head() {
            self.partial = None;
        } else if self.partial.is_none_or(|(known, _)| known != number) {
            self.partial = Some((number, Instant::now()));
        }
    }

    /// Reads on after the last answer, if the client has sent, or may have, what nobody read: closing the socket then would
    /// reset the connection, and take the answer from the client's hands.
    fn poll_linger(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let mut room = [0; 4096];
        while self.fin.is_none() && self.discarded <= LINGER_BYTES {
            let mut buf = ReadBuf::new(&mut room);
            match Pin::new(&mut self.stream).poll_read(cx, &mut buf) {
                Poll::Ready(Ok(())) if !buf.filled().is_empty() => self.discarded += buf.filled().len(),
                Poll::Ready(_) => break,
                Poll::Pending if self.discarded == 0 && !self.inbox.unread() => break,
                Poll::Pending => return self.clock.poll_set(cx),
            }
        }
        Poll::Ready(())
    }
}

impl AsyncRead for Guard {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = buf.filled().len();
        loop {
            if buf.remaining() == 0 || this.inbox.pull(buf) {
                return Poll::Ready(Ok(()));
            }
            if this.poll_fill(cx, buf)?.is_ready() {
                if buf.filled().len() > before {
                    return Poll::Ready(Ok(()));
                }
                continue;
            }
            if this.fin.is_some() || this.inbox.ended() || this.inbox.held() {
                // Here the end of an answer, or an upgrade, decides at once; one may have come since we looked.
                this.connection.wake_later(cx.waker());
                this.clock.unset();
                if this.inbox.pull(buf) {
                    return Poll::Ready(Ok(()));
                }
            }
            match ready!(this.poll_cut(cx)) {
                Cut::End => return Poll::Ready(Ok(())),
                Cut::HeadTimeout => this.inbox.refuse(Refusal::HeadTimeout),
            }
        }
    }
}

impl AsyncWrite for Guard {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, data: &[u8]) -> Poll<io::Result<usize>> {
        self.poll_write_vectored(cx, &[IoSlice::new(data)])
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        data: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        this.outbox.poll_write(cx, &mut this.stream, &this.connection, data)
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        this.outbox.poll_flush(cx, &mut this.stream, &this.connection)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if !this.shut {
            ready!(this.outbox.poll_batch(cx, &mut this.stream))?;
            ready!(Pin::new(&mut this.stream).poll_shutdown(cx))?;
            this.shut = true;
            this.discarded = 0;
            this.clock.unset();
            this.clock.set(Instant::now() + LINGER_TIME);
        }
        this.poll_linger(cx).map(Ok)
    }
}

impl Drop for Guard {
    /// actix-http drops a stream behind a request that it could not read instead of shutting it down.
    fn drop(&mut self) {
        if !self.shut && self.fin.is_none() && self.inbox.unread() {
            // Without a runtime, or a spare descriptor, the client may lose its answer; nothing else is lost.
            let _ = linger_behind(&self.stream);
        }
    }
}

/// Reads on behind a stream that is being dropped, as [`Guard::poll_linger`] does before.
fn linger_behind(stream: &TcpStream) -> Option<()> {
    let runtime = Handle::try_current().ok()?;
    let socket = SockRef::from(stream).try_clone().ok()?;
    let mut stream = TcpStream::from_std(socket.into()).ok()?;
    let lingering = async move {
        stream.shutdown().await?;
        tokio::io::copy(&mut stream.take(LINGER_BYTES as u64), &mut tokio::io::sink()).await
    };
    runtime.spawn(timeout(LINGER_TIME, lingering));
    Some(())
}

impl fmt::Debug for Guard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Guard").field("peer", &self.connection.peer()).finish_non_exhaustive()
    }
}
