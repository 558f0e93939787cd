//! `/upload`

use crate::{
    case::{Case, case},
    check::{Check, Needs},
    fact::{exactly, field},
    finding::{Verdict, once},
    request::Request,
    target::Target,
};
use shared::{Error, contract::media};

/// More than a body that is read whole may have, and more than any buffer on the way holds.
const LARGE: usize = 1_000_000;

fn upload(body: impl AsRef<[u8]>) -> Request {
    Request::new("POST", "/upload").body(body)
}

pub(super) fn cases() -> Vec<Case> {
    vec![
        case("upload::bytes_are_counted", upload("hello")).ok(media::TEXT, "5"),
        case("upload::bytes_in_chunks_are_counted", upload("hello").chunked()).ok(media::TEXT, "5"),
        case("upload::an_empty_body_has_none", upload("")).ok(media::TEXT, "0"),
        case("upload::an_empty_body_in_chunks_has_none", upload("").chunked()).ok(media::TEXT, "0"),
        case("upload::no_body_has_none", Request::new("POST", "/upload")).ok(media::TEXT, "0"),
        case("upload::bytes_need_not_be_text", upload(b"\xff\x00\r\n")).ok(media::TEXT, "4"),
        case("upload::any_content_type_will_do", upload("{").field("content-type", "application/json"))
            .ok(media::TEXT, "1"),
        case("upload::a_content_coding_is_not_undone", upload("plain").field("content-encoding", "gzip"))
            .ok(media::TEXT, "5"),
        case("upload::large_bodies_are_read", upload(vec![7; LARGE])).ok(media::TEXT, "1000000"),
        case("upload::large_bodies_in_chunks_are_read", upload(vec![7; LARGE]).chunked()).ok(media::TEXT, "1000000"),
    ]
}

pub(super) fn checks() -> Vec<Check> {
    vec![Check::law("upload::an_announced_body_over_the_limit_is_413", Needs::Nothing, too_large)]
}

/// The default of `--max-upload-bytes`; nobody sends so much here.
fn too_large(target: &Target) -> Verdict {
    const LIMIT: u64 = 64 * 1024 * 1024;
    once(|| {
        let mut client = target.connect()?;
        let head = format!("POST /upload HTTP/1.1\r\nhost: {}\r\ncontent-length: {}\r\n\r\n", target.host, LIMIT + 1);
        client.send(head.as_bytes());
        client.receive(false)?.expect(&[exactly(&Error::TooLarge(LIMIT)), field("connection", "close")])?;
        client.closed()
    })
}
