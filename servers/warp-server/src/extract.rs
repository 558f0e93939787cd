//! What came in: path, query, headers and body, as values of the domain or a [`Failure`].
//!
//! The filters are warp's own, made unable to reject: what they cannot read is a value too, and the
//! function that wants it says `?`. So the first failure in the order of the function is the answer,
//! and a body is read only when nothing else stood in the way.

use crate::respond::{self, Failure};
use bytes::{Buf, BufMut};
use futures_util::{Sink, SinkExt, Stream, StreamExt, TryStreamExt};
use layers::{Connection, RequestId};
use percent_encoding::percent_decode_str;
use serde::de::DeserializeOwned;
use shared::{
    App, Error,
    domain::{BaseUrl, Broken, FilePath, FromHead, Handshake, Incoming, Outgoing, expect_json},
    policy::request_id::choose,
};
use std::{
    convert::Infallible,
    net::{IpAddr, SocketAddr},
    str::FromStr,
};
use warp::{
    Filter, Rejection,
    http::{HeaderMap, HeaderName, Method, header},
    path::Tail,
    reject,
    ws::{Message, WebSocket, Ws},
};

/// What a filter gives.
pub type Extracted<T> = Result<T, Failure>;

/// The state, as [warp's todos](https://github.com/seanmonstar/warp/blob/master/examples/todos.rs) pass theirs.
pub fn with_app(app: &App) -> impl Filter<Extract = (App,), Error = Infallible> + Clone + use<> {
    let app = app.clone();
    warp::any().map(move || app.clone())
}

/// A path parameter: one segment, decoded once. What does not parse names nothing.
///
/// warp [reads a parameter](https://docs.rs/warp/0.4/warp/path/fn.param.html) by `FromStr`, from the
/// segment as it came, and rejects what does not parse; but the path is known whatever the segment
/// says, so this one always succeeds.
pub struct Path<T>(pub Extracted<T>);

impl<T: FromStr> FromStr for Path<T> {
    type Err = Infallible;

    fn from_str(segment: &str) -> Result<Self, Infallible> {
        let decoded = percent_decode_str(segment).decode_utf8().ok();
        Ok(Path(decoded.and_then(|text| text.parse().ok()).ok_or(Error::NotFound.into())))
    }
}

/// The query, by [warp's own filter](https://docs.rs/warp/0.4/warp/query/fn.query.html).
pub fn query<T>() -> impl Filter<Extract = (Extracted<T>,), Error = Infallible> + Copy
where
    T: DeserializeOwned + Send + 'static,
{
    warp::query().map(Ok).or_else(|_| async { Ok::<_, Infallible>((Err(Error::query().into()),)) })
}

/// The text of a field that may stand there once.
fn field(name: &'static str) -> impl Filter<Extract = (Option<String>,), Error = Infallible> + Copy {
    warp::header::optional(name).or_else(|_| async { Ok::<_, Infallible>((None,)) })
}

/// The text of a field that may be spread over several lines (RFC 9110, section 5.3).
fn list(headers: &HeaderMap, name: HeaderName) -> Option<String> {
    let lines: Vec<_> = headers.get_all(name).iter().filter_map(|line| line.to_str().ok()).collect();
    (!lines.is_empty()).then(|| lines.join(", "))
}

/// `Accept`; warp gives the first line of a field or a copy of the
/// [whole head](https://docs.rs/warp/0.4/warp/header/fn.headers_cloned.html).
pub fn accept() -> impl Filter<Extract = (Option<String>,), Error = Infallible> + Copy {
    warp::header::headers_cloned().map(|headers: HeaderMap| list(&headers, header::ACCEPT))
}

/// Whatever the head tells: conditions, ranges, the number of an event.
pub fn head<T>() -> impl Filter<Extract = (Extracted<T>,), Error = Infallible> + Copy
where
    T: FromHead + Send + 'static,
{
    warp::method().and(warp::header::headers_cloned()).map(|method: Method, headers: HeaderMap| {
        let field = |name: &str| list(&headers, HeaderName::try_from(name).ok()?);
        Ok(T::from_head(method.as_str(), field)?)
    })
}

/// The path of a file: [all that is left](https://docs.rs/warp/0.4/warp/path/fn.tail.html), at least one byte.
pub fn file_path() -> impl Filter<Extract = (Extracted<FilePath>,), Error = Rejection> + Copy {
    let parse = |rest: Tail| async move {
        match rest.as_str() {
            "" => Err(reject::not_found()),
            rest => Ok(FilePath::parse(rest).map_err(Failure::from)),
        }
    };
    warp::path::tail().and_then(parse)
}

/// A WebSocket in the making, by [warp's own filter](https://docs.rs/warp/0.4/warp/ws/fn.ws.html).
pub fn upgrade(app: &App) -> impl Filter<Extract = (Extracted<Ws>,), Error = Infallible> + Clone + use<> {
    let (message, buffer) = (layers::message_bytes(app), layers::buffer_bytes(app));
    let limited = move |ws: Ws| Ok(ws.max_message_size(message).max_frame_size(message).max_write_buffer_size(buffer));
    let unlike = |_| async { Ok::<_, Infallible>((Err(Error::UpgradeRequired.into()),)) };
    let made = warp::ws().map(limited).or_else(unlike);
    head().and(made).map(|sound: Extracted<Handshake>, ws: Extracted<Ws>| sound.and(ws))
}

/// What comes over a WebSocket, and where to put what goes out.
pub fn messages(
    socket: WebSocket,
) -> (impl Stream<Item = Result<Incoming<Message>, Broken>>, impl Sink<Outgoing<Message>>) {
    let (outgoing, incoming) = socket.split();
    let incoming = incoming.map(|message| match message {
        Ok(message) if message.is_text() || message.is_binary() => Ok(Incoming::Message(message)),
        Ok(message) if message.is_close() => Ok(Incoming::Close),
        Ok(_) => Ok(Incoming::Sign),
        Err(error) => Err(layers::broken(&error)),
    });
    (incoming, outgoing.with(async |message| Ok::<_, warp::Error>(respond::message(message))))
}

/// What the URLs in the answer begin with.
pub fn base_url(app: &App) -> impl Filter<Extract = (BaseUrl,), Error = Infallible> + Clone + use<> {
    let local = app.local;
    field("host").map(move |host: Option<String>| BaseUrl::new(host.as_deref(), local))
}

/// The address of the client: from the hardened listener, or as warp's own one
/// [tells it](https://docs.rs/warp/0.4/warp/addr/fn.remote.html).
pub fn client() -> impl Filter<Extract = (Option<IpAddr>,), Error = Infallible> + Copy {
    warp::ext::optional().and(warp::addr::remote()).map(|connection: Option<Connection>, remote: Option<SocketAddr>| {
        connection.and_then(|connection| connection.peer()).or(remote).map(|peer| peer.ip())
    })
}

/// The id of the request; without the middleware it has none yet.
pub fn request_id() -> impl Filter<Extract = (String,), Error = Infallible> + Copy {
    warp::ext::optional().map(|id: Option<RequestId>| id.map_or_else(|| choose(None).to_string(), |id| id.to_string()))
}

/// The body, whole, once it is awaited.
///
/// It comes from the [stream](https://github.com/seanmonstar/warp/blob/master/examples/stream.rs):
/// [`bytes`](https://docs.rs/warp/0.4/warp/body/fn.bytes.html) reads before it is known whether the
/// body is wanted, and its rejection hides whether the body was too long, too slow or broken.
/// [`content_length_limit`](https://docs.rs/warp/0.4/warp/body/fn.content_length_limit.html) would
/// refuse chunks; how much is read here is bounded by the middleware.
pub fn body() -> impl Filter<Extract = (impl Future<Output = Extracted<Vec<u8>>> + Send,), Error = Rejection> + Copy {
    warp::body::stream().map(collected)
}

/// The body, chunk by chunk.
pub fn chunks()
-> impl Filter<Extract = (impl Stream<Item = Result<impl Buf + Send, Error>> + Send,), Error = Rejection> + Copy {
    warp::body::stream().map(|chunks| TryStreamExt::map_err(chunks, |error| layers::cause(&error)))
}

async fn collected(mut chunks: impl Stream<Item = Result<impl Buf, warp::Error>> + Unpin) -> Extracted<Vec<u8>> {
    let mut body = Vec::new();
    while let Some(chunk) = chunks.try_next().await.map_err(|error| layers::cause(&error))? {
        body.put(chunk);
    }
    Ok(body)
}

/// The body as JSON, if it says that it is, once it is awaited.
///
/// [`json`](https://docs.rs/warp/0.4/warp/body/fn.json.html) would take a body without a content type.
pub fn json_body<T>() -> impl Filter<Extract = (impl Future<Output = Extracted<T>> + Send,), Error = Rejection> + Copy
where
    T: DeserializeOwned + Send,
{
    field("content-type").and(body()).map(parsed)
}

async fn parsed<T: DeserializeOwned>(
    content_type: Option<String>,
    body: impl Future<Output = Extracted<Vec<u8>>>,
) -> Extracted<T> {
    expect_json(content_type.as_deref())?;
    Ok(serde_json::from_slice(&body.await?).map_err(|error| Error::json(&error))?)
}
