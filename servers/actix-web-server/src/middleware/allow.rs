//! `Allow` in one shape on every 405, and OPTIONS out of it.
//!
//! A resource says which methods it knows; this only puts them in order. It sorts, removes doubles,
//! adds what follows from the rules (HEAD beside GET, OPTIONS everywhere), and turns the 405 that a
//! resource gives to OPTIONS into the 204 that it deserves.

use super::{Answer, add, change, no_content};
use actix_web::{
    HttpResponse,
    body::BoxBody,
    dev::ServiceRequest,
    http::{Method, StatusCode, header},
    middleware::Next,
};
use shared::policy::allow as policy;

/// Puts `Allow` in order.
pub(super) async fn allow(request: ServiceRequest, next: Next<BoxBody>) -> Answer {
    let asked = request.method() == Method::OPTIONS;
    if asked && request.uri().path() == "*" {
        return Ok(no_content(request));
    }
    change(next.call(request).await, |mut response| {
        if response.status() != StatusCode::METHOD_NOT_ALLOWED {
            return response;
        }
        let fields = response.headers().get_all(header::ALLOW).filter_map(|value| value.to_str().ok());
        let allow = policy::tidy(fields);
        if asked {
            response = HttpResponse::NoContent().finish();
        }
        add(&mut response, [("allow", allow)]);
        response
    })
}
