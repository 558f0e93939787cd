//! Heads that the listener refused are answered here, and so are hosts that are not ours.

use crate::{Answering, Body, Middleware, MiddlewareLayer, Next, problem};
use http::{Request, Response, Version, header};
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
    async fn handle<B, S>(self, mut request: Request<B>, next: Next<S>) -> Response<Body>
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
        // HTTP/1.0 knows no upgrade: the field is to be ignored (RFC 9110, section 7.8).
        if request.version() < Version::HTTP_11 {
            request.headers_mut().remove(header::UPGRADE);
        }
        next.run(request).await
    }
}
