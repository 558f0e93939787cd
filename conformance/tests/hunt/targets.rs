//! The first lines of the search: every route of the contract and its neighbours, well and badly spelt.

use super::target_words::{
    ABSOLUTE, COUNTS, FILES, IDS, INSERTS, LIMITS, METHODS, NETWORKS, ODD_ABSOLUTE, ODD_METHODS, ODD_VERSIONS, QUERIES,
    VERSIONS, WAITS,
};
use super::{asked::Line, body::mostly};
use proptest::{collection::vec, prelude::*, sample::Index, sample::select};
use shared::contract::{ROUTES, Route, patterns};

/// The first line.
pub fn line() -> impl Strategy<Value = Line> {
    let written =
        (mostly(150, &["", "\r\n"], &["\n", " ", "\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n", "\r"]), gap(), version());
    (routed(), written).prop_map(|((method, target), (blank, gap, version))| Line {
        blank,
        method,
        gap,
        target,
        version,
    })
}

fn gap() -> impl Strategy<Value = &'static str> {
    prop_oneof![300 => Just(" "), 1 => select(&["  ", "\t", "", " \t", "\u{b}"][..])]
}

fn version() -> impl Strategy<Value = &'static str> {
    prop_oneof![100 => Just("HTTP/1.1"), 15 => select(VERSIONS), 2 => select(ODD_VERSIONS)]
}

/// A method, mostly one that the path has, and a target.
fn routed() -> impl Strategy<Value = (&'static str, Vec<u8>)> {
    let routes = select(ROUTES).prop_flat_map(|route: Route| {
        let method = prop_oneof![8 => Just(route.method.as_str()), 3 => mostly(10, METHODS, ODD_METHODS)];
        (method, target(route.pattern))
    });
    let odd = select(&["*", "", "/", "?", "//", "/nowhere", "/.", "%2F", "*/", "/*", "http://*", "{id}"][..]);
    let odd = (mostly(10, METHODS, ODD_METHODS), odd.prop_map(|target| target.as_bytes().to_vec()));
    // As long as a target may be, and longer.
    let long = select(&[8180_usize, 8185, 8191, 8192, 8193, 9000][..])
        .prop_map(|len| format!("/json?{}", "a".repeat(len - 6)));
    let long = (select(METHODS), long.prop_map(String::into_bytes));
    prop_oneof![60 => routes, 4 => odd, 1 => long]
}

fn target(pattern: &'static str) -> BoxedStrategy<Vec<u8>> {
    let front = prop_oneof![60 => Just(""), 3 => select(ABSOLUTE), 1 => select(ODD_ABSOLUTE)];
    let queries = match pattern {
        "/events" => {
            return (front, select(LIMITS))
                .prop_map(|(front, limit)| format!("{front}/events?{limit}").into_bytes())
                .boxed();
        }
        _ => prop_oneof![2 => Just(Vec::new()), 1 => vec(select(QUERIES), 1..4)],
    };
    let inserts = prop_oneof![6 => Just(Vec::new()), 1 => vec((any::<Index>(), select(INSERTS)), 1..3)];
    (front, path(pattern), inserts, queries)
        .prop_map(|(front, path, inserts, queries)| {
            let mut target = path.into_bytes();
            for (at, insert) in inserts {
                let at = at.index(target.len() + 1);
                target.splice(at..at, insert.iter().copied());
            }
            let query = if queries.is_empty() { String::new() } else { format!("?{}", queries.join("&")) };
            [front.as_bytes(), &target, query.as_bytes()].concat()
        })
        .boxed()
}

/// The pattern with something in the place of its parameter.
fn path(pattern: &'static str) -> BoxedStrategy<String> {
    let with = |name: &'static str, values: &'static [&'static str]| {
        // The first ones are what there is.
        let (sound, odd) = values.split_at(3);
        prop_oneof![3 => select(sound), 1 => select(odd)].prop_map(move |value| pattern.replace(name, value)).boxed()
    };
    match pattern {
        "/json/{count}" => with("{count}", COUNTS),
        "/delay/{ms}" => with("{ms}", WAITS),
        "/resolve/{network}" => with("{network}", NETWORKS),
        "/todos/{id}" => with("{id}", IDS),
        "/files/{*path}" => with("{*path}", FILES),
        _ => prop_oneof![40 => Just(pattern.to_owned()), 1 => select(patterns()).prop_map(move |other| format!("{pattern}{other}"))].boxed(),
    }
}
