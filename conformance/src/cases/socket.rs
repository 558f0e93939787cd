//! `/ws`: the handshake here, the rest below.

/// What breaks the protocol, and how a WebSocket ends.
mod ends;
/// Messages, whole and in parts, and what may come between them.
mod messages;

use crate::{
    case::{Case, case},
    check::{Check, Needs},
    client::{
        Frame, Socket,
        frame::TEXT,
        socket::{SAMPLE, handshake, opens},
    },
    fact::{Fact, exactly, field},
    finding::{Finding, Verdict, each, once},
    request::Request,
    target::Target,
};
use shared::{Error, contract::RESPONSE_HEADERS};

pub(super) fn cases() -> Vec<Case> {
    let refused = |id, request| case(id, request).status(426).field("connection", "upgrade");
    vec![
        refused("socket::a_plain_get_is_426", Request::get("/ws")).error(&Error::UpgradeRequired),
        refused("socket::head_is_426", Request::new("HEAD", "/ws")).fact(Fact::Empty),
        case("socket::head_with_a_handshake_is_426", handshake(&[]).method("HEAD")).status(426).fact(Fact::Empty),
    ]
}

pub(super) fn checks() -> Vec<Check> {
    let check = |id, law| Check::law(id, Needs::Nothing, law);
    let own = vec![
        check("socket::a_handshake_is_answered_by_101", answered),
        check("socket::a_101_says_no_more_than_it_must", reticent),
        check("socket::a_handshake_may_list_more", lists),
        check("socket::what_is_no_handshake_is_426", incomplete),
        check("socket::a_426_is_followed_by_others", refused_and_kept),
        check("socket::a_426_closes_when_asked_to", refused_and_closed),
        check("socket::a_key_that_is_none_is_400", bad_key),
        check("socket::a_handshake_may_follow_another_request", later),
    ];
    [own, messages::checks(), ends::checks()].concat()
}

fn opened(target: &Target, request: &Request, accept: &str) -> Result<(), Finding> {
    let mut client = target.connect()?;
    client.send(&request.bytes(&target.host));
    let answer = client.receive_interim()?;
    let bare = [Fact::Lacks("content-type"), Fact::Lacks("content-encoding")];
    let checked = opens(&answer, accept).and_then(|()| bare.iter().try_for_each(|fact| fact.check(&answer)));
    checked.map_err(|what| client.finding(what))
}

fn answered(target: &Target) -> Verdict {
    // This key and its answer are those of Wikipedia's article on WebSocket.
    let other = ("x3JJHMbDL1EzLkh9GBhXDw==", "HSmrc0sMlYUkAGmm5OPpG2HaGWk=");
    let sound = [
        (handshake(&[]), SAMPLE.1),
        (handshake(&[("sec-websocket-key", other.0)]), other.1),
        (handshake(&[("connection", "UPGRADE"), ("upgrade", "WebSocket")]), SAMPLE.1),
        (handshake(&[]).target("/ws?x=1"), SAMPLE.1),
        (handshake(&[]).field("sec-websocket-protocol", "chat, superchat"), SAMPLE.1),
        (handshake(&[]).field("sec-websocket-extensions", "permessage-deflate; client_max_window_bits"), SAMPLE.1),
        // Pages of any origin may talk to it: it tells nobody anything but what he said.
        (handshake(&[]).field("origin", "https://elsewhere.test"), SAMPLE.1),
        (handshake(&[]).field("accept-encoding", "gzip, br"), SAMPLE.1),
    ];
    each(sound, |(request, accept)| opened(target, &request, accept))
}

/// Even to a page that would like to know more.
fn reticent(target: &Target) -> Verdict {
    once(|| {
        let mut client = target.connect()?;
        let asked = handshake(&[]).field("origin", "http://localhost").field("x-request-id", "a-socket");
        client.send(&asked.bytes(&target.host));
        let answer = client.receive_interim()?;
        let echoed = [Fact::Status(101), field("x-request-id", "a-socket")];
        echoed.iter().try_for_each(|fact| fact.check(&answer)).map_err(|what| client.finding(what))?;
        let leaked = answer.fields.iter().find(|(name, _)| !RESPONSE_HEADERS.contains(&name.as_str()));
        leaked.map_or(Ok(()), |(name, _)| Err(client.finding(format!("{name} is not on the list of the contract"))))
    })
}

/// `Connection` and `Upgrade` are lists, which may be spread over several lines (RFC 9110, section 5.3).
fn lists(target: &Target) -> Verdict {
    let sound = [
        handshake(&[("connection", "keep-alive, Upgrade")]),
        handshake(&[("connection", "keep-alive")]).field("connection", "upgrade"),
        handshake(&[("upgrade", "h2c, websocket")]),
        handshake(&[("upgrade", "h2c")]).field("upgrade", "websocket"),
    ];
    each(sound, |request| opened(target, &request, SAMPLE.1))
}

fn refused(target: &Target, request: &Request) -> Result<(), Finding> {
    let facts = [exactly(&Error::UpgradeRequired), field("upgrade", "websocket"), field("sec-websocket-version", "13")];
    let exchange = target.expect(request, &facts)?;
    // Others may stand beside it.
    if exchange.answer.tokens("connection").iter().any(|token| token == "upgrade") {
        return Ok(());
    }
    Err(exchange.finding("connection does not name upgrade"))
}

fn incomplete(target: &Target) -> Verdict {
    let changes = [
        ("connection", ""),
        ("connection", "keep-alive"),
        ("connection", "upgrades"),
        ("upgrade", ""),
        ("upgrade", "h2c"),
        ("upgrade", "websockets"),
        ("sec-websocket-version", ""),
        ("sec-websocket-version", "8"),
        ("sec-websocket-version", "14"),
        ("sec-websocket-version", "0"),
    ];
    // There, `Upgrade` means nothing.
    let old = handshake(&[]).old();
    each(changes.map(|change| handshake(&[change])).into_iter().chain([old]), |request| refused(target, &request))
}

fn refused_and_kept(target: &Target) -> Verdict {
    once(|| {
        let mut client = target.connect()?;
        client.send(&Request::get("/ws").bytes(&target.host));
        client.receive(false)?.expect(&[Fact::Status(426)])?;
        client.send(&Request::get("/plaintext").bytes(&target.host));
        client.receive(false)?.expect(&[Fact::Status(200)])
    })
}

fn refused_and_closed(target: &Target) -> Verdict {
    once(|| {
        let mut client = target.connect()?;
        client.send(&handshake(&[("connection", "close")]).bytes(&target.host));
        client.receive(false)?.expect(&[exactly(&Error::UpgradeRequired)])?;
        client.closed()
    })
}

fn bad_key(target: &Target) -> Verdict {
    let bad = ["", "c2hvcnQ=", "not base64", "dGhlIHNhbXBsZSBub25jZQ", "dGhlIHNhbXBsZSBub25jZSBwbHVz"];
    each(bad, |key| {
        let wanted = exactly(&Error::malformed("Sec-WebSocket-Key must be 16 bytes in Base64."));
        target.expect(&handshake(&[("sec-websocket-key", key)]), &[wanted]).map(|_| ())
    })
}

/// On the same connection, one by one or both at once.
fn later(target: &Target) -> Verdict {
    each([false, true], |at_once| {
        let mut client = target.connect()?;
        let (first, second) = (Request::get("/plaintext").bytes(&target.host), handshake(&[]).bytes(&target.host));
        let (now, then) = if at_once { ([first, second].concat(), Vec::new()) } else { (first, second) };
        client.send(&now);
        client.receive(false)?.expect(&[Fact::Status(200)])?;
        client.send(&then);
        let mut socket = Socket::open(client)?;
        socket.send(&Frame::new(TEXT, "here"));
        socket.expect(&Frame::new(TEXT, "here"))
    })
}
