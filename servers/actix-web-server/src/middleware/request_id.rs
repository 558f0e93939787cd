//! `x-request-id`: in every answer and every log line.

use super::Middleware;
use crate::extract::field;
use actix_web::{
    HttpMessage, HttpResponse,
    dev::ServiceRequest,
    http::header::{HeaderName, HeaderValue},
};
use shared::policy::request_id;
use std::{fmt, ops::ControlFlow};

const NAME: HeaderName = HeaderName::from_static(request_id::NAME);

/// The id of a request; cheap to clone.
#[derive(Clone)]
pub struct RequestId(HeaderValue);

impl RequestId {
    /// Its text.
    pub fn as_str(&self) -> &str {
        // A sound id is of letters and digits.
        self.0.to_str().unwrap_or_default()
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
    /// The id; `None` if no field could hold it.
    type Kept = Option<HeaderValue>;

    fn before(&self, request: &mut ServiceRequest) -> ControlFlow<HttpResponse, Self::Kept> {
        // A sound id is a sound header value.
        let id = HeaderValue::try_from(request_id::choose(field(request.request(), NAME))).ok();
        if let Some(id) = &id {
            request.extensions_mut().insert(RequestId(id.clone()));
        }
        ControlFlow::Continue(id)
    }

    fn after(id: Self::Kept, mut response: HttpResponse) -> HttpResponse {
        if let Some(id) = id {
            response.headers_mut().insert(NAME, id);
        }
        response
    }
}
