//! What asks others.

use crate::{
    app::App,
    domain::{Endpoint, Member, MemberBody, Network, ResolveQuery, Resolved},
    error::Error,
    relay::{self, Passage, Relayed},
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

/// `GET /relay`: what a sibling answers to `GET /json`. The passage comes from [`relay::choose`].
///
/// # Errors
/// 502, 503 or 504 when neither it nor another one answers as it should.
pub async fn relay(app: &App, passage: &Passage, request_id: &str) -> Result<Relayed, Error> {
    relay::ask(app, passage, request_id).await
}
