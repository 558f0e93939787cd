//! What a builder takes and what it refuses.

use handrolled_router::{Builder, Conflict, MAX_PATH, MAX_SEGMENTS, Router};

fn router(patterns: &[&str]) -> Router<()> {
    let mut builder = Builder::new();
    patterns.iter().for_each(|pattern| builder.insert(pattern, ()).expect("no conflict"));
    builder.build()
}

#[test]
fn conflicts_name_both_patterns() {
    let pairs = [
        ("/a/{x}", "/a/{y}"),
        ("/a/{x}/b", "/a/{y}/c"),
        ("/a/{x}", "/a/{y}/{*z}"),
        ("/a", "/a"),
        ("/", "/"),
        ("/{*x}", "/{*y}"),
        ("/{x}", "/{x}"),
        ("/a/{x}/b/{*y}", "/a/{x}/b/{*z}"),
    ];
    for (one, other) in pairs.into_iter().flat_map(|(one, other)| [(one, other), (other, one)]) {
        let mut builder = Builder::new();
        builder.insert(one, ()).expect("the first");
        let conflict = builder.insert(other, ()).expect_err("the second");
        assert_eq!(conflict, Conflict::Taken(other.into(), one.into()));
        assert_eq!(conflict.to_string(), format!("`{other}` conflicts with `{one}`"));
        // What was refused has left no trace.
        assert_eq!(builder.build().to_string(), router(&[one]).to_string());
    }
}

#[test]
fn what_can_be_told_apart_goes_together() {
    router(&["/a/{x}", "/a/{*y}", "/a/b", "/a/", "/a", "/{x}/{y}", "/{x}", "/{*x}", "/{x}/b", "/{x}/{y}/{*z}", "/"]);
}

#[test]
fn what_is_no_pattern_is_refused() {
    let deep = "/a".repeat(MAX_SEGMENTS + 1);
    let long = format!("/{}", "a".repeat(MAX_PATH));
    let bad = [
        ("", "begin with a slash"),
        ("a", "begin with a slash"),
        ("/{}", "needs a name"),
        ("/{*}", "needs a name"),
        ("/{{x}}", "needs a name"),
        ("/a{x}", "whole segment"),
        ("/{x}y", "whole segment"),
        ("/}", "whole segment"),
        ("/{*rest}/a", "at the end"),
        ("/{*rest}/", "at the end"),
        ("/{a}/{b}/{c}/{d}/{e}/{f}/{g}/{h}/{i}", "too many parameters"),
        (&deep, "too many segments"),
        (&long, "longer than any path"),
    ];
    for (pattern, why) in bad {
        let refusal = Builder::new().insert(pattern, ()).expect_err(pattern);
        assert!(matches!(refusal, Conflict::Syntax(..)), "{refusal}");
        assert!(refusal.to_string().contains(why), "{refusal}");
    }
    assert!(Builder::new().insert(&deep[2..], ()).is_ok());
}

/// The order of insertion plays no part.
#[test]
fn it_prints_itself() {
    let patterns = ["/b/{x}/c", "/b", "/a/{*r}", "/", "/b/{x}", "/b/a"];
    let tree = "/ *\n/a\n  /{*r} *\n/b *\n  /a *\n  /{x} *\n    /c *\n";
    assert_eq!(router(&patterns).to_string(), tree);
    let mut reversed = patterns;
    reversed.reverse();
    assert_eq!(router(&reversed).to_string(), tree);
    assert_eq!(router(&[]).to_string(), "");
}

#[test]
fn a_router_without_patterns_finds_nothing() {
    assert!(["", "/", "/a"].iter().all(|path| router(&[]).find(path).is_none()));
}
