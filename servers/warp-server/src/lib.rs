//! **Server 5, warp: a router is an expression.**
//!
//! A [`Filter`] looks at a request and either gives values or rejects it. `and` puts filters in a
//! row, and what they give becomes the arguments of a function; `or` tries the next when one rejects.
//! So a route is an expression, and the table is one too, of a type that the compiler sees through.
//! Nothing is looked up: the routes are tried in turn. What it costs: when all reject, the error is
//! chosen by its rank and not by its route, so here all that a route finds wrong is a reply.
//!
//! Read on: [`routes`], [`extract`], [`respond`], [`middleware`].

pub mod extract;
pub mod middleware;
pub mod respond;
pub mod routes;

use shared::{App, Shutdown, contract};
use std::{convert::Infallible, io, net::TcpListener};
use warp::{Filter, Reply};

/// Which of the six this is.
pub const SERVER: &contract::Server = contract::server("warp-server");

/// Serves `app` on `listener` until `shutdown`.
///
/// # Errors
/// When the listener cannot be used at all.
pub async fn serve(listener: TcpListener, app: App, shutdown: Shutdown) -> io::Result<()> {
    let routes = routes::filter(&app);
    if app.config.stock {
        return stock(listener, shutdown, routes).await;
    }
    let service = middleware::wrap(&app, warp::service(routes));
    layers::listener(&app).serve(listener, shutdown.begun(), service).await
}

/// The listener of [warp's documentation](https://docs.rs/warp/0.4/warp/fn.serve.html), for comparison.
///
/// `warp::serve` takes a filter and nothing else, so the tower layers of [`middleware`] stay out: no
/// request id, log or figures, no panic guard, CORS, host check, limits of any kind, timeout or
/// compression; `Allow` goes out as the routes wrote it, and OPTIONS is a 405.
async fn stock<R: Reply + 'static>(
    listener: TcpListener,
    shutdown: Shutdown,
    routes: impl Filter<Extract = (R,), Error = Infallible> + Clone + Send + Sync + 'static,
) -> io::Result<()> {
    listener.set_nonblocking(true)?;
    let listener = tokio::net::TcpListener::from_std(listener)?;
    warp::serve(routes).incoming(listener).graceful(shutdown.begun()).run().await;
    Ok(())
}
