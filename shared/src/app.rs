//! What a server serves: one value that all its routes share.

use crate::{
    config::Config,
    contract::Server,
    gossip::Members,
    policy::{cors::Origins, host::Hosts},
    relay::Relay,
    resolver::Resolver,
    store::Store,
    telemetry::Metrics,
};
use std::{net::SocketAddr, ops::Deref, sync::Arc};
use tokio::sync::watch;

/// Configuration, store and figures of one running server; cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Parts>);

/// What [`App`] gives access to.
pub struct Parts {
    /// Which of the six this is.
    pub server: &'static Server,
    /// As the user wants it.
    pub config: Config,
    /// Where it really listens.
    pub local: SocketAddr,
    /// Where others reach it.
    pub advertised: SocketAddr,
    /// The todos.
    pub store: Store,
    /// The figures of `/metrics`.
    pub metrics: Metrics,
    /// Which origins may read the answers.
    pub origins: Origins,
    /// Which hosts are ours.
    pub hosts: Hosts,
    /// Asks the system for addresses.
    pub resolver: Resolver,
    /// Who else is there.
    pub members: Members,
    /// Asks them in turn.
    pub relay: Relay,
    /// Whether the end has begun.
    pub shutdown: Shutdown,
}

impl App {
    /// Everything that `serve` needs, for a listener bound to `local`.
    pub fn new(server: &'static Server, config: Config, local: SocketAddr, store: Store, shutdown: Shutdown) -> Self {
        let origins = Origins::new(config.cors_origin.clone());
        let hosts = Hosts::new(local, config.allowed_host.clone());
        let advertised = config.siblings.advertised(local);
        let (metrics, resolver, members) = (Metrics::new(), Resolver::default(), Members::default());
        let relay = Relay::new(&config.siblings, &metrics);
        App(Arc::new(Parts {
            server,
            config,
            local,
            advertised,
            store,
            metrics,
            origins,
            hosts,
            resolver,
            members,
            relay,
            shutdown,
        }))
    }
}

impl Deref for App {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

/// Begins the end of a server; dropping it does so too.
#[derive(Debug)]
pub struct Stop(watch::Sender<bool>);

/// Learns of the end; cheap to clone.
#[derive(Clone, Debug)]
pub struct Shutdown(watch::Receiver<bool>);

impl Shutdown {
    /// The two ends of it.
    pub fn channel() -> (Stop, Shutdown) {
        let (stop, shutdown) = watch::channel(false);
        (Stop(stop), Shutdown(shutdown))
    }

    /// Whether it has begun.
    pub fn has_begun(&self) -> bool {
        *self.0.borrow() || self.0.has_changed().is_err()
    }

    /// Resolves when it begins.
    pub async fn begun(mut self) {
        // An error means that the other end is gone, which is a stop as well.
        let _ = self.0.wait_for(|begun| *begun).await;
    }
}

impl Stop {
    /// Begins the end.
    pub fn stop(&self) {
        self.0.send_replace(true);
    }
}
