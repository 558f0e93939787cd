//! What an operator, or the service, may set, with the contract's defaults.

use std::time::Duration;

/// What one server, and each of its connections, is allowed.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Open connections; more wait in the kernel's backlog. Default 10 000.
    pub connections: usize,
    /// Bytes of one request head, from the method to the empty line. Default 16 KiB.
    pub head_bytes: usize,
    /// Bytes of one request target. Default 8 KiB.
    pub target_bytes: usize,
    /// Fields of one head, at most 128. Default 90: below actix-web's own limit of 96 and hyper's of 100.
    pub head_fields: usize,
    /// Time for one head to arrive: from accept for the first, from its first byte for later ones. Default 10 s.
    pub head_timeout: Duration,
    /// Time between an answer and the next request's first byte. Default 30 s.
    pub idle_timeout: Duration,
    /// Bytes per second that a client must take of an answer. Default 500.
    pub min_rate: u64,
    /// The time over which `min_rate` is judged. Default 20 s.
    pub rate_window: Duration,
    /// Time that connections have to finish once the server is told to stop. Default 10 s.
    pub drain_timeout: Duration,
    /// Bytes of an answer that may wait in the kernel per connection (Linux books twice as much). Default 128 KiB.
    pub send_buffer: usize,
    /// The one path, to the byte, where a request may ask to speak another protocol. Elsewhere `Upgrade` is not handed on.
    /// Default none.
    pub upgrade_path: Option<&'static str>,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 10_000,
            head_bytes: 16 * 1024,
            target_bytes: 8 * 1024,
            head_fields: 90,
            head_timeout: Duration::from_secs(10),
            idle_timeout: Duration::from_secs(30),
            min_rate: 500,
            rate_window: Duration::from_secs(20),
            drain_timeout: Duration::from_secs(10),
            send_buffer: 128 * 1024,
            upgrade_path: None,
        }
    }
}
