//! Cross-origin requests: preflights are answered here, other answers get their fields.

use crate::{Answering, Body, Middleware, MiddlewareLayer, Next};
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response, StatusCode, header};
use shared::App;

/// Tells browsers which pages may read the answers.
#[derive(Clone)]
pub struct Cors(App);

/// The layer of [`Cors`].
pub fn cors(app: &App) -> MiddlewareLayer<Cors> {
    MiddlewareLayer(Cors(app.clone()))
}

impl Middleware for Cors {
    async fn handle<B, S>(self, request: Request<B>, next: Next<S>) -> Response<Body>
    where
        B: Send + 'static,
        S: Answering<B>,
    {
        let origins = &self.0.origins;
        let origin = field(&request, header::ORIGIN);
        let requested = field(&request, header::ACCESS_CONTROL_REQUEST_METHOD);
        let preflight = origins.preflight(request.method().as_str(), origin, requested);
        let fields = origins.answer(origin);
        let mut response;
        if let Some(preflight) = preflight {
            response = Response::new(Body::empty());
            *response.status_mut() = StatusCode::NO_CONTENT;
            add(response.headers_mut(), preflight);
        } else {
            response = next.run(request).await;
            add(response.headers_mut(), fields.into_iter().flatten());
        }
        // Caches must know that another origin would get another answer.
        response.headers_mut().append(header::VARY, HeaderValue::from_static("origin"));
        response
    }
}

fn field<B>(request: &Request<B>, name: HeaderName) -> Option<&str> {
    request.headers().get(name)?.to_str().ok()
}

fn add(headers: &mut HeaderMap, fields: impl IntoIterator<Item = (&'static str, String)>) {
    for (name, value) in fields {
        // An origin that came in a field fits into one.
        if let Ok(value) = HeaderValue::try_from(value) {
            headers.insert(HeaderName::from_static(name), value);
        }
    }
}
