//! What wraps every route, in which order: a tower
//! [`ServiceBuilder`](https://docs.rs/tower/0.5/tower/struct.ServiceBuilder.html), outermost first,
//! around what [`warp::service`](https://docs.rs/warp/0.4/warp/fn.service.html) makes of the routes.
//! warp's own way ([`Filter::with`](https://docs.rs/warp/0.4/warp/trait.Filter.html#method.with)) wraps
//! filters, which cannot change a request: no id could be put into it, no bound around its body.

use crate::extract::{Extracted, client};
use bytes::Bytes;
use layers::{Answering, Body, BoxError, PacedBody};
use shared::{
    App,
    relay::{self, Passage},
};
use std::convert::Infallible;
use tower::{Service, ServiceBuilder};
use warp::{Filter, http::Request, reply::Response};

/// The routes within the contract's middleware.
pub fn wrap<B, S>(app: &App, routes: S) -> impl Answering<B> + use<B, S>
where
    B: http_body::Body<Data = Bytes, Error: Into<BoxError>> + Unpin + Send + 'static,
    S: Service<Request<PacedBody<B>>, Response = Response, Error = Infallible, Future: Send> + Clone + Send + 'static,
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
        .map_response(|response: Response| response.map(Body::new))
        .service(routes)
}

/// Turns away a client that asks too often. What stands around one route is a
/// [filter](https://docs.rs/warp/0.4/warp/trait.Filter.html) in its row.
pub fn rate_limit(app: &App) -> impl Filter<Extract = (Extracted<()>,), Error = Infallible> + Clone + use<> {
    let app = app.clone();
    client().map(move |client| Ok(relay::admit(&app, client)?))
}

/// Gives leave to ask a sibling to whom the rate limit has let by, unless none is worth asking.
pub fn breaker(app: &App) -> impl Fn(Extracted<()>) -> Extracted<Passage> + Clone + use<> {
    let app = app.clone();
    move |admitted| {
        admitted?;
        Ok(relay::choose(&app)?)
    }
}
