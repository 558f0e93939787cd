//! What wraps every route, in which order: a tower
//! [`ServiceBuilder`](https://docs.rs/axum/0.8/axum/middleware/index.html#applying-multiple-middleware),
//! outermost first. It wraps the router from outside, because a layer added by `Router::layer` does
//! not see the `Allow` that the router puts on a 405
//! ([the way to do so](https://docs.rs/axum/0.8/axum/middleware/index.html#rewriting-request-uri-in-middleware)).

use crate::{
    extract::Client,
    respond::{self, Failure},
};
use axum::{
    Router,
    body::Bytes,
    extract::{DefaultBodyLimit, Request, State},
    middleware::Next,
    response::Response,
};
use layers::{Answering, Body, BoxError};
use shared::{App, relay};
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
        .layer(layers::guard(app).around(layers::concurrency_limit(app)))
        .layer(layers::timeout(app))
        .layer(layers::compression().around(layers::allow()))
        .layer(layers::body_limit(app))
        .map_response(|response| respond::without_length(response).map(Body::new))
        // The contract's limit is the one above.
        .service(routes.layer(DefaultBodyLimit::disable()))
}

/// Turns away a client that asks too often. Around one route, by
/// [`from_fn_with_state`](https://docs.rs/axum/0.8/axum/middleware/fn.from_fn_with_state.html).
pub async fn rate_limit(
    State(app): State<App>,
    Client(client): Client,
    request: Request,
    next: Next,
) -> Result<Response, Failure> {
    relay::admit(&app, client)?;
    Ok(next.run(request).await)
}

/// Sends a request on with leave to ask a sibling, or turns it away while none is worth asking.
pub async fn breaker(State(app): State<App>, mut request: Request, next: Next) -> Result<Response, Failure> {
    request.extensions_mut().insert(relay::choose(&app)?);
    Ok(next.run(request).await)
}
