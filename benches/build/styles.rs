//! Writes a `match` for each size of the API, in the manner of hyper-server's routes.rs.

#[path = "../src/styles/api.rs"]
#[expect(dead_code, reason = "the library reads more of it")]
mod api;

use api::{Route, SIZES, Shape};
use std::{fs, io, path::Path};

/// Writes `styles.rs` into the folder of the build.
///
/// # Errors
/// When the file cannot be written.
pub fn write(folder: &Path) -> io::Result<()> {
    println!("cargo::rerun-if-changed=build/styles.rs");
    println!("cargo::rerun-if-changed=src/styles/api.rs");
    let code: String = SIZES.iter().map(|&n| function(&api::routes(n))).collect();
    fs::write(folder.join("styles.rs"), code)
}

fn function(routes: &[Route]) -> String {
    let n = routes.len();
    let own: String = routes.iter().map(own_methods).collect();
    let others: String = Shape::ALL.iter().map(|&shape| other_methods(shape, routes)).collect();
    format!(
        "/// Finds the handler of a request among {n} routes, and calls it.
pub fn route_{n}(request: Request) -> AnswerFuture {{
    let target = request.uri().clone();
    let segments: Vec<&str> = target.path().split('/').skip(1).collect();
    let method = if request.method() == Method::HEAD {{ Method::GET }} else {{ request.method().clone() }};
    let not_allowed = |allow| -> AnswerFuture {{ Box::pin(ready(not_allowed(allow))) }};
    match (method.as_str(), segments.as_slice()) {{
{own}{others}        _ => Box::pin(ready(Err(NotFound))),
    }}
}}

"
    )
}

/// The arms of a route. `{key}` would take the other methods of `stats`, so they are refused there
/// and then.
fn own_methods(route: &Route) -> String {
    let (at, path) = (route.at, segments(route));
    match route.shape {
        Shape::Item => format!("(\"GET\", {path}) => Box::pin(get_item({at}, id.to_string())),\n"),
        Shape::List => format!(
            "(\"GET\", {path}) => Box::pin(list_items({at})),
            (\"POST\", {path}) => Box::pin(create_item({at}, request)),\n"
        ),
        Shape::Parts => format!(
            "(\"GET\", {path}) => Box::pin(list_parts({at}, id.to_string())),
            (\"POST\", {path}) => Box::pin(create_part({at}, request, id.to_string())),\n"
        ),
        Shape::Stats => {
            format!(
                "(\"GET\", {path}) => Box::pin(part_stats({at}, id.to_string())),\n{}",
                not_allowed(&path, route.shape)
            )
        }
        Shape::Part => format!("(\"GET\", {path}) => Box::pin(get_part({at}, id.to_string(), key.to_string())),\n"),
    }
}

/// 405 for all routes of a shape: at the end stands every path once more.
fn other_methods(shape: Shape, routes: &[Route]) -> String {
    let paths: Vec<_> = routes.iter().filter(|route| route.shape == shape).map(segments).collect();
    if paths.is_empty() || shape == Shape::Stats {
        return String::new();
    }
    not_allowed(&paths.join(" | "), shape)
}

fn not_allowed(paths: &str, shape: Shape) -> String {
    let guard = match shape {
        Shape::List => "",
        Shape::Item | Shape::Parts | Shape::Stats => "if !id.is_empty()",
        Shape::Part => "if !id.is_empty() && !key.is_empty()",
    };
    format!("(_, {paths}) {guard} => not_allowed({:?}),\n", shape.allow())
}

/// A path, as a pattern of the language.
fn segments(route: &Route) -> String {
    let Route { name, part, .. } = route;
    match route.shape {
        Shape::Item => format!("[{name:?}, id]"),
        Shape::List => format!("[{name:?}]"),
        Shape::Parts => format!("[{name:?}, id, {part:?}]"),
        Shape::Stats => format!("[{name:?}, id, {part:?}, \"stats\"]"),
        Shape::Part => format!("[{name:?}, id, {part:?}, key]"),
    }
}
