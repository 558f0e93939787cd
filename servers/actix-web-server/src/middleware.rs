//! What wraps every route, in which order: actix-web's own
//! [`from_fn`](https://docs.rs/actix-web/4/actix_web/middleware/fn.from_fn.html), the native twins of
//! the tower layers that the other five share. What they decide stands in [`shared::policy`].
//!
//! An app runs its middleware in the opposite order of registration, so the list in [`wrap`] reads
//! from the inside out.

mod allow;
mod body;
pub(crate) mod chunks;
mod compression;
mod exchange;
pub(crate) mod interim;
pub mod relay;
pub(crate) mod socket;
mod timeout;

use crate::{
    extract::{field, fields},
    respond::Failure,
};
use actix_router::Quoter;
use actix_service::ServiceFactory;
use actix_web::{
    Error as ActixError, HttpMessage, HttpResponse,
    body::BoxBody,
    dev::{Service as _, ServiceRequest, ServiceResponse},
    error::InternalError,
    http::{
        Version,
        header::{self, HeaderName, HeaderValue},
    },
    middleware::{Next, from_fn},
    web::Data,
};
use futures_util::FutureExt;
use listen::Refusal;
use shared::{App, Error, domain::handshake, policy::request_id as ids, telemetry::Watch};
use std::{array, panic::AssertUnwindSafe, sync::LazyLock};
use tokio::sync::Semaphore;
use tracing::Instrument;

/// An answer, or the error that stands for one.
pub type Answer = Result<ServiceResponse, ActixError>;

/// The routes of `app` within the contract's middleware.
pub fn wrap<T>(
    app: actix_web::App<T>,
) -> actix_web::App<
    impl ServiceFactory<ServiceRequest, Config = (), Response = ServiceResponse, Error = ActixError, InitError = ()>,
>
where
    T: ServiceFactory<ServiceRequest, Config = (), Response = ServiceResponse, Error = ActixError, InitError = ()>
        + 'static,
{
    app.wrap_fn(|mut request, next| {
        literal_path(&mut request);
        next.call(request)
    })
    .wrap(from_fn(allow::allow))
    .wrap(from_fn(compression::compression))
    .wrap(from_fn(timeout::timeout))
    .wrap(from_fn(concurrency_limit))
    .wrap(from_fn(guard))
    .wrap(from_fn(panic_guard))
    .wrap(from_fn(cors))
    .wrap(from_fn(access_log))
    .wrap(from_fn(request_id))
    .wrap(from_fn(exchange::exchange))
}

/// Changes an answer on its way out. A handler that is given up (504, panic) takes its request
/// along, and without one actix builds no answer: it becomes an error that carries the answer.
fn change(answer: Answer, by: impl FnOnce(HttpResponse) -> HttpResponse) -> Answer {
    match answer {
        Ok(answer) => {
            let (request, response) = answer.into_parts();
            Ok(ServiceResponse::new(request, by(response)))
        }
        Err(error) => {
            let response = by(error.error_response());
            Err(InternalError::from_response(error, response).into())
        }
    }
}

fn fail(error: Error) -> ActixError {
    Failure::from(error).into()
}

fn add(response: &mut HttpResponse, fields: impl IntoIterator<Item = (&'static str, String)>) {
    for (name, value) in fields {
        // An origin or an id that came in a field fits into one.
        if let Ok(value) = HeaderValue::try_from(value) {
            response.headers_mut().insert(HeaderName::from_static(name), value);
        }
    }
}

/// The id of a request.
#[derive(Clone)]
pub struct RequestId(pub String);

/// Keeps a sound id or makes one.
async fn request_id(request: ServiceRequest, next: Next<BoxBody>) -> Answer {
    let id = ids::choose(field(request.request(), HeaderName::from_static(ids::NAME)));
    request.extensions_mut().insert(RequestId(id.clone()));
    change(next.call(request).await, |mut response| {
        add(&mut response, [(ids::NAME, id)]);
        response
    })
}

/// One line and the figures of every request; one that is dropped counts as cancelled.
async fn access_log(app: Data<App>, request: ServiceRequest, next: Next<BoxBody>) -> Answer {
    let id = request.extensions().get::<RequestId>().map_or_else(String::new, |id| id.0.clone());
    // What stands in for a refused head was not asked for by anyone.
    let refused = request.extensions().get::<Refusal>().is_some();
    let path = if refused { "-" } else { request.uri().path() };
    let watch = Watch::begin(&app.metrics, request.method().as_str(), path, &id);
    let answer = next.call(request).instrument(watch.span()).await;
    change(answer, |response| {
        watch.answered(response.status().as_u16());
        response
    })
}

/// Preflights are answered here, other answers get their fields.
async fn cors(app: Data<App>, request: ServiceRequest, next: Next<BoxBody>) -> Answer {
    let origin = field(request.request(), header::ORIGIN);
    let requested = field(request.request(), header::ACCESS_CONTROL_REQUEST_METHOD);
    let preflight = app.origins.preflight(request.method().as_str(), origin, requested);
    let fields = app.origins.answer(origin);
    let (answer, fields) = match preflight {
        Some(preflight) => (Ok(no_content(request)), preflight.to_vec()),
        None => (next.call(request).await, fields.into_iter().flatten().collect()),
    };
    change(answer, |mut response| {
        add(&mut response, fields);
        // Caches must know that another origin would get another answer.
        response.headers_mut().append(header::VARY, HeaderValue::from_static("origin"));
        response
    })
}

/// A panic is a 500, and the server lives.
async fn panic_guard(request: ServiceRequest, next: Next<BoxBody>) -> Answer {
    // Nothing of the request outlives its panic, and the store's lock is never held across one.
    let answer = AssertUnwindSafe(async { next.call(request).await }).catch_unwind().await;
    answer.unwrap_or_else(|_| Err(fail(Error::internal("a handler panicked"))))
}

/// Heads that the listener refused are answered here, and so are hosts that are not ours.
async fn guard(app: Data<App>, mut request: ServiceRequest, next: Next<BoxBody>) -> Answer {
    let refusal = request.extensions().get::<Refusal>().map(|refusal| Error::refused_head(refusal.status(), refusal));
    if let Some(refusal) = refusal {
        return Ok(request.error_response(fail(refusal)));
    }
    let host = request.headers().get(header::HOST).map(|host| host.to_str().unwrap_or_default());
    if !app.hosts.allow(host) {
        return Ok(request.error_response(fail(Error::Misdirected)));
    }
    settle_upgrade(&mut request);
    next.call(request).await
}

/// HTTP/1.0 knows no upgrade: the field is to be ignored (RFC 9110, section 7.8). Elsewhere it may list more than a
/// WebSocket, over several lines, of which actix-http looks at the first only.
fn settle_upgrade(request: &mut ServiceRequest) {
    if request.version() < Version::HTTP_11 {
        request.headers_mut().remove(header::UPGRADE);
    } else if request.headers().contains_key(header::UPGRADE) && handshake::is_asked_for(fields(request.request())) {
        request.headers_mut().insert(header::UPGRADE, HeaderValue::from_static("websocket"));
    }
}

/// Beyond the bound a client is told to come back. All workers share it.
async fn concurrency_limit(permits: Data<Semaphore>, request: ServiceRequest, next: Next<BoxBody>) -> Answer {
    match permits.try_acquire() {
        Ok(_permit) => next.call(request).await,
        Err(_) => Ok(request.error_response(fail(Error::Overloaded))),
    }
}

/// 204 for what no route needs to see.
fn no_content(request: ServiceRequest) -> ServiceResponse {
    request.into_response(HttpResponse::NoContent().finish())
}

/// Keeps static segments literal: actix decodes a path before it looks for a route, all but `%2F`,
/// `%25` and `%2B`, and parameters once more after. So here nothing of ASCII is decoded before.
fn literal_path(request: &mut ServiceRequest) {
    static LITERAL: LazyLock<Quoter> =
        LazyLock::new(|| Quoter::new(b"", &array::from_fn::<u8, 128, _>(|byte| byte as u8)));
    if request.uri().path().contains('%') {
        let uri = request.uri().clone();
        request.match_info_mut().get_mut().update_with_quoter(&uri, &LITERAL);
    }
}
