//! **Server 6, hyper and a hand-rolled router: a tree is a router.**
//!
//! It stands on the pipes of server 1 ([`hyper_server`]: how to listen, extract, respond and wrap),
//! and differs from it in `routes.rs` alone. Its router is a package of its own,
//! [`handrolled_router`], small enough to be read in one sitting: a tree of path segments that knows
//! nothing of HTTP. This server hangs a table of methods on each leaf. What it costs: handlers must
//! have one type, so their futures are boxed, and a conflict shows when the tree is built.
//!
//! Read on: [`routes`], [`handrolled_router`].

pub mod routes;

use shared::{App, Shutdown, contract};
use std::{io, net::TcpListener, sync::Arc};

/// Which of the six this is.
pub const SERVER: &contract::Server = contract::server("handrolled-server");

/// Serves `app` on `listener` until `shutdown`.
///
/// # Errors
/// When the listener cannot be used at all, or two routes conflict.
pub async fn serve(listener: TcpListener, app: App, shutdown: Shutdown) -> io::Result<()> {
    let router = Arc::new(routes::router().map_err(io::Error::other)?);
    let routes = {
        let app = app.clone();
        move |request| routes::route(&router, app.clone(), request)
    };
    hyper_server::listen(listener, app, shutdown, routes).await
}
