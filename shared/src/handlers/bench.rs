//! What benchmarks ask for.

use crate::{
    domain::{ItemCount, Items, ItemsQuery, SumQuery},
    error::Error,
};
use bytes::Buf;
use futures_util::{Stream, TryStreamExt};
use serde::Serialize;
use std::pin::pin;

/// `{"message":"Hello, World!"}`
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Message {
    /// The greeting.
    pub message: &'static str,
}

/// `GET /plaintext`
pub async fn plaintext() -> &'static str {
    "Hello, World!"
}

/// `GET /json`
pub async fn json() -> Message {
    Message { message: "Hello, World!" }
}

/// `GET /baseline11`: `a + b`.
///
/// # Errors
/// A 422 when one of them is absent or not an integer.
pub async fn sum_query(query: &SumQuery) -> Result<String, Error> {
    Ok(query.sum()?.to_string())
}

/// `POST /baseline11`: `a + b` plus the integer in the body.
///
/// # Errors
/// A 400 when the body is not UTF-8, a 422 that names every key, or the body, that is not an integer.
pub async fn sum_body(query: &SumQuery, body: &[u8]) -> Result<String, Error> {
    let text = std::str::from_utf8(body).map_err(|_| Error::malformed("The body is not UTF-8."))?;
    Ok(query.sum_with(text.trim())?.to_string())
}

/// `GET /json/{count}`
///
/// # Errors
/// A 422 when `m` is not an integer in its range.
pub async fn items(count: ItemCount, query: &ItemsQuery) -> Result<Items, Error> {
    Items::first(count, query)
}

/// `POST /upload`: how many bytes came. They are counted as they come and never kept.
///
/// # Errors
/// What the body says: too large, too slow, broken.
pub async fn upload<B: Buf>(chunks: impl Stream<Item = Result<B, Error>>) -> Result<String, Error> {
    let mut chunks = pin!(chunks);
    let mut count = 0;
    while let Some(chunk) = chunks.try_next().await? {
        count += chunk.remaining();
    }
    Ok(count.to_string())
}
