//! One socket: requests out, answers in, and every way in which that can end.

use crate::{
    answer::{Part, Reader, excerpt},
    exchange::Exchange,
    judge::Judge,
    outcome::ErrorKind,
    tally::{Sent, Tally},
};
use mio::{Interest, Registry, Token, net::TcpStream};
use std::{
    collections::VecDeque,
    io::{self, IoSlice, Read, Write},
    mem,
    net::SocketAddr,
    time::{Duration, Instant},
};

/// How much is written, and read, before others have their turn: a large body must not hold up small ones.
pub(crate) const TURN: usize = 256 * 1024;

/// Why a connection is of no more use.
pub(crate) struct Failure {
    pub(crate) kind: ErrorKind,
    pub(crate) why: String,
}

impl Failure {
    pub(crate) fn new(kind: ErrorKind, why: impl Into<String>) -> Self {
        Failure { kind, why: why.into() }
    }

    fn of(cause: &io::Error) -> Self {
        // What is written before a connection has come up is told that way.
        let is_refused = cause.kind() == io::ErrorKind::ConnectionRefused;
        Failure::new(if is_refused { ErrorKind::Refused } else { ErrorKind::Reset }, cause.to_string())
    }
}

/// How far a connection got.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Progress {
    /// There will be an event when it can go on.
    Waits,
    /// It could go on at once.
    HasMore,
    /// It was closed, as it should be.
    Ended,
}

/// What a connection needs to go on.
pub(crate) struct Context<'a> {
    pub(crate) exchanges: &'a [Exchange],
    pub(crate) buffer: &'a mut [u8],
    pub(crate) tally: &'a mut Tally,
}

/// One socket.
pub(crate) struct Connection {
    stream: TcpStream,
    keep_alive: bool,
    is_up: bool,
    /// The peer will send no more than what is there already.
    is_cut: bool,
    /// What is sent and not answered, in order.
    batch: VecDeque<Sent>,
    /// So many of these, at the end, are not written whole; of the first of them `written` bytes are.
    unwritten: usize,
    written: usize,
    reader: Reader,
    judge: Judge,
    answers: u64,
    /// When what it waits for began.
    since: Instant,
}

impl Connection {
    /// Begins to connect.
    pub(crate) fn open(address: SocketAddr, registry: &Registry, token: Token, keep_alive: bool) -> io::Result<Self> {
        let mut stream = TcpStream::connect(address)?;
        // What is small would else wait for what is under way to be acknowledged.
        stream.set_nodelay(true)?;
        registry.register(&mut stream, token, Interest::READABLE | Interest::WRITABLE)?;
        Ok(Connection {
            stream,
            keep_alive,
            is_up: false,
            is_cut: false,
            batch: VecDeque::new(),
            unwritten: 0,
            written: 0,
            reader: Reader::new(),
            judge: Judge::default(),
            answers: 0,
            since: Instant::now(),
        })
    }

    /// Whether it can take requests.
    pub(crate) fn is_idle(&self) -> bool {
        self.is_up && self.batch.is_empty()
    }

    /// What it has waited for too long, if it has.
    pub(crate) fn overdue(&self, now: Instant, timeout: Duration) -> Option<Failure> {
        if now.saturating_duration_since(self.since) <= timeout {
            return None;
        }
        match (self.is_idle(), self.keep_alive) {
            (true, true) => None,
            (true, false) => Some(Failure::new(ErrorKind::KeptOpen, format!("still open after {timeout:?}"))),
            (false, _) => Some(Failure::new(ErrorKind::Timeout, format!("nothing for {timeout:?}"))),
        }
    }

    /// What is sent and not answered, taken from it.
    pub(crate) fn give_up(&mut self) -> Vec<Sent> {
        self.batch.drain(..).collect()
    }

    /// Takes a request, to be written with the next [`write`](Self::write).
    pub(crate) fn put(&mut self, request: Sent) {
        self.since = request.sent;
        self.batch.push_back(request);
        self.unwritten += 1;
    }

    /// Goes on after an event.
    pub(crate) fn go_on(&mut self, readable: bool, cut: bool, mut context: Context<'_>) -> Result<Progress, Failure> {
        self.is_cut |= cut;
        if !self.is_up && !self.comes_up(context.tally)? {
            return Ok(Progress::Waits);
        }
        let written = self.write_out(&mut context)?;
        let read = if readable || cut { self.read(&mut context)? } else { Progress::Waits };
        Ok(if read == Progress::Waits { written } else { read })
    }

    fn comes_up(&mut self, tally: &mut Tally) -> Result<bool, Failure> {
        let refused = |cause: io::Error| Failure::new(ErrorKind::Refused, format!("no connection: {cause}"));
        if let Some(cause) = self.stream.take_error().map_err(refused)? {
            return Err(refused(cause));
        }
        match self.stream.peer_addr() {
            Ok(_) => self.is_up = true,
            Err(cause) if cause.kind() == io::ErrorKind::NotConnected => return Ok(false),
            Err(cause) => return Err(refused(cause)),
        }
        tally.connected();
        Ok(true)
    }

    /// Writes what it was given, as far as its turn goes.
    pub(crate) fn write(&mut self, mut context: Context<'_>) -> Result<Progress, Failure> {
        self.write_out(&mut context)
    }

    fn write_out(&mut self, context: &mut Context<'_>) -> Result<Progress, Failure> {
        while self.unwritten > 0 {
            match self.write_some(context.exchanges) {
                Ok(count) => {
                    context.tally.moved(count, 0);
                    if !mem::replace(&mut self.is_up, true) {
                        context.tally.connected();
                    }
                    self.advance(count, context.exchanges);
                    if count >= TURN {
                        return Ok(Progress::HasMore);
                    }
                }
                Err(cause) if cause.kind() == io::ErrorKind::Interrupted => {}
                // It has not come up yet, or the peer does not read.
                Err(cause) if [io::ErrorKind::WouldBlock, io::ErrorKind::NotConnected].contains(&cause.kind()) => break,
                Err(cause) => return Err(Failure::of(&cause)),
            }
        }
        Ok(Progress::Waits)
    }

    fn write_some(&mut self, exchanges: &[Exchange]) -> io::Result<usize> {
        let first = self.batch.len() - self.unwritten;
        let request = |at: usize| &exchanges[self.batch[at].exchange].request[..];
        let rest = &request(first)[self.written..];
        if self.unwritten == 1 || rest.len() >= TURN {
            return self.stream.write(&rest[..rest.len().min(TURN)]);
        }
        let slices: Vec<_> =
            [rest].into_iter().chain((first + 1..self.batch.len()).map(request)).map(IoSlice::new).collect();
        self.stream.write_vectored(&slices)
    }

    fn advance(&mut self, mut count: usize, exchanges: &[Exchange]) {
        while self.unwritten > 0 {
            let first = self.batch[self.batch.len() - self.unwritten];
            let left = exchanges[first.exchange].request.len() - self.written;
            if count < left {
                self.written += count;
                return;
            }
            count -= left;
            (self.unwritten, self.written) = (self.unwritten - 1, 0);
        }
    }

    /// Reads what is there, within its turn.
    fn read(&mut self, context: &mut Context<'_>) -> Result<Progress, Failure> {
        loop {
            match self.stream.read(context.buffer) {
                Ok(0) => return self.closed(context),
                Ok(count) => {
                    let now = Instant::now();
                    context.tally.moved(0, count);
                    self.take(count, now, context)?;
                    // Less than there was room for was all that there was; an end would be an event of its own,
                    // unless it has been one already. A system call less for each answer.
                    if count < context.buffer.len() && !self.is_cut {
                        return Ok(Progress::Waits);
                    }
                    if count == context.buffer.len() {
                        return Ok(Progress::HasMore);
                    }
                }
                Err(cause) if cause.kind() == io::ErrorKind::WouldBlock => return Ok(Progress::Waits),
                Err(cause) if cause.kind() == io::ErrorKind::Interrupted => {}
                Err(cause) => return Err(Failure::of(&cause)),
            }
        }
    }

    /// Makes answers of the first bytes in the buffer.
    fn take(&mut self, count: usize, now: Instant, context: &mut Context<'_>) -> Result<(), Failure> {
        let mut bytes = &context.buffer[..count];
        loop {
            let Some(request) = self.batch.front() else {
                let unasked = || format!("nobody asked for `{}`", excerpt(bytes));
                return if bytes.is_empty() { Ok(()) } else { Err(Failure::new(ErrorKind::Malformed, unasked())) };
            };
            let (exchange, drawn) = (&context.exchanges[request.exchange], request.drawn);
            let part = self.reader.next(&mut bytes, exchange.is_head());
            match part.map_err(|why| Failure::new(ErrorKind::Malformed, why))? {
                None => return Ok(()),
                Some(Part::Head { status }) => self.judge.begin(exchange, drawn, status),
                Some(Part::Body(bytes)) => self.judge.look(exchange, bytes),
                Some(Part::End { last }) => self.end(last, now, context.exchanges, context.tally)?,
            }
        }
    }

    /// An answer is over.
    fn end(&mut self, last: bool, now: Instant, exchanges: &[Exchange], tally: &mut Tally) -> Result<(), Failure> {
        let Some(request) = self.batch.pop_front() else { return Ok(()) };
        let verdict = self.judge.end(&exchanges[request.exchange]);
        tally.answered(&request, now, self.judge.has_compared(), verdict);
        (self.answers, self.since) = (self.answers + 1, now);
        if self.unwritten > self.batch.len() {
            return Err(Failure::new(ErrorKind::Malformed, "answered before the request was sent whole"));
        }
        if last && self.keep_alive {
            return Err(Failure::new(ErrorKind::ClosedKeepAlive, "the answer says `connection: close`"));
        }
        Ok(())
    }

    /// The peer sends no more.
    fn closed(&mut self, context: &mut Context<'_>) -> Result<Progress, Failure> {
        if self.reader.ends_by_close() {
            self.end(false, Instant::now(), context.exchanges, context.tally)?;
        }
        match self.reader.is_between() {
            _ if self.batch.is_empty() && !self.keep_alive => Ok(Progress::Ended),
            true if self.answers > 0 => Err(Failure::new(ErrorKind::ClosedKeepAlive, "closed behind an answer")),
            true => Err(Failure::new(ErrorKind::ClosedEarly, "closed before an answer")),
            false => Err(Failure::new(ErrorKind::ClosedEarly, "closed within an answer")),
        }
    }
}
