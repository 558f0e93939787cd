//! The routers, each used as its own documentation does, through one trait.
//!
//! A router is generic in the loop that asks it, so nothing but the router stands in that loop. What it
//! answers goes through [`black_box`] whole: in a server it would go to a handler.

mod chain;
mod regexes;
mod states;
mod trees;

use crate::conditions::Paths;
use std::{hint::black_box, panic};

pub use chain::Chain;
pub use regexes::{ActixRouter, NtexRouter};
pub use states::{RouteRecognizer, Routefinder};
pub use trees::{Handrolled, Matchit08, Matchit09, PathTree, Wayfind, XitcaRouter};

/// The one that the others are compared with: axum's, in its newest version.
pub const REFERENCE: &str = Matchit09::NAME;
/// Ours.
pub const OURS: &str = Handrolled::NAME;

/// A router.
pub trait Subject: Sized {
    /// The package.
    const NAME: &'static str;
    /// Its version as `Cargo.lock` has it begins with this; a name may be there twice.
    const VERSION: &'static str = "";
    /// Whether a parameter can be asked for by its name.
    const HAS_NAMES: bool = true;

    /// Whether it gives the parameters from left to right.
    const HAS_ORDER: bool = true;

    /// One with these patterns, in our syntax; each is told by its number.
    ///
    /// # Errors
    /// When it does not take them.
    fn build(patterns: &[&str]) -> Result<Self, String>;

    /// Which pattern matches.
    fn find(&self, path: &str) -> Option<usize>;

    /// Which pattern matches; every value of a parameter is handed on.
    fn read(&self, path: &str, value: impl FnMut(&str)) -> Option<usize>;
}

/// A router whose type does not matter any more.
pub trait Runner {
    /// The package.
    fn name(&self) -> &'static str;
    /// Looks up all paths; what it gives back hangs on every answer.
    fn pass(&self, paths: &Paths, reading: bool) -> u64;
    /// Which pattern matches, by both ways of asking.
    fn find(&self, path: &str) -> Option<usize>;
    /// The same, with the values of the parameters.
    fn read(&self, path: &str) -> Option<(usize, Vec<String>)>;
}

struct Boxed<S>(S);

impl<S: Subject> Runner for Boxed<S> {
    fn name(&self) -> &'static str {
        S::NAME
    }

    fn pass(&self, paths: &Paths, reading: bool) -> u64 {
        match reading {
            false => paths.iter().filter_map(|path| self.0.find(path)).map(|found| found as u64).sum(),
            true => paths
                .iter()
                .filter_map(|path| self.0.read(path, |value| _ = black_box(value.len())))
                .map(|found| found as u64)
                .sum(),
        }
    }

    fn find(&self, path: &str) -> Option<usize> {
        self.0.find(path)
    }

    fn read(&self, path: &str) -> Option<(usize, Vec<String>)> {
        let mut values = Vec::new();
        self.0.read(path, |value| values.push(value.to_owned())).map(|found| (found, values))
    }
}

type Build = fn(&[&str]) -> Result<Box<dyn Runner>, String>;

/// How one is made, and what is known of it without making one.
#[derive(Clone, Copy)]
pub struct Kind {
    /// The package.
    pub name: &'static str,
    /// What its version begins with.
    pub version: &'static str,
    /// Whether a parameter can be asked for by its name.
    pub has_names: bool,
    /// Whether it gives the parameters from left to right.
    pub has_order: bool,
    build: Build,
}

impl Kind {
    const fn of<S: Subject + 'static>() -> Kind {
        let build = |patterns: &[&str]| S::build(patterns).map(|router| Box::new(Boxed(router)) as Box<dyn Runner>);
        Kind { name: S::NAME, version: S::VERSION, has_names: S::HAS_NAMES, has_order: S::HAS_ORDER, build }
    }

    /// Whether a router of this kind finds what is right for a path, by both ways of asking.
    pub fn is_right(&self, router: &dyn Runner, path: &str, right: &Option<(usize, Vec<String>)>) -> bool {
        let (mut got, mut right) = (router.read(path), right.clone());
        if !self.has_order {
            got.iter_mut().chain(&mut right).for_each(|(_, values)| values.sort());
        }
        got == right && router.find(path) == right.map(|(index, _)| index)
    }

    /// One with these patterns.
    ///
    /// # Errors
    /// When it does not take them; a panic is no more than that.
    pub fn build(&self, patterns: &[&str]) -> Result<Box<dyn Runner>, String> {
        panic::catch_unwind(|| (self.build)(patterns)).unwrap_or_else(|_| Err("it panicked".to_owned()))
    }
}

/// All of them; ours first.
pub const ALL: [Kind; 11] = [
    Kind::of::<Handrolled>(),
    Kind::of::<Matchit09>(),
    Kind::of::<Matchit08>(),
    Kind::of::<Wayfind>(),
    Kind::of::<PathTree>(),
    Kind::of::<XitcaRouter>(),
    Kind::of::<ActixRouter>(),
    Kind::of::<NtexRouter>(),
    Kind::of::<RouteRecognizer>(),
    Kind::of::<Routefinder>(),
    Kind::of::<Chain>(),
];

/// A pattern in another syntax: what stands for `{` and `}`, and for `{*` and `}`.
fn translate(pattern: &str, parameter: (&str, &str), rest: (&str, &str)) -> String {
    let mut translated = String::new();
    for (at, piece) in pattern.split('{').enumerate() {
        match piece.split_once('}') {
            Some((name, after)) if at > 0 => {
                let (name, (open, close)) = name.strip_prefix('*').map_or((name, parameter), |name| (name, rest));
                translated.extend([open, name, close, after]);
            }
            _ => translated.push_str(piece),
        }
    }
    translated
}
