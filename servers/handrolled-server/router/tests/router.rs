//! The manual, as tables.

use handrolled_router::{Builder, Conflict, Router};

fn router(patterns: &[&'static str]) -> Router<&'static str> {
    let mut builder = Builder::new();
    for pattern in patterns {
        builder.insert(pattern, *pattern).expect("no conflict");
    }
    builder.build()
}

/// Each path, the pattern it must lead to, and its parameters.
fn check(patterns: &[&'static str], table: &[(&str, Option<&str>, &[&str])]) {
    let mut reversed = patterns.to_vec();
    reversed.reverse();
    for router in [router(patterns), router(&reversed)] {
        for (path, pattern, params) in table {
            let found = router.find(path);
            assert_eq!(found.as_ref().map(|found| *found.value), *pattern, "{path}");
            let Some(found) = found else { continue };
            let got: Vec<_> = (0..found.params.len()).filter_map(|at| found.params.get(at, path)).collect();
            assert_eq!(got, *params, "{path}");
        }
    }
}

#[test]
fn a_literal_beats_a_parameter_beats_the_rest() {
    check(
        &["/todos", "/todos/stats", "/todos/{id}", "/files/{*path}", "/files/new", "/"],
        &[
            ("/", Some("/"), &[]),
            ("/todos", Some("/todos"), &[]),
            ("/todos/stats", Some("/todos/stats"), &[]),
            ("/todos/7", Some("/todos/{id}"), &["7"]),
            ("/todos/statsx", Some("/todos/{id}"), &["statsx"]),
            ("/files/new", Some("/files/new"), &[]),
            ("/files/a/b//c", Some("/files/{*path}"), &["a/b//c"]),
            ("/files/new/x", Some("/files/{*path}"), &["new/x"]),
            ("/files/", None, &[]),
            ("/todos/", None, &[]),
            ("/todos/7/", None, &[]),
            ("//", None, &[]),
            ("/TODOS", None, &[]),
            ("", None, &[]),
            ("todos", None, &[]),
        ],
    );
}

#[test]
fn the_search_comes_back() {
    check(
        &["/a/b", "/a/{x}/c", "/{y}/b/d", "/a/{*z}"],
        &[
            ("/a/b", Some("/a/b"), &[]),
            ("/a/b/c", Some("/a/{x}/c"), &["b"]),
            ("/a/b/d", Some("/a/{*z}"), &["b/d"]),
            ("/q/b/d", Some("/{y}/b/d"), &["q"]),
            ("/q/b/c", None, &[]),
        ],
    );
}

#[test]
fn conflicts_name_both_patterns() {
    for (first, second) in
        [("/a/{x}", "/a/{y}"), ("/a/{x}/b", "/a/{y}/c"), ("/a", "/a"), ("/{*x}", "/{*y}"), ("/{x}", "/{x}")]
    {
        let mut builder = Builder::new();
        builder.insert(first, ()).expect("the first");
        let conflict = builder.insert(second, ()).expect_err("the second");
        assert_eq!(conflict, Conflict::Taken(second.into(), first.into()));
    }
}

#[test]
fn what_is_no_pattern_is_refused() {
    for bad in ["", "a", "/{}", "/{*}", "/a{x}", "/{x}y", "/{*rest}/a", "/{a}/{b}/{c}/{d}/{e}/{f}/{g}/{h}/{i}", "/}"] {
        assert!(matches!(Builder::new().insert(bad, ()), Err(Conflict::Syntax(..))), "{bad}");
    }
}

#[test]
fn a_long_path_matches_nothing() {
    let long = format!("/{}", "a".repeat(70_000));
    assert!(router(&["/{x}"]).find(&long).is_none());
}
