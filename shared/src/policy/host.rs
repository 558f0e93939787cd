//! `Host`: a server bound to loopback answers only for loopback names, IP literals and the names it
//! was told of. A web page whose name was rebound to 127.0.0.1 must not reach it
//! ([DNS rebinding](https://en.wikipedia.org/wiki/DNS_rebinding)).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

const LOCAL: &str = "localhost";

/// Which hosts are ours.
#[derive(Clone, Debug)]
pub struct Hosts {
    /// `None` when bound beyond loopback: then any name may be ours.
    allowed: Option<Vec<String>>,
    /// What most clients say.
    own: String,
}

impl Hosts {
    /// For a server bound to `local`, with the names from `--allowed-host`.
    pub fn new(local: SocketAddr, allowed: Vec<String>) -> Self {
        Hosts { allowed: local.ip().is_loopback().then_some(allowed), own: local.to_string() }
    }

    /// Whether to answer. A request without a host (HTTP/1.0) cannot come from a page.
    pub fn allow(&self, host: Option<&str>) -> bool {
        let (Some(allowed), Some(host)) = (&self.allowed, host) else { return true };
        if host == self.own {
            return true;
        }
        let name = name_of(host);
        is_local_name(name) || literal(name).is_some() || allowed.iter().any(|ours| ours.eq_ignore_ascii_case(name))
    }
}

/// Whether `host[:port]` is a loopback name or address.
pub fn is_loopback(host: &str) -> bool {
    let name = name_of(host);
    is_local_name(name) || literal(name).is_some_and(|ip| ip.is_loopback())
}

/// `localhost` and names below it (RFC 6761, section 6.3).
fn is_local_name(name: &str) -> bool {
    let name = name.strip_suffix('.').unwrap_or(name);
    let above = name.len().checked_sub(LOCAL.len()).and_then(|at| name.split_at_checked(at));
    above.is_some_and(|(below, local)| local.eq_ignore_ascii_case(LOCAL) && (below.is_empty() || below.ends_with('.')))
}

fn literal(name: &str) -> Option<IpAddr> {
    match name.strip_prefix('[').and_then(|name| name.strip_suffix(']')) {
        Some(inner) => inner.parse::<Ipv6Addr>().ok().map(IpAddr::V6),
        None => name.parse::<Ipv4Addr>().ok().map(IpAddr::V4),
    }
}

/// Without the port.
fn name_of(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if !name.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rebound_name_is_not_ours() {
        let hosts = Hosts::new(([127, 0, 0, 1], 3001).into(), vec!["todo.test".into()]);
        for good in [
            "localhost",
            "LOCALHOST:3001",
            "a.localhost",
            "a.LocalHost.",
            "127.0.0.1:1",
            "[::1]:3001",
            "[::1]",
            "10.0.0.7",
            "todo.test:80",
        ] {
            assert!(hosts.allow(Some(good)), "{good}");
        }
        for bad in [
            "evil.com",
            "localhost.evil.com",
            "evillocalhost",
            "élocalhost",
            "ocalhost",
            "127.0.0.1.evil.com",
            "todo.test.evil.com",
            "[zz]",
            "",
        ] {
            assert!(!hosts.allow(Some(bad)), "{bad}");
        }
        assert!(hosts.allow(None));
        assert!(Hosts::new(([0, 0, 0, 0], 1).into(), vec![]).allow(Some("any.name")));
    }
}
