//! Addresses as a person writes them, and as they are once they are resolved.

use super::deserialize_by_from_str;
use crate::error::Error;
use serde::{Deserialize, Serialize};
use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    str::FromStr,
};

/// The longest name of a host (RFC 1035, section 2.3.4), in bytes.
const LONGEST_HOST: usize = 253;
/// The longest name of a service (RFC 6335, section 5.1) is shorter, and so is that of an interface.
const LONGEST_NAME: usize = 31;

/// A transport, and perhaps a version of IP, named as in Go's
/// [`net`](https://pkg.go.dev/net#ResolveTCPAddr).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    /// UDP rather than TCP.
    pub is_udp: bool,
    /// The version that is asked for, if one is.
    pub family: Option<Family>,
}

/// A version of IP.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Family {
    /// Version 4.
    Ipv4,
    /// Version 6.
    Ipv6,
}

impl FromStr for Network {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let (is_udp, family) = match text {
            "tcp" => (false, None),
            "tcp4" => (false, Some(Family::Ipv4)),
            "tcp6" => (false, Some(Family::Ipv6)),
            "udp" => (true, None),
            "udp4" => (true, Some(Family::Ipv4)),
            "udp6" => (true, Some(Family::Ipv6)),
            _ => return Err(Error::NotFound),
        };
        Ok(Network { is_udp, family })
    }
}

deserialize_by_from_str!(Network, "not a network");

/// `GET /resolve/{network}`: the query as it came.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct ResolveQuery {
    address: Option<String>,
}

/// A host and a port, each by its number or by its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// An address or a name; an address of version 6 may have a zone: `fe80::1%eth0`.
    pub host: String,
    /// Whether the host is an address, which nobody needs to be asked for.
    pub is_literal: bool,
    /// A number or the name of a service.
    pub port: String,
}

impl Endpoint {
    /// `host:port`, `[address]:port` or `[address%zone]:port`.
    ///
    /// # Errors
    /// A 422 that says what is wrong with the address.
    pub fn parse(query: &ResolveQuery) -> Result<Self, Error> {
        let refused = |why: &str| Error::invalid("address", why);
        let text = query.address.as_deref().ok_or_else(|| refused("is required"))?;
        let (host, port) = split(text).map_err(refused)?;
        check_port(port).map_err(refused)?;
        let is_literal = check_host(host).map_err(refused)?;
        let host = host.trim_start_matches('[').trim_end_matches(']');
        Ok(Endpoint { host: host.to_owned(), is_literal, port: port.to_owned() })
    }

    /// The zone of the address, as it was given.
    fn zone(&self) -> Option<String> {
        self.host.split_once('%').map(|(_, zone)| zone.to_owned())
    }
}

/// The host keeps its brackets.
fn split(text: &str) -> Result<(&str, &str), &'static str> {
    let (host, port) = text.rsplit_once(':').ok_or("must be a host and a port, as in localhost:80")?;
    match host.starts_with('[') {
        true if !host.ends_with(']') => Err("must close its brackets before the port, as in [::1]:80"),
        false if host.contains(':') => Err("must have an IPv6 address in brackets, as in [::1]:80"),
        _ => Ok((host, port)),
    }
}

fn check_port(port: &str) -> Result<(), &'static str> {
    let is_number = port.bytes().all(|byte| byte.is_ascii_digit());
    match port {
        "" => Err("must end in a port, as in localhost:80"),
        _ if is_number => port.parse::<u16>().map(|_| ()).map_err(|_| "must have a port from 0 to 65535"),
        _ if is_name(port, LONGEST_NAME) => Ok(()),
        _ => Err("must have a port that is a number or the name of a service"),
    }
}

/// Whether the host is an address.
fn check_host(host: &str) -> Result<bool, &'static str> {
    if let Some(inside) = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')) {
        let (address, zone) = inside.split_once('%').map_or((inside, None), |(address, zone)| (address, Some(zone)));
        let is_sound = address.parse::<Ipv6Addr>().is_ok() && zone.is_none_or(|zone| is_name(zone, LONGEST_NAME));
        return if is_sound { Ok(true) } else { Err("must have an IPv6 address in its brackets") };
    }
    if host.parse::<Ipv4Addr>().is_ok() {
        return Ok(true);
    }
    // Old resolvers take `127.1` and `0x7f.1` for addresses; a name does not end in a number.
    let last = host.trim_end_matches('.').rsplit('.').next().unwrap_or_default();
    let is_number = last.bytes().all(|byte| byte.is_ascii_digit()) || last.starts_with("0x") || last.starts_with("0X");
    if is_number || !is_name(host, LONGEST_HOST) {
        return Err("must have a host that is a name or an address");
    }
    Ok(false)
}

fn is_name(text: &str, longest: usize) -> bool {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
    (1..=longest).contains(&text.len())
        && text.bytes().all(is_part)
        && !text.starts_with(['.', '-'])
        && !text.contains("..")
}

/// The answer of `GET /resolve/{network}`, members in this order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Resolved {
    /// The address, in its canonical form.
    #[schema(value_type = String)]
    pub ip: IpAddr,
    /// The port.
    pub port: u16,
    /// The zone of an address of version 6, as it was given.
    pub zone: Option<String>,
    /// The version of IP.
    pub family: Family,
}

impl Resolved {
    /// The one of several addresses that an endpoint is meant to be: the first one of version 4, as in Go,
    /// or else the first one.
    pub fn choose(endpoint: &Endpoint, addresses: &[SocketAddr]) -> Option<Self> {
        let address = addresses.iter().find(|address| address.is_ipv4()).or_else(|| addresses.first())?;
        let family = if address.is_ipv4() { Family::Ipv4 } else { Family::Ipv6 };
        Some(Resolved { ip: address.ip(), port: address.port(), zone: endpoint.zone(), family })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(address: &str) -> Result<Endpoint, Error> {
        Endpoint::parse(&ResolveQuery { address: Some(address.into()) })
    }

    #[test]
    fn endpoints_are_taken_apart() {
        for (text, host, is_literal, port) in [
            ("localhost:80", "localhost", false, "80"),
            ("example.com.:https", "example.com.", false, "https"),
            ("127.0.0.1:0", "127.0.0.1", true, "0"),
            ("[::1]:65535", "::1", true, "65535"),
            ("[fe80::1%eth0]:domain", "fe80::1%eth0", true, "domain"),
            ("a_b-c.d1:80", "a_b-c.d1", false, "80"),
        ] {
            let wanted = Endpoint { host: host.into(), is_literal, port: port.into() };
            assert_eq!(parse(text).ok(), Some(wanted), "{text}");
        }
    }

    #[test]
    fn what_is_no_endpoint_is_refused() {
        let long = format!("{}:80", "a".repeat(254));
        for text in [
            "",
            ":",
            "localhost",
            "localhost:",
            ":80",
            "::1:80",
            "[::1]",
            "[::1:80",
            "::1]:80",
            "[]:80",
            "[::1%]:80",
            "[127.0.0.1]:80",
            "[localhost]:80",
            "a:65536",
            "a:-1",
            "a:+1",
            "a:8 0",
            "a:h/2",
            "a b:80",
            "a\0:80",
            ".a:80",
            "a..b:80",
            "-a:80",
            "127.1:80",
            "0x7f.1:80",
            "2130706433:80",
            "256.0.0.1:80",
            "é:80",
            &long,
        ] {
            assert!(matches!(parse(text), Err(Error::Invalid(_))), "{text:?}");
        }
        assert!(matches!(Endpoint::parse(&ResolveQuery::default()), Err(Error::Invalid(_))));
    }

    #[test]
    fn version_4_is_preferred_and_the_zone_kept() {
        let both = ["[::1]:80".parse().expect("valid"), "127.0.0.1:80".parse().expect("valid")];
        let endpoint = parse("localhost:80").expect("valid");
        let chosen = Resolved::choose(&endpoint, &both).expect("one");
        assert_eq!((chosen.ip.to_string().as_str(), chosen.family, chosen.zone), ("127.0.0.1", Family::Ipv4, None));
        let endpoint = parse("[fe80::1%lo]:80").expect("valid");
        let chosen = Resolved::choose(&endpoint, &both[..1]).expect("one");
        assert_eq!((chosen.family, chosen.zone.as_deref()), (Family::Ipv6, Some("lo")));
        assert_eq!(Resolved::choose(&endpoint, &[]), None);
    }
}
