//! What breaks the protocol, and how a WebSocket ends.

use super::messages::{LIMIT, TEXTS};
use crate::{
    check::{Check, Needs},
    client::{
        Frame,
        frame::{BINARY, CLOSE, MORE, PING, PONG, TEXT},
    },
    finding::{Finding, Verdict, each, once},
    target::Target,
};

pub(super) fn checks() -> Vec<Check> {
    let check = |id, law| Check::law(id, Needs::Nothing, law);
    vec![
        check("socket::a_message_over_the_limit_is_1009", too_large),
        check("socket::an_endless_frame_is_not_read_to_its_end", endless),
        check("socket::text_that_is_not_utf_8_is_1007", not_utf8),
        check("socket::a_reason_that_is_not_utf_8_is_1007", reason_not_utf8),
        check("socket::what_the_protocol_forbids_is_1002", forbidden),
        check("socket::a_close_is_answered", closed),
        check("socket::a_close_with_another_code_is_answered", closed_otherwise),
        check("socket::nothing_is_read_behind_a_close", behind_a_close),
    ]
}

/// Sends bytes on a fresh socket, and waits for a close with `code`.
fn closes(target: &Target, bytes: &[u8], code: u16) -> Result<(), Finding> {
    let mut socket = target.socket()?;
    socket.client().send(bytes);
    socket.closes(code)
}

fn all(frames: &[Frame]) -> Vec<u8> {
    frames.iter().flat_map(Frame::bytes).collect()
}

fn too_large(target: &Target) -> Verdict {
    let part = |kind, len| Frame::new(kind, vec![b'x'; len]).part();
    let large = [
        all(&[Frame::new(TEXT, vec![b'x'; LIMIT + 1])]),
        all(&[Frame::new(BINARY, vec![0; 2 * LIMIT])]),
        all(&[part(BINARY, LIMIT), Frame::new(MORE, "x")]),
        all(&[part(TEXT, LIMIT / 2), part(MORE, LIMIT / 2), part(MORE, 1)]),
        // What is too much already need not be whole.
        all(&[part(BINARY, LIMIT), part(MORE, 1)]),
    ];
    each(large, |bytes| closes(target, &bytes, 1009))
}

/// A frame that says it has 2^40 bytes. A server need not wait for one of them, and must not for many.
fn endless(target: &Target) -> Verdict {
    each([TEXT, BINARY], |kind| {
        let mut socket = target.socket()?;
        let head = [&[0x80 | kind, 0xff][..], &(1u64 << 40).to_be_bytes(), &[1, 2, 3, 4]].concat();
        socket.client().send(&head);
        // Sending stops where the server does.
        socket.client().send(&[b'x'; 64 * LIMIT]);
        match socket.receive() {
            Ok(frame) if frame.code() == Some(1009) => Ok(()),
            Ok(_) => Err(socket.client().finding("it is not closed with 1009")),
            // Cut without a word, or before the word could be read.
            Err(cut) if cut.what.contains("ended") || cut.what.contains("reading failed") => Ok(()),
            Err(finding) => Err(finding),
        }
    })
}

fn not_utf8(target: &Target) -> Verdict {
    let part = |kind, payload: &[u8]| Frame::new(kind, payload).part();
    let half = &TEXTS.as_bytes()[..3];
    let bad = [
        all(&[Frame::new(TEXT, [0xff])]),
        all(&[Frame::new(TEXT, [0xc0, 0x80])]),
        all(&[Frame::new(TEXT, [0xed, 0xa0, 0x80])]),
        all(&[Frame::new(TEXT, [0xf4, 0x90, 0x80, 0x80])]),
        // Half a character, and the message ends.
        all(&[Frame::new(TEXT, half)]),
        all(&[part(TEXT, half), Frame::new(MORE, "")]),
        all(&[part(TEXT, half), Frame::new(MORE, "x")]),
        all(&[part(TEXT, "κόσμε".as_bytes()), part(MORE, &[0xed, 0xa0]), Frame::new(MORE, [0x80])]),
    ];
    each(bad, |bytes| closes(target, &bytes, 1007))
}

/// The reason of a close is text as well.
fn reason_not_utf8(target: &Target) -> Verdict {
    once(|| closes(target, &all(&[Frame::new(CLOSE, [0x03, 0xe8, 0xff])]), 1007))
}

fn forbidden(target: &Target) -> Verdict {
    let mut bad = vec![
        ("a frame without a mask", Frame::new(TEXT, "bare").bare()),
        ("a ping in parts", all(&[Frame::new(PING, "p").part()])),
        ("a close in parts", all(&[Frame::close(1000).part()])),
        ("a ping that is too long", all(&[Frame::new(PING, [b'p'; 126])])),
        ("a pong that is too long", all(&[Frame::new(PONG, [b'p'; 126])])),
        ("a close that is too long", all(&[Frame::new(CLOSE, [&[3, 0xe8][..], &[b'x'; 124]].concat())])),
        ("more of nothing", all(&[Frame::new(MORE, "more")])),
        ("more of nothing, in parts", all(&[Frame::new(MORE, "more").part()])),
        ("a message within a message", all(&[Frame::new(TEXT, "a").part(), Frame::new(TEXT, "b")])),
        ("half a close code", all(&[Frame::new(CLOSE, [3])])),
    ];
    bad.extend([1, 2, 4, 7].map(|bits| ("reserved bits", all(&[Frame::new(TEXT, "x").reserved(bits)]))));
    bad.extend([3, 7, 11, 15].map(|kind| ("a reserved kind", all(&[Frame::new(kind, "")]))));
    let codes = [0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65_535];
    bad.extend(codes.map(|code| ("a code that no close may have", all(&[Frame::close(code)]))));
    each(bad, |(what, bytes)| {
        closes(target, &bytes, 1002).map_err(|finding| Finding { what: format!("{what}: {}", finding.what), ..finding })
    })
}

fn closed(target: &Target) -> Verdict {
    each([Frame::close(1000), Frame::new(CLOSE, [&[3, 0xe8][..], b"reason"].concat())], |close| {
        let mut socket = target.socket()?;
        socket.send(&close);
        socket.closes(1000)
    })
}

fn closed_otherwise(target: &Target) -> Verdict {
    let codes = [1001, 1002, 1003, 1007, 1011, 3000, 4999].map(Frame::close);
    each([Frame::new(CLOSE, "")].into_iter().chain(codes), |close| {
        let mut socket = target.socket()?;
        socket.send(&close);
        let answer = socket.receive()?;
        // Its own code, the usual one, or none.
        if answer.kind != CLOSE || ![None, close.code(), Some(1000)].contains(&answer.code()) {
            return Err(socket.client().finding("a close is not answered by a close"));
        }
        socket.client().closed()
    })
}

fn behind_a_close(target: &Target) -> Verdict {
    once(|| {
        let mut socket = target.socket()?;
        let frames = [Frame::close(1000), Frame::new(TEXT, "too late"), Frame::new(PING, "p")];
        socket.client().send(&all(&frames));
        socket.expect(&Frame::close(1000))?;
        socket.client().closed()
    })
}
