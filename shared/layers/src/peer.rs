//! Who asks, as far as the listener tells.

use http::Extensions;
use listen::Connection;
use std::net::{IpAddr, SocketAddr};

/// The other end of a connection, for a listener that is not the hardened one to put into the extensions of a request.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub SocketAddr);

/// The address of the client that a request comes from. What a proxy says of others is not believed.
pub fn client(extensions: &Extensions) -> Option<IpAddr> {
    let told = || extensions.get::<Peer>().map(|Peer(peer)| *peer);
    extensions.get::<Connection>().and_then(Connection::peer).or_else(told).map(|peer| peer.ip())
}
