//! What came in: path, query, headers and body, as values of the domain or a [`Failure`].

use crate::respond::{self, Failure};
use bytes::Bytes;
use futures_util::{Sink, SinkExt, Stream, StreamExt};
use http::{HeaderName, header};
use http_body_util::Full;
use hyper::body;
use hyper_tungstenite::{
    HyperWebsocket, HyperWebsocketStream,
    tungstenite::{self, Message, protocol::WebSocketConfig},
};
use layers::{PacedBody, RequestId};
use percent_encoding::percent_decode_str;
use serde::de::DeserializeOwned;
use shared::{
    App, Error,
    domain::{BaseUrl, Broken, FilePath, FromHead, Handshake, Incoming, Outgoing, expect_json},
    relay::Passage,
};
use std::{net::IpAddr, str::FromStr};

/// A request as the middleware hands it on.
pub type Request = http::Request<PacedBody<body::Incoming>>;

/// A path parameter: one segment, decoded once. What does not parse names nothing.
pub fn path<T: FromStr>(segment: &str) -> Result<T, Failure> {
    let segment = percent_decode_str(segment).decode_utf8().map_err(|_| Error::NotFound)?;
    Ok(segment.parse().map_err(|_| Error::NotFound)?)
}

/// The query, by [serde_urlencoded](https://docs.rs/serde_urlencoded).
pub fn query<T: DeserializeOwned>(request: &Request) -> Result<T, Failure> {
    let query = request.uri().query().unwrap_or_default();
    Ok(serde_urlencoded::from_str(query).map_err(|_| Error::query())?)
}

/// The text of a field that may stand there once.
fn field(request: &Request, name: HeaderName) -> Option<&str> {
    request.headers().get(name)?.to_str().ok()
}

/// The text of a field that may be spread over several lines (RFC 9110, section 5.3).
fn list(request: &Request, name: HeaderName) -> Option<String> {
    let lines: Vec<_> = request.headers().get_all(name).iter().filter_map(|line| line.to_str().ok()).collect();
    (!lines.is_empty()).then(|| lines.join(", "))
}

/// `Accept`
pub fn accept(request: &Request) -> Option<String> {
    list(request, header::ACCEPT)
}

/// Whatever the head tells: conditions, ranges, the number of an event.
pub fn head<T: FromHead>(request: &Request) -> Result<T, Failure> {
    let field = |name: &str| list(request, HeaderName::try_from(name).ok()?);
    Ok(T::from_head(request.method().as_str(), field)?)
}

/// The path of a file: many segments, each decoded once.
pub fn file_path(rest: &str) -> Result<FilePath, Failure> {
    Ok(FilePath::parse(rest)?)
}

/// What the URLs in the answer begin with.
pub fn base_url(app: &App, request: &Request) -> BaseUrl {
    BaseUrl::new(field(request, header::HOST), app.local)
}

/// The address of the client.
pub fn client(request: &Request) -> Option<IpAddr> {
    layers::client(request.extensions())
}

/// The id of the request.
pub fn request_id(request: &Request) -> Result<&str, Failure> {
    let id = request.extensions().get().ok_or_else(|| Error::internal("no request id"))?;
    Ok(RequestId::as_str(id))
}

/// Leave to ask a sibling, as [`breaker`](crate::middleware::breaker) has given it.
pub fn passage(request: &Request) -> Result<&Passage, Failure> {
    Ok(request.extensions().get().ok_or_else(|| Error::internal("no breaker around the route"))?)
}

/// The body, whole.
pub async fn body(request: Request) -> Result<Bytes, Failure> {
    Ok(layers::read(request.into_body()).await?)
}

/// The body, chunk by chunk.
pub fn chunks(request: Request) -> impl Stream<Item = Result<Bytes, Error>> {
    layers::chunks(request.into_body())
}

/// A WebSocket in the making: the answer, and what it will be
/// ([hyper-tungstenite](https://docs.rs/hyper-tungstenite/0.20/hyper_tungstenite/fn.upgrade.html)).
pub fn upgrade(app: &App, request: Request) -> Result<(http::Response<Full<Bytes>>, HyperWebsocket), Failure> {
    let Handshake = head(&request)?;
    let config = WebSocketConfig::default()
        .max_message_size(Some(layers::message_bytes(app)))
        .max_frame_size(Some(layers::message_bytes(app)))
        .max_write_buffer_size(layers::buffer_bytes(app));
    Ok(hyper_tungstenite::upgrade(request, Some(config)).map_err(Error::internal)?)
}

/// What comes over a WebSocket, and where to put what goes out.
pub fn messages(
    socket: HyperWebsocketStream,
) -> (impl Stream<Item = Result<Incoming<Message>, Broken>>, impl Sink<Outgoing<Message>>) {
    let (outgoing, incoming) = socket.split();
    let incoming = incoming.map(|message| match message {
        Ok(message @ (Message::Text(_) | Message::Binary(_))) => Ok(Incoming::Message(message)),
        Ok(Message::Close(_)) => Ok(Incoming::Close),
        Ok(_) => Ok(Incoming::Sign),
        Err(error) => Err(layers::broken(&error)),
    });
    (incoming, outgoing.with(async |message| Ok::<_, tungstenite::Error>(respond::message(message))))
}

/// The body as JSON, if it says that it is.
pub async fn json_body<T: DeserializeOwned>(request: Request) -> Result<T, Failure> {
    expect_json(field(&request, header::CONTENT_TYPE))?;
    let body = body(request).await?;
    Ok(serde_json::from_slice(&body).map_err(|error| Error::json(&error))?)
}
