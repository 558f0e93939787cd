//! **Server 3, axum: a router is a value.**
//!
//! A [`Router`](axum::Router) maps paths to methods and methods to functions. A function says in its
//! signature what it needs of a request: each argument is an extractor, each may refuse the request
//! with an answer, and what the function returns knows how to become one. Handlers are therefore
//! plain `async fn`s, and middleware is any tower layer. What it costs: a handler that does not fit
//! is told by trait errors, and the router's 405 needs to be put in order (HEAD, OPTIONS, sorting).
//!
//! Read on: [`routes`], [`extract`], [`respond`], [`middleware`].

pub mod extract;
pub mod middleware;
pub mod respond;
pub mod routes;

use axum::{ServiceExt as _, body::Body};
use layers::Answering;
use shared::{App, Shutdown, contract};
use std::{
    io,
    net::{SocketAddr, TcpListener},
};
use tower::ServiceExt as _;

/// Which of the six this is.
pub const SERVER: &contract::Server = contract::server("axum-server");

/// Serves `app` on `listener` until `shutdown`.
///
/// # Errors
/// When the listener cannot be used at all.
pub async fn serve(listener: TcpListener, app: App, shutdown: Shutdown) -> io::Result<()> {
    let routes = routes::router(&app).with_state(app.clone());
    if app.config.stock {
        return stock(listener, shutdown, middleware::wrap(&app, routes)).await;
    }
    layers::listener(&app).serve(listener, shutdown.begun(), middleware::wrap(&app, routes)).await
}

/// The listener of [axum's documentation](https://docs.rs/axum/0.8/axum/fn.serve.html), for comparison.
async fn stock(listener: TcpListener, shutdown: Shutdown, service: impl Answering<Body>) -> io::Result<()> {
    listener.set_nonblocking(true)?;
    let listener = tokio::net::TcpListener::from_std(listener)?;
    let service = service.map_response(|response| response.map(Body::new));
    axum::serve(listener, service.into_make_service_with_connect_info::<SocketAddr>())
        .with_graceful_shutdown(shutdown.begun())
        .await
}
