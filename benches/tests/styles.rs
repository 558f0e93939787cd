//! Every style finds every handler, at every size, before anybody asks how fast.

use benches::styles::{
    self,
    api::{self, Route, SIZES, Shape},
    ask::{self, ASKS, Ask, Case},
};
use std::collections::BTreeSet;

/// Puts these to every style at every size.
fn check(asks: fn(&[Route]) -> Vec<Ask>) {
    for n in SIZES {
        let routes = api::routes(n);
        let asks = asks(&routes);
        assert!(!asks.is_empty(), "nothing is asked of {n} routes");
        let six = styles::six(&routes, &asks);
        assert_eq!(six.len(), 6);
        for style in six {
            assert_eq!(style.outcomes.len(), asks.len());
            for (Ask { method, path, expected }, outcome) in asks.iter().zip(&style.outcomes) {
                // To axum's matchit 0.8, nothing between two slashes is a parameter.
                if style.name == "axum" && path.contains("//") {
                    continue;
                }
                assert_eq!(outcome, expected, "{}, {n} routes: {method} {path}", style.name);
            }
        }
    }
}

/// Every route by these methods, with an id and a key that no other route is asked with.
fn with(routes: &[Route], methods: &[&'static str]) -> Vec<Ask> {
    let ask = |route: &Route, method| Ask::route(method, route, 1000 + route.at as u64, 10 + route.at as u64);
    routes.iter().flat_map(|route| methods.iter().map(move |method| ask(route, method))).collect()
}

#[test]
fn every_route_calls_its_handler_with_its_parameters() {
    check(|routes| with(routes, &["GET", "HEAD"]));
}

#[test]
fn post_creates_where_it_may_and_other_methods_are_refused_by_name() {
    check(|routes| with(routes, &["POST", "DELETE"]));
}

#[test]
fn what_is_no_route_is_not_found() {
    check(|routes| {
        let strays = |route: &Route| {
            let Route { name, part, .. } = route;
            let strays =
                [format!("/{name}/"), format!("/{name}/7/"), format!("/{name}//{part}"), format!("/{name}x/7")];
            let deep = [format!("/{name}/7/other"), format!("/{name}/7/{part}/"), format!("/{name}/7/{part}/8/9")];
            strays
                .into_iter()
                .chain(deep)
                .flat_map(|path| ["GET", "DELETE"].map(|method| Ask::nothing(method, path.clone())))
        };
        let items = routes.iter().filter(|route| route.shape == Shape::Item);
        let top = ["/", "/elsewhere", "/elsewhere/7"].map(|path| Ask::nothing("GET", path.to_owned()));
        items.flat_map(strays).chain(top).collect()
    });
}

#[test]
fn the_cases_that_are_timed_end_as_they_should() {
    check(|routes| {
        let mut random = fastrand::Rng::with_seed(1);
        Case::ALL.into_iter().flat_map(|case| ask::asks(case, routes, &mut random)).collect()
    });
}

#[test]
fn an_api_grows_evenly() {
    let most = api::routes(1000);
    for n in SIZES {
        assert_eq!(api::routes(n), most[..n]);
    }
    let patterns: BTreeSet<_> = most.iter().map(Route::pattern).collect();
    assert_eq!(patterns.len(), most.len(), "two routes are the same");
    assert!(most.iter().all(|route| (4..=14).contains(&route.name.len())), "a name is too short or too long");
}

#[test]
fn in_a_case_only_the_place_differs() {
    for case in Case::ALL.into_iter().filter(|case| *case != Case::Any) {
        let lengths = |n| {
            let asks = ask::asks(case, &api::routes(n), &mut fastrand::Rng::with_seed(2));
            assert_eq!(asks.len(), ASKS);
            asks.into_iter().map(|ask| ask.path.len()).collect::<BTreeSet<_>>()
        };
        let wanted = if case == Case::Deep { "/customers/1000/nothing" } else { "/customers/1000" };
        assert!(SIZES.iter().all(|&n| lengths(n) == BTreeSet::from([wanted.len()])), "{case:?}");
    }
}
