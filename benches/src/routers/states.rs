//! Two that go about it otherwise: a state machine, and a sorted map of patterns.

use super::{Subject, black_box, translate};

/// [route-recognizer](https://docs.rs/route-recognizer), a nondeterministic automaton.
pub struct RouteRecognizer(route_recognizer::Router<usize>);

impl Subject for RouteRecognizer {
    const NAME: &'static str = "route-recognizer";
    // It keeps them in a map, by their names.
    const HAS_ORDER: bool = false;

    fn build(patterns: &[&str]) -> Result<Self, String> {
        let mut router = route_recognizer::Router::new();
        for (index, pattern) in patterns.iter().enumerate() {
            router.add(&translate(pattern, (":", ""), ("*", "")), index);
        }
        Ok(RouteRecognizer(router))
    }

    fn find(&self, path: &str) -> Option<usize> {
        let found = self.0.recognize(path).ok()?;
        black_box(&found);
        Some(**found.handler())
    }

    fn read(&self, path: &str, mut value: impl FnMut(&str)) -> Option<usize> {
        let found = self.0.recognize(path).ok()?;
        black_box(&found);
        found.params().iter().for_each(|(_, text)| value(text));
        Some(**found.handler())
    }
}

/// [routefinder](https://docs.rs/routefinder), trillium's and tide's.
pub struct Routefinder(routefinder::Router<usize>);

impl Subject for Routefinder {
    const NAME: &'static str = "routefinder";

    fn build(patterns: &[&str]) -> Result<Self, String> {
        let mut router = routefinder::Router::new();
        for (index, pattern) in patterns.iter().enumerate() {
            // A wildcard has no name.
            let pattern = pattern.split_once("{*").map_or((*pattern).to_owned(), |(before, _)| format!("{before}*"));
            router.add(translate(&pattern, (":", ""), (":", "")), index)?;
        }
        Ok(Routefinder(router))
    }

    fn find(&self, path: &str) -> Option<usize> {
        let found = self.0.best_match(path)?;
        black_box(&found);
        Some(*found.handler())
    }

    fn read(&self, path: &str, mut value: impl FnMut(&str)) -> Option<usize> {
        let found = self.0.best_match(path)?;
        black_box(&found);
        let captures = found.captures();
        captures.params().iter().for_each(|capture| value(capture.value()));
        captures.wildcard().into_iter().for_each(value);
        Some(*found.handler())
    }
}
