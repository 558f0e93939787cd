//! **Server 1, raw hyper: a `match` is a router.**
//!
//! hyper gives a function a request and takes an answer; everything between is plain Rust.
//! Routing is one `match` on the method and the segments of the path, read from top to bottom.
//! Nothing is registered and nothing is looked up: the compiler turns the arms into comparisons.
//! What it costs: 405 and `Allow` are arms written by hand, parameters are parsed by hand, and the
//! futures of the arms, each of its own type, are boxed.
//! Its extract, respond and middleware also carry servers 2 and 6, so those differ in routing alone.
//!
//! Read on: [`routes`], [`extract`], [`respond`], [`middleware`].

pub mod extract;
pub mod middleware;
pub mod respond;
pub mod routes;

use http::Request;
use hyper::{body::Incoming, server::conn::http1};
use hyper_util::{rt::TokioIo, service::TowerToHyperService};
use layers::{Answering, PacedBody, Peer};
use shared::{App, Shutdown, contract};
use std::{convert::Infallible, io, net::TcpListener};
use tower::{ServiceExt, service_fn};

/// Which of the six this is.
pub const SERVER: &contract::Server = contract::server("hyper-server");

/// Serves `app` on `listener` until `shutdown`.
///
/// # Errors
/// When the listener cannot be used at all.
pub async fn serve(listener: TcpListener, app: App, shutdown: Shutdown) -> io::Result<()> {
    let routes = {
        let app = app.clone();
        move |request| routes::route(app.clone(), request)
    };
    listen(listener, app, shutdown, routes).await
}

/// The pipes of servers 1, 2 and 6: everything but the routes.
///
/// # Errors
/// When the listener cannot be used at all.
pub async fn listen<R>(listener: TcpListener, app: App, shutdown: Shutdown, routes: R) -> io::Result<()>
where
    R: Fn(extract::Request) -> respond::AnswerFuture + Clone + Send + Sync + 'static,
{
    let routes = service_fn(move |request: Request<PacedBody<Incoming>>| {
        let answer = routes(request);
        async move { Ok::<_, Infallible>(answer.await.unwrap_or_else(respond::Response::from)) }
    });
    let service = middleware::wrap(&app, routes);
    if app.config.stock {
        return stock(listener, shutdown, service).await;
    }
    layers::listener(&app).serve(listener, shutdown.begun(), service).await
}

/// The loop of [hyper's guide](https://hyper.rs/guides/1/server/hello-world/), for comparison.
async fn stock(listener: TcpListener, shutdown: Shutdown, service: impl Answering<Incoming>) -> io::Result<()> {
    listener.set_nonblocking(true)?;
    let listener = tokio::net::TcpListener::from_std(listener)?;
    let accepting = async {
        loop {
            let (stream, peer) = listener.accept().await?;
            let with_peer = move |mut request: Request<Incoming>| {
                request.extensions_mut().insert(Peer(peer));
                request
            };
            let service = TowerToHyperService::new(service.clone().map_request(with_peer));
            tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service).with_upgrades());
        }
    };
    tokio::select! {
        () = shutdown.begun() => Ok(()),
        failed = accepting => failed,
    }
}
