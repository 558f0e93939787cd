//! The page as a file: whole, strict and small.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use sha2::{Digest, Sha256};
use shared::contract::{ROUTES, SERVERS};
use site::{page, place};
use std::{fs, io::Write, sync::LazyLock};

/// Built once for all tests.
static PAGE: LazyLock<String> = LazyLock::new(|| page::build().expect("a page"));

fn between<'a>(text: &'a str, before: &str, after: &str) -> &'a str {
    let (_, rest) = text.split_once(before).unwrap_or_else(|| panic!("there is no {before}"));
    rest.split_once(after).unwrap_or_else(|| panic!("there is no {after}")).0
}

#[test]
fn its_policy_allows_its_own_script_and_style_and_no_others() {
    let page = &*PAGE;
    let policy = between(page, "Content-Security-Policy\" content=\"", "\"");
    for (name, text) in [
        ("script-src", between(page, "<script type=\"module\">", "</script>")),
        ("style-src", between(page, "<style>", "</style>")),
    ] {
        let hash = BASE64_STANDARD.encode(Sha256::digest(text));
        assert!(policy.contains(&format!("{name} 'sha256-{hash}'")), "{policy}");
    }
    assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
    assert!(policy.contains("require-trusted-types-for 'script'"), "{policy}");
}

#[test]
fn it_has_every_route_every_server_its_verdicts_and_the_run() {
    let page = &*PAGE;
    let data: serde_json::Value = serde_json::from_str(between(page, "id=\"data\">", "</script>")).expect("JSON");
    assert_eq!(data["routes"].as_array().map(Vec::len), Some(ROUTES.len()));
    let names: Vec<_> =
        data["servers"].as_array().expect("servers").iter().map(|server| server["name"].clone()).collect();
    assert_eq!(names, SERVERS.map(|server| server.name));
    for server in data["servers"].as_array().expect("servers") {
        assert_eq!(server["glue"].as_array().map(Vec::len), Some(ROUTES.len()));
    }
    // Hardened and stock.
    assert_eq!(data["verdicts"]["records"].as_array().map(Vec::len), Some(2 * SERVERS.len()));
    let sections = data["figures"].as_array().expect("figures");
    let has = |name: &str| sections.iter().any(|section| section["name"] == name);
    assert!(["plaintext", "costs", "idle", "ablations", "hit, last resource"].into_iter().all(has), "{sections:?}");
}

/// What the servers send is what would be built now.
#[test]
fn it_is_not_stale() {
    let kept = fs::read_to_string(place()).unwrap_or_default();
    assert!(kept == *PAGE, "{} is stale: `cargo page` builds it anew", place().display());
}

#[test]
fn it_is_small_on_its_way() {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    gzip.write_all(PAGE.as_bytes()).expect("room");
    let size = gzip.finish().expect("room").len();
    assert!(size < 500 * 1024, "{} KiB", size / 1024);
}

/// Nothing is loaded from anywhere, no mark is left, and text does not become HTML.
#[test]
fn it_needs_nothing_else() {
    let page = &*PAGE;
    // The servers' source may say what it likes.
    let rest = page.replacen(between(page, "id=\"data\">", "</script>"), "", 1);
    for mark in ["@@", " src=", "@import", "innerHTML", "insertAdjacentHTML"] {
        assert!(!rest.contains(mark), "{mark}");
    }
    let script = between(page, "<script type=\"module\">", "</script>");
    assert!(!script.lines().any(|line| line.starts_with("import ") || line.starts_with("export ")), "{script}");
}
