//! The listener's limits, out of the service's.

use listen::{Limits, Server};
use shared::{App, contract::upgrade_path};

/// The hardened listener as `app` wants it, counting its connections.
pub fn listener(app: &App) -> Server {
    let metrics = app.metrics.clone();
    Server::new(limits(app)).keep_with_each(move || metrics.connection())
}

/// What the listener must keep.
pub fn limits(app: &App) -> Limits {
    let limits = &app.config.limits;
    Limits {
        connections: limits.max_connections,
        head_bytes: limits.max_head_bytes,
        target_bytes: limits.max_target_bytes,
        head_timeout: limits.head_timeout,
        idle_timeout: limits.idle_timeout,
        min_rate: limits.min_rate,
        rate_window: limits.rate_window,
        drain_timeout: limits.drain_timeout,
        upgrade_path: upgrade_path(),
        ..Limits::default()
    }
}
