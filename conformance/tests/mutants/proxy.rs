//! A proxy before a right server, which spoils one thing and passes on all else to the byte.

use super::{Spoil, answers::Answers, head::Head, requests::Requests};
use std::{
    collections::VecDeque,
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Condvar, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};

/// How long an answer waits for a request behind its own: one that was sent with it comes at once, unless the machine
/// is busy.
const BEHIND: Duration = Duration::from_millis(500);

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
    more: Condvar,
}

impl Shared {
    /// Counts what was spoilt.
    pub fn count(&self, acted: bool) -> bool {
        self.acted.fetch_add(usize::from(acted), Ordering::Relaxed);
        acted
    }

    /// Notes a request, before it is passed on.
    pub fn ask(&self, head: Head) {
        self.asked().push_back(head);
        self.more.notify_one();
    }

    /// The request that the next answer is for.
    pub fn answered(&self) -> Head {
        self.asked().pop_front().unwrap_or_default()
    }

    /// Whether another request has come behind the one that is answered.
    pub fn is_another_asked(&self) -> bool {
        let waited = self.more.wait_timeout_while(self.asked(), BEHIND, |asked| asked.is_empty());
        !waited.unwrap_or_else(PoisonError::into_inner).0.is_empty()
    }

    fn asked(&self) -> MutexGuard<'_, VecDeque<Head>> {
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
    let shared = Arc::new(Shared { spoil, acted: Arc::clone(acted), asked: Mutex::default(), more: Condvar::new() });
    let (from, to, of) = (twice(&client), twice(&server), Arc::clone(&shared));
    thread::spawn(move || Requests { to, shared: of }.pass(from));
    thread::spawn(move || Answers { to: client, shared, held: None }.pass(server));
}
