//! **Server 2, hyper and a manual router: a table kept by hand is a router.**
//!
//! It stands on the pipes of server 1 ([`hyper_server`]: how to listen, extract, respond and wrap),
//! and differs from it in `routes.rs` alone. There, paths, methods and handlers are rows of data, so
//! that a path is written once, `Allow` comes out of the table, and other code could read it too.
//! What it costs: handlers must have one type, so their futures are boxed, and a look-up walks the
//! rows from the top.
//!
//! Read on: [`routes`].

pub mod routes;

use shared::{App, Shutdown, contract};
use std::{io, net::TcpListener};

/// Which of the six this is.
pub const SERVER: &contract::Server = contract::server("hyper-router-server");

/// Serves `app` on `listener` until `shutdown`.
///
/// # Errors
/// When the listener cannot be used at all.
pub async fn serve(listener: TcpListener, app: App, shutdown: Shutdown) -> io::Result<()> {
    let routes = {
        let app = app.clone();
        move |request| routes::route(app.clone(), request)
    };
    hyper_server::listen(listener, app, shutdown, routes).await
}
