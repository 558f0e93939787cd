//! Heads that the listener refused are answered here, and so are hosts that are not ours.

use crate::{Answering, Body, Middleware, MiddlewareLayer, Next, problem};
use http::{Request, Response, header};
use listen::Refusal;
use shared::{App, Error};

/// Keeps out what no route should see.
#[derive(Clone)]
pub struct Guard(App);

/// The layer of [`Guard`].
pub fn guard(app: &App) -> MiddlewareLayer<Guard> {
    MiddlewareLayer(Guard(app.clone()))
}

impl Middleware for Guard {
    async fn handle<B, S>(self, request: Request<B>, next: Next<S>) -> Response<Body>
    where
        B: Send + 'static,
        S: Answering<B>,
    {
        if let Some(refusal) = request.extensions().get::<Refusal>() {
            return problem(&Error::refused_head(refusal.status(), refusal));
        }
        let host = request.headers().get(header::HOST).map(|host| host.to_str().unwrap_or_default());
        if !self.0.hosts.allow(host) {
            return problem(&Error::Misdirected);
        }
        next.run(request).await
    }
}
