//! A body that is read as it comes: it may not grow too long, which actix tells only to those that read it whole.

use crate::extract::unreadable;
use actix_web::dev::Payload;
use bytes::Bytes;
use futures_util::{Stream, StreamExt};
use shared::Error;
use std::{
    pin::Pin,
    task::{Context, Poll, ready},
};

/// The chunks of a body.
pub struct Chunks {
    payload: Payload,
    left: u64,
    limit: u64,
}

impl Chunks {
    /// At most `limit` bytes of `payload`, whose length was perhaps told.
    ///
    /// # Errors
    /// 413 when that is too much.
    pub fn new(payload: Payload, told: Option<u64>, limit: u64) -> Result<Self, Error> {
        match told {
            Some(length) if length > limit => Err(Error::TooLarge(limit)),
            _ => Ok(Chunks { payload, left: limit, limit }),
        }
    }
}

impl Stream for Chunks {
    type Item = Result<Bytes, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let chunk = ready!(self.payload.poll_next_unpin(cx));
        let Some(Ok(bytes)) = chunk else {
            return Poll::Ready(chunk.map(|chunk| chunk.map_err(|error| unreadable(&error))));
        };
        let limit = self.limit;
        match self.left.checked_sub(bytes.len() as u64) {
            Some(left) => self.left = left,
            None => return Poll::Ready(Some(Err(Error::TooLarge(limit)))),
        }
        Poll::Ready(Some(Ok(bytes)))
    }
}
