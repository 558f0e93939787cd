//! What came in: path, query, headers and body, as values of the domain or a [`Failure`].
//!
//! The extractors are axum's own; only how they refuse is ours
//! ([deriving extractors](https://docs.rs/axum/0.8/axum/extract/derive.FromRequest.html)).

use crate::respond::{self, Failure};
use axum::{
    body::Bytes,
    extract::{
        ConnectInfo, FromRequest, FromRequestParts, Request,
        rejection::{BytesRejection, ExtensionRejection, JsonRejection, PathRejection, QueryRejection},
        ws::{Message, WebSocket, WebSocketUpgrade},
    },
    http::{HeaderName, header, request::Parts},
};
use futures_util::{Sink, SinkExt, Stream, StreamExt, TryStreamExt, stream::BoxStream};
use shared::{
    App, Error,
    domain::{self, Broken, FromHead, Handshake, Incoming, Outgoing},
};
use std::{
    convert::Infallible,
    net::{IpAddr, SocketAddr},
};

/// A path parameter: one segment, decoded once. What does not parse names nothing.
#[derive(FromRequestParts)]
#[from_request(via(axum::extract::Path), rejection(Failure))]
pub struct Path<T>(pub T);

impl From<PathRejection> for Failure {
    fn from(_: PathRejection) -> Self {
        Error::NotFound.into()
    }
}

/// The query.
#[derive(FromRequestParts)]
#[from_request(via(axum::extract::Query), rejection(Failure))]
pub struct Query<T>(pub T);

impl From<QueryRejection> for Failure {
    fn from(_: QueryRejection) -> Self {
        Error::query().into()
    }
}

/// The text of a field that may stand there once.
fn field(parts: &Parts, name: HeaderName) -> Option<&str> {
    parts.headers.get(name)?.to_str().ok()
}

/// The text of a field that may be spread over several lines (RFC 9110, section 5.3).
fn list(parts: &Parts, name: HeaderName) -> Option<String> {
    let lines: Vec<_> = parts.headers.get_all(name).iter().filter_map(|line| line.to_str().ok()).collect();
    (!lines.is_empty()).then(|| lines.join(", "))
}

/// `Accept`
pub struct Accept(pub Option<String>);

impl<S: Sync> FromRequestParts<S> for Accept {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Accept(list(parts, header::ACCEPT)))
    }
}

/// Whatever the head tells: conditions, ranges, the number of an event.
pub struct Head<T>(pub T);

impl<S: Sync, T: FromHead> FromRequestParts<S> for Head<T> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        let field = |name: &str| list(parts, HeaderName::try_from(name).ok()?);
        Ok(Head(T::from_head(parts.method.as_str(), field)?))
    }
}

/// The path of a file. axum's own `Path` decodes before it can be split, and would take `%2F` for a slash.
pub struct FilePath(pub domain::FilePath);

impl<S: Sync> FromRequestParts<S> for FilePath {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        let rest = parts.uri.path().strip_prefix("/files/").unwrap_or_default();
        Ok(FilePath(domain::FilePath::parse(rest)?))
    }
}

/// A WebSocket in the making ([ws](https://docs.rs/axum/0.8/axum/extract/ws/index.html)).
pub struct Upgrade(pub WebSocketUpgrade);

impl FromRequestParts<App> for Upgrade {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Failure> {
        let Head(Handshake) = Head::from_request_parts(parts, app).await?;
        let upgrade = WebSocketUpgrade::from_request_parts(parts, app).await.map_err(Error::internal)?;
        let upgrade = upgrade.max_message_size(layers::message_bytes(app)).max_frame_size(layers::message_bytes(app));
        Ok(Upgrade(upgrade.max_write_buffer_size(layers::buffer_bytes(app))))
    }
}

/// What comes over a WebSocket, and where to put what goes out.
pub fn messages(
    socket: WebSocket,
) -> (impl Stream<Item = Result<Incoming<Message>, Broken>>, impl Sink<Outgoing<Message>>) {
    let (outgoing, incoming) = socket.split();
    let incoming = incoming.map(|message| match message {
        Ok(message @ (Message::Text(_) | Message::Binary(_))) => Ok(Incoming::Message(message)),
        Ok(Message::Close(_)) => Ok(Incoming::Close),
        Ok(_) => Ok(Incoming::Sign),
        Err(error) => Err(layers::broken(&error)),
    });
    (incoming, outgoing.with(async |message| Ok::<_, axum::Error>(respond::message(message))))
}

/// What the URLs in the answer begin with.
pub struct BaseUrl(pub domain::BaseUrl);

impl FromRequestParts<App> for BaseUrl {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Infallible> {
        Ok(BaseUrl(domain::BaseUrl::new(field(parts, header::HOST), app.local)))
    }
}

/// What a middleware has left for whoever comes after it.
#[derive(FromRequestParts)]
#[from_request(via(axum::Extension), rejection(Failure))]
pub struct Extension<T>(pub T);

impl From<ExtensionRejection> for Failure {
    fn from(rejection: ExtensionRejection) -> Self {
        Error::internal(rejection).into()
    }
}

/// The client's address, which axum's listener [tells](https://docs.rs/axum/0.8/axum/extract/struct.ConnectInfo.html) so.
pub struct Client(pub Option<IpAddr>);

impl<S: Sync> FromRequestParts<S> for Client {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let told = parts.extensions.get().map(|ConnectInfo::<SocketAddr>(peer)| peer.ip());
        Ok(Client(layers::client(&parts.extensions).or(told)))
    }
}

/// The body, whole.
pub struct Body(pub Bytes);

impl<S: Send + Sync> FromRequest<S> for Body {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &S) -> Result<Self, Failure> {
        Ok(Body(Bytes::from_request(request, state).await?))
    }
}

impl From<BytesRejection> for Failure {
    fn from(rejection: BytesRejection) -> Self {
        layers::cause(&rejection).into()
    }
}

/// The body, chunk by chunk
/// ([streams](https://docs.rs/axum/0.8/axum/body/struct.Body.html#method.into_data_stream)).
pub struct Chunks(pub BoxStream<'static, Result<Bytes, Error>>);

impl<S: Sync> FromRequest<S> for Chunks {
    type Rejection = Infallible;

    async fn from_request(request: Request, _: &S) -> Result<Self, Infallible> {
        let chunks = request.into_body().into_data_stream();
        Ok(Chunks(chunks.map_err(|error| layers::cause(&error)).boxed()))
    }
}

/// The body as JSON, if it says that it is.
#[derive(FromRequest)]
#[from_request(via(axum::Json), rejection(Failure))]
pub struct Json<T>(pub T);

impl From<JsonRejection> for Failure {
    fn from(rejection: JsonRejection) -> Self {
        match rejection {
            JsonRejection::JsonDataError(_) => Error::not_an_object().into(),
            JsonRejection::MissingJsonContentType(_) => Error::UnsupportedMediaType.into(),
            JsonRejection::BytesRejection(rejection) => rejection.into(),
            _ => Error::not_json().into(),
        }
    }
}
