//! What asks others.

use crate::{
    app::App,
    domain::{Endpoint, Member, MemberBody, Network, ResolveQuery, Resolved},
    error::Error,
};

/// `GET /resolve/{network}`: the address of a host and a port, each by its number or by its name.
///
/// # Errors
/// 422 for what is no address or has none, 504 if that is not known in time.
pub async fn resolve(app: &App, network: Network, query: &ResolveQuery) -> Result<Resolved, Error> {
    app.resolver.resolve(network, Endpoint::parse(query)?).await
}

/// `GET /members`: the siblings that gossip has found.
pub async fn members(app: &App) -> Vec<MemberBody> {
    app.members.list().iter().map(Member::body).collect()
}
