//! The tables in README.md are those of the contract.

use conformance::readme;
use std::{fs, path::Path};

#[test]
fn the_tables_are_not_stale() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../README.md");
    let text = fs::read_to_string(path).expect("README.md is there");
    let new = readme::update(&text).expect("README.md has the markers");
    assert_eq!(text, new, "README.md is stale: `cargo run -p conformance -- --update-readme` makes its tables anew");
}
