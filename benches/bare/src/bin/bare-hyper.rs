//! hyper's [hello world](https://hyper.rs/guides/1/server/hello-world/), with two routes.

use bare::{HELLO, JSON, TEXT};
use bytes::Bytes;
use http_body_util::Full;
use hyper::{
    Method, Request, Response, StatusCode,
    body::Incoming,
    header::{CONTENT_TYPE, HeaderValue},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::TokioIo;
use std::{io, net::TcpListener, process::ExitCode};
use tokio::task;

fn main() -> ExitCode {
    bare::run("bare-hyper", serve)
}

async fn serve(listener: TcpListener, _workers: usize) -> io::Result<()> {
    let listener = tokio::net::TcpListener::from_std(listener)?;
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let io = TokioIo::new(stream);
        task::spawn(async move {
            if let Err(err) = http1::Builder::new().serve_connection(io, service_fn(route)).await {
                eprintln!("Error serving connection: {err:?}");
            }
        });
    }
}

async fn route(request: Request<Incoming>) -> serde_json::Result<Response<Full<Bytes>>> {
    match (request.method(), request.uri().path()) {
        (&Method::GET, "/plaintext") => Ok(content(TEXT, HELLO)),
        (&Method::GET, "/json") => Ok(content(JSON, serde_json::to_vec(&bare::message())?)),
        _ => {
            let mut response = Response::new(Full::default());
            *response.status_mut() = StatusCode::NOT_FOUND;
            Ok(response)
        }
    }
}

fn content(media: &'static str, body: impl Into<Bytes>) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(body.into()));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(media));
    response
}
