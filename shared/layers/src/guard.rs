//! Heads that the listener refused are answered here, and so are hosts that are not ours.

use crate::{Body, Middleware, MiddlewareLayer, problem};
use http::{HeaderValue, Request, Response, Version, header};
use listen::Refusal;
use shared::{App, Error, domain::handshake};
use std::ops::ControlFlow;

/// Keeps out what no route should see.
#[derive(Clone)]
pub struct Guard(App);

/// The layer of [`Guard`].
pub fn guard(app: &App) -> MiddlewareLayer<Guard> {
    MiddlewareLayer(Guard(app.clone()))
}

impl Middleware for Guard {
    type Kept = ();

    fn before<B>(&self, request: &mut Request<B>) -> ControlFlow<Response<Body>> {
        if let Some(refusal) = request.extensions().get::<Refusal>() {
            return ControlFlow::Break(problem(&Error::refused_head(refusal.status(), refusal)));
        }
        let host = request.headers().get(header::HOST).map(|host| host.to_str().unwrap_or_default());
        if !self.0.hosts.allow(host) {
            return ControlFlow::Break(problem(&Error::Misdirected));
        }
        settle_upgrade(request);
        ControlFlow::Continue(())
    }

    fn after((): (), _: &mut Response<Body>) {}
}

/// HTTP/1.0 knows no upgrade: the field is to be ignored (RFC 9110, section 7.8). Elsewhere two fields may list more than
/// a WebSocket, over several lines; the frameworks look at the first line only, or at the whole of it.
fn settle_upgrade<B>(request: &mut Request<B>) {
    if request.version() < Version::HTTP_11 {
        request.headers_mut().remove(header::UPGRADE);
    } else if request.headers().contains_key(header::UPGRADE) && handshake::is_asked_for(|name| list(request, name)) {
        request.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("upgrade"));
        request.headers_mut().insert(header::UPGRADE, HeaderValue::from_static("websocket"));
    }
}

fn list<B>(request: &Request<B>, name: &str) -> Option<String> {
    let lines: Vec<_> = request.headers().get_all(name).iter().filter_map(|line| line.to_str().ok()).collect();
    (!lines.is_empty()).then(|| lines.join(", "))
}
