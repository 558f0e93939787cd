//! Servers that are spoiled on purpose, run by this test's own program.

use std::{
    env,
    io::{self, Read, Write},
    net::{TcpListener, TcpStream},
    sync::atomic::{AtomicU64, Ordering},
    thread,
    time::Duration,
};

/// How it is spoiled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spoiled {
    /// Not at all.
    Not,
    /// It sleeps for a millisecond before each answer.
    Sleeps,
    /// It answers 404.
    NotFound,
    /// One body in a hundred is another one, of the same length.
    WrongBody,
    /// It closes after each answer, without a word.
    Closes,
    /// It ends after some answers.
    Dies,
}

/// Names the spoiled server to be, in the environment.
const SPOILED: &str = "SPOILED";
const ALL: [(&str, Spoiled); 6] = [
    ("not", Spoiled::Not),
    ("sleeps", Spoiled::Sleeps),
    ("not-found", Spoiled::NotFound),
    ("wrong-body", Spoiled::WrongBody),
    ("closes", Spoiled::Closes),
    ("dies", Spoiled::Dies),
];

/// Of this server, on all connections.
static ANSWERS: AtomicU64 = AtomicU64::new(0);

/// The command that runs it: this program, asked for one test that serves.
pub fn command(spoiled: Spoiled) -> String {
    let (name, _) = ALL.iter().find(|(_, one)| *one == spoiled).expect("all are named");
    let program = env::current_exe().expect("this test is a file");
    format!("{SPOILED}={name} exec {:?} --exact spoiled::serve --nocapture", program.display().to_string())
}

/// No test unless the environment says what it is to be: then it serves until it is ended.
#[test]
fn serve() {
    let Ok(name) = env::var(SPOILED) else { return };
    let (_, spoiled) = ALL.iter().find(|(one, _)| *one == name).expect("a name that is known");
    let port = env::var("PORT").expect("a port").parse::<u16>().expect("a number");
    let listener = TcpListener::bind(("127.0.0.1", port)).expect("the port is free");
    for stream in listener.incoming() {
        let stream = stream.expect("a connection");
        thread::spawn(move || answer(stream, *spoiled));
    }
}

fn answer(mut stream: TcpStream, spoiled: Spoiled) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut request = [0; 4096];
    loop {
        // Requests are short and come one at a time.
        let read = stream.read(&mut request)?;
        if read == 0 {
            return Ok(());
        }
        let count = ANSWERS.fetch_add(1, Ordering::Relaxed) + 1;
        if spoiled == Spoiled::Sleeps {
            thread::sleep(Duration::from_millis(1));
        }
        if spoiled == Spoiled::Dies && count == 200 {
            std::process::exit(1);
        }
        let is_json = request[..read].starts_with(b"GET /json ");
        let body = if is_json { r#"{"message":"Hello, World!"}"# } else { "Hello, World!" };
        let is_wrong = spoiled == Spoiled::WrongBody && count.is_multiple_of(100);
        let body = if is_wrong { body.replace("World", "Wrold") } else { body.to_owned() };
        let status = if spoiled == Spoiled::NotFound { "404 Not Found" } else { "200 OK" };
        write!(stream, "HTTP/1.1 {status}\r\ncontent-length: {}\r\n\r\n{body}", body.len())?;
        if spoiled == Spoiled::Closes {
            return Ok(());
        }
    }
}
