//! Heads that the listener refused are answered here, and so are hosts that are not ours.

use super::{Middleware, problem};
use crate::extract::fields;
use actix_web::{
    HttpMessage, HttpResponse,
    dev::ServiceRequest,
    http::{
        Version,
        header::{self, HeaderValue},
    },
};
use listen::Refusal;
use shared::{App, Error, domain::handshake};
use std::ops::ControlFlow;

/// Keeps out what no route should see.
#[derive(Clone)]
pub(super) struct Guard(pub(super) App);

impl Middleware for Guard {
    type Kept = ();

    fn before(&self, request: &mut ServiceRequest) -> ControlFlow<HttpResponse> {
        if let Some(refusal) = request.extensions().get::<Refusal>() {
            return ControlFlow::Break(problem(Error::refused_head(refusal.status(), refusal)));
        }
        let host = request.headers().get(header::HOST).map(|host| host.to_str().unwrap_or_default());
        if !self.0.hosts.allow(host) {
            return ControlFlow::Break(problem(Error::Misdirected));
        }
        settle_upgrade(request);
        ControlFlow::Continue(())
    }

    fn after((): (), response: HttpResponse) -> HttpResponse {
        response
    }
}

/// HTTP/1.0 knows no upgrade: the field is to be ignored (RFC 9110, section 7.8). Elsewhere it may list more than a
/// WebSocket, over several lines, of which actix-http looks at the first only.
fn settle_upgrade(request: &mut ServiceRequest) {
    if request.version() < Version::HTTP_11 {
        request.headers_mut().remove(header::UPGRADE);
    } else if request.headers().contains_key(header::UPGRADE) && handshake::is_asked_for(fields(request.request())) {
        request.headers_mut().insert(header::UPGRADE, HeaderValue::from_static("websocket"));
    }
}
