//! actix-web's [hello world](https://actix.rs/docs/getting-started), with two routes.

use actix_web::{App, HttpServer, Responder, get, web};
use bare::HELLO;
use std::{io, net::TcpListener, process::ExitCode};

fn main() -> ExitCode {
    bare::run("bare-actix-web", serve)
}

async fn serve(listener: TcpListener, workers: usize) -> io::Result<()> {
    let server = HttpServer::new(|| App::new().service(plaintext).service(json));
    // A signal is to end it as it ends the others, not to wait for connections that are open.
    server.listen(listener)?.workers(workers).disable_signals().run().await
}

#[get("/plaintext")]
async fn plaintext() -> impl Responder {
    HELLO
}

#[get("/json")]
async fn json() -> impl Responder {
    web::Json(bare::message())
}
