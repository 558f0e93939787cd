//! **Server 4, actix-web: a router is an app per worker.**
//!
//! Every worker thread builds its own [`App`](actix_web::App) and keeps its connections to the end, so
//! nothing in an app needs to be `Send` and no lock is shared unless it is put there. One function
//! adds the resources; handlers are `async fn`s whose arguments are extractors, and what they return
//! is a responder. What it costs: HTTP types, bodies and middleware are actix's own, and whatever the
//! tower world offers has to be written again. Its connections are its own as well; the same guard as in
//! the others stands between socket and stack.
//!
//! Read on: [`routes`], [`extract`], [`respond`], [`middleware`], [`listener`].

pub mod extract;
pub mod listener;
pub mod middleware;
pub mod respond;
pub mod routes;

use actix_service::ServiceFactory;
use actix_web::{
    HttpServer,
    dev::{ServiceRequest, ServiceResponse},
    web::Data,
};
use shared::{App, Shutdown, contract, policy::in_flight::InFlight};
use std::{io, net::TcpListener};

/// Which of the six this is.
pub const SERVER: &contract::Server = contract::server("actix-web-server");

/// What actix's server takes; it panics above.
const MAX_WORKERS: usize = 512;

/// Serves `app` on `listener` until `shutdown`.
///
/// # Errors
/// When the listener cannot be used at all.
pub async fn serve(listener: TcpListener, app: App, shutdown: Shutdown) -> io::Result<()> {
    let workers = app.config.workers().min(MAX_WORKERS);
    let in_flight = InFlight::new(app.config.limits.max_in_flight);
    if app.config.stock {
        return stock(listener, app, in_flight, shutdown, workers).await;
    }
    listener::serve(listener, app, in_flight, shutdown, workers).await
}

/// What one worker serves.
pub fn app(
    app: &App,
    in_flight: &InFlight,
) -> actix_web::App<
    impl ServiceFactory<ServiceRequest, Config = (), Response = ServiceResponse, Error = actix_web::Error, InitError = ()>
    + use<>,
> {
    let routes = actix_web::App::new()
        .app_data(Data::new(app.clone()))
        .configure(extract::configure(app))
        .configure(routes::configure);
    middleware::wrap(routes, app, in_flight)
}

/// The listener of [actix-web's documentation](https://actix.rs/docs/server), for comparison.
async fn stock(
    listener: TcpListener,
    app: App,
    in_flight: InFlight,
    shutdown: Shutdown,
    workers: usize,
) -> io::Result<()> {
    let server = HttpServer::new(move || self::app(&app, &in_flight)).listen(listener)?;
    server.workers(workers).shutdown_signal(shutdown.begun()).run().await
}
