//! Style 3, axum: a router is a value.
//!
//! As axum-server's routes.rs does it: `route` takes a path and its methods, the fallbacks take the
//! rest. `with_state` ends the building, as
//! [axum's manual](https://docs.rs/axum/0.8/axum/struct.Router.html#a-note-about-performance) advises.
//! Each request goes through a clone of the router by `oneshot`: so axum's
//! [own tests](https://github.com/tokio-rs/axum/tree/main/examples/testing) do it, and so does hyper's
//! service behind a socket. The clone, which counts one reference, is in the time.

use crate::styles::{
    api::{Route, Shape},
    pipes::{self, Head},
    style::{self, Style, at_once},
};
use axum::{
    Router,
    body::Body,
    extract::Path,
    http::{HeaderName, StatusCode},
    response::{IntoResponse, Response},
    routing::{MethodRouter, get},
};
use tower::ServiceExt;

/// The router.
pub struct Axum(Router);

/// The methods of a route.
fn methods(route: &Route) -> MethodRouter {
    let at = route.at;
    match route.shape {
        Shape::Item => get(move |id| get_item(at, id)),
        Shape::List => get(move || list_items(at)).post(move || create_item(at)),
        Shape::Parts => get(move |id| list_parts(at, id)).post(move |id| create_part(at, id)),
        Shape::Stats => get(move |id| part_stats(at, id)),
        Shape::Part => get(move |both| get_part(at, both)),
    }
}

impl Style for Axum {
    const NAME: &'static str = "axum";
    const SERVER: &'static str = "axum-server";
    type Head = Head;
    type Answer = Response;

    fn new(routes: &[Route]) -> Self {
        let add = |router: Router, route: &Route| router.route(&route.pattern(), methods(route));
        let router = routes.iter().fold(Router::new(), add);
        let router = router
            .fallback(async || StatusCode::NOT_FOUND)
            .method_not_allowed_fallback(async || StatusCode::METHOD_NOT_ALLOWED);
        Axum(router.with_state(()))
    }

    fn head(method: &str, path: &str) -> Head {
        pipes::head(method, path)
    }

    fn answer(&self, head: &Head) -> Response {
        let request = pipes::request(head, Body::empty());
        at_once(self.0.clone().oneshot(request)).unwrap_or_else(|never| match never {})
    }

    fn status(answer: &Response) -> u16 {
        answer.status().as_u16()
    }

    fn field<'a>(answer: &'a Response, name: &str) -> Option<&'a str> {
        pipes::field(answer, name)
    }
}

/// 200, by this handler.
fn found(route: usize, parameters: u32) -> impl IntoResponse {
    [(HeaderName::from_static(style::HANDLER), style::handled(route, parameters))]
}

/// 201, by this handler.
fn created(route: usize, parameters: u32) -> impl IntoResponse {
    (StatusCode::CREATED, found(route, parameters))
}

/// `GET /name/{id}`
async fn get_item(route: usize, Path(id): Path<u32>) -> impl IntoResponse {
    found(route, id)
}

/// `GET /name`
async fn list_items(route: usize) -> impl IntoResponse {
    found(route, 0)
}

/// `POST /name`
async fn create_item(route: usize) -> impl IntoResponse {
    created(route, 0)
}

/// `GET /name/{id}/part`
async fn list_parts(route: usize, Path(id): Path<u32>) -> impl IntoResponse {
    found(route, id)
}

/// `POST /name/{id}/part`
async fn create_part(route: usize, Path(id): Path<u32>) -> impl IntoResponse {
    created(route, id)
}

/// `GET /name/{id}/part/stats`
async fn part_stats(route: usize, Path(id): Path<u32>) -> impl IntoResponse {
    found(route, id)
}

/// `GET /name/{id}/part/{key}`
async fn get_part(route: usize, Path((id, key)): Path<(u32, u32)>) -> impl IntoResponse {
    found(route, id + key)
}
