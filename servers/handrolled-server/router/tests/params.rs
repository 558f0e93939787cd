//! Parameters, away from the router and the path that they came from.

use handrolled_router::{Builder, Params};

fn params(path: &str) -> Params {
    let mut builder = Builder::new();
    builder.insert("/a/{x}", ()).expect("no conflict");
    builder.insert("/{x}/b", ()).expect("no conflict");
    builder.build().find(path).map(|found| found.params).expect("it is there")
}

#[test]
fn parameters_are_the_same_if_those_that_count_are() {
    assert_eq!(params("/q/b"), params("/q/b"));
    assert_eq!(params("/q/b"), params("/r/b"));
    assert_ne!(params("/q/b"), params("/qq/b"));
    assert_ne!(params("/q/b"), params("/a/q"));
    assert_eq!(format!("{:?}", params("/a/q")), "[(3, 4)]");
}

/// A span belongs to its path; with another one it is wrong, and no more than that.
#[test]
fn parameters_of_another_path_do_no_harm() {
    let found = params("/a/éé");
    assert_eq!(found.get(0, "/a"), None);
    assert_eq!(found.get(0, "/aé/xéé"), None);
    assert_eq!((found.len(), found.is_empty(), found.get(1, "/a/éé")), (1, false, None));
}
