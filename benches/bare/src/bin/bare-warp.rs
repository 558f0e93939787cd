//! warp's [hello world](https://docs.rs/warp/0.4/warp/index.html), with two routes.

use bare::HELLO;
use std::{io, net::TcpListener, process::ExitCode};
use warp::{Filter, reply};

fn main() -> ExitCode {
    bare::run("bare-warp", serve)
}

async fn serve(listener: TcpListener, _workers: usize) -> io::Result<()> {
    let plaintext = warp::path!("plaintext").and(warp::get()).map(|| HELLO);
    let json = warp::path!("json").and(warp::get()).map(|| reply::json(&bare::message()));
    let listener = tokio::net::TcpListener::from_std(listener)?;
    warp::serve(plaintext.or(json)).incoming(listener).run().await;
    Ok(())
}
