//! Messages, whole and in parts, and what may come between them.

use crate::{
    check::{Check, Needs},
    client::{
        Frame, Socket,
        frame::{BINARY, MORE, PING, PONG, TEXT},
        socket::handshake,
    },
    finding::{Finding, Verdict, each, once},
    target::Target,
};

/// The limit that stands when nobody says another.
pub(super) const LIMIT: usize = 64 * 1024;
/// One to four bytes a character, and some that are at the edges of what there is.
pub(super) const TEXTS: &str = "a ü ☕ 🦀 \u{0} \u{7ff} \u{ffff} \u{10ffff} κόσμε";

pub(super) fn checks() -> Vec<Check> {
    let check = |id, law| Check::law(id, Needs::Nothing, law);
    vec![
        check("socket::messages_of_every_size_come_back", sizes),
        check("socket::text_comes_back_as_it_was", text),
        check("socket::messages_in_parts_come_back_whole", parts),
        check("socket::a_character_may_be_cut_in_two", cut_characters),
        check("socket::a_ping_is_answered_by_its_pong", pings),
        check("socket::a_ping_between_parts_is_answered_at_once", ping_between_parts),
        check("socket::a_pong_that_nobody_asked_for_is_ignored", unsolicited_pong),
        check("socket::many_messages_at_once_come_back_in_order", many),
        check("socket::a_message_may_be_sent_with_the_handshake", with_the_handshake),
        check("socket::bytes_may_come_one_by_one", byte_by_byte),
    ]
}

/// That nothing else comes, and that the socket lives: what comes next is the answer to this.
pub(super) fn lives(socket: &mut Socket) -> Result<(), Finding> {
    let message = Frame::new(TEXT, "still here?");
    socket.send(&message);
    socket.expect(&message)
}

fn echo(socket: &mut Socket, message: &Frame) -> Result<(), Finding> {
    socket.send(message);
    socket.expect(message)
}

/// At the edges of the three ways to write a length, and at the limit.
fn sizes(target: &Target) -> Verdict {
    each([TEXT, BINARY], |kind| {
        let mut socket = target.socket()?;
        [0, 1, 125, 126, 127, 65_535, LIMIT].into_iter().try_for_each(|len| {
            // No two bytes in a row are alike, so that the mask's beat must be kept.
            let payload: Vec<u8> = (0..len).map(|at| (at % 127) as u8).collect();
            echo(&mut socket, &Frame::new(kind, payload))
        })
    })
}

fn text(target: &Target) -> Verdict {
    once(|| {
        let mut socket = target.socket()?;
        echo(&mut socket, &Frame::new(TEXT, TEXTS))?;
        // What is no text may be any bytes.
        echo(&mut socket, &Frame::new(BINARY, [0xff, 0xfe, 0x80, 0xc0]))
    })
}

/// `payload` in parts of `len` bytes.
fn cut(kind: u8, payload: &[u8], len: usize) -> Vec<Frame> {
    let mut parts: Vec<_> = payload.chunks(len).map(|part| Frame::new(MORE, part).part()).collect();
    parts[0].kind = kind;
    if let Some(last) = parts.last_mut() {
        last.last = true;
    }
    parts
}

fn parts(target: &Target) -> Verdict {
    let (large, small) = (vec![b'x'; LIMIT], b"in parts".to_vec());
    each(
        [(TEXT, &small, 1), (BINARY, &small, 3), (TEXT, &large, 10_000), (BINARY, &large, 1000)],
        |(kind, all, len)| {
            let mut socket = target.socket()?;
            cut(kind, all, len).iter().for_each(|part| socket.send(part));
            socket.expect(&Frame::new(kind, all))?;
            // A part may be empty: the first, one in the middle, the last.
            let empty = Frame::new(MORE, "");
            for part in [Frame::new(kind, "").part(), empty.clone().part(), Frame::new(MORE, all).part(), empty] {
                socket.send(&part);
            }
            socket.expect(&Frame::new(kind, all))
        },
    )
}

fn cut_characters(target: &Target) -> Verdict {
    once(|| {
        let mut socket = target.socket()?;
        cut(TEXT, TEXTS.as_bytes(), 1).iter().for_each(|part| socket.send(part));
        socket.expect(&Frame::new(TEXT, TEXTS))
    })
}

fn pings(target: &Target) -> Verdict {
    once(|| {
        let mut socket = target.socket()?;
        for payload in [&b""[..], b"p", &[0xff; 125]] {
            socket.send(&Frame::new(PING, payload));
            socket.expect(&Frame::new(PONG, payload))?;
        }
        lives(&mut socket)
    })
}

fn ping_between_parts(target: &Target) -> Verdict {
    once(|| {
        let mut socket = target.socket()?;
        socket.send(&Frame::new(TEXT, "Hel").part());
        socket.send(&Frame::new(PING, "between"));
        socket.expect(&Frame::new(PONG, "between"))?;
        socket.send(&Frame::new(PONG, "not asked for"));
        socket.send(&Frame::new(MORE, "lo"));
        socket.expect(&Frame::new(TEXT, "Hello"))
    })
}

fn unsolicited_pong(target: &Target) -> Verdict {
    once(|| {
        let mut socket = target.socket()?;
        socket.send(&Frame::new(PONG, "not asked for"));
        lives(&mut socket)
    })
}

fn many(target: &Target) -> Verdict {
    once(|| {
        let mut socket = target.socket()?;
        let messages: Vec<_> = (0..100).map(|at: u32| Frame::new(TEXT, at.to_string())).collect();
        let bytes: Vec<_> = messages.iter().flat_map(Frame::bytes).collect();
        socket.client().send(&bytes);
        messages.iter().try_for_each(|message| socket.expect(message))
    })
}

fn with_the_handshake(target: &Target) -> Verdict {
    once(|| {
        let message = Frame::new(TEXT, "early");
        let mut client = target.connect()?;
        client.send(&[handshake(&[]).bytes(&target.host), message.bytes()].concat());
        let mut socket = Socket::open(client)?;
        socket.expect(&message)?;
        lives(&mut socket)
    })
}

fn byte_by_byte(target: &Target) -> Verdict {
    once(|| {
        let mut client = target.connect()?;
        handshake(&[]).bytes(&target.host).chunks(1).for_each(|byte| client.send(byte));
        let mut socket = Socket::open(client)?;
        let message = Frame::new(TEXT, "m".repeat(200));
        let frames = [Frame::new(PING, "p"), message.clone()];
        frames.iter().flat_map(Frame::bytes).for_each(|byte| socket.client().send(&[byte]));
        socket.expect(&Frame::new(PONG, "p"))?;
        socket.expect(&message)
    })
}
