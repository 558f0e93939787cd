//! axum's [example](https://docs.rs/axum/0.8/axum/index.html#example), with two routes.
//!
//! Writing without delay is [`tap_io`](https://docs.rs/axum/0.8/axum/serve/trait.ListenerExt.html#method.tap_io)'s example.

use axum::{Json, Router, routing::get, serve::ListenerExt};
use bare::{HELLO, Message};
use std::{io, net::TcpListener, process::ExitCode};

fn main() -> ExitCode {
    bare::run("bare-axum", serve)
}

async fn serve(listener: TcpListener, _workers: usize) -> io::Result<()> {
    let app = Router::new().route("/plaintext", get(plaintext)).route("/json", get(json));
    let listener = tokio::net::TcpListener::from_std(listener)?.tap_io(|stream| {
        if let Err(err) = stream.set_nodelay(true) {
            eprintln!("failed to set TCP_NODELAY on incoming connection: {err:#}");
        }
    });
    axum::serve(listener, app).await
}

async fn plaintext() -> &'static str {
    HELLO
}

async fn json() -> Json<Message> {
    Json(bare::message())
}
