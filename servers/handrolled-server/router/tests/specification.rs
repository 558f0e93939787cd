//! The router does what a naive matcher says that it must, and what [matchit](https://docs.rs/matchit), axum's, does:
//! random sets of patterns, random paths, the same answer.
//!
//! `PAIRS=10000000 cargo test --release -p handrolled-router --test specification` looks further than an ordinary run.

mod naive;

use handrolled_router::{Builder, Conflict, Router};
use naive::{Dice, SplitMix};

/// How many pairs of a set and a path an ordinary run looks at.
const PAIRS: usize = 200_000;
/// How many paths are looked up in each set.
const PATHS: usize = 40;
const SEED: u64 = 1;

/// A set of patterns, and the router that was made of it; those that were refused are those that are there already.
fn set(dice: &mut impl Dice, most: usize) -> (Vec<String>, Router<usize>) {
    let (mut patterns, mut builder) = (Vec::new(), Builder::new());
    for _ in 0..=dice.roll(most) {
        let pattern = dice.pattern();
        let inserted = builder.insert(&pattern, patterns.len());
        match patterns.contains(&pattern) {
            true => assert_eq!(inserted, Err(Conflict::Taken(pattern.clone(), pattern))),
            false => {
                assert_eq!(inserted, Ok(()), "{pattern} beside {patterns:?}");
                patterns.push(pattern);
            }
        }
    }
    (patterns, builder.build())
}

/// Whether the path leads anywhere, once it is sure that it leads where it must.
fn check(patterns: &[String], router: &Router<usize>, path: &str) -> bool {
    let right = naive::find(patterns, path);
    let got = router.find(path).map(|found| {
        assert_eq!(patterns[*found.value], found.pattern);
        let params: Vec<_> = (0..found.params.len()).filter_map(|at| found.params.get(at, path)).collect();
        assert_eq!(params, found.params.iter(path).collect::<Vec<_>>());
        (found.pattern.to_owned(), params)
    });
    assert_eq!(got, right, "{path} in\n{router}");
    right.is_some()
}

#[test]
fn a_router_does_what_the_specification_says() {
    let pairs = std::env::var("PAIRS").ok().and_then(|text| text.parse().ok()).unwrap_or(PAIRS);
    let (mut dice, mut found) = (SplitMix(SEED), 0);
    for _ in 0..pairs / PATHS {
        let (patterns, router) = set(&mut dice, 12);
        found += (0..PATHS).filter(|_| check(&patterns, &router, &dice.path())).count();
    }
    assert!(found * 10 > pairs, "only {found} of {pairs} paths lead anywhere: this shows little");
}

#[test]
fn so_does_one_with_many_patterns() {
    let mut dice = SplitMix(SEED);
    for most in [200, 2000] {
        let (patterns, router) = set(&mut dice, most);
        assert!((0..PATHS * PATHS).filter(|_| check(&patterns, &router, &dice.path())).count() > PATHS);
    }
}

/// matchit refuses what we take in one case: a parameter and a rest at the same place.
#[test]
fn matchit_agrees_wherever_it_takes_the_patterns() {
    let (mut dice, mut taken, mut found) = (SplitMix(SEED), 0, 0);
    for _ in 0..PAIRS / PATHS {
        let (mut ours, mut theirs, mut patterns) = (Builder::new(), matchit::Router::new(), Vec::new());
        for _ in 0..=dice.roll(12) {
            let pattern = dice.pattern();
            if theirs.insert(pattern.clone(), patterns.len()).is_ok() {
                assert_eq!(ours.insert(&pattern, patterns.len()), Ok(()), "{pattern} beside {patterns:?}");
                patterns.push(pattern);
            }
        }
        let ours = ours.build();
        taken += patterns.len();
        for _ in 0..PATHS {
            let path = dice.path();
            let right = theirs
                .at(&path)
                .ok()
                .map(|found| (*found.value, found.params.iter().map(|(_, value)| value).collect::<Vec<_>>()));
            let got = ours.find(&path).map(|found| (*found.value, found.params.iter(&path).collect::<Vec<_>>()));
            assert_eq!(got, right, "{path} in\n{ours}");
            found += usize::from(got.is_some());
        }
    }
    assert!(taken * PATHS > PAIRS && found * 10 > PAIRS, "{taken} patterns and {found} hits: this shows little");
}
