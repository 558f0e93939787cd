//! How often one client may ask: a bucket for each ([governor](https://docs.rs/governor), GCRA).

use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter, clock::Clock};
use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    num::NonZeroU32,
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

/// How many questions lie between two clearances of clients that have not asked lately.
const CLEARANCE: u32 = 1024;

/// One bucket for each client.
pub(super) struct Limiter {
    buckets: DefaultKeyedRateLimiter<IpAddr>,
    asked: AtomicU32,
}

impl Limiter {
    /// So many requests a second; as many may come at once.
    pub fn new(per_second: NonZeroU32) -> Self {
        Limiter { buckets: RateLimiter::keyed(Quota::per_second(per_second)), asked: AtomicU32::new(0) }
    }

    /// # Errors
    /// How long this client has to wait.
    pub fn check(&self, client: Option<IpAddr>) -> Result<(), Duration> {
        if self.asked.fetch_add(1, Ordering::Relaxed) % CLEARANCE == CLEARANCE - 1 {
            self.buckets.retain_recent();
        }
        let late = self.buckets.check_key(&bucket(client)).err();
        late.map_or(Ok(()), |late| Err(late.wait_time_from(self.buckets.clock().now())))
    }
}

/// Whose bucket it is. Who has one address of version 6 has the network around it (RFC 6177), so all of a /64 share a
/// bucket; those whose address is not known share one too.
fn bucket(client: Option<IpAddr>) -> IpAddr {
    match client.unwrap_or(Ipv4Addr::UNSPECIFIED.into()).to_canonical() {
        IpAddr::V6(ip) => Ipv6Addr::from_bits(ip.to_bits() >> 64 << 64).into(),
        ip => ip,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_client_has_its_own_bucket() {
        let limiter = Limiter::new(NonZeroU32::new(3).expect("not zero"));
        let ip = |text: &str| Some(text.parse().expect("an address"));
        for client in [ip("127.0.0.1"), ip("127.0.0.2"), ip("2001:db8::1"), ip("2001:db8:0:1::1"), None] {
            assert!((0..3).all(|_| limiter.check(client).is_ok()), "{client:?}");
            let wait = limiter.check(client).expect_err("three a second");
            assert!(wait > Duration::ZERO && wait <= Duration::from_millis(334), "{wait:?}");
        }
        assert!(limiter.check(ip("2001:db8::2")).is_err(), "the same network");
        assert!(limiter.check(ip("::ffff:127.0.0.1")).is_err(), "the same address");
    }

    #[test]
    fn clients_that_come_once_are_forgotten() {
        let limiter = Limiter::new(NonZeroU32::MAX);
        for ip in 0..10 * CLEARANCE {
            assert!(limiter.check(Some(Ipv4Addr::from_bits(ip).into())).is_ok());
        }
        assert!(limiter.buckets.len() <= CLEARANCE as usize, "{}", limiter.buckets.len());
    }
}
