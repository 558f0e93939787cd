//! `Allow` in one shape on every 405, and OPTIONS out of it.
//!
//! A router knows the methods of a path; this layer only puts them in order. It sorts, removes
//! doubles, adds what follows from the rules (HEAD beside GET, OPTIONS everywhere), and turns the
//! 405 that a router gives to OPTIONS into the 204 that it deserves.

use crate::{Answering, Body, Middleware, MiddlewareLayer, Next};
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, header};
use std::collections::BTreeSet;

/// Puts `Allow` in order.
#[derive(Clone, Copy, Debug)]
pub struct Allow;

/// The layer of [`Allow`].
pub fn allow() -> MiddlewareLayer<Allow> {
    MiddlewareLayer(Allow)
}

impl Middleware for Allow {
    async fn handle<B, S>(self, request: Request<B>, next: Next<S>) -> Response<Body>
    where
        B: Send + 'static,
        S: Answering<B>,
    {
        let asked = request.method() == Method::OPTIONS;
        if asked && request.uri().path() == "*" {
            return no_content();
        }
        let mut response = next.run(request).await;
        if response.status() != StatusCode::METHOD_NOT_ALLOWED {
            return response;
        }
        let Ok(allow) = HeaderValue::try_from(tidy(response.headers())) else { return response };
        if asked {
            response = no_content();
        }
        response.headers_mut().insert(header::ALLOW, allow);
        response
    }
}

fn no_content() -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    response
}

fn tidy(headers: &HeaderMap) -> String {
    let fields = headers.get_all(header::ALLOW).iter().filter_map(|value| value.to_str().ok());
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

    #[test]
    fn methods_are_sorted_without_doubles() {
        let mut headers = HeaderMap::new();
        for field in ["GET,HEAD,POST", "DELETE, GET"] {
            headers.append(header::ALLOW, HeaderValue::from_static(field));
        }
        assert_eq!(tidy(&headers), "DELETE, GET, HEAD, OPTIONS, POST");
    }
}
