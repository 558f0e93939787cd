//! The real sources, cut: nothing is missing, and what is missing is an error.

use shared::contract::{ROUTES, SERVERS};
use site::{
    style::{Place, Style},
    workspace,
};
use std::{fs, path::Path};

fn text(style: &Style, place: &Place) -> String {
    style.files[place.file].lines(place.lines)
}

#[test]
fn every_server_has_every_operation_in_its_table_and_as_a_function() {
    for style in Style::all(workspace()).expect("sources") {
        let server = style.server.name;
        assert_eq!(style.operations.len(), ROUTES.len());
        for (glue, route) in style.operations.iter().zip(ROUTES) {
            let (name, function) = (route.operation.name(), text(&style, &glue.function));
            let heading = format!("/// `{} {}`", route.method.as_str(), route.pattern);
            assert!(function.starts_with(&heading), "{server}: {function}");
            assert!(function.contains(&format!("fn {name}")) && function.ends_with('}'), "{server}: {function}");
            assert!(glue.rows.iter().any(|row| text(&style, row).contains(name)), "{server}: {name}");
            // A row is a row and not the table.
            let lines: usize = glue.rows.iter().map(|row| row.lines.last + 1 - row.lines.first).sum();
            assert!((1..=24).contains(&lines), "{server}: {name} has {lines} lines of table");
        }
    }
}

/// A row has the path in it, or names what has it.
#[test]
fn rows_have_the_path() {
    for style in Style::all(workspace()).expect("sources") {
        for (glue, route) in style.operations.iter().zip(ROUTES) {
            let first = route.pattern.split('/').nth(1).unwrap_or_default();
            let rows: Vec<_> = glue.rows.iter().map(|row| text(&style, row)).collect();
            assert!(rows.iter().any(|row| row.contains(first)), "{}: {rows:#?}", style.server.name);
        }
    }
}

#[test]
fn what_a_request_touches_is_followed_from_file_to_file() {
    let styles = Style::all(workspace()).expect("sources");
    for (server, operation, wanted) in [
        ("axum-server", "create_todo", ["pub fn created(", "pub fn tagged(", "pub struct Json<T>"]),
        ("hyper-server", "create_todo", ["pub fn created(", "pub async fn json", "pub struct Failure"]),
        ("handrolled-server", "relay", ["pub async fn rate_limit", "pub async fn breaker", "async fn gated"]),
        ("warp-server", "create_todo", ["pub fn created(", "fn json_body", "pub fn with_app"]),
        ("actix-web-server", "create_todo", ["pub fn created(", "pub struct Json<T>", "pub struct Failure"]),
    ] {
        let style = styles.iter().find(|style| style.server.name == server).expect("one of the six");
        let at = ROUTES.iter().position(|route| route.operation.name() == operation).expect("a route");
        let touched: Vec<_> = style.operations[at].touches.iter().map(|place| text(style, place)).collect();
        for what in wanted {
            assert!(touched.iter().any(|text| text.contains(what)), "{server}, {operation}: no {what} in {touched:#?}");
        }
        let others = ROUTES.iter().map(|route| format!("async fn {}(", route.operation.name()));
        let glue = others.filter(|other| touched.iter().any(|text| text.contains(other))).collect::<Vec<_>>();
        assert!(glue.iter().all(|other| !other.contains(operation)), "{server}: {glue:?}");
    }
}

#[test]
fn a_missing_function_is_an_error_that_names_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let src = Path::new("servers/hyper-server/src");
    fs::create_dir_all(folder.path().join(src)).expect("folders");
    for entry in fs::read_dir(workspace().join(src)).expect("sources") {
        let path = src.join(entry.expect("a file").file_name());
        let text = fs::read_to_string(workspace().join(&path)).expect("text");
        let text = text.replace("async fn get_todo(", "async fn fetch_todo(");
        fs::write(folder.path().join(path), text).expect("written");
    }
    let why = Style::read(folder.path(), &SERVERS[0]).err().expect("one is missing").to_string();
    assert!(why.contains("routes.rs: there is no function get_todo"), "{why}");
}
