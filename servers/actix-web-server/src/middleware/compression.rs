//! gzip or brotli for large text.

use super::{Answer, change};
use crate::extract::fields;
use actix_http::encoding::Encoder;
use actix_web::{
    HttpResponse,
    body::{BodySize, BoxBody, MessageBody},
    dev::ServiceRequest,
    http::header::{self, ContentEncoding, HeaderMap, HeaderValue},
    middleware::Next,
};
use shared::policy::compression as policy;

/// Compresses what is worth it, with the encoder of actix-web's
/// [`Compress`](https://docs.rs/actix-web/4/actix_web/middleware/struct.Compress.html), which itself
/// would answer 406 to a client that refuses every coding, and compress small answers too.
pub(super) async fn compression(request: ServiceRequest, next: Next<BoxBody>) -> Answer {
    let coding = policy::choose(fields(request.request())("accept-encoding").as_deref());
    let answer = next.call(request).await;
    change(answer, |mut response| {
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
    })
}

fn is_eligible(response: &HttpResponse) -> bool {
    let media = response.headers().get(header::CONTENT_TYPE).and_then(|media| media.to_str().ok());
    let size = match response.body().size() {
        BodySize::None => Some(0),
        BodySize::Sized(size) => Some(size),
        BodySize::Stream => None,
    };
    policy::is_eligible(response.status().as_u16(), media, size)
}

fn weaken_etag(headers: &mut HeaderMap) {
    let weak = headers.get(header::ETAG).and_then(|etag| etag.to_str().ok()).map(policy::weaken);
    if let Some(Ok(weak)) = weak.map(HeaderValue::try_from) {
        headers.insert(header::ETAG, weak);
    }
}
