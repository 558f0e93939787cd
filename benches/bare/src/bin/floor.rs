//! The floor: the least that any server on this kernel must do. It waits, reads, looks for the ends of heads, and writes
//! a fixed answer for each, as long as the first of `hyper-server`. No HTTP is parsed and nothing is made.

use mio::{
    Events, Interest, Poll, Token,
    net::{TcpListener, TcpStream},
};
use std::{
    io::{self, ErrorKind, Read, Write},
    process::ExitCode,
    thread,
};

const PLAINTEXT: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-type: text/plain; charset=utf-8\r\nvary: origin\r\n\
    x-request-id: 0123456789abcdef-1\r\ncontent-length: 13\r\ndate: Thu, 01 Jan 1970 00:00:00 GMT\r\n\r\nHello, World!";
const JSON: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nvary: origin\r\n\
    x-request-id: 0123456789abcdef-1\r\ncontent-length: 27\r\ndate: Thu, 01 Jan 1970 00:00:00 GMT\r\n\r\n\
    {\"message\":\"Hello, World!\"}";
const LISTENER: Token = Token(usize::MAX);

fn main() -> ExitCode {
    bare::start("floor", |listener, workers| {
        // Each worker is woken for a new connection, and one of them gets it.
        let listeners = (1..workers).map(|_| listener.try_clone()).collect::<io::Result<Vec<_>>>()?;
        for listener in listeners {
            thread::spawn(|| serve(TcpListener::from_std(listener)));
        }
        serve(TcpListener::from_std(listener))
    })
}

struct Connection {
    stream: TcpStream,
    /// How many bytes of an end of a head came last.
    matched: usize,
    out: Vec<u8>,
}

fn serve(mut listener: TcpListener) -> io::Result<()> {
    let (mut poll, mut events) = (Poll::new()?, Events::with_capacity(1024));
    poll.registry().register(&mut listener, LISTENER, Interest::READABLE)?;
    let (mut connections, mut buffer): (Vec<Option<Connection>>, _) = (Vec::new(), vec![0; 64 * 1024]);
    loop {
        match poll.poll(&mut events, None) {
            Err(cause) if cause.kind() != ErrorKind::Interrupted => return Err(cause),
            _ => {}
        }
        for event in &events {
            if event.token() == LISTENER {
                while let Ok((mut stream, _)) = listener.accept() {
                    // One that refuses is most likely gone, as reading will tell.
                    let _ = stream.set_nodelay(true);
                    let at = connections.iter().position(Option::is_none).unwrap_or(connections.len());
                    poll.registry().register(&mut stream, Token(at), Interest::READABLE | Interest::WRITABLE)?;
                    connections.resize_with(connections.len().max(at + 1), || None);
                    connections[at] = Some(Connection { stream, matched: 0, out: Vec::new() });
                }
            } else if let Some(slot) = connections.get_mut(event.token().0)
                && !slot.as_mut().is_some_and(|connection| connection.goes_on(&mut buffer, event.is_read_closed()))
            {
                *slot = None;
            }
        }
    }
}

impl Connection {
    /// Answers all that is there; whether there may be more. `cut` says that the client sends no more.
    fn goes_on(&mut self, buffer: &mut [u8], cut: bool) -> bool {
        while self.write() {
            match self.stream.read(buffer) {
                Ok(0) => return false,
                Ok(count) => {
                    self.answer(&buffer[..count]);
                    // What did not fill the buffer was all: another look would be a system call for nothing.
                    if count < buffer.len() && !cut {
                        return self.write();
                    }
                }
                Err(cause) => return cause.kind() == ErrorKind::WouldBlock,
            }
        }
        false
    }

    /// One answer for each end of a head.
    fn answer(&mut self, bytes: &[u8]) {
        let answer = if bytes.starts_with(b"GET /json") { JSON } else { PLAINTEXT };
        for byte in bytes {
            self.matched = match (self.matched, byte) {
                (0 | 2, b'\r') | (1 | 3, b'\n') => self.matched + 1,
                (_, b'\r') => 1,
                _ => 0,
            };
            if self.matched == 4 {
                self.out.extend_from_slice(answer);
                self.matched = 0;
            }
        }
    }

    /// Writes what it can; whether there may be more to do.
    fn write(&mut self) -> bool {
        while !self.out.is_empty() {
            match self.stream.write(&self.out) {
                Ok(count) => drop(self.out.drain(..count)),
                Err(cause) => return cause.kind() == ErrorKind::WouldBlock,
            }
        }
        true
    }
}
