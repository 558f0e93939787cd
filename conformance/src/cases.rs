//! Examples for every route of the contract, in its order.

/// `/plaintext`, `/json`, `/baseline11`
mod bench;
/// `/`
mod front;
/// `/json/{count}`
mod items;
/// Todos from their making to their end, over several requests.
mod life;
/// `/livez`, `/readyz`, `/metrics`, `/openapi.json`
mod ops;
/// One request to one todo.
mod todo;
/// What TodoBackend asks of a service.
mod todobackend;
/// `/todos`
mod todos;

use crate::check::Check;

/// All of them.
pub fn all() -> Vec<Check> {
    let cases = [front::cases(), bench::cases(), items::cases(), todos::cases(), todo::cases(), ops::cases()];
    let checks = [front::checks(), items::checks(), life::checks(), todobackend::checks(), ops::checks()];
    cases.into_iter().flatten().map(Check::from).chain(checks.into_iter().flatten()).collect()
}
