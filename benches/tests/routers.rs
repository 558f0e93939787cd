//! Correctness of all before speed of any.

use benches::{
    conditions::{Condition, Set},
    routers,
};
use shared::contract;

#[test]
fn our_set_is_our_contract() {
    assert_eq!(Set::Contract.patterns(), contract::patterns());
    assert!(Set::Github.patterns().len() >= 130);
}

#[test]
fn every_router_is_right_in_every_condition() {
    let mut wrong = Vec::new();
    for condition in Condition::all() {
        let paths = condition.paths(1);
        for kind in routers::ALL {
            let router = match kind.build(&condition.set.patterns()) {
                Ok(router) => router,
                Err(why) => {
                    wrong.push(format!("{} {condition}: {why}", kind.name));
                    continue;
                }
            };
            for (path, right) in paths.iter().zip(&paths.right) {
                if !kind.is_right(&*router, path, right) {
                    wrong.push(format!(
                        "{} {condition}: {path} gives {:?}, not {right:?}",
                        kind.name,
                        router.read(path)
                    ));
                    break;
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
