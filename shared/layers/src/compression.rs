//! Brotli or gzip for large text, by tower-http's
//! [`CompressionLayer`](https://docs.rs/tower-http/0.7/tower_http/compression/). The layer is given
//! only answers that are to be compressed: it would overwrite the status with 406 for a client that
//! refuses every coding, after the handler has run.

use crate::{Body, Middleware, MiddlewareLayer, problem};
use futures_util::FutureExt;
use http::{Extensions, HeaderMap, HeaderValue, Request, Response, StatusCode, Version, header};
use http_body::Body as _;
use shared::{Error, policy::compression};
use std::{borrow::Cow, convert::Infallible, future::ready, mem, ops::ControlFlow};
use tower::{Layer, ServiceExt, service_fn};
use tower_http::compression::CompressionLayer;

/// Compresses what is worth it.
#[derive(Clone, Copy, Debug)]
pub struct Compression;

/// The layer of [`Compression`].
pub fn compression() -> MiddlewareLayer<Compression> {
    MiddlewareLayer(Compression)
}

impl Middleware for Compression {
    /// The coding that the client likes best.
    type Kept = &'static str;

    fn before<B>(&self, request: &mut Request<B>) -> ControlFlow<Response<Body>, &'static str> {
        ControlFlow::Continue(choose(request.headers()))
    }

    fn after(coding: &'static str, response: &mut Response<Body>) {
        if !is_eligible(response) {
            return;
        }
        response.headers_mut().append(header::VARY, HeaderValue::from_static("accept-encoding"));
        if coding == "identity" {
            return;
        }
        weaken_etag(response.headers_mut());
        *response = compress(mem::take(response), coding);
    }
}

/// The list may be spread over several lines (RFC 9110, section 5.3).
fn choose(headers: &HeaderMap) -> &'static str {
    let lines = headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|line| line.to_str().ok());
    let joined = lines.map(Cow::Borrowed).reduce(|one, other| Cow::Owned(format!("{one}, {other}")));
    compression::choose(joined.as_deref())
}

fn is_eligible(response: &Response<Body>) -> bool {
    let exact = response.body().size_hint().exact();
    if exact.is_some_and(|size| 0 < size && size <= compression::THRESHOLD) {
        return false;
    }
    let field = |name| response.headers().get(name).and_then(|value| value.to_str().ok());
    // The answer to HEAD has lost its body already, but not the length of it.
    let size = field(header::CONTENT_LENGTH).and_then(|length| length.parse().ok()).or(exact);
    compression::is_eligible(response.status().as_u16(), field(header::CONTENT_TYPE), size)
}

fn weaken_etag(headers: &mut HeaderMap) {
    let weak = headers.get(header::ETAG).and_then(|etag| etag.to_str().ok()).map(compression::weaken);
    if let Some(Ok(weak)) = weak.map(HeaderValue::try_from) {
        headers.insert(header::ETAG, weak);
    }
}

fn compress(response: Response<Body>, coding: &'static str) -> Response<Body> {
    let mut asking = Request::new(());
    asking.headers_mut().insert(header::ACCEPT_ENCODING, HeaderValue::from_static(coding));
    let mut response = Some(response);
    let answer = service_fn(move |_: Request<()>| ready(Ok::<_, Infallible>(response.take().unwrap_or_default())));
    let always = |_: StatusCode, _: Version, _: &HeaderMap, _: &Extensions| true;
    let compressed = CompressionLayer::new().compress_when(always).layer(answer).oneshot(asking);
    // The answer is there already: only its body is still to be compressed.
    match compressed.now_or_never() {
        Some(Ok(response)) => response.map(Body::new),
        None => problem(&Error::internal("compression waited for an answer that was there")),
    }
}
