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
    http::{
        Method, StatusCode,
        header::{self, HeaderMap},
    },
    middleware::Next,
};
use std::collections::BTreeSet;

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
        let allow = tidy(response.headers());
        if asked {
            response = HttpResponse::NoContent().finish();
        }
        add(&mut response, [("allow", allow)]);
        response
    })
}

fn tidy(headers: &HeaderMap) -> String {
    let fields = headers.get_all(header::ALLOW).filter_map(|value| value.to_str().ok());
    let mut methods: BTreeSet<_> = fields.flat_map(|field| field.split(',')).map(str::trim).collect();
    methods.remove("");
    methods.insert("OPTIONS");
    if methods.contains("GET") {
        methods.insert("HEAD");
    }
    methods.into_iter().collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::http::header::HeaderValue;

    #[test]
    fn methods_are_sorted_without_doubles() {
        let mut headers = HeaderMap::new();
        for field in ["GET,HEAD,POST", "DELETE, GET"] {
            headers.append(header::ALLOW, HeaderValue::from_static(field));
        }
        assert_eq!(tidy(&headers), "DELETE, GET, HEAD, OPTIONS, POST");
    }
}
