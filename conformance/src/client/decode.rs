//! Taking a compressed body back to plain.

use super::{Answer, Framing};
use std::io::Read;

/// The body without its content coding.
///
/// # Errors
/// When the coding is not one of ours, or the body is not what it says.
pub fn decoded(answer: &Answer) -> Result<Vec<u8>, String> {
    if answer.framing == Framing::None {
        return Ok(Vec::new());
    }
    let mut plain = Vec::new();
    let read = match answer.field("content-encoding") {
        None => return Ok(answer.body.clone()),
        Some("gzip") => flate2::read::GzDecoder::new(&answer.body[..]).read_to_end(&mut plain),
        Some("br") => brotli::Decompressor::new(&answer.body[..], 4096).read_to_end(&mut plain),
        Some(other) => return Err(format!("the content coding {other:?} is not known")),
    };
    read.map(|_| plain).map_err(|cause| format!("the body cannot be decompressed: {cause}"))
}
