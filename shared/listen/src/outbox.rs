//! The writing side: answers to pipelined requests go out together, and a client that does not read is reset.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};

use arrayvec::ArrayVec;
use bytes::{Buf, BytesMut};
use socket2::SockRef;
use tokio::io::AsyncWrite;
use tokio::net::TcpStream;

use crate::clock::Clock;
use crate::connection::Connection;
use crate::limits::Limits;
use crate::pace::Pace;

/// Bytes of answers that wait for those of the requests behind them.
const BATCH: usize = 16 * 1024;

/// Answers up to this many bytes are joined before they are sent: to the kernel a list of parts costs more than a copy.
const SMALL: usize = 1024;

/// While the kernel takes nothing, ask it this often.
///
/// epoll calls a socket writable only once a third of its send buffer is free. A client that reads slowly but steadily
/// can take minutes for that, and would look as if it read nothing.
const TICK: Duration = Duration::from_secs(1);

pub(crate) struct Outbox {
    /// Answers that wait for company.
    batch: BytesMut,
    /// Requests begun when the batch was last let wait.
    mark: u64,
    pace: Pace,
    tick: Clock,
    waiting: bool,
    /// The client has left: it matters when each byte goes.
    timed: bool,
    last: Instant,
}

impl Outbox {
    pub(crate) fn new(limits: &Limits) -> Self {
        Self {
            batch: BytesMut::new(),
            mark: 0,
            pace: Pace::new(limits.min_rate, limits.rate_window),
            tick: Clock::default(),
            waiting: false,
            timed: false,
            last: Instant::now(),
        }
    }

    /// The client has not taken all that it was sent.
    pub(crate) fn is_waiting(&self) -> bool {
        self.waiting
    }

    /// From now on the time of everything sent is noted.
    pub(crate) fn time_all(&mut self) {
        self.timed = true;
    }

    /// When the kernel last took something that was waited for, or is timed. What it takes at once belongs to an answer
    /// that is open or has just ended, and asking for the time would cost more than counting.
    pub(crate) fn last_progress(&self) -> Instant {
        self.last
    }

    pub(crate) fn poll_write(
        &mut self,
        cx: &mut Context<'_>,
        stream: &mut TcpStream,
        connection: &Connection,
        data: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let len = data.iter().map(|part| part.len()).sum::<usize>();
        let company = !self.batch.is_empty() || connection.begun() < connection.passed();
        if company && self.batch.len() + len <= BATCH {
            data.iter().for_each(|part| self.batch.extend_from_slice(part));
            return Poll::Ready(Ok(len));
        }
        ready!(self.poll_batch(cx, stream))?;
        if len > SMALL {
            return self.poll_send(cx, stream, data);
        }
        let mut whole = ArrayVec::new();
        join(data, &mut whole);
        self.poll_send(cx, stream, &[IoSlice::new(&whole)])
    }

    /// Sends the batch, unless it may wait: while the stack has whole requests that it has not begun, and begins them.
    ///
    /// That it does is looked for in the next poll, for which the task is woken: a request that takes its time must not
    /// keep the answers before it.
    pub(crate) fn poll_flush(
        &mut self,
        cx: &mut Context<'_>,
        stream: &mut TcpStream,
        connection: &Connection,
    ) -> Poll<io::Result<()>> {
        let begun = connection.begun();
        if !self.batch.is_empty() && begun > self.mark && begun < connection.passed() {
            self.mark = begun;
            cx.waker().wake_by_ref();
            return Poll::Ready(Ok(()));
        }
        self.poll_batch(cx, stream)
    }

    /// Sends the batch.
    pub(crate) fn poll_batch(&mut self, cx: &mut Context<'_>, stream: &mut TcpStream) -> Poll<io::Result<()>> {
        while !self.batch.is_empty() {
            let batch = std::mem::take(&mut self.batch);
            let sent = self.poll_send(cx, stream, &[IoSlice::new(&batch)]);
            self.batch = batch;
            self.batch.advance(ready!(sent)?);
        }
        Poll::Ready(Ok(()))
    }

    fn poll_send(
        &mut self,
        cx: &mut Context<'_>,
        stream: &mut TcpStream,
        data: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let stream_now = Pin::new(&mut *stream);
        let at_once = match data {
            [whole] => stream_now.poll_write(cx, whole),
            parts => stream_now.poll_write_vectored(cx, parts),
        };
        if let Poll::Ready(result) = at_once {
            return Poll::Ready(result.map(|sent| self.progress(sent)));
        }
        loop {
            let now = Instant::now();
            self.waiting = true;
            self.pace.waiting(now);
            self.tick.set(self.pace.deadline().map_or(now + TICK, |deadline| deadline.min(now + TICK)));
            ready!(self.tick.poll_set(cx));
            match SockRef::from(&*stream).send_vectored(data) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => self.check(stream)?,
                result => return Poll::Ready(result.map(|sent| self.progress(sent))),
            }
        }
    }

    fn progress(&mut self, sent: usize) -> usize {
        if self.waiting || self.timed {
            self.last = Instant::now();
            self.pace.progress(self.last, sent as u64);
            self.waiting = false;
            self.tick.unset();
        } else {
            self.pace.count(sent as u64);
        }
        sent
    }

    /// Resets a client that has stalled: a close would leave what it has not read in the kernel for minutes more.
    fn check(&self, stream: &TcpStream) -> io::Result<()> {
        if !self.pace.stalled(Instant::now()) {
            return Ok(());
        }
        tracing::debug!("a client does not read its answer: reset");
        SockRef::from(stream).set_linger(Some(Duration::ZERO))?;
        Err(io::Error::new(io::ErrorKind::TimedOut, "the client does not read its answer"))
    }
}

/// Head and body in one piece, which is lent: returned, it would be copied. What has no room is left for later.
fn join(data: &[IoSlice<'_>], whole: &mut ArrayVec<u8, SMALL>) {
    for part in data {
        let len = part.len().min(whole.remaining_capacity());
        // It has room for these.
        _ = whole.try_extend_from_slice(&part[..len]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_joined_in_order() {
        let parts: [&[u8]; 4] = [b"head", b"", b"bo", b"dy"];
        let joined = |parts: &[IoSlice<'_>]| {
            let mut whole = ArrayVec::new();
            join(parts, &mut whole);
            whole
        };
        assert_eq!(joined(&parts.map(IoSlice::new)).as_slice(), b"headbody");
        assert!(joined(&[]).is_empty());
        // A short write is one that goes on.
        assert_eq!(joined(&[IoSlice::new(&[1; SMALL]), IoSlice::new(&[2])]).as_slice(), [1; SMALL]);
    }
}
