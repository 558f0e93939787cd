//! The client with which a server asks its siblings: [hyper-util's](https://docs.rs/hyper-util/0.1/hyper_util/client/legacy/),
//! which keeps connections and uses them again.
//!
//! It speaks plain values (addresses, texts, bytes), so that whoever asks need not know which HTTP library it is. A
//! request that is given up by dropping its future takes its connection along.
//!
//! | limit | |
//! |---|---|
//! | for a connection to be made | 1 s |
//! | a connection that nobody uses is kept | 20 s, less than servers here keep it (30 s) |
//! | such connections to one server | 32 |
//! | time for the whole | the caller's to set |

use bytes::Bytes;
use http::{Request, header};
use http_body_util::{BodyExt, Empty, LengthLimitError, Limited};
use hyper_util::{
    client::legacy::{self, connect::HttpConnector},
    rt::{TokioExecutor, TokioTimer},
};
use std::{error::Error, fmt, net::SocketAddr, time::Duration};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(1);
const IDLE_TIMEOUT: Duration = Duration::from_secs(20);
const IDLE_CONNECTIONS: usize = 32;

/// Asks servers; cheap to clone, and clones share their connections.
#[derive(Clone, Debug)]
pub struct Client(legacy::Client<HttpConnector, Empty<Bytes>>);

/// What a server has answered.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// `Content-Type`, if it is text.
    pub media: Option<String>,
    /// The body, whole.
    pub body: Bytes,
}

/// Why there is no answer.
#[derive(Debug)]
pub enum Failure {
    /// No connection could be made: nothing was asked.
    Unreachable(String),
    /// The connection broke, or what came was no sound answer.
    Broken(String),
    /// The body is over the caller's limit.
    TooLarge,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::Unreachable(cause) => write!(f, "no connection: {cause}"),
            Failure::Broken(cause) => write!(f, "no sound answer: {cause}"),
            Failure::TooLarge => f.write_str("the answer is too large"),
        }
    }
}

impl Error for Failure {}

impl Default for Client {
    fn default() -> Self {
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        connector.set_connect_timeout(Some(CONNECT_TIMEOUT));
        let client = legacy::Client::builder(TokioExecutor::new())
            // Without it no connection is ever closed for its age.
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(IDLE_TIMEOUT)
            .pool_max_idle_per_host(IDLE_CONNECTIONS)
            .build(connector);
        Client(client)
    }
}

impl Client {
    /// The answer to `GET path` of the server at `address`, with these header fields, and a body of at most `most` bytes.
    ///
    /// # Errors
    /// When there is none.
    pub async fn get(
        &self,
        address: SocketAddr,
        path: &str,
        fields: &[(&str, &str)],
        most: usize,
    ) -> Result<Answer, Failure> {
        let broken = |cause: &dyn Error| Failure::Broken(told(cause));
        let request = fields.iter().fold(Request::get(format!("http://{address}{path}")), |request, (name, value)| {
            request.header(*name, *value)
        });
        let request = request.body(Empty::new()).map_err(|cause| broken(&cause))?;
        let answer = self.0.request(request).await.map_err(|cause| match cause.is_connect() {
            true => Failure::Unreachable(told(&cause)),
            false => broken(&cause),
        })?;
        let (head, body) = answer.into_parts();
        let media = head.headers.get(header::CONTENT_TYPE).and_then(|media| Some(media.to_str().ok()?.to_owned()));
        let body = Limited::new(body, most).collect().await.map_err(|cause| match cause.is::<LengthLimitError>() {
            true => Failure::TooLarge,
            false => broken(&*cause),
        })?;
        Ok(Answer { status: head.status.as_u16(), media, body: body.to_bytes() })
    }
}

/// An error with its causes, which alone say what has happened.
fn told(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::{TcpListener, TcpStream},
    };

    /// Reads heads until the connection ends, and answers each with the next of `answers`; what was asked.
    async fn serve(mut stream: TcpStream, answers: &[&str]) -> String {
        let mut asked = Vec::new();
        for answer in answers {
            let begun = asked.len();
            while !asked[begun..].ends_with(b"\r\n\r\n") && stream.read_buf(&mut asked).await.is_ok_and(|read| read > 0)
            {
            }
            // One that has left needs no answer.
            let _ = stream.write_all(answer.as_bytes()).await;
        }
        String::from_utf8_lossy(&asked).into_owned()
    }

    async fn listen() -> (TcpListener, SocketAddr) {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("a bound socket");
        (listener, address)
    }

    const FINE: &str = "HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: 2\r\n\r\nok";

    #[tokio::test]
    async fn a_connection_is_used_again_and_fields_go_along() {
        let (listener, address) = listen().await;
        let server = tokio::spawn(async move {
            let (stream, _) = listener.accept().await.expect("a connection");
            serve(stream, &[FINE, FINE]).await
        });
        let client = Client::default();
        for _ in 0..2 {
            let answer = client.get(address, "/json", &[("x-request-id", "abc")], 100).await.expect("an answer");
            assert_eq!(
                (answer.status, answer.media.as_deref(), &answer.body[..]),
                (200, Some("text/plain"), &b"ok"[..])
            );
        }
        let asked = server.await.expect("it ends");
        assert_eq!(asked.matches("GET /json HTTP/1.1\r\n").count(), 2, "{asked}");
        assert_eq!(asked.matches("x-request-id: abc\r\n").count(), 2, "{asked}");
        assert_eq!(asked.matches(&format!("host: {address}\r\n")).count(), 2, "{asked}");
    }

    #[tokio::test]
    async fn failures_are_told_apart() {
        let client = Client::default();
        let (listener, address) = listen().await;
        drop(listener);
        let refused = client.get(address, "/", &[], 100).await;
        assert!(matches!(refused, Err(Failure::Unreachable(_))), "{refused:?}");
        for (answer, most) in [
            ("this is no HTTP\r\n\r\n", 100),
            ("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nshort", 100),
            ("", 100),
            (FINE, 1),
        ] {
            let (listener, address) = listen().await;
            let server = tokio::spawn(async move {
                let (stream, _) = listener.accept().await.expect("a connection");
                serve(stream, &[answer]).await
            });
            let failure = client.get(address, "/", &[], most).await.expect_err("no answer");
            assert_eq!(matches!(failure, Failure::TooLarge), most == 1, "{answer:?}: {failure}");
            assert_eq!(matches!(failure, Failure::Broken(_)), most > 1, "{answer:?}: {failure}");
            server.await.expect("it ends");
        }
    }
}
