//! Each program starts, answers its two routes as the six do, one request or two at a time, and ends when told to.

use shared::contract::media;
use std::{
    io::{BufRead, BufReader, Write},
    net::{SocketAddr, TcpStream},
    process::{Child, Command, Stdio},
    sync::mpsc,
    thread,
    time::Duration,
};

/// How long anything may take, on a machine that is busy.
const SOON: Duration = Duration::from_secs(20);

const PROGRAMS: [(&str, &str); 5] = [
    ("bare-hyper", env!("CARGO_BIN_EXE_bare-hyper")),
    ("bare-axum", env!("CARGO_BIN_EXE_bare-axum")),
    ("bare-actix-web", env!("CARGO_BIN_EXE_bare-actix-web")),
    ("bare-warp", env!("CARGO_BIN_EXE_bare-warp")),
    ("floor", env!("CARGO_BIN_EXE_floor")),
];

/// A program that runs. It is killed, if it still does, when this is dropped.
struct Running {
    child: Child,
    address: SocketAddr,
}

impl Running {
    fn start(name: &str, program: &str, workers: &str) -> Self {
        let mut command = Command::new(program);
        let spawned = command.args(["--port", "0", "--workers", workers]).stdout(Stdio::piped()).spawn();
        let mut child = spawned.expect("the program is built");
        let (say, said) = mpsc::channel();
        let stdout = child.stdout.take().expect("it is piped");
        thread::spawn(move || BufReader::new(stdout).lines().map_while(Result::ok).try_for_each(|line| say.send(line)));
        let line = said.recv_timeout(SOON).expect("a line");
        let address = line.strip_prefix(&format!("{name} listens on http://")).expect(&line);
        Running { address: address.parse().expect(&line), child }
    }

    fn connect(&self) -> BufReader<TcpStream> {
        let stream = TcpStream::connect(self.address).expect("it listens");
        stream.set_read_timeout(Some(SOON)).expect("a socket");
        BufReader::new(stream)
    }

    /// Tells it to end, and waits until it has.
    fn end(mut self) {
        let told = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status();
        assert!(told.expect("kill is there").success());
        let (say, over) = mpsc::channel();
        thread::scope(|scope| {
            scope.spawn(|| say.send(self.child.wait().expect("it was started")));
            over.recv_timeout(SOON).expect("an end");
        });
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The head's lines, in lower case, and the body.
fn answer(reader: &mut impl BufRead) -> (Vec<String>, String) {
    let mut head = Vec::new();
    loop {
        let mut line = String::new();
        assert!(reader.read_line(&mut line).expect("a line") > 0, "closed after {head:?}");
        if line == "\r\n" {
            break;
        }
        head.push(line.trim_end().to_lowercase());
    }
    let length = head.iter().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
    let mut body = vec![0; length.unwrap_or_else(|| panic!("no length in {head:?}"))];
    reader.read_exact(&mut body).expect("a body");
    (head, String::from_utf8(body).expect("text"))
}

fn request(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nhost: localhost\r\n\r\n")
}

const ROUTES: [(&str, &str, &str); 2] =
    [("/plaintext", media::TEXT, "Hello, World!"), ("/json", media::JSON, r#"{"message":"Hello, World!"}"#)];

#[test]
fn each_answers_as_the_six_do_and_ends_when_told_to() {
    for (name, program) in PROGRAMS {
        for workers in ["1", "2"] {
            let running = Running::start(name, program, workers);
            for (path, media, content) in ROUTES {
                let mut reader = running.connect();
                // One, then two at a time, then one in pieces.
                for (requests, count) in [(request(path), 1), (request(path).repeat(2), 2)] {
                    reader.get_mut().write_all(requests.as_bytes()).expect("a socket");
                    for _ in 0..count {
                        let (head, body) = answer(&mut reader);
                        assert_eq!((head[0].as_str(), body.as_str()), ("http/1.1 200 ok", content), "{name}");
                        assert!(head.contains(&format!("content-type: {media}")), "{name}: {head:?}");
                        assert!(head.iter().any(|line| line.starts_with("date: ")), "{name}: {head:?}");
                    }
                }
                for piece in request(path).as_bytes().chunks(30) {
                    reader.get_mut().write_all(piece).expect("a socket");
                }
                // The floor looks at the first piece only, and takes what begins with another line for plain text.
                let body = answer(&mut reader).1;
                assert!(body == content || name == "floor", "{name}: {body}");
            }
            // With a connection open, too.
            let _open = running.connect();
            running.end();
        }
    }
}

#[test]
fn the_floor_answers_with_as_many_bytes_as_hyper_server() {
    let running = Running::start("floor", env!("CARGO_BIN_EXE_floor"), "1");
    for (path, _, _) in ROUTES {
        let size = |(head, body): (Vec<String>, String)| {
            head.iter().map(|line| line.len() + 2).sum::<usize>() + 2 + body.len()
        };
        let mut reader = running.connect();
        reader.get_mut().write_all(request(path).as_bytes()).expect("a socket");
        assert_eq!(size(answer(&mut reader)), size(hyper_server(path)), "{path}");
    }
}

/// The first answer of a `hyper-server`.
fn hyper_server(path: &str) -> (Vec<String>, String) {
    use shared::{App, Shutdown, config::Config, store::Store};
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
    listener.set_nonblocking(true).expect("a socket");
    let local = listener.local_addr().expect("an address");
    let (stop, shutdown) = Shutdown::channel();
    let config = Config::for_tests(hyper_server::SERVER);
    let app = App::new(hyper_server::SERVER, config, local, Store::memory(), shutdown.clone());
    let serving = runtime.spawn(hyper_server::serve(listener, app, shutdown));
    let mut reader = BufReader::new(TcpStream::connect(local).expect("it listens"));
    reader.get_ref().set_read_timeout(Some(SOON)).expect("a socket");
    reader.get_mut().write_all(request(path).as_bytes()).expect("a socket");
    let answer = answer(&mut reader);
    drop(reader);
    stop.stop();
    runtime.block_on(serving).expect("no panic").expect("an end");
    answer
}
