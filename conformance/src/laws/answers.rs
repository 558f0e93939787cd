//! What every answer has, and what none may have.

use super::probes;
use crate::{
    client::{Exchange, Framing},
    fact::{Fact, field},
    finding::{Finding, Verdict, each, once},
    request::Request,
    target::Target,
};
use shared::{
    contract::{RESPONSE_HEADERS, media},
    policy::request_id,
};
use std::{
    collections::BTreeSet,
    time::{SystemTime, UNIX_EPOCH},
};

/// How far the clocks of judge and server may be apart, in seconds; a server may also keep `Date` for a second.
const CLOCKS: u64 = 2;

/// Sends every probe as it is, and one request whose head is refused.
pub(super) fn every_answer(target: &Target, check: impl Fn(&Exchange) -> Result<(), Finding>) -> Verdict {
    probes::send(target, probes::all(), |request| request, |_, exchange| check(exchange))?;
    once(|| check(&target.ask(&Request::get("/%zz"))?))
}

pub(super) fn routes_answer_as_expected(target: &Target) -> Verdict {
    probes::send(
        target,
        probes::all(),
        |request| request,
        |probe, exchange| exchange.expect(&[Fact::Status(probe.status)]),
    )
}

pub(super) fn errors_are_problems(target: &Target) -> Verdict {
    let codes = [
        (400, "malformed"),
        (404, "not_found"),
        (405, "method_not_allowed"),
        (406, "not_acceptable"),
        (412, "precondition_failed"),
        (413, "content_too_large"),
        (415, "unsupported_media_type"),
        (416, "range_not_satisfiable"),
        (422, "invalid"),
        (426, "upgrade_required"),
    ];
    probes::send(
        target,
        probes::errors(),
        |request| request,
        |probe, exchange| {
            let code = codes.iter().find(|(status, _)| *status == probe.status).map_or("?", |(_, code)| code);
            exchange.expect(&[
                Fact::Problem(probe.status, code),
                field("content-length", exchange.answer.body.len().to_string()),
            ])
        },
    )
}

pub(super) fn request_id_is_echoed(target: &Target) -> Verdict {
    for id in ["a", "A-z.0_9", &"x".repeat(request_id::LONGEST)] {
        let change = |request: Request| request.field("X-Request-ID", id);
        probes::send(target, probes::all(), change, |_, exchange| exchange.expect(&[field(request_id::NAME, id)]))?;
    }
    Ok(())
}

pub(super) fn request_id_is_replaced(target: &Target) -> Verdict {
    let long = "x".repeat(request_id::LONGEST + 1);
    let unsound: [&[u8]; 7] = [b"", b"a b", b"a,b", b"<a>", "\u{e9}".as_bytes(), b"\xff", long.as_bytes()];
    each(unsound, |id| {
        let exchange = target.ask(&Request::get("/plaintext").field("x-request-id", id))?;
        exchange.expect(&[Fact::Status(200)])?;
        sound_id(&exchange).map(|_| ())
    })?;
    every_answer(target, |exchange| sound_id(exchange).map(|_| ()))
}

fn sound_id(exchange: &Exchange) -> Result<String, Finding> {
    exchange.expect(&[Fact::Has(request_id::NAME)])?;
    let id = exchange.answer.field(request_id::NAME).unwrap_or_default();
    if request_id::is_sound(id) { Ok(id.to_owned()) } else { Err(exchange.finding("the request id is not sound")) }
}

pub(super) fn request_ids_differ(target: &Target) -> Verdict {
    once(|| {
        let mut ids = BTreeSet::new();
        for _ in 0..20 {
            let exchange = target.ask(&Request::get("/plaintext"))?;
            if !ids.insert(sound_id(&exchange)?) {
                return Err(exchange.finding("this request id was given before"));
            }
        }
        Ok(())
    })
}

pub(super) fn only_allowed_headers(target: &Target) -> Verdict {
    every_answer(target, |exchange| {
        let leaked = exchange.answer.fields.iter().find(|(name, _)| !RESPONSE_HEADERS.contains(&name.as_str()));
        leaked.map_or(Ok(()), |(name, _)| Err(exchange.finding(format!("{name} is not on the list of the contract"))))
    })
}

/// Only lists may be spread over several lines (RFC 9110, section 5.3), and of ours only these are lists.
pub(super) fn single_fields_stand_once(target: &Target) -> Verdict {
    every_answer(target, |exchange| {
        let mut seen = BTreeSet::new();
        let single = exchange.answer.fields.iter().filter(|(name, _)| name != "vary");
        let twice = single.map(|(name, _)| name).find(|name| !seen.insert(*name));
        twice.map_or(Ok(()), |name| Err(exchange.finding(format!("{name} is there more than once"))))
    })
}

pub(super) fn date_is_true(target: &Target) -> Verdict {
    every_answer(target, |exchange| {
        let date = exchange.answer.field("date").ok_or_else(|| exchange.finding("there is no date"))?;
        let told = seconds(date).ok_or_else(|| exchange.finding(format!("{date:?} is not a date of RFC 9110")))?;
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        if told.abs_diff(now) <= CLOCKS { Ok(()) } else { Err(exchange.finding(format!("{date:?} is not now"))) }
    })
}

/// Seconds since 1970 of an IMF-fixdate (RFC 9110, section 5.6.7), for example `Sun, 06 Nov 1994 08:49:37 GMT`.
pub(crate) fn seconds(date: &str) -> Option<u64> {
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    const WEEKDAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
    let shape = b"aaa, 00 aaa 0000 00:00:00 GMT";
    let same_shape = date.len() == shape.len()
        && date.bytes().zip(shape).all(|(byte, &want)| match want {
            b'0' => byte.is_ascii_digit(),
            b'a' => byte.is_ascii_alphabetic(),
            other => byte == other,
        });
    let number = |from: usize, to: usize| date.get(from..to)?.parse::<u64>().ok();
    let month = MONTHS.iter().position(|month| Some(*month) == date.get(8..11)).filter(|_| same_shape)? as u64 + 1;
    let (day, year) = (number(5, 7)?, number(12, 16)?);
    // Days from the civil calendar, years beginning in March: the leap day is the last of its year.
    let (y, m) = if month > 2 { (year, month - 3) } else { (year.checked_sub(1)?, month + 9) };
    let days = (365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day).checked_sub(719_469)?;
    let right_day = date.get(..3) == Some(WEEKDAYS[usize::try_from(days % 7).ok()?]);
    right_day.then_some(days * 86_400 + number(17, 19)? * 3600 + number(20, 22)? * 60 + number(23, 25)?)
}

/// But for events, which nobody can count before they have happened.
pub(super) fn content_length_is_there(target: &Target) -> Verdict {
    every_answer(target, |exchange| {
        if exchange.answer.field("content-type") == Some(media::EVENTS) {
            return exchange.expect(&[Fact::Lacks("content-length")]);
        }
        let answer = &exchange.answer;
        match answer.framing {
            Framing::None if matches!(answer.status, 204 | 304) => Ok(()),
            // The parser has compared the length with the body already.
            Framing::None | Framing::Length => exchange.expect(&[Fact::Has("content-length")]),
            other => Err(exchange.finding(format!("the body's end is told by {other:?}"))),
        }
    })
}

pub(super) fn vary_names_origin(target: &Target) -> Verdict {
    probes::send(target, probes::all(), |request| request, |_, exchange| exchange.expect(&[Fact::Varies("origin")]))
}

pub(super) fn bodyless_answers_have_no_content_headers(target: &Target) -> Verdict {
    let without = || probes::all().into_iter().filter(|probe| matches!(probe.status, 204 | 304)).collect();
    probes::send(
        target,
        without(),
        |request| request,
        |_, exchange| {
            exchange.expect(&[
                Fact::Lacks("content-type"),
                // A 304 may only repeat the length of the 200 (RFC 9110, section 8.6), which nobody has computed.
                Fact::Lacks("content-length"),
                Fact::Lacks("content-encoding"),
                Fact::Lacks("transfer-encoding"),
            ])
        },
    )
}

#[cfg(test)]
mod tests {
    use super::seconds;

    #[test]
    fn dates_are_read_strictly() {
        assert_eq!(seconds("Thu, 01 Jan 1970 00:00:00 GMT"), Some(0));
        assert_eq!(seconds("Sun, 06 Nov 1994 08:49:37 GMT"), Some(784_111_777));
        assert_eq!(seconds("Thu, 29 Feb 2024 12:00:00 GMT"), Some(1_709_208_000));
        for bad in ["Mon, 06 Nov 1994 08:49:37 GMT", "Sun, 6 Nov 1994 08:49:37 GMT", "1994-11-06T08:49:37Z", ""] {
            assert_eq!(seconds(bad), None, "{bad}");
        }
    }
}
