//! One log line and the figures of every request; a request that is dropped counts as cancelled.

use crate::{Answering, Body, Middleware, MiddlewareLayer, Next, RequestId};
use http::{Request, Response};
use listen::Refusal;
use shared::{
    App,
    telemetry::{Metrics, Watch},
};
use tracing::Instrument;

/// Watches every request.
#[derive(Clone)]
pub struct AccessLog(Metrics);

/// The layer of [`AccessLog`].
pub fn access_log(app: &App) -> MiddlewareLayer<AccessLog> {
    MiddlewareLayer(AccessLog(app.metrics.clone()))
}

impl Middleware for AccessLog {
    async fn handle<B, S>(self, mut request: Request<B>, next: Next<S>) -> Response<Body>
    where
        B: Send + 'static,
        S: Answering<B>,
    {
        let id = request.extensions().get::<RequestId>().map_or("", |id| id.0.as_str());
        // What stands in for a refused head was not asked for by anyone.
        let refused = request.extensions().get::<Refusal>().is_some();
        let path = if refused { "-" } else { request.uri().path() };
        let watch = Watch::begin(&self.0, request.method().as_str(), path, id);
        if let Some(operation) = watch.operation() {
            request.extensions_mut().insert(operation);
        }
        let response = next.run(request).instrument(watch.span()).await;
        watch.answered(response.status().as_u16());
        response
    }
}
