//! Brotli or gzip for large text, by tower-http's
//! [`CompressionLayer`](https://docs.rs/tower-http/0.7/tower_http/compression/). The layer is given
//! only answers that are to be compressed: it would overwrite the status with 406 for a client that
//! refuses every coding, after the handler has run.

use crate::{Answering, Body, Middleware, MiddlewareLayer, Next};
use http::{Extensions, HeaderMap, HeaderValue, Request, Response, StatusCode, Version, header};
use http_body::Body as _;
use shared::policy::compression;
use std::convert::Infallible;
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
    async fn handle<B, S>(self, request: Request<B>, next: Next<S>) -> Response<Body>
    where
        B: Send + 'static,
        S: Answering<B>,
    {
        let coding = choose(request.headers());
        let mut response = next.run(request).await;
        if !is_eligible(&response) {
            return response;
        }
        response.headers_mut().append(header::VARY, HeaderValue::from_static("accept-encoding"));
        if coding == "identity" {
            return response;
        }
        weaken_etag(response.headers_mut());
        compress(response, coding).await
    }
}

/// The list may be spread over several lines (RFC 9110, section 5.3).
fn choose(headers: &HeaderMap) -> &'static str {
    let lines = headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|line| line.to_str().ok());
    let lines: Vec<_> = lines.collect();
    compression::choose((!lines.is_empty()).then(|| lines.join(", ")).as_deref())
}

fn is_eligible(response: &Response<Body>) -> bool {
    let field = |name| response.headers().get(name).and_then(|value| value.to_str().ok());
    // The answer to HEAD has lost its body already, but not the length of it.
    let told = field(header::CONTENT_LENGTH).and_then(|length| length.parse().ok());
    let size = told.or(response.body().size_hint().exact());
    compression::is_eligible(response.status().as_u16(), field(header::CONTENT_TYPE), size)
}

fn weaken_etag(headers: &mut HeaderMap) {
    let weak = headers.get(header::ETAG).and_then(|etag| etag.to_str().ok()).map(compression::weaken);
    if let Some(Ok(weak)) = weak.map(HeaderValue::try_from) {
        headers.insert(header::ETAG, weak);
    }
}

async fn compress(response: Response<Body>, coding: &'static str) -> Response<Body> {
    let mut asking = Request::new(());
    asking.headers_mut().insert(header::ACCEPT_ENCODING, HeaderValue::from_static(coding));
    let mut response = Some(response);
    let answer = service_fn(move |_: Request<()>| {
        let response = response.take().unwrap_or_else(|| Response::new(Body::empty()));
        async { Ok::<_, Infallible>(response) }
    });
    let always = |_: StatusCode, _: Version, _: &HeaderMap, _: &Extensions| true;
    match CompressionLayer::new().compress_when(always).layer(answer).oneshot(asking).await {
        Ok(response) => response.map(Body::new),
        Err(never) => match never {},
    }
}
