//! What wraps every route, in which order: a tower
//! [`ServiceBuilder`](https://docs.rs/axum/0.8/axum/middleware/index.html#applying-multiple-middleware),
//! outermost first. It wraps the router from outside, because a layer added by `Router::layer` does
//! not see the `Allow` that the router puts on a 405
//! ([the way to do so](https://docs.rs/axum/0.8/axum/middleware/index.html#rewriting-request-uri-in-middleware)).

use crate::respond;
use axum::{Router, body::Bytes, extract::DefaultBodyLimit};
use layers::{Answering, BoxError};
use shared::App;
use tower::ServiceBuilder;

/// The routes within the contract's middleware.
pub fn wrap<B>(app: &App, routes: Router) -> impl Answering<B> + use<B>
where
    B: http_body::Body<Data = Bytes, Error: Into<BoxError>> + Unpin + Send + 'static,
{
    ServiceBuilder::new()
        .layer(layers::leftover())
        .layer(layers::request_id())
        .layer(layers::access_log(app))
        .layer(layers::cors(app))
        .layer(layers::panic_guard())
        .layer(layers::guard(app))
        .layer(layers::concurrency_limit(app))
        .layer(layers::timeout(app))
        .layer(layers::compression())
        .layer(layers::allow())
        .layer(layers::body_limit(app))
        .map_response(respond::without_length)
        // The contract's limit is the one above.
        .service(routes.layer(DefaultBodyLimit::disable()))
}
