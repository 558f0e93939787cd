//! A proxy before a right server, which spoils one thing and passes on all else to the byte.

use super::{Spoil, answers::Answers, head::Head, requests::Requests};
use std::{
    collections::VecDeque,
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
};

/// A proxy that listens until this is dropped.
pub struct Proxy {
    pub address: SocketAddr,
    over: Arc<AtomicBool>,
}

/// How often a mutation has spoilt something.
pub type Acted = Arc<AtomicUsize>;

impl Proxy {
    pub fn start(server: SocketAddr, spoil: Spoil, acted: Acted) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("a bound socket");
        let over = Arc::new(AtomicBool::new(false));
        let ended = Arc::clone(&over);
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                if ended.load(Ordering::Acquire) {
                    return;
                }
                serve(client, server, spoil, &acted);
            }
        });
        Proxy { address, over }
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Release);
        // Wakes the listener; when nobody listens any more, it has ended already.
        let _ = TcpStream::connect(self.address);
    }
}

/// What the two directions of a connection know of each other.
pub struct Shared {
    pub spoil: Spoil,
    acted: Acted,
    /// The requests that have no answer yet.
    asked: Mutex<VecDeque<Head>>,
}

impl Shared {
    /// Counts what was spoilt.
    pub fn count(&self, acted: bool) -> bool {
        self.acted.fetch_add(usize::from(acted), Ordering::Relaxed);
        acted
    }

    pub fn asked(&self) -> MutexGuard<'_, VecDeque<Head>> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One thread for each direction.
fn serve(client: TcpStream, server: SocketAddr, spoil: Spoil, acted: &Acted) {
    // A server that is about to end takes nobody: then the client is turned away, too.
    let Ok(server) = TcpStream::connect(server) else { return };
    let twice = |stream: &TcpStream| {
        stream.set_nodelay(true).expect("a socket");
        stream.try_clone().expect("a descriptor")
    };
    let shared = Arc::new(Shared { spoil, acted: Arc::clone(acted), asked: Mutex::default() });
    let (from, to, of) = (twice(&client), twice(&server), Arc::clone(&shared));
    thread::spawn(move || Requests { to, shared: of }.pass(from));
    thread::spawn(move || Answers { to: client, shared, held: None }.pass(server));
}
