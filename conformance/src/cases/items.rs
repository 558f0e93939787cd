//! `/json/{count}`.

use crate::{
    case::{Case, case},
    check::{Check, Needs},
    fact::{Fact, field, json},
    finding::{Verdict, each, once},
    request::Request,
    target::Target,
};
use serde_json::Value;
use shared::{Error, contract::media};
use std::collections::BTreeSet;

const BOUNDS: &str = "must be an integer from 1 to 1000000";

fn items(rest: &str) -> Request {
    Request::get(&format!("/json/{rest}"))
}

pub(super) fn cases() -> Vec<Case> {
    vec![
        case("items::none_is_404", items("0")).error(&Error::NotFound),
        case("items::too_many_is_404", items("51")).error(&Error::NotFound),
        case("items::a_leading_zero_is_404", items("01")).error(&Error::NotFound),
        case("items::a_sign_is_404", items("+1")).error(&Error::NotFound),
        case("items::a_minus_is_404", items("-1")).error(&Error::NotFound),
        case("items::a_word_is_404", items("many")).error(&Error::NotFound),
        case("items::a_fraction_is_404", items("1.0")).error(&Error::NotFound),
        case("items::a_space_is_404", items("1%20")).error(&Error::NotFound),
        case("items::a_huge_number_is_404", items("99999999999999999999")).error(&Error::NotFound),
        case("items::an_encoded_slash_stays_in_its_segment", items("1%2F2")).error(&Error::NotFound),
        case("items::decoded_once", items("%2531")).error(&Error::NotFound),
        case("items::m_of_0", items("3?m=0")).error(&Error::invalid("m", BOUNDS)),
        case("items::m_too_large", items("3?m=1000001")).error(&Error::invalid("m", BOUNDS)),
        case("items::m_empty", items("3?m=")).error(&Error::invalid("m", BOUNDS)),
        case("items::m_of_words", items("3?m=x")).error(&Error::invalid("m", BOUNDS)),
        case("items::m_twice", items("3?m=1&m=1")).error(&Error::query()),
    ]
}

pub(super) fn checks() -> Vec<Check> {
    vec![
        Check::law("items::totals_are_price_times_quantity_times_m", Needs::Nothing, totals),
        Check::law("items::fewer_are_the_first_of_all", Needs::Nothing, first),
    ]
}

/// The data set is one, and no item is there twice.
fn first(target: &Target) -> Verdict {
    let listed = |rest: &str| {
        let exchange = target.expect(&items(rest), &[Fact::Status(200)])?;
        let body = json(&exchange.answer).map_err(|what| exchange.finding(what))?;
        Ok((exchange, body["items"].as_array().cloned().unwrap_or_default()))
    };
    once(|| {
        let (exchange, all) = listed("50")?;
        // The number aside, which every item has of its own.
        let contents: BTreeSet<_> =
            all.iter().map(|item| format!("{}{}{}", item["name"], item["price"], item["tags"])).collect();
        if contents.len() < all.len() {
            return Err(exchange.finding("some item is there twice"));
        }
        for count in [1, 7, 49] {
            let (exchange, some) = listed(&count.to_string())?;
            if all.get(..count) != Some(&some) {
                return Err(exchange.finding("these are not the first of all"));
            }
        }
        Ok(())
    })
}

fn totals(target: &Target) -> Verdict {
    let asked =
        [("1", 1, 1), ("50", 50, 1), ("%33", 3, 1), ("7?m=3", 7, 3), ("50?m=1000000", 50, 1_000_000), ("2?n=9", 2, 1)];
    each(asked, |(rest, count, m)| {
        let exchange = target.expect(&items(rest), &[Fact::Status(200), field("content-type", media::JSON)])?;
        let body = json(&exchange.answer).map_err(|what| exchange.finding(what))?;
        check(&body, count, m).map_err(|what| exchange.finding(what))
    })
}

fn check(body: &Value, count: usize, m: i64) -> Result<(), String> {
    let items = body["items"].as_array().ok_or("there is no array of items")?;
    if body["count"] != count || items.len() != count {
        return Err(format!("there are {} items, counted as {}", items.len(), body["count"]));
    }
    for (at, item) in items.iter().enumerate() {
        let number = |name: &str| item[name].as_i64().ok_or(format!("{name} is not an integer in {item}"));
        if number("id")? != i64::try_from(at).unwrap_or(-1) + 1 {
            return Err(format!("the ids do not count up: {item}"));
        }
        if number("total")? != number("price")? * number("quantity")? * m {
            return Err(format!("the total is wrong: {item}"));
        }
        check_shape(item)?;
    }
    Ok(())
}

fn check_shape(item: &Value) -> Result<(), String> {
    let members = item.as_object().map(serde_json::Map::len);
    let texts = ["name", "category"].iter().all(|name| item[name].is_string());
    let tags = item["tags"].as_array().is_some_and(|tags| tags.iter().all(Value::is_string));
    let rating = item["rating"]["score"].is_number() && item["rating"]["count"].is_u64();
    if members == Some(9) && texts && tags && rating && item["active"].is_boolean() {
        return Ok(());
    }
    Err(format!("an item has not the members of the contract: {item}"))
}
