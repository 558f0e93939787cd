//! The house rules that a program can check, so that nobody has to remember them.

use shared::contract::{ROUTES, SERVERS, patterns};
use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::Command,
};
use toml::{Table, Value};

/// The longest file of a server, its tests aside; a table of routes is as long as it must be.
const LINES: usize = 200;
/// The files of a server, and those of one that stands on hyper-server's pipes.
const FILES: [&str; 6] = ["extract.rs", "lib.rs", "main.rs", "middleware.rs", "respond.rs", "routes.rs"];
const FILES_ON_PIPES: [&str; 3] = ["lib.rs", "main.rs", "routes.rs"];
const ON_PIPES: [&str; 2] = ["hyper-router-server", "handrolled-server"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().expect("the workspace is there")
}

/// Every file below a folder, build output aside.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap_or_else(|cause| panic!("{}: {cause}", folder.display()));
    let mut found = Vec::new();
    for entry in entries {
        let path = entry.expect("a readable folder").path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        match path.is_dir() {
            true if ["target", "corpus", "artifacts"].contains(&name.as_str()) || name.starts_with('.') => {}
            true => found.extend(files(&path)),
            false => found.push(path),
        }
    }
    found.sort();
    found
}

fn rust(folder: &str) -> Vec<PathBuf> {
    let is_rust = |path: &PathBuf| path.extension().is_some_and(|extension| extension == "rs");
    let found: Vec<_> = files(&root().join(folder)).into_iter().filter(is_rust).collect();
    assert!(!found.is_empty(), "there is no source in {folder:?}");
    found
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|cause| panic!("{}: {cause}", path.display()))
}

/// A file without its unit tests, which stand at its end.
fn code(path: &Path) -> String {
    read(path).split("#[cfg(test)]").next().unwrap_or_default().to_owned()
}

fn short(path: &Path) -> String {
    path.strip_prefix(root()).unwrap_or(path).display().to_string()
}

/// Fails with every line of `wrong`.
fn none(wrong: Vec<String>) {
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn every_file_begins_with_what_it_is_about() {
    let silent = rust("").into_iter().filter(|path| !read(path).starts_with("//!"));
    none(silent.map(|path| format!("{} does not begin with //!", short(&path))).collect());
}

#[test]
fn servers_have_the_agreed_files() {
    let mut wrong = Vec::new();
    for server in &SERVERS {
        let folder = root().join("servers").join(server.name).join("src");
        let found: BTreeSet<_> = files(&folder).iter().map(|path| short(path)).collect();
        let names: &[&str] = if ON_PIPES.contains(&server.name) { &FILES_ON_PIPES } else { &FILES };
        let wanted: BTreeSet<_> = names.iter().map(|name| format!("servers/{}/src/{name}", server.name)).collect();
        wrong.extend(wanted.difference(&found).map(|path| format!("{path} is missing")));
        // actix-web has its own twins of the layers: they stand below `middleware`, its listener in one file.
        let allowed = |path: &&String| server.name == "actix-web-server" && is_twin(path);
        wrong.extend(
            found.difference(&wanted).filter(|path| !allowed(path)).map(|path| format!("{path} is not one of the six")),
        );
    }
    none(wrong);
}

fn is_twin(path: &str) -> bool {
    path.ends_with("src/listener.rs") || path.contains("src/middleware/")
}

#[test]
fn files_of_servers_are_short() {
    let long = rust("servers").into_iter().map(|path| (code(&path).lines().count(), path));
    none(
        long.filter(|(lines, path)| *lines > LINES && !path.ends_with("routes.rs"))
            .map(|(lines, path)| format!("{}: {lines} lines", short(&path)))
            .collect(),
    );
}

#[test]
fn every_operation_has_its_function_in_contract_order() {
    let mut wrong = Vec::new();
    for server in &SERVERS {
        let routes = read(&root().join("servers").join(server.name).join("src/routes.rs"));
        let mut last = 0;
        for route in ROUTES {
            let name = route.operation.name();
            let doc = format!("/// `{} {}`\n", route.method.as_str(), route.pattern);
            match routes.find(&format!("fn {name}(")) {
                None => wrong.push(format!("{}: no function {name}", server.name)),
                Some(at) if at < last => wrong.push(format!("{}: {name} is out of order", server.name)),
                Some(at) if !headed_by(&routes[last..at], &doc) => {
                    wrong.push(format!("{}: {name} is not headed by {}", server.name, doc.trim()));
                }
                Some(at) => last = at,
            }
        }
    }
    none(wrong);
}

/// Between the doc comment and the function there may only be more comment, and attributes.
fn headed_by(before: &str, doc: &str) -> bool {
    let Some((_, between)) = before.rsplit_once(doc) else { return false };
    let mut lines = between.lines().filter(|line| !line.trim().is_empty()).rev().peekable();
    lines.next_if(|line| ["async ", "pub async ", "pub ", "pub(crate) async "].contains(line));
    lines.all(|line| ["///", "//", "#["].iter().any(|mark| line.trim_start().starts_with(mark)))
}

#[test]
fn nothing_unwraps_on_the_way_of_a_request() {
    let mut wrong = Vec::new();
    for folder in
        ["servers", "shared/src", "shared/listen/src", "shared/layers/src", "benches/bare/src", "benches/load/src"]
    {
        for path in rust(folder).into_iter().filter(|path| !is_test(path)) {
            for (at, line) in code(&path).lines().enumerate() {
                // Configurations for tests are made by one function that says so.
                let for_tests = path.ends_with("shared/src/config.rs") && line.contains("the defaults are valid");
                if !for_tests && [".unwrap()", ".expect("].iter().any(|call| line.contains(call)) {
                    wrong.push(format!("{}:{}: {}", short(&path), at + 1, line.trim()));
                }
            }
        }
    }
    none(wrong);
}

fn is_test(path: &Path) -> bool {
    path.ends_with("tests.rs") || path.components().any(|part| part.as_os_str() == "tests")
}

fn manifest(folder: &str) -> Table {
    let path = root().join(folder).join("Cargo.toml");
    read(&path).parse().unwrap_or_else(|cause| panic!("{}: {cause}", path.display()))
}

/// Every member of the workspace. A fuzz target is a workspace of its own: it needs another compiler.
fn members() -> Vec<String> {
    let is_member = |path: &PathBuf| path.ends_with("Cargo.toml") && !path.ends_with("fuzz/Cargo.toml");
    let manifests = files(&root()).into_iter().filter(is_member);
    let folders = manifests.filter_map(|path| path.parent().map(short)).filter(|folder| !folder.is_empty());
    folders.collect()
}

/// The names in all tables of dependencies; without those for tests if so wished.
fn dependencies(folder: &str, with_tests: bool) -> Vec<(String, Value)> {
    let manifest = manifest(folder);
    let tables = ["dependencies", "build-dependencies", "dev-dependencies"];
    let tables = tables.iter().filter(|table| with_tests || **table != "dev-dependencies");
    let named = tables.filter_map(|table| manifest.get(*table)?.as_table()).flatten();
    named.map(|(name, value)| (name.clone(), value.clone())).collect()
}

#[test]
fn versions_stand_in_the_root_only() {
    let mut wrong = Vec::new();
    for folder in members() {
        for (name, value) in dependencies(&folder, true) {
            if value.get("workspace").and_then(Value::as_bool) != Some(true) {
                wrong.push(format!("{folder}: {name} does not say `workspace = true`"));
            }
        }
    }
    none(wrong);
}

#[test]
fn nobody_depends_on_what_is_not_for_him() {
    const FRAMEWORKS: [&str; 3] = ["axum", "actix-web", "warp"];
    let servers: Vec<_> = SERVERS.iter().map(|server| server.name).collect();
    let no = |folder: &str, forbidden: &[&str], but: &[&str]| -> Vec<String> {
        let names = dependencies(folder, false).into_iter().map(|(name, _)| name);
        let wrong = names.filter(|name| forbidden.iter().any(|no| name == no || name.starts_with(&format!("{no}-"))));
        wrong.filter(|name| !but.contains(&name.as_str())).map(|name| format!("{folder} depends on {name}")).collect()
    };
    let http = ["http", "hyper", "httparse", "tower", "axum", "actix", "warp", "listen", "layers"];
    let mut wrong = [
        // It reads one field and speaks no HTTP.
        no("shared", &[&http[..], &servers].concat(), &["http-range-header"]),
        no("shared/layers", &[&FRAMEWORKS[..], &servers].concat(), &[]),
    ]
    .concat();
    wrong.extend(no("shared/listen", &[&FRAMEWORKS[..], &servers, &["shared", "layers"]].concat(), &[]));
    wrong.extend(
        dependencies("servers/handrolled-server/router", false)
            .iter()
            .map(|(name, _)| format!("the router depends on {name}")),
    );
    for name in &servers {
        let own: Vec<_> = FRAMEWORKS.iter().filter(|framework| name.starts_with(*framework)).copied().collect();
        let pipes = if ON_PIPES.contains(name) { vec!["hyper-server"] } else { Vec::new() };
        let others: Vec<_> = FRAMEWORKS.iter().filter(|framework| !own.contains(framework)).copied().collect();
        wrong.extend(no(&format!("servers/{name}"), &[&others[..], &servers].concat(), &pipes));
    }
    for folder in members().iter().filter(|folder| *folder != "conformance" && *folder != "benches") {
        wrong.extend(no(folder, &["benches", "conformance", "site", "load", "bare"], &[]));
    }
    none(wrong);
}

#[test]
fn servers_name_no_path_that_the_contract_lacks() {
    let known: BTreeSet<_> = patterns().into_iter().flat_map(|pattern| pattern.split('/')).collect();
    let mut wrong = Vec::new();
    for server in &SERVERS {
        let routes = code(&root().join("servers").join(server.name).join("src/routes.rs"));
        let code: String = routes.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
        for literal in code.split('"').skip(1).step_by(2).filter(|literal| literal.starts_with('/')) {
            // As actix-web says it.
            let literal = literal.replace("{path:.+}", "{*path}");
            let is_known = literal.split('/').all(|segment| known.contains(segment));
            if !is_known {
                wrong.push(format!("{}: {literal:?} is no path of the contract", server.name));
            }
        }
    }
    none(wrong);
}

/// Paths of the machine on which something was made tell nobody else anything.
#[test]
fn no_file_names_a_path_of_a_machine() {
    let listed = Command::new("git")
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .current_dir(root())
        .output();
    let listed = listed.expect("git is there").stdout;
    let names: Vec<_> =
        String::from_utf8_lossy(&listed).split('\0').map(str::to_owned).filter(|name| !name.is_empty()).collect();
    assert!(!names.is_empty(), "git lists no files");
    let marks = ["root", "work", "home"].map(|folder| format!("/{folder}/"));
    let mut wrong = Vec::new();
    for name in names.iter().filter(|name| !name.starts_with("target/")) {
        let Ok(text) = fs::read_to_string(root().join(name)) else { continue };
        let found = text.lines().enumerate().filter(|(_, line)| marks.iter().any(|mark| line.contains(mark.as_str())));
        wrong.extend(found.map(|(at, line)| format!("{name}:{}: {}", at + 1, line.trim())));
    }
    none(wrong);
}
