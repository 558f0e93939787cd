//! `/resolve/{network}`, `/members`, `/relay`

use crate::{
    case::{Case, case},
    check::{Check, Needs},
    client::Exchange,
    fact::{Fact, exactly, field, json},
    finding::{Finding, Verdict, once},
    request::Request,
    target::Target,
};
use serde_json::Value;
use shared::{Error, contract::media, domain::Sibling, relay::SERVED_BY};
use std::collections::BTreeSet;

const UNRESOLVED: &str = "cannot be resolved";

fn resolve(rest: &str) -> Request {
    Request::get(&format!("/resolve/{rest}"))
}

/// Only what every system answers by itself, without asking another one.
pub(super) fn cases() -> Vec<Case> {
    let found = [
        ("resolve::tcp", "tcp?address=127.0.0.1:80", "127.0.0.1", 80, "null", "ipv4"),
        ("resolve::tcp4", "tcp4?address=0.0.0.0:0", "0.0.0.0", 0, "null", "ipv4"),
        ("resolve::udp", "udp?address=192.0.2.1:65535", "192.0.2.1", 65535, "null", "ipv4"),
        ("resolve::tcp6", "tcp6?address=[::1]:443", "::1", 443, "null", "ipv6"),
        ("resolve::udp6_is_canonical", "udp6?address=[2001:DB8:0:0:0:0:0:1]:53", "2001:db8::1", 53, "null", "ipv6"),
        ("resolve::decoded_once", "tcp?address=%5B%3A%3A1%5D%3A80", "::1", 80, "null", "ipv6"),
        ("resolve::a_zone_by_its_number", "tcp6?address=[fe80::1%251]:80", "fe80::1", 80, "\"1\"", "ipv6"),
        ("resolve::a_name_that_every_host_has", "tcp4?address=localhost:80", "127.0.0.1", 80, "null", "ipv4"),
    ];
    let found = found.map(|(id, rest, ip, port, zone, family)| {
        let body = format!(r#"{{"ip":"{ip}","port":{port},"zone":{zone},"family":"{family}"}}"#);
        case(id, resolve(rest)).ok(media::JSON, &body)
    });
    let unresolved = [
        ("resolve::tcp4_has_no_ipv6", "tcp4?address=[::1]:80"),
        ("resolve::udp6_has_no_ipv4", "udp6?address=127.0.0.1:80"),
        ("resolve::an_unknown_service", "tcp?address=127.0.0.1:no-such-service"),
        ("resolve::an_unknown_zone", "tcp?address=[fe80::1%25no-such-zone]:80"),
    ];
    let unresolved = unresolved.map(|(id, rest)| case(id, resolve(rest)).error(&Error::invalid("address", UNRESOLVED)));
    let refused = [
        ("resolve::address_missing", "tcp"),
        ("resolve::address_empty", "tcp?address="),
        ("resolve::without_a_port", "tcp?address=localhost"),
        ("resolve::without_a_host", "tcp?address=:80"),
        ("resolve::ipv6_without_brackets", "tcp?address=::1:80"),
        ("resolve::a_bracket_that_stays_open", "tcp?address=[::1:80"),
        ("resolve::a_port_too_large", "tcp?address=127.0.0.1:65536"),
        ("resolve::a_port_below_zero", "tcp?address=127.0.0.1:-1"),
        ("resolve::a_host_with_a_space", "tcp?address=a%20b:80"),
        ("resolve::a_host_with_nul", "tcp?address=a%00b:80"),
        ("resolve::a_number_for_a_host", "tcp?address=2130706433:80"),
    ];
    let refused = refused.map(|(id, rest)| case(id, resolve(rest)).status(422).faults(&["address"]));
    let unknown = [
        ("resolve::an_unknown_network_is_404", "sctp?address=127.0.0.1:80"),
        ("resolve::networks_are_in_lower_case", "TCP?address=127.0.0.1:80"),
        ("resolve::no_network_is_404", "?address=127.0.0.1:80"),
        ("resolve::an_unknown_network_without_address_is_404", "tcp5"),
    ];
    let unknown = unknown.map(|(id, rest)| case(id, resolve(rest)).error(&Error::NotFound));
    let others = [
        case("resolve::address_twice", resolve("tcp?address=a:1&address=a:1")).error(&Error::query()),
        case("resolve::by_head", resolve("tcp?address=127.0.0.1:80").method("HEAD")).field("content-length", "56"),
    ];
    found.into_iter().chain(unresolved).chain(refused).chain(unknown).chain(others).collect()
}

/// What a sibling answers to `GET /json`.
const MESSAGE: &str = r#"{"message":"Hello, World!"}"#;

/// What holds whoever is there.
pub(super) fn checks() -> Vec<Check> {
    vec![
        Check::law("members::tell_what_they_are", Needs::Nothing, members),
        Check::law("relay::gives_the_answer_of_a_sibling", Needs::Nothing, relayed),
        Check::law("relay::says_whose_answer_it_is", Needs::Nothing, served_by),
    ]
}

fn members(target: &Target) -> Verdict {
    once(|| {
        let exchange = target.ask(&Request::get("/members"))?;
        exchange.expect(&[Fact::Status(200), field("content-type", media::JSON)])?;
        let list = json(&exchange.answer).map_err(|what| exchange.finding(what))?;
        let members = list.as_array().ok_or_else(|| exchange.finding("this is not a list"))?;
        let addresses: BTreeSet<_> = members.iter().filter_map(|member| member["address"].as_str()).collect();
        if addresses.len() < members.len() {
            return Err(exchange.finding("an address is there twice"));
        }
        members.iter().try_for_each(|member| whole(&exchange, member))
    })
}

fn whole(exchange: &Exchange, member: &Value) -> Result<(), Finding> {
    let text = |name: &str| member[name].as_str().unwrap_or_default();
    let names: BTreeSet<_> = member.as_object().into_iter().flat_map(|member| member.keys()).collect();
    if !names.into_iter().eq(["address", "name", "since", "state", "version"]) {
        return Err(exchange.finding(format!("this is no member: {member}")));
    }
    if Sibling::parse(text("name"), text("address"), text("version")).is_none() {
        return Err(exchange.finding(format!("no server is called this: {member}")));
    }
    if !["alive", "suspected", "gone"].contains(&text("state")) {
        return Err(exchange.finding(format!("{:?} is no state", text("state"))));
    }
    match humantime::parse_rfc3339(text("since")) {
        Ok(_) => Ok(()),
        Err(_) => Err(exchange.finding(format!("{:?} is no time", text("since")))),
    }
}

/// Others that are alive, as the server sees them: whom it may ask.
fn siblings(target: &Target) -> Result<Vec<String>, Finding> {
    let exchange = target.expect(&Request::get("/members"), &[Fact::Status(200)])?;
    let list = json(&exchange.answer).map_err(|what| exchange.finding(what))?;
    let is_other = |member: &&Value| {
        member["state"] == "alive" && member["address"].as_str() != Some(target.address.to_string().as_str())
    };
    let others = list.as_array().into_iter().flatten().filter(is_other);
    Ok(others.map(|member| member["name"].as_str().unwrap_or_default().to_owned()).collect())
}

fn relayed(target: &Target) -> Verdict {
    once(|| {
        if siblings(target)?.is_empty() {
            let nobody = exactly(&Error::Unavailable("No sibling is alive."));
            return target.expect(&Request::get("/relay"), &[nobody, field("retry-after", "1")]).map(|_| ());
        }
        let facts = [
            Fact::Status(200),
            field("content-type", media::JSON),
            field("content-length", MESSAGE.len().to_string()),
            Fact::Body(MESSAGE.to_owned()),
            Fact::Has(SERVED_BY),
        ];
        target.expect(&Request::get("/relay"), &facts)?;
        target.expect(&Request::new("HEAD", "/relay"), &[Fact::Empty, facts[1].clone(), facts[2].clone()]).map(|_| ())
    })
}

fn served_by(target: &Target) -> Verdict {
    once(|| {
        let siblings = siblings(target)?;
        for _ in 0..siblings.len() {
            let exchange = target.expect(&Request::get("/relay"), &[Fact::Status(200)])?;
            let name = exchange.answer.field(SERVED_BY).unwrap_or_default();
            if !siblings.iter().any(|sibling| sibling == name) {
                return Err(exchange.finding(format!("{name:?} is none of {siblings:?}")));
            }
        }
        Ok(())
    })
}
