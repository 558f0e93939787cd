//! Examples for every route of the contract, in its order.

/// `/plaintext`, `/json`, `/baseline11`
mod bench;
/// `/events`
mod events;
/// `/files`
mod files;
/// `/`
mod front;
/// `/json/{count}`
mod items;
/// Todos from their making to their end, over several requests.
mod life;
/// `/delay/{ms}`
mod live;
/// `/resolve/{network}`, `/members`, `/relay`
mod network;
/// `/livez`, `/readyz`, `/metrics`, `/openapi.json`
mod ops;
/// `/ws`
mod socket;
/// One request to one todo.
mod todo;
/// What TodoBackend asks of a service.
mod todobackend;
/// `/todos`
mod todos;
/// `/upload`
mod upload;

use crate::check::Check;

/// All of them.
pub fn all() -> Vec<Check> {
    let bench = [front::cases(), bench::cases(), items::cases(), upload::cases()];
    let cases = bench.into_iter().chain([
        todos::cases(),
        todo::cases(),
        socket::cases(),
        live::cases(),
        network::cases(),
        ops::cases(),
    ]);
    let checks = [
        front::checks(),
        items::checks(),
        life::checks(),
        todobackend::checks(),
        files::checks(),
        events::checks(),
        socket::checks(),
        live::checks(),
        network::checks(),
        upload::checks(),
        ops::checks(),
    ];
    cases.flatten().map(Check::from).chain(checks.into_iter().flatten()).collect()
}
