//! The tables in README.md are those of the contract.

use conformance::{readme, verdicts};
use shared::contract::SERVERS;
use std::{fs, path::Path};

#[test]
fn the_tables_are_not_stale() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../README.md");
    let text = fs::read_to_string(path).expect("README.md is there");
    let new = readme::update(&text).expect("README.md has the markers");
    assert_eq!(text, new, "README.md is stale: `cargo run -p conformance -- --update-readme` makes its tables anew");
}

#[test]
fn the_tables_of_the_verdicts_are_not_stale() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("verdicts");
    let all = verdicts::read(&folder).expect("verdicts that can be read");
    assert!(all.len() >= 15, "there are {} verdicts", all.len());
    let text = fs::read_to_string(folder.join("README.md")).expect("verdicts/README.md is there");
    let new = readme::update_verdicts(&text, &all).expect("it has the markers");
    assert_eq!(text, new, "verdicts/README.md is stale: `cargo run -p conformance -- --update-readme` makes it anew");
}

/// Hardened, not one of the six violates a MUST.
#[test]
fn the_six_have_no_violation() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("verdicts");
    for server in &SERVERS {
        let bytes = fs::read(folder.join(format!("{}.json", server.name))).expect("a verdict");
        let verdict: serde_json::Value = serde_json::from_slice(&bytes).expect("JSON");
        assert_eq!(
            (&verdict["summary"]["must"], &verdict["asked"]["level"]),
            (&0.into(), &"all".into()),
            "{}",
            server.name
        );
    }
}
