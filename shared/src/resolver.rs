//! Asks the system for addresses: a few at a time, and not for ever.
//!
//! `getaddrinfo` knows the hosts file, the services, the zones and DNS, and it blocks. It cannot be given up
//! either: a question that is past its deadline goes on, and keeps its place among the few until it is answered.

use crate::{
    domain::{Endpoint, Family, Network, Resolved},
    error::Error,
};
use dns_lookup::{AddrFamily, AddrInfoHints, LookupErrorKind, SockType, getaddrinfo};
use std::{net::SocketAddr, sync::Arc, time::Duration};
use tokio::{
    sync::Semaphore,
    task::spawn_blocking,
    time::{error::Elapsed, timeout},
};

/// How long an answer may take, waiting for a place included.
pub const DEADLINE: Duration = Duration::from_secs(2);
/// How many questions are asked at the same time.
const PLACES: usize = 16;

/// Where all questions of one server go through.
pub struct Resolver {
    places: Arc<Semaphore>,
    deadline: Duration,
}

impl Default for Resolver {
    fn default() -> Self {
        Resolver { places: Arc::new(Semaphore::new(PLACES)), deadline: DEADLINE }
    }
}

impl Resolver {
    /// The address of an endpoint.
    ///
    /// # Errors
    /// 422 if there is none, 504 if that is not known in time.
    pub async fn resolve(&self, network: Network, endpoint: Endpoint) -> Result<Resolved, Error> {
        let asked = endpoint.clone();
        let question = move || lookup(network, &asked);
        let addresses = match endpoint.is_literal {
            // Nobody is asked for it, so it need not wait for those who are.
            true => spawn_blocking(question).await.map_err(|_| Error::Internal)??,
            false => self.ask(question).await??,
        };
        Resolved::choose(&endpoint, &addresses).ok_or_else(unresolvable)
    }

    async fn ask<T: Send + 'static>(&self, question: impl FnOnce() -> T + Send + 'static) -> Result<T, Error> {
        let places = self.places.clone();
        let answer = timeout(self.deadline, async {
            let place = places.acquire_owned().await.map_err(|_| Error::Internal)?;
            let question = move || {
                let answer = question();
                drop(place);
                answer
            };
            spawn_blocking(question).await.map_err(|_| Error::Internal)
        });
        answer.await.map_err(|Elapsed { .. }| Error::Timeout(self.deadline))?
    }
}

fn lookup(network: Network, endpoint: &Endpoint) -> Result<Vec<SocketAddr>, Error> {
    let hints = AddrInfoHints {
        // A literal is never asked for.
        flags: if endpoint.is_literal { libc::AI_NUMERICHOST } else { 0 },
        address: match network.family {
            None => 0,
            Some(Family::Ipv4) => AddrFamily::Inet.into(),
            Some(Family::Ipv6) => AddrFamily::Inet6.into(),
        },
        socktype: if network.is_udp { SockType::DGram.into() } else { SockType::Stream.into() },
        protocol: 0,
    };
    let found = getaddrinfo(Some(&endpoint.host), Some(&endpoint.port), Some(hints));
    match found.map_err(|why| why.kind()) {
        Ok(found) => Ok(found.filter_map(Result::ok).map(|found| found.sockaddr).collect()),
        Err(LookupErrorKind::System | LookupErrorKind::Memory) => Err(Error::Internal),
        Err(_) => Err(unresolvable()),
    }
}

fn unresolvable() -> Error {
    Error::invalid("address", "cannot be resolved")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;

    #[tokio::test]
    async fn literals_and_numbers_are_answered() {
        let resolver = Resolver::default();
        let endpoint = |host: &str, port: &str| Endpoint { host: host.into(), is_literal: true, port: port.into() };
        let network = |name: &str| name.parse::<Network>().expect("valid");
        let found = resolver.resolve(network("tcp6"), endpoint("::1", "80")).await.expect("it is one");
        assert_eq!((found.ip.to_string().as_str(), found.port, found.family), ("::1", 80, Family::Ipv6));
        for (name, host, port) in [("tcp4", "::1", "80"), ("udp6", "127.0.0.1", "53"), ("tcp", "127.0.0.1", "no-such")]
        {
            let refused = resolver.resolve(network(name), endpoint(host, port)).await;
            assert!(matches!(refused, Err(Error::Invalid(_))), "{name} {host} {port}");
        }
    }

    /// By the system's list of them, which a very small system may lack.
    #[tokio::test]
    async fn services_have_names() {
        if !std::path::Path::new("/etc/services").exists() {
            eprintln!("not tested: this system has no list of services (Debian's package netbase)");
            return;
        }
        let endpoint = Endpoint { host: "127.0.0.1".into(), is_literal: true, port: "domain".into() };
        for network in ["tcp", "udp"] {
            let network = network.parse().expect("valid");
            let found = Resolver::default().resolve(network, endpoint.clone()).await.expect("everybody has it");
            assert_eq!(found.port, 53);
        }
    }

    /// A question past its deadline keeps its place until it is answered; then the place is free again.
    #[tokio::test]
    async fn questions_end_in_time_and_places_are_given_back() {
        let resolver = Resolver { places: Arc::new(Semaphore::new(1)), deadline: Duration::from_millis(50) };
        let (answer, wait) = mpsc::channel::<()>();
        let slow = resolver.ask(move || wait.recv().is_ok()).await;
        assert!(matches!(slow, Err(Error::Timeout(_))));
        assert!(matches!(resolver.ask(|| ()).await, Err(Error::Timeout(_))), "the only place is taken");
        let literal = Endpoint { host: "::1".into(), is_literal: true, port: "80".into() };
        assert!(resolver.resolve("tcp".parse().expect("valid"), literal).await.is_ok(), "it needs no place");
        answer.send(()).expect("somebody waits");
        resolver.places.acquire().await.expect("it is free at last").forget();
        resolver.places.add_permits(1);
        assert!(resolver.ask(|| ()).await.is_ok());
    }
}
