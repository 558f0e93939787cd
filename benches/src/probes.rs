//! What each router does and does not do, found out by asking it.

use crate::routers::{Kind, Runner};
use serde::Serialize;
use std::{panic, panic::AssertUnwindSafe};

/// Longer than what some routers count with.
const LONG: usize = 70_000;

/// A thing that a router may do.
pub struct Probe {
    /// What, in a few words.
    pub what: &'static str,
    /// What it is good for, or how it was asked.
    pub how: &'static str,
    ask: fn(&Kind) -> bool,
}

/// The answers of one router, in the order of [`PROBES`]; nothing if it cannot be asked.
#[derive(Clone, Debug, Serialize)]
pub struct Answers {
    /// The router.
    pub name: &'static str,
    /// What it does.
    pub does: Option<Vec<bool>>,
}

/// All probes.
pub const PROBES: [Probe; 12] = [
    Probe {
        what: "comes back",
        how: "`/a/{x}/c` matches `/a/b/c` beside `/a/b`",
        ask: |kind| leads(kind, &["/a/b", "/a/{x}/c"], "/a/b/c", Some(1)),
    },
    Probe {
        what: "literal first",
        how: "`/a/b` beats `/a/{x}`, whichever was inserted first",
        ask: |kind| {
            leads(kind, &["/a/{x}", "/a/b"], "/a/b", Some(1)) && leads(kind, &["/a/b", "/a/{x}"], "/a/b", Some(0))
        },
    },
    Probe {
        what: "parameter beside rest",
        how: "`/a/b`, `/a/{x}` and `/a/{*y}` go together, the nearest first",
        ask: |kind| {
            let patterns = ["/a/{*y}", "/a/{x}", "/a/b"];
            [("/a/b", 2), ("/a/c", 1), ("/a/c/d", 0)].iter().all(|(path, at)| leads(kind, &patterns, path, Some(*at)))
        },
    },
    Probe {
        what: "refuses twins",
        how: "`/a/{x}` beside `/a/{y}`, which no path can tell apart, is an error",
        ask: |kind| kind.build(&["/a/{x}", "/a/{y}"]).is_err(),
    },
    Probe {
        what: "no empty parameter",
        how: "`/a/{x}` does not match `/a/`",
        ask: |kind| leads(kind, &["/a/{x}"], "/a/", None),
    },
    Probe {
        what: "no empty rest",
        how: "`/a/{*x}` does not match `/a/`",
        ask: |kind| leads(kind, &["/a/{*x}"], "/a/", None),
    },
    Probe {
        what: "exact slashes",
        how: "`/a` matches neither `/a/` nor `//a`",
        ask: |kind| leads(kind, &["/a"], "/a/", None) && leads(kind, &["/a"], "//a", None),
    },
    Probe {
        what: "parts of segments",
        how: "`/{x}.json` matches `/b.json`, and the parameter is `b`",
        ask: |kind| reads(kind, "/{x}.json", "/b.json", &["b"]),
    },
    Probe {
        what: "nine parameters",
        how: "in one pattern",
        ask: |kind| {
            let pattern = "/{a}/{b}/{c}/{d}/{e}/{f}/{g}/{h}/{i}";
            reads(kind, pattern, "/1/2/3/4/5/6/7/8/9", &["1", "2", "3", "4", "5", "6", "7", "8", "9"])
        },
    },
    Probe {
        what: "long paths",
        how: "of 70 000 bytes",
        ask: |kind| reads(kind, "/{x}", &format!("/{}", "a".repeat(LONG)), &[&"a".repeat(LONG)]),
    },
    Probe { what: "names", how: "a parameter can be asked for by its name", ask: |kind| kind.has_names },
    Probe { what: "order", how: "parameters come from left to right", ask: |kind| kind.has_order },
];

/// Asks all routers; a panic is no.
pub fn ask_all(kinds: &[Kind]) -> Vec<Answers> {
    let quiet = panic::take_hook();
    panic::set_hook(Box::new(|_| {}));
    let answers = kinds.iter().map(|kind| {
        // What is source code has no other patterns than those that it was written for.
        let can_be_asked = kind.build(&["/a"]).is_ok();
        let ask = |probe: &Probe| panic::catch_unwind(AssertUnwindSafe(|| (probe.ask)(kind))).unwrap_or(false);
        let does = can_be_asked.then(|| PROBES.iter().map(ask).collect());
        Answers { name: kind.name, does }
    });
    let answers = answers.collect();
    panic::set_hook(quiet);
    answers
}

fn leads(kind: &Kind, patterns: &[&str], path: &str, to: Option<usize>) -> bool {
    kind.build(patterns).is_ok_and(|router| router.find(path) == to)
}

fn reads(kind: &Kind, pattern: &str, path: &str, values: &[&str]) -> bool {
    let is_right = |router: Box<dyn Runner>| {
        router.read(path).is_some_and(|(_, mut got)| {
            got.sort();
            got == values
        })
    };
    kind.build(&[pattern]).is_ok_and(is_right)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::routers;

    #[test]
    fn ours_does_what_its_manual_says() {
        let answers = ask_all(&routers::ALL);
        let ours = answers.iter().find(|answers| answers.name == routers::OURS).and_then(|ours| ours.does.clone());
        let does_not: Vec<_> = PROBES
            .iter()
            .zip(ours.expect("it was asked"))
            .filter(|(_, does)| !does)
            .map(|(probe, _)| probe.what)
            .collect();
        assert_eq!(does_not, ["parts of segments", "nine parameters", "long paths", "names"]);
        // Each probe tells routers apart, or all agree on a thing that one can do wrong.
        let asked: Vec<_> = answers.iter().filter_map(|answers| answers.does.clone()).collect();
        assert_eq!(asked.len(), routers::ALL.len() - 1);
    }
}
