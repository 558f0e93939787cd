//! Cross-origin requests: preflights are answered here, other answers get their fields.

use crate::{Body, Middleware, MiddlewareLayer};
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response, StatusCode, header};
use shared::App;
use std::ops::ControlFlow;

/// Tells browsers which pages may read the answers.
#[derive(Clone)]
pub struct Cors(App);

/// The layer of [`Cors`].
pub fn cors(app: &App) -> MiddlewareLayer<Cors> {
    MiddlewareLayer(Cors(app.clone()))
}

impl Middleware for Cors {
    /// The fields for the answer; boxed, as most requests have none to move along.
    type Kept = Option<Box<[(&'static str, String); 2]>>;

    fn before<B>(&self, request: &mut Request<B>) -> ControlFlow<Response<Body>, Self::Kept> {
        let origins = &self.0.origins;
        let origin = field(request, header::ORIGIN);
        if origin.is_none() {
            return ControlFlow::Continue(None);
        }
        let requested = field(request, header::ACCESS_CONTROL_REQUEST_METHOD);
        match origins.preflight(request.method().as_str(), origin, requested) {
            Some(preflight) => ControlFlow::Break(no_content(preflight)),
            None => ControlFlow::Continue(origins.answer(origin).map(Box::new)),
        }
    }

    fn after(fields: Self::Kept, response: &mut Response<Body>) {
        add(response.headers_mut(), fields.into_iter().flat_map(|fields| *fields));
    }
}

/// The answer to a preflight.
fn no_content(fields: impl IntoIterator<Item = (&'static str, String)>) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    add(response.headers_mut(), fields);
    response
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
    // Caches must know that another origin would get another answer.
    headers.append(header::VARY, const { HeaderValue::from_static("origin") });
}
