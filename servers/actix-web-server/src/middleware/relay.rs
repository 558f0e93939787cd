//! The gates around the one route that asks siblings, by
//! [`Route::wrap`](https://docs.rs/actix-web/4/actix_web/struct.Route.html#method.wrap).

use super::{Answer, fail};
use actix_web::{HttpMessage, body::BoxBody, dev::ServiceRequest, middleware::Next, web::Data};
use shared::{App, relay};

/// Turns away a client that asks too often.
pub async fn rate_limit(app: Data<App>, request: ServiceRequest, next: Next<BoxBody>) -> Answer {
    relay::admit(&app, request.peer_addr().map(|peer| peer.ip())).map_err(fail)?;
    next.call(request).await
}

/// Sends a request on with leave to ask a sibling, or turns it away while none is worth asking.
pub async fn breaker(app: Data<App>, request: ServiceRequest, next: Next<BoxBody>) -> Answer {
    let passage = relay::choose(&app).map_err(fail)?;
    request.extensions_mut().insert(passage);
    next.call(request).await
}
