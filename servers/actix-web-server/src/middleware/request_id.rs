//! `x-request-id`: in every answer and every log line.

use super::Middleware;
use crate::extract::field;
use actix_web::{
    HttpMessage, HttpResponse,
    dev::ServiceRequest,
    http::header::{HeaderName, HeaderValue},
};
use shared::policy::request_id::{self, Id};
use std::{fmt, ops::ControlFlow};

const NAME: HeaderName = HeaderName::from_static(request_id::NAME);

/// The id of a request.
#[derive(Clone, Copy)]
pub struct RequestId(Id);

impl RequestId {
    /// Its text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Keeps a sound id or makes one.
#[derive(Clone)]
pub(super) struct RequestIds;

impl Middleware for RequestIds {
    type Kept = Id;

    fn before(&self, request: &mut ServiceRequest) -> ControlFlow<HttpResponse, Self::Kept> {
        let id = request_id::choose(field(request.request(), NAME));
        request.extensions_mut().insert(RequestId(id));
        ControlFlow::Continue(id)
    }

    fn after(id: Id, mut response: HttpResponse) -> HttpResponse {
        // A sound id is a sound header value.
        if let Ok(id) = HeaderValue::from_str(&id) {
            response.headers_mut().insert(NAME, id);
        }
        response
    }
}
