//! The page as a file: whole, strict and small.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use sha2::{Digest, Sha256};
use shared::contract::{ROUTES, SERVERS};
use site::page;

fn between<'a>(text: &'a str, before: &str, after: &str) -> &'a str {
    let (_, rest) = text.split_once(before).unwrap_or_else(|| panic!("there is no {before}"));
    rest.split_once(after).unwrap_or_else(|| panic!("there is no {after}")).0
}

#[test]
fn its_policy_allows_its_own_script_and_style_and_no_others() {
    let page = page::build().expect("a page");
    let policy = between(&page, "Content-Security-Policy\" content=\"", "\"");
    for (name, text) in [
        ("script-src", between(&page, "<script type=\"module\">", "</script>")),
        ("style-src", between(&page, "<style>", "</style>")),
    ] {
        let hash = BASE64_STANDARD.encode(Sha256::digest(text));
        assert!(policy.contains(&format!("{name} 'sha256-{hash}'")), "{policy}");
    }
    assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
    assert!(policy.contains("require-trusted-types-for 'script'"), "{policy}");
}

#[test]
fn it_has_every_route_and_every_server() {
    let page = page::build().expect("a page");
    let data: serde_json::Value = serde_json::from_str(between(&page, "id=\"data\">", "</script>")).expect("JSON");
    assert_eq!(data["routes"].as_array().map(Vec::len), Some(ROUTES.len()));
    let names: Vec<_> =
        data["servers"].as_array().expect("servers").iter().map(|server| server["name"].clone()).collect();
    assert_eq!(names, SERVERS.map(|server| server.name));
    for server in data["servers"].as_array().expect("servers") {
        assert_eq!(server["glue"].as_array().map(Vec::len), Some(ROUTES.len()));
    }
}

/// Nothing is loaded from anywhere, no mark is left, and text does not become HTML.
#[test]
fn it_needs_nothing_else() {
    let page = page::build().expect("a page");
    // The servers' source may say what it likes.
    let rest = page.replacen(between(&page, "id=\"data\">", "</script>"), "", 1);
    for mark in ["@@", " src=", "@import", "innerHTML", "insertAdjacentHTML"] {
        assert!(!rest.contains(mark), "{mark}");
    }
    let script = between(&page, "<script type=\"module\">", "</script>");
    assert!(!script.lines().any(|line| line.starts_with("import ") || line.starts_with("export ")), "{script}");
}
