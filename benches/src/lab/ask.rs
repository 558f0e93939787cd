//! One request and its answer: is the server there, and does it answer what it should?

use load::Exchange;
use serde::{Deserialize, Serialize};
use std::{
    io::{self, Read, Write},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

/// For anything to happen.
const PATIENCE: Duration = Duration::from_secs(10);
/// The longest body that is kept, in bytes; the lab's largest is 10 MB.
const MOST: u64 = 64 << 20;

/// What came back.
pub struct Answer {
    /// The status.
    pub status: u16,
    /// Bytes up to the empty line, that included.
    pub head: usize,
    /// Names and values, names in lower case.
    pub fields: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

/// How large an answer is: the same work should give the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Size {
    /// Bytes up to the empty line, that included.
    pub head: usize,
    /// Bytes of the body.
    pub body: usize,
}

impl Answer {
    /// The first value of a field.
    pub fn field(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(field, _)| field == name).map(|(_, value)| value.as_str())
    }

    /// Its size.
    pub fn size(&self) -> Size {
        Size { head: self.head, body: self.body.len() }
    }
}

/// A connection that is kept, as under load.
pub struct Connection(TcpStream);

impl Connection {
    /// A new one.
    ///
    /// # Errors
    /// When nobody listens, or not within ten seconds.
    pub fn new(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect_timeout(&address, PATIENCE)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        stream.set_nodelay(true)?;
        Ok(Connection(stream))
    }

    /// Asks.
    ///
    /// # Errors
    /// When nobody answers, or not in HTTP/1.1, or not within ten seconds.
    pub fn ask(&mut self, request: &[u8]) -> io::Result<Answer> {
        // A server may refuse early, before it has read all of a body.
        let sent = self.0.write_all(request);
        read(&mut self.0).or_else(|cause| sent.and(Err(cause)))
    }

    /// Asks, and demands the right answer.
    ///
    /// # Errors
    /// What is wrong, in words.
    pub fn demand(&mut self, exchange: &Exchange) -> Result<Answer, String> {
        let told = |what: String| format!("{}: {what}", exchange.name());
        let answer = self.ask(&exchange.request).map_err(|cause| told(format!("no answer: {cause}")))?;
        if answer.status != exchange.status {
            return Err(told(format!("answered {}, not {}", answer.status, exchange.status)));
        }
        is_right(&exchange.body, &answer.body).map_err(told)?;
        Ok(answer)
    }
}

/// Asks on a connection of its own.
///
/// # Errors
/// When nobody answers, or not in HTTP/1.1, or not within ten seconds.
pub fn ask(address: SocketAddr, request: &[u8]) -> io::Result<Answer> {
    Connection::new(address)?.ask(request)
}

fn read(stream: &mut TcpStream) -> io::Result<Answer> {
    let (mut bytes, mut chunk) = (Vec::new(), [0; 16 * 1024]);
    loop {
        let count = stream.read(&mut chunk)?;
        bytes.extend_from_slice(&chunk[..count]);
        let mut fields = [httparse::EMPTY_HEADER; 64];
        let mut answer = httparse::Response::new(&mut fields);
        match answer.parse(&bytes).map_err(io::Error::other)? {
            httparse::Status::Complete(head) => {
                let status = answer.code.unwrap_or_default();
                let fields = answer.headers.iter().map(|field| {
                    (field.name.to_ascii_lowercase(), String::from_utf8_lossy(field.value).trim().to_owned())
                });
                let answer = Answer { status, head, fields: fields.collect(), body: bytes.split_off(head) };
                return body(stream, answer);
            }
            httparse::Status::Partial if count == 0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            httparse::Status::Partial => {}
        }
    }
}

fn body(stream: &mut TcpStream, mut answer: Answer) -> io::Result<Answer> {
    if answer.field("transfer-encoding").is_some() {
        return Err(io::Error::other("the answer comes in chunks: its length should be known"));
    }
    let length = answer.field("content-length").and_then(|length| length.parse::<u64>().ok()).unwrap_or_default();
    let rest = length.min(MOST).saturating_sub(answer.body.len() as u64);
    let got = stream.take(rest).read_to_end(&mut answer.body)?;
    if (got as u64) < rest { Err(io::ErrorKind::UnexpectedEof.into()) } else { Ok(answer) }
}

/// Asks on a connection of its own, and demands the right answer.
///
/// # Errors
/// What is wrong, in words.
pub fn demand(address: SocketAddr, exchange: &Exchange) -> Result<Answer, String> {
    let connection = Connection::new(address);
    connection.map_err(|cause| format!("{}: no answer: {cause}", exchange.name()))?.demand(exchange)
}

fn is_right(expected: &load::Expected, body: &[u8]) -> Result<(), String> {
    let right = match expected {
        load::Expected::Bytes(bytes) => body == bytes,
        load::Expected::Repeated { pattern, length } => {
            body.len() as u64 == *length && body.chunks(pattern.len()).all(|chunk| pattern.starts_with(chunk))
        }
        load::Expected::Checked(check) => return check(body),
    };
    let begin = || String::from_utf8_lossy(&body[..body.len().min(60)]).into_owned();
    if right { Ok(()) } else { Err(format!("a wrong body of {} bytes, {:?}", body.len(), begin())) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use load::Expected;
    use std::{net::TcpListener, thread};

    /// Answers one request with these bytes.
    fn server(answer: &'static [u8]) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        thread::spawn(move || {
            let (mut stream, _) = listener.accept()?;
            let _asked = stream.read(&mut [0; 4096])?;
            stream.write_all(answer)
        });
        address
    }

    #[test]
    fn answers_are_told_apart() {
        let get = Exchange::get("/", Expected::Bytes(b"hello".to_vec()));
        let demand = |answer| demand(server(answer), &get);
        let right = demand(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello").expect("right");
        assert_eq!((right.size(), right.field("content-length")), (Size { head: 38, body: 5 }, Some("5")));
        let wrong = |answer, word: &str| {
            let told = demand(answer).err().expect(word);
            assert!(told.starts_with("GET /: ") && told.contains(word), "{told}");
        };
        wrong(b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n", "answered 404, not 200");
        wrong(b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhallo", "hallo");
        wrong(b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhal", "no answer");
        wrong(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n", "chunks");
        wrong(b"what?\r\n\r\n", "no answer");
        wrong(b"", "no answer");
    }

    #[test]
    fn repeated_bytes_are_counted_and_compared() {
        let expected = Expected::Repeated { pattern: b"abc".to_vec(), length: 7 };
        assert_eq!(is_right(&expected, b"abcabca"), Ok(()));
        assert!(is_right(&expected, b"abcabcab").is_err() && is_right(&expected, b"abcabcb").is_err());
    }
}
