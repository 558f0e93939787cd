//! Trees: ours, and those that are built like it or by prefixes.

use super::{Subject, black_box, translate};

/// [`handrolled_router`], the subject of all this.
pub struct Handrolled(handrolled_router::Router<usize>);

impl Subject for Handrolled {
    const NAME: &'static str = "handrolled-router";
    const HAS_NAMES: bool = false;

    fn build(patterns: &[&str]) -> Result<Self, String> {
        let mut builder = handrolled_router::Builder::new();
        for (index, pattern) in patterns.iter().enumerate() {
            builder.insert(pattern, index).map_err(|why| why.to_string())?;
        }
        Ok(Handrolled(builder.build()))
    }

    fn find(&self, path: &str) -> Option<usize> {
        let found = self.0.find(path)?;
        black_box(&found);
        Some(*found.value)
    }

    fn read(&self, path: &str, value: impl FnMut(&str)) -> Option<usize> {
        let found = self.0.find(path)?;
        black_box(&found);
        found.params.iter(path).for_each(value);
        Some(*found.value)
    }
}

/// [matchit](https://docs.rs/matchit) and what is made of it have one interface.
macro_rules! like_matchit {
    ($(#[$doc:meta])* $subject:ident, $krate:ident, $name:literal, $version:literal) => {
        $(#[$doc])*
        pub struct $subject($krate::Router<usize>);

        impl Subject for $subject {
            const NAME: &'static str = $name;
            const VERSION: &'static str = $version;

            fn build(patterns: &[&str]) -> Result<Self, String> {
                let mut router = $krate::Router::new();
                for (index, pattern) in patterns.iter().enumerate() {
                    router.insert((*pattern).to_owned(), index).map_err(|why| why.to_string())?;
                }
                Ok($subject(router))
            }

            fn find(&self, path: &str) -> Option<usize> {
                let found = self.0.at(path).ok()?;
                black_box(&found);
                Some(*found.value)
            }

            fn read(&self, path: &str, mut value: impl FnMut(&str)) -> Option<usize> {
                let found = self.0.at(path).ok()?;
                black_box(&found);
                found.params.iter().for_each(|(_, text)| value(text));
                Some(*found.value)
            }
        }
    };
}

like_matchit!(
    /// [matchit](https://docs.rs/matchit/0.9), the newest.
    Matchit09,
    matchit,
    "matchit 0.9",
    "0.9"
);
like_matchit!(
    /// [matchit](https://docs.rs/matchit/0.8), which axum 0.8 uses.
    Matchit08,
    matchit_0_8,
    "matchit 0.8",
    "0.8"
);
like_matchit!(
    /// [xitca-router](https://docs.rs/xitca-router/0.4). 0.5 needs a newer compiler than this workspace's.
    XitcaRouter,
    xitca_router,
    "xitca-router",
    ""
);

/// [wayfind](https://docs.rs/wayfind).
pub struct Wayfind(wayfind::Router<usize>);

impl Subject for Wayfind {
    const NAME: &'static str = "wayfind";

    fn build(patterns: &[&str]) -> Result<Self, String> {
        let mut builder = wayfind::RouterBuilder::new();
        for (index, pattern) in patterns.iter().enumerate() {
            let pattern = translate(pattern, ("<", ">"), ("<*", ">"));
            builder.insert(&pattern, index).map_err(|why| why.to_string())?;
        }
        Ok(Wayfind(builder.build()))
    }

    fn find(&self, path: &str) -> Option<usize> {
        let found = self.0.search(path)?;
        black_box(&found);
        Some(*found.data())
    }

    fn read(&self, path: &str, mut value: impl FnMut(&str)) -> Option<usize> {
        let found = self.0.search(path)?;
        black_box(&found);
        found.parameters().iter().for_each(|(_, text)| value(text));
        Some(*found.data())
    }
}

/// [path-tree](https://docs.rs/path-tree).
pub struct PathTree(path_tree::PathTree<usize>);

impl Subject for PathTree {
    const NAME: &'static str = "path-tree";

    fn build(patterns: &[&str]) -> Result<Self, String> {
        let mut router = path_tree::PathTree::new();
        for (index, pattern) in patterns.iter().enumerate() {
            // It gives back a number of its own.
            let _ = router.insert(&translate(pattern, (":", ""), (":", "+")), index);
        }
        Ok(PathTree(router))
    }

    fn find(&self, path: &str) -> Option<usize> {
        let (index, found) = self.0.find(path)?;
        black_box(&found);
        Some(*index)
    }

    fn read(&self, path: &str, mut value: impl FnMut(&str)) -> Option<usize> {
        let (index, found) = self.0.find(path)?;
        black_box(&found);
        found.params_iter().for_each(|(_, text)| value(text));
        Some(*index)
    }
}
