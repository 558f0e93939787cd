//! What is found, as tables.

use handrolled_router::{Builder, MAX_PATH, Router};

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
        &["/todos", "/todos/stats", "/todos/{id}", "/files/{*path}", "/files/new", "/files/{name}/info", "/"],
        &[
            ("/", Some("/"), &[]),
            ("/todos", Some("/todos"), &[]),
            ("/todos/stats", Some("/todos/stats"), &[]),
            ("/todos/7", Some("/todos/{id}"), &["7"]),
            ("/todos/statsx", Some("/todos/{id}"), &["statsx"]),
            ("/todos/stat", Some("/todos/{id}"), &["stat"]),
            ("/files/new", Some("/files/new"), &[]),
            ("/files/new/info", Some("/files/{name}/info"), &["new"]),
            ("/files/a/b//c", Some("/files/{*path}"), &["a/b//c"]),
            ("/files/new/x", Some("/files/{*path}"), &["new/x"]),
            ("/files/new/", Some("/files/{*path}"), &["new/"]),
            ("/files//", Some("/files/{*path}"), &["/"]),
            ("/files//info", Some("/files/{*path}"), &["/info"]),
            ("/files/", None, &[]),
            ("/files", None, &[]),
            // A path may look like a pattern.
            ("/todos/{id}", Some("/todos/{id}"), &["{id}"]),
            ("/files/{*path}", Some("/files/{*path}"), &["{*path}"]),
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

/// Over several places, to a parameter that was passed by long before, with those in between forgotten.
#[test]
fn the_search_comes_back_from_afar() {
    check(
        &["/a/b/c/d", "/a/{p}/c/{q}/e", "/{r}/b/{s}/d/f", "/a/b/{t}/{u}/g", "/{*all}"],
        &[
            ("/a/b/c/d", Some("/a/b/c/d"), &[]),
            ("/a/b/c/d/e", Some("/a/{p}/c/{q}/e"), &["b", "d"]),
            ("/a/b/c/d/f", Some("/{r}/b/{s}/d/f"), &["a", "c"]),
            ("/a/b/c/d/g", Some("/a/b/{t}/{u}/g"), &["c", "d"]),
            ("/a/b/c/d/h", Some("/{*all}"), &["a/b/c/d/h"]),
            ("/a/b/c", Some("/{*all}"), &["a/b/c"]),
            ("/", None, &[]),
        ],
    );
}

/// A rest nearer to the end of the path beats one that is farther from it; nothing else does.
#[test]
fn the_nearest_rest_is_the_one() {
    check(
        &["/{*a}", "/x/{*b}", "/x/y/{*c}", "/x/{p}/z"],
        &[
            ("/q", Some("/{*a}"), &["q"]),
            ("/x", Some("/{*a}"), &["x"]),
            ("/x/", Some("/{*a}"), &["x/"]),
            ("/x/q", Some("/x/{*b}"), &["q"]),
            ("/x/y", Some("/x/{*b}"), &["y"]),
            ("/x/y/z", Some("/x/y/{*c}"), &["z"]),
            ("/x/q/z", Some("/x/{p}/z"), &["q"]),
            ("/x/q/zz", Some("/x/{*b}"), &["q/zz"]),
        ],
    );
}

/// Words are eight bytes; literals that differ only in what one look at a word or two does not see.
#[test]
fn long_literals_are_compared_in_full() {
    check(
        &[
            "/subscribers",
            "/xcomments",
            "/subscription",
            "/conscription",
            "/{other}",
            "/one-long-name-for-all",
            "/one-lone-name-for-all",
        ],
        &[
            ("/xcomments", Some("/xcomments"), &[]),
            ("/ycomments", Some("/{other}"), &["ycomments"]),
            ("/subscribers", Some("/subscribers"), &[]),
            ("/subscription", Some("/subscription"), &[]),
            ("/conscription", Some("/conscription"), &[]),
            ("/proscription", Some("/{other}"), &["proscription"]),
            ("/scription", Some("/{other}"), &["scription"]),
            ("/one-long-name-for-all", Some("/one-long-name-for-all"), &[]),
            ("/one-lone-name-for-all", Some("/one-lone-name-for-all"), &[]),
            ("/one-loud-name-for-all", Some("/{other}"), &["one-loud-name-for-all"]),
        ],
    );
}

#[test]
fn an_empty_literal_is_a_literal() {
    check(
        &["/todos", "/todos/", "//", "/a//b"],
        &[
            ("/todos", Some("/todos"), &[]),
            ("/todos/", Some("/todos/"), &[]),
            ("//", Some("//"), &[]),
            ("/", None, &[]),
            ("/a//b", Some("/a//b"), &[]),
            ("/a/b", None, &[]),
        ],
    );
}

#[test]
fn parameters_may_be_of_any_bytes_and_as_many_as_there_is_room_for() {
    check(
        &["/{a}/{b}/{c}/{d}/{e}/{f}/{g}/{h}", "/{a}/{b}/{c}/{d}/{e}/{f}/{g}/x/{*h}"],
        &[
            ("/1/2/3/4/5/6/7/8", Some("/{a}/{b}/{c}/{d}/{e}/{f}/{g}/{h}"), &["1", "2", "3", "4", "5", "6", "7", "8"]),
            (
                "/ä/%2F/{c}/./../ /\0/é",
                Some("/{a}/{b}/{c}/{d}/{e}/{f}/{g}/{h}"),
                &["ä", "%2F", "{c}", ".", "..", " ", "\0", "é"],
            ),
            (
                "/1/2/3/4/5/6/7/x/9/",
                Some("/{a}/{b}/{c}/{d}/{e}/{f}/{g}/x/{*h}"),
                &["1", "2", "3", "4", "5", "6", "7", "9/"],
            ),
            ("/1/2/3/4/5/6/7/8/9", None, &[]),
        ],
    );
}

#[test]
fn long_paths_are_found_too_up_to_the_limit() {
    let router = router(&["/{x}", "/a/{*rest}"]);
    for len in [60, 62, 63, 64, 127, 128, 129, 1000, MAX_PATH - 1] {
        let path = format!("/{}{}", "é".repeat(len / 2), "x".repeat(len % 2));
        let found = router.find(&path).expect("it is there");
        assert_eq!(found.params.get(0, &path), Some(&path[1..]), "{len}");
    }
    assert!(router.find(&format!("/{}", "a".repeat(MAX_PATH))).is_none());
    assert!(router.find(&format!("/a/{}", "/".repeat(MAX_PATH - 3))).is_some());
}
