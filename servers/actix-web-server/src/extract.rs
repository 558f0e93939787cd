//! What came in: path, query, headers and body, as values of the domain or a [`Failure`].
//!
//! The extractors are actix-web's own; how much they read and how they refuse is told to them
//! ([extractor configuration](https://actix.rs/docs/extractors#json)). Two are wrapped: `web::Json`
//! takes `text/json` for JSON, and `web::Bytes` has no way to say how it refuses.

pub use crate::middleware::chunks::Chunks;
use crate::{middleware::socket::Socket, respond::Failure};
use actix_web::{
    Error as ActixError, FromRequest, HttpRequest, HttpResponse,
    dev::Payload,
    error::{JsonPayloadError, PayloadError},
    http::header::{self, HeaderName},
    web,
};
use bytes::Bytes;
use futures_util::{FutureExt, TryFutureExt, future::LocalBoxFuture};
use serde::de::DeserializeOwned;
use shared::{
    App, Error,
    contract::Operation,
    domain::{self, FromHead, Handshake},
};
use std::{
    convert::Infallible,
    future::{Ready, ready},
    io,
};

/// How the extractors refuse, and how much they read.
pub fn configure(app: &App) -> impl FnOnce(&mut web::ServiceConfig) + use<> {
    let limit = app.config.limits.max_body_bytes;
    move |config| {
        config
            .app_data(web::PathConfig::default().error_handler(|_, _| Failure::from(Error::NotFound).into()))
            .app_data(web::QueryConfig::default().error_handler(|_, _| Failure::from(Error::query()).into()))
            .app_data(web::PayloadConfig::new(limit))
            .app_data(
                web::JsonConfig::default()
                    .limit(limit)
                    .content_type_required(false)
                    .error_handler(|error, _| Failure::from(not_json(&error)).into()),
            );
    }
}

/// The text of a field that may stand there once.
pub fn field(request: &HttpRequest, name: HeaderName) -> Option<&str> {
    request.headers().get(name)?.to_str().ok()
}

/// The text of a field that may be spread over several lines (RFC 9110, section 5.3).
pub fn list(request: &HttpRequest, name: HeaderName) -> Option<String> {
    let lines = request.headers().get_all(name).filter_map(|line| line.to_str().ok());
    lines.map(str::to_owned).reduce(|list, line| format!("{list}, {line}"))
}

/// `Accept`
pub struct Accept(pub Option<String>);

impl FromRequest for Accept {
    type Error = Infallible;
    type Future = Ready<Result<Self, Infallible>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Accept(list(request, header::ACCEPT))))
    }
}

/// Looks a field up by its name.
pub fn fields(request: &HttpRequest) -> impl Fn(&str) -> Option<String> {
    |name| list(request, HeaderName::try_from(name).ok()?)
}

/// Whatever the head tells: conditions, ranges, the number of an event.
pub struct Head<T>(pub T);

impl<T: FromHead> FromRequest for Head<T> {
    type Error = Failure;
    type Future = Ready<Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(T::from_head(request.method().as_str(), fields(request)).map(Head).map_err(Failure::from))
    }
}

/// The path of a file. actix's own `Path` decodes before it can be split, and would take `%2F` for a slash.
pub struct FilePath(pub domain::FilePath);

impl FromRequest for FilePath {
    type Error = Failure;
    type Future = Ready<Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let rest = request.uri().path().strip_prefix("/files/").unwrap_or_default();
        ready(domain::FilePath::parse(rest).map(FilePath).map_err(Failure::from))
    }
}

/// A WebSocket in the making ([actix-ws](https://docs.rs/actix-ws/0.4/actix_ws/fn.handle.html)).
pub struct Upgrade(pub HttpResponse, pub Socket);

impl FromRequest for Upgrade {
    type Error = ActixError;
    type Future = Ready<Result<Self, ActixError>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let limit = request.app_data().map_or(0, |app: &web::Data<App>| app.config.limits.max_message_bytes);
        let sound = Handshake::from_head(request.method().as_str(), fields(request));
        ready(sound.map_err(|error| Failure::from(error).into()).and_then(|Handshake| {
            let (response, socket) = Socket::open(request, payload.take(), limit)?;
            Ok(Upgrade(response, socket))
        }))
    }
}

/// What the URLs in the answer begin with.
pub struct BaseUrl(pub domain::BaseUrl);

impl FromRequest for BaseUrl {
    type Error = Failure;
    type Future = Ready<Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let base = |app: &web::Data<App>| BaseUrl(domain::BaseUrl::new(field(request, header::HOST), app.local));
        ready(request.app_data().map(base).ok_or_else(|| Error::internal("the app has no data").into()))
    }
}

/// The body, whole.
pub struct Body(pub Bytes);

impl FromRequest for Body {
    type Error = Failure;
    type Future = LocalBoxFuture<'static, Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let limit = request.app_data().map_or(0, |app: &web::Data<App>| app.config.limits.max_body_bytes);
        let refused = move |error: ActixError| match error.as_error() {
            Some(PayloadError::Overflow) => Error::TooLarge(limit as u64).into(),
            Some(error) => unreadable(error).into(),
            None => Error::internal(error).into(),
        };
        Bytes::from_request(request, payload).map_ok(Body).map_err(refused).boxed_local()
    }
}

/// The body, chunk by chunk ([streams](https://docs.rs/actix-web/4/actix_web/web/struct.Payload.html)).
impl FromRequest for Chunks {
    type Error = Failure;
    type Future = Ready<Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let limits = |app: &web::Data<App>| app.config.limits.body_bytes(Some(Operation::Upload));
        let told = field(request, header::CONTENT_LENGTH).and_then(|length| length.parse().ok());
        let chunks = Chunks::new(payload.take(), told, request.app_data().map_or(0, limits));
        ready(chunks.map_err(Failure::from))
    }
}

/// The body as JSON, if it says that it is.
pub struct Json<T>(pub T);

impl<T: DeserializeOwned + 'static> FromRequest for Json<T> {
    type Error = ActixError;
    type Future = LocalBoxFuture<'static, Result<Self, ActixError>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        if let Err(error) = domain::expect_json(field(request, header::CONTENT_TYPE)) {
            return ready(Err(Failure::from(error).into())).boxed_local();
        }
        web::Json::from_request(request, payload).map_ok(|web::Json(value)| Json(value)).boxed_local()
    }
}

fn not_json(error: &JsonPayloadError) -> Error {
    match error {
        JsonPayloadError::OverflowKnownLength { limit, .. } | JsonPayloadError::Overflow { limit } => {
            Error::TooLarge(*limit as u64)
        }
        JsonPayloadError::Deserialize(error) => Error::json(error),
        JsonPayloadError::Payload(error) => unreadable(error),
        _ => Error::not_json(),
    }
}

/// Stalled, or its framing is broken.
pub fn unreadable(error: &PayloadError) -> Error {
    match error {
        PayloadError::Io(error) if error.kind() == io::ErrorKind::TimedOut => Error::RequestTimeout,
        _ => Error::unreadable(),
    }
}
