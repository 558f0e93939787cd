//! What wraps every route, in which order: the native twins of the tower layers that the other five
//! share. What they decide stands in [`shared::policy`].
//!
//! An app runs its middleware in the opposite order of registration, so the list in [`wrap`] reads
//! from the inside out. Most are two plain functions around a `Layer`; those that have to wait for something else than
//! the answer are functions for actix-web's [`wrap_fn`](https://docs.rs/actix-web/4/actix_web/struct.App.html#method.wrap_fn).

mod allow;
mod body;
pub(crate) mod chunks;
mod compression;
mod cors;
mod exchange;
mod guard;
pub(crate) mod interim;
mod layer;
mod literal_path;
pub mod relay;
mod request_id;
pub(crate) mod socket;
mod timeout;

use crate::respond::Failure;
use actix_service::ServiceFactory;
use actix_web::{
    Error as ActixError, HttpMessage, HttpResponse,
    dev::{Service, ServiceRequest, ServiceResponse},
    error::InternalError,
    http::header::{HeaderName, HeaderValue},
};
use futures_util::{FutureExt, future::LocalBoxFuture};
use layer::{Layer, Middleware};
use listen::Refusal;
pub use request_id::RequestId;
use shared::{
    App, Error,
    policy::in_flight::{Admitted, InFlight},
    telemetry::{self, Watch},
};
use std::{
    fmt::Display,
    ops::ControlFlow,
    panic::{AssertUnwindSafe, catch_unwind},
};
use tracing::{Instrument, Span};

/// An answer, or the error that stands for one.
pub type Answer = Result<ServiceResponse, ActixError>;

/// What a middleware wraps.
trait Next: Service<ServiceRequest, Response = ServiceResponse, Error = ActixError, Future: 'static> {}

impl<S: Service<ServiceRequest, Response = ServiceResponse, Error = ActixError, Future: 'static>> Next for S {}

/// The routes within the contract's middleware.
pub fn wrap<T>(
    routes: actix_web::App<T>,
    app: &App,
    in_flight: &InFlight,
) -> actix_web::App<
    impl ServiceFactory<ServiceRequest, Config = (), Response = ServiceResponse, Error = ActixError, InitError = ()>
    + use<T>,
>
where
    T: ServiceFactory<ServiceRequest, Config = (), Response = ServiceResponse, Error = ActixError, InitError = ()>
        + 'static,
{
    routes
        .wrap(Layer(literal_path::LiteralPath))
        .wrap(Layer(allow::Allow))
        .wrap(Layer(compression::Compression))
        .wrap_fn(with(app, timeout::timeout))
        .wrap(Layer(ConcurrencyLimit(in_flight.clone())))
        .wrap(Layer(guard::Guard(app.clone())))
        .wrap_fn(panic_guard)
        .wrap(Layer(cors::Cors(app.clone())))
        .wrap_fn(with(app, access_log))
        .wrap(Layer(request_id::RequestIds))
        .wrap_fn(with(app, exchange::exchange))
}

/// A middleware that knows the app.
fn with<S, M>(app: &App, middleware: M) -> impl Fn(ServiceRequest, &S) -> Answering + Clone + use<S, M>
where
    M: Fn(&App, ServiceRequest, &S) -> Answering + Clone,
{
    let app = app.clone();
    move |request, next| middleware(&app, request, next)
}

/// The answer of a middleware that is a function. The type of an `async` block names that of what it waits for, so that
/// without the box types would double with every layer.
type Answering = LocalBoxFuture<'static, Answer>;

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

fn problem(error: Error) -> HttpResponse {
    fail(error).error_response()
}

fn add(response: &mut HttpResponse, fields: impl IntoIterator<Item = (&'static str, String)>) {
    for (name, value) in fields {
        // An origin or an id that came in a field fits into one.
        if let Ok(value) = HeaderValue::try_from(value) {
            response.headers_mut().insert(HeaderName::from_static(name), value);
        }
    }
}

/// One line and the figures of every request; one that is dropped counts as cancelled.
fn access_log(app: &App, request: ServiceRequest, next: &impl Next) -> Answering {
    let (watch, span) = watch(app, &request);
    let answer = span.in_scope(|| next.call(request)).instrument(span);
    Box::pin(async move {
        change(answer.await, |response| {
            watch.answered(response.status().as_u16());
            response
        })
    })
}

fn watch(app: &App, request: &ServiceRequest) -> (Watch, Span) {
    let extensions = request.extensions();
    let id = extensions.get().map_or(&"" as &dyn Display, |id: &RequestId| id);
    // What stands in for a refused head was not asked for by anyone.
    let path = if extensions.contains::<Refusal>() { "-" } else { request.uri().path() };
    (Watch::begin(&app.metrics, request.method().as_str(), path, id), telemetry::span(id))
}

/// A panic is a 500, and the server lives.
fn panic_guard(request: ServiceRequest, next: &impl Next) -> Answering {
    // Nothing of the request outlives its panic, and the store's lock is never held across one.
    let answer = catch_unwind(AssertUnwindSafe(|| next.call(request)));
    Box::pin(async move {
        let answer = match answer {
            Ok(answer) => AssertUnwindSafe(answer).catch_unwind().await,
            Err(panic) => Err(panic),
        };
        answer.unwrap_or_else(|_| Err(fail(Error::internal("a handler panicked"))))
    })
}

/// Beyond the bound a client is told to come back. All workers share it.
#[derive(Clone)]
struct ConcurrencyLimit(InFlight);

impl Middleware for ConcurrencyLimit {
    /// Given back with the answer.
    type Kept = Admitted;

    fn before(&self, _: &mut ServiceRequest) -> ControlFlow<HttpResponse, Admitted> {
        self.0.admit().map_or_else(|| ControlFlow::Break(problem(Error::Overloaded)), ControlFlow::Continue)
    }

    fn after(_: Admitted, response: HttpResponse) -> HttpResponse {
        response
    }
}

/// 204 for what no route needs to see.
fn no_content() -> HttpResponse {
    HttpResponse::NoContent().finish()
}
