//! Cross-origin requests: preflights are answered here, other answers get their fields.

use super::{Middleware, add, no_content};
use crate::extract::field;
use actix_web::{
    HttpResponse,
    dev::ServiceRequest,
    http::header::{self, HeaderValue},
};
use shared::App;
use std::ops::ControlFlow;

/// Tells browsers which pages may read the answers.
#[derive(Clone)]
pub(super) struct Cors(pub(super) App);

impl Middleware for Cors {
    /// The fields for the answer.
    type Kept = Option<[(&'static str, String); 2]>;

    fn before(&self, request: &mut ServiceRequest) -> ControlFlow<HttpResponse, Self::Kept> {
        let origins = &self.0.origins;
        let origin = field(request.request(), header::ORIGIN);
        if origin.is_none() {
            return ControlFlow::Continue(None);
        }
        let requested = field(request.request(), header::ACCESS_CONTROL_REQUEST_METHOD);
        match origins.preflight(request.method().as_str(), origin, requested) {
            Some(preflight) => ControlFlow::Break(Self::add(no_content(), preflight)),
            None => ControlFlow::Continue(origins.answer(origin)),
        }
    }

    fn after(fields: Self::Kept, response: HttpResponse) -> HttpResponse {
        Self::add(response, fields.into_iter().flatten())
    }
}

impl Cors {
    fn add(mut response: HttpResponse, fields: impl IntoIterator<Item = (&'static str, String)>) -> HttpResponse {
        add(&mut response, fields);
        // Caches must know that another origin would get another answer.
        response.headers_mut().append(header::VARY, const { HeaderValue::from_static("origin") });
        response
    }
}
