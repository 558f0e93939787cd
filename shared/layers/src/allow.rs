//! `Allow` in one shape on every 405, and OPTIONS out of it.
//!
//! A router knows the methods of a path; this layer only puts them in order. It sorts, removes
//! doubles, adds what follows from the rules (HEAD beside GET, OPTIONS everywhere), and turns the
//! 405 that a router gives to OPTIONS into the 204 that it deserves.

use crate::{Body, Middleware, MiddlewareLayer};
use http::{HeaderValue, Method, Request, Response, StatusCode, header};
use shared::policy::allow;
use std::ops::ControlFlow;

/// Puts `Allow` in order.
#[derive(Clone, Copy, Debug)]
pub struct Allow;

/// The layer of [`Allow`].
pub fn allow() -> MiddlewareLayer<Allow> {
    MiddlewareLayer(Allow)
}

impl Middleware for Allow {
    /// Whether OPTIONS was asked for.
    type Kept = bool;

    fn before<B>(&self, request: &mut Request<B>) -> ControlFlow<Response<Body>, bool> {
        let asked = request.method() == Method::OPTIONS;
        if asked && request.uri().path() == "*" {
            return ControlFlow::Break(no_content());
        }
        ControlFlow::Continue(asked)
    }

    fn after(asked: bool, response: &mut Response<Body>) {
        if response.status() != StatusCode::METHOD_NOT_ALLOWED {
            return;
        }
        let fields = response.headers().get_all(header::ALLOW).iter().filter_map(|value| value.to_str().ok());
        let Ok(allow) = HeaderValue::try_from(allow::tidy(fields)) else { return };
        if asked {
            // The rest of the head stays: it may say that the connection closes.
            *response.status_mut() = StatusCode::NO_CONTENT;
            *response.body_mut() = Body::empty();
            response.headers_mut().remove(header::CONTENT_TYPE);
        }
        response.headers_mut().insert(header::ALLOW, allow);
    }
}

fn no_content() -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    response
}
