//! gzip or brotli for large text.

use super::Middleware;
use crate::extract::list;
use actix_http::encoding::Encoder;
use actix_web::{
    HttpResponse,
    body::{BodySize, BoxBody, MessageBody},
    dev::ServiceRequest,
    http::header::{self, ContentEncoding, HeaderMap, HeaderValue},
};
use shared::policy::compression as policy;
use std::ops::ControlFlow;

/// Compresses what is worth it, with the encoder of actix-web's
/// [`Compress`](https://docs.rs/actix-web/4/actix_web/middleware/struct.Compress.html), which itself
/// would answer 406 to a client that refuses every coding, and compress small answers too.
#[derive(Clone)]
pub(super) struct Compression;

impl Middleware for Compression {
    /// The coding that the client likes best.
    type Kept = &'static str;

    fn before(&self, request: &mut ServiceRequest) -> ControlFlow<HttpResponse, &'static str> {
        ControlFlow::Continue(policy::choose(list(request.request(), header::ACCEPT_ENCODING).as_deref()))
    }

    fn after(coding: &'static str, response: HttpResponse) -> HttpResponse {
        compress(response, coding)
    }
}

fn compress(mut response: HttpResponse, coding: &str) -> HttpResponse {
    if !is_eligible(&response) {
        return response;
    }
    let Ok(coding @ (ContentEncoding::Brotli | ContentEncoding::Gzip)) = coding.parse() else {
        response.headers_mut().append(header::VARY, HeaderValue::from_static("accept-encoding"));
        return response;
    };
    weaken_etag(response.headers_mut());
    // Of what is compressed on the way no part can be had.
    response.headers_mut().remove(header::ACCEPT_RANGES);
    response.headers_mut().remove(header::CONTENT_LENGTH);
    response.map_body(|head, body| BoxBody::new(Encoder::response(coding, head, body)))
}

fn is_eligible(response: &HttpResponse) -> bool {
    let size = match response.body().size() {
        BodySize::None => return false,
        BodySize::Sized(size) if size <= policy::THRESHOLD => return false,
        BodySize::Sized(size) => Some(size),
        BodySize::Stream => None,
    };
    let media = response.headers().get(header::CONTENT_TYPE).and_then(|media| media.to_str().ok());
    policy::is_eligible(response.status().as_u16(), media, size)
}

fn weaken_etag(headers: &mut HeaderMap) {
    let weak = headers.get(header::ETAG).and_then(|etag| etag.to_str().ok()).map(policy::weaken);
    if let Some(Ok(weak)) = weak.map(HeaderValue::try_from) {
        headers.insert(header::ETAG, weak);
    }
}
