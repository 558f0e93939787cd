//! A row of resources that are tried one after the other: actix-web's, and ntex's, which became a tree.

use super::{Subject, black_box, translate};

/// [actix-router](https://docs.rs/actix-router), actix-web's.
pub struct ActixRouter(actix_router::Router<usize>);

impl Subject for ActixRouter {
    const NAME: &'static str = "actix-router";

    fn build(patterns: &[&str]) -> Result<Self, String> {
        let mut router = actix_router::Router::build();
        for (index, pattern) in patterns.iter().enumerate() {
            router.path(translate(pattern, ("{", "}"), ("{", ":.+}")), index);
        }
        Ok(ActixRouter(router.finish()))
    }

    fn find(&self, path: &str) -> Option<usize> {
        let mut path = actix_router::Path::new(path);
        let (index, _) = self.0.recognize(&mut path)?;
        black_box(&path);
        Some(*index)
    }

    fn read(&self, path: &str, mut value: impl FnMut(&str)) -> Option<usize> {
        let mut path = actix_router::Path::new(path);
        let (index, _) = self.0.recognize(&mut path)?;
        black_box(&path);
        path.iter().for_each(|(_, text)| value(text));
        Some(*index)
    }
}

/// [ntex-router](https://docs.rs/ntex-router/1). 2 needs a newer compiler than this workspace's.
pub struct NtexRouter(ntex_router::Router<usize>);

impl Subject for NtexRouter {
    const NAME: &'static str = "ntex-router";

    fn build(patterns: &[&str]) -> Result<Self, String> {
        let mut router = ntex_router::Router::builder();
        for (index, pattern) in patterns.iter().enumerate() {
            router.path(translate(pattern, ("{", "}"), ("{", "}*")).as_str(), index);
        }
        Ok(NtexRouter(router.build()))
    }

    fn find(&self, path: &str) -> Option<usize> {
        let mut path = ntex_router::Path::new(path);
        let (index, _) = self.0.recognize(&mut path)?;
        black_box(&path);
        Some(*index)
    }

    fn read(&self, path: &str, mut value: impl FnMut(&str)) -> Option<usize> {
        let mut path = ntex_router::Path::new(path);
        let (index, _) = self.0.recognize(&mut path)?;
        black_box(&path);
        path.iter().for_each(|(_, text)| value(text));
        Some(*index)
    }
}
