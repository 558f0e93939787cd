//! A server of threads, in this process, that does to each request what a test wants done.

// Each test program uses a part of this.
#![allow(dead_code)]

use socket2::SockRef;
use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

/// `Hello, World!`
pub const HELLO: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 13\r\n\r\nHello, World!";

/// What happens to a request.
pub enum Reaction {
    /// These bytes go back.
    Answer(Vec<u8>),
    /// These bytes go back, and then the connection ends.
    Last(Vec<u8>),
    /// The connection is reset.
    Reset,
    /// Nothing, for as long as the client waits.
    Silence,
}

/// A request as the server got it.
pub struct Request {
    /// Its number, over all connections, from 0.
    pub number: u64,
    /// Its first line.
    pub line: String,
    /// The length of its body.
    pub length: u64,
    /// Whether it asks for the end of the connection.
    pub closes: bool,
}

/// A server that ends when this is dropped.
pub struct Server {
    pub address: SocketAddr,
    pub connections: Arc<AtomicU64>,
    ends: Arc<AtomicBool>,
    accepting: Option<JoinHandle<()>>,
}

impl Server {
    /// Starts one that reacts like this.
    pub fn start(react: impl Fn(&Request) -> Reaction + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
        let address = listener.local_addr().expect("an address");
        let (ends, connections) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
        let (react, numbers) = (Arc::new(react), Arc::new(AtomicU64::new(0)));
        let accepting = thread::spawn({
            let (ends, connections) = (Arc::clone(&ends), Arc::clone(&connections));
            move || {
                for stream in listener.incoming() {
                    if ends.load(Ordering::SeqCst) {
                        return;
                    }
                    let Ok(stream) = stream else { continue };
                    connections.fetch_add(1, Ordering::SeqCst);
                    let (react, numbers) = (Arc::clone(&react), Arc::clone(&numbers));
                    // It ends with the client's connection.
                    thread::spawn(move || talk(stream, &*react, &numbers));
                }
            }
        });
        Server { address, connections, ends, accepting: Some(accepting) }
    }

    /// One that says hello to everybody.
    pub fn sound() -> Self {
        Self::start(|_| Reaction::Answer(HELLO.to_vec()))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.ends.store(true, Ordering::SeqCst);
        // It waits for a connection.
        let _ = TcpStream::connect(self.address);
        if let Some(accepting) = self.accepting.take() {
            let _ = accepting.join();
        }
    }
}

fn talk(mut stream: TcpStream, react: &dyn Fn(&Request) -> Reaction, numbers: &AtomicU64) {
    stream.set_nodelay(true).expect("a socket");
    let mut reader = BufReader::with_capacity(256 * 1024, stream.try_clone().expect("a socket"));
    while let Some(mut request) = head(&mut reader) {
        request.number = numbers.fetch_add(1, Ordering::SeqCst);
        let reaction = react(&request);
        if matches!(reaction, Reaction::Reset) {
            SockRef::from(&stream).set_linger(Some(Duration::ZERO)).expect("a socket");
            return;
        }
        if std::io::copy(&mut reader.by_ref().take(request.length), &mut std::io::sink()).is_err() {
            return;
        }
        let (bytes, is_last) = match reaction {
            Reaction::Answer(bytes) => (bytes, false),
            Reaction::Last(bytes) => (bytes, true),
            Reaction::Silence | Reaction::Reset => continue,
        };
        if stream.write_all(&bytes).is_err() || is_last {
            return;
        }
    }
}

fn head(reader: &mut impl BufRead) -> Option<Request> {
    let mut request = Request { number: 0, line: String::new(), length: 0, closes: false };
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        if line == "\r\n" {
            return Some(request);
        }
        if let Some(length) = line.strip_prefix("content-length: ") {
            request.length = length.trim().parse().ok()?;
        }
        request.closes |= line == "connection: close\r\n";
        if request.line.is_empty() {
            request.line = line.trim_end().to_owned();
        }
    }
}
