//! A sibling that does as it is told, well or badly, and remembers what it was asked.

use shared::domain::{self, Member, MemberState};
use std::{
    io::{BufRead, BufReader, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread,
    time::SystemTime,
};

/// The right answer.
pub const MESSAGE: &str = r#"{"message":"Hello, World!"}"#;

/// What it does with a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Habit {
    /// Answers it.
    Good,
    /// Nobody listens any more.
    Refuses,
    /// Takes it and says nothing.
    Silent,
    /// Takes it and hangs up.
    HangsUp,
    /// Says what is no HTTP.
    Garbage,
    /// Hangs up within the body.
    Cut,
    /// Answers with this status.
    Status(u16),
    /// Answers with text.
    Text,
    /// Answers with more than anybody would read.
    Huge,
}

impl Habit {
    /// All but the good one.
    pub const BAD: [Habit; 9] = [
        Habit::Refuses,
        Habit::Silent,
        Habit::HangsUp,
        Habit::Garbage,
        Habit::Cut,
        Habit::Status(500),
        Habit::Status(404),
        Habit::Text,
        Habit::Huge,
    ];

    fn answer(self) -> Option<String> {
        let answer = |status: u16, media: &str, body: &str| {
            format!("HTTP/1.1 {status} X\r\ncontent-type: {media}\r\ncontent-length: {}\r\n\r\n{body}", body.len())
        };
        let json = "application/json";
        match self {
            Habit::Good => Some(answer(200, json, MESSAGE)),
            Habit::Refuses | Habit::Silent | Habit::HangsUp => None,
            Habit::Garbage => Some("220 mail.test ready\r\n".to_owned()),
            Habit::Cut => Some(answer(200, json, MESSAGE).replace(MESSAGE, "{")),
            Habit::Status(status) => Some(answer(status, json, MESSAGE)),
            Habit::Text => Some(answer(200, "text/plain", MESSAGE)),
            Habit::Huge => Some(answer(200, json, &format!("\"{}\"", "x".repeat(100_000)))),
        }
    }
}

/// One that listens until it is dropped.
pub struct Sibling {
    name: &'static str,
    address: SocketAddr,
    seen: Arc<Mutex<Seen>>,
}

struct Seen {
    habit: Habit,
    connections: usize,
    asked: usize,
    ids: Vec<String>,
    over: bool,
}

impl Sibling {
    pub fn new(name: &'static str, habit: Habit) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("a bound socket");
        let seen = Arc::new(Mutex::new(Seen { habit, connections: 0, asked: 0, ids: Vec::new(), over: false }));
        if habit != Habit::Refuses {
            let seen = Arc::clone(&seen);
            thread::spawn(move || listen(&listener, &seen));
        }
        Sibling { name, address, seen }
    }

    pub fn name(&self) -> &'static str {
        self.name
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// As gossip would tell of it.
    pub fn member(&self, state: MemberState) -> Member {
        let (name, version) = (self.name.to_owned(), "0.1.0".to_owned());
        let sibling = domain::Sibling { name, address: self.address, version };
        Member { sibling, state, since: SystemTime::UNIX_EPOCH }
    }

    /// From now on it does this.
    pub fn change(&self, habit: Habit) {
        lock(&self.seen).habit = habit;
    }

    /// How many connections it was given.
    pub fn connections(&self) -> usize {
        lock(&self.seen).connections
    }

    /// How many requests it was given; for one that refuses nobody knows.
    pub fn asked(&self) -> usize {
        let seen = lock(&self.seen);
        if seen.habit == Habit::Refuses { 2 } else { seen.asked }
    }

    /// The ids of the requests, in their order.
    pub fn request_ids(&self) -> Vec<String> {
        lock(&self.seen).ids.clone()
    }
}

impl Drop for Sibling {
    fn drop(&mut self) {
        lock(&self.seen).over = true;
        // Wakes the one that waits for connections; if there is none, nobody needs to be woken.
        let _ = TcpStream::connect(self.address);
    }
}

fn lock(seen: &Mutex<Seen>) -> MutexGuard<'_, Seen> {
    seen.lock().unwrap_or_else(PoisonError::into_inner)
}

fn listen(listener: &TcpListener, seen: &Arc<Mutex<Seen>>) {
    for stream in listener.incoming().map_while(Result::ok) {
        let mut known = lock(seen);
        if known.over {
            return;
        }
        known.connections += 1;
        drop(known);
        let seen = Arc::clone(seen);
        // The other end hangs up when it ends.
        thread::spawn(move || serve(&stream, &seen));
    }
}

fn serve(stream: &TcpStream, seen: &Mutex<Seen>) -> Option<()> {
    let mut lines = BufReader::new(stream).lines();
    loop {
        let head: Vec<_> = lines.by_ref().map_while(Result::ok).take_while(|line| !line.is_empty()).collect();
        let first = head.first()?;
        let mut known = lock(seen);
        // Anything else would show as a request that was not counted.
        known.asked += usize::from(first == "GET /json HTTP/1.1");
        known.ids.extend(head.iter().filter_map(|line| Some(line.strip_prefix("x-request-id: ")?.to_owned())));
        let habit = known.habit;
        drop(known);
        match habit.answer() {
            Some(answer) => (&mut &*stream).write_all(answer.as_bytes()).ok()?,
            None if habit == Habit::Silent => continue,
            None => return None,
        }
        if matches!(habit, Habit::Cut | Habit::Garbage) {
            return None;
        }
    }
}
