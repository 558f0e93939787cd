//! `Allow` in one shape on every 405, and OPTIONS out of it.
//!
//! A resource says which methods it knows; this only puts them in order. It sorts, removes doubles,
//! adds what follows from the rules (HEAD beside GET, OPTIONS everywhere), and turns the 405 that a
//! resource gives to OPTIONS into the 204 that it deserves.

use super::{Middleware, add, no_content};
use actix_web::{
    HttpResponse,
    dev::ServiceRequest,
    http::{Method, StatusCode, header},
};
use shared::policy::allow as policy;
use std::ops::ControlFlow;

/// Puts `Allow` in order.
#[derive(Clone)]
pub(super) struct Allow;

impl Middleware for Allow {
    /// Whether OPTIONS was asked for.
    type Kept = bool;

    fn before(&self, request: &mut ServiceRequest) -> ControlFlow<HttpResponse, bool> {
        let asked = request.method() == Method::OPTIONS;
        if asked && request.uri().path() == "*" {
            return ControlFlow::Break(no_content());
        }
        ControlFlow::Continue(asked)
    }

    fn after(asked: bool, mut response: HttpResponse) -> HttpResponse {
        if response.status() != StatusCode::METHOD_NOT_ALLOWED {
            return response;
        }
        let fields = response.headers().get_all(header::ALLOW).filter_map(|value| value.to_str().ok());
        let allow = policy::tidy(fields);
        if asked {
            response = no_content();
        }
        add(&mut response, [("allow", allow)]);
        response
    }
}
