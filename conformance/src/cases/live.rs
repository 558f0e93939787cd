//! `/delay/{ms}`

use crate::{
    case::{Case, case},
    check::{Check, Needs},
    fact::Fact,
    finding::{Verdict, each},
    request::Request,
    target::Target,
};
use shared::{Error, contract::media};
use std::time::{Duration, Instant};

fn delay(ms: &str) -> Request {
    Request::get(&format!("/delay/{ms}"))
}

pub(super) fn cases() -> Vec<Case> {
    let refused = [
        ("delay::too_long_is_404", "10001"),
        ("delay::below_zero_is_404", "-1"),
        ("delay::with_a_sign_is_404", "+1"),
        ("delay::with_a_leading_zero_is_404", "01"),
        ("delay::with_a_fraction_is_404", "1.5"),
        ("delay::with_a_unit_is_404", "1s"),
        ("delay::beyond_64_bits_is_404", "99999999999999999999"),
        ("delay::with_an_encoded_slash_is_404", "1%2F2"),
        ("delay::of_white_space_is_404", "%20"),
    ];
    let refused = refused.map(|(name, ms)| case(name, delay(ms)).error(&Error::NotFound));
    let mut cases = vec![
        case("delay::none", delay("0")).ok(media::TEXT, "waited 0 ms"),
        case("delay::some", delay("30")).ok(media::TEXT, "waited 30 ms"),
        case("delay::decoded_once", delay("%31%30")).ok(media::TEXT, "waited 10 ms"),
        case("delay::by_head", delay("10").method("HEAD")).field("content-length", "12"),
    ];
    cases.extend(refused);
    cases
}

pub(super) fn checks() -> Vec<Check> {
    vec![Check::law("delay::is_as_long_as_it_says", Needs::Nothing, as_long)]
}

/// Not shorter; how much longer is the machine's affair.
fn as_long(target: &Target) -> Verdict {
    each([20, 200], |ms| {
        let begun = Instant::now();
        let exchange = target.expect(&delay(&ms.to_string()), &[Fact::Status(200)])?;
        match begun.elapsed() {
            short if short < Duration::from_millis(ms) => Err(exchange.finding(format!("it took only {short:?}"))),
            _ => Ok(()),
        }
    })
}
