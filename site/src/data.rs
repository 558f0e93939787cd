//! What the page knows, as JSON: the contract, the six with their source, what the judge says of them, the latest run.

use crate::{
    figures::{self, Section},
    form::{self, Form},
    highlight::{self, Piece},
    recorded::{self, Recorded},
    source,
    style::{Glue, Place, Style},
    verdicts::Verdicts,
};
use serde::Serialize;
use serde_json::Value;
use shared::{
    contract::{MAY_DIFFER, ROUTES, Route, Server},
    domain::EVENT_NAMES,
    policy::cors,
};
use std::{
    collections::BTreeMap,
    io,
    path::{Path, PathBuf},
};

/// All of it.
#[derive(Serialize)]
pub struct Data {
    routes: Vec<RouteData>,
    servers: Vec<ServerData>,
    files: Vec<FileData>,
    /// Header fields that are not compared.
    may_differ: &'static [&'static str],
    /// Header fields that a page of another origin may read.
    exposed: Vec<&'static str>,
    /// What events are called.
    events: [&'static str; EVENT_NAMES.len()],
    verdicts: Verdicts,
    figures: Vec<Section>,
    recorded: Recorded,
}

#[derive(Serialize)]
struct RouteData {
    group: &'static str,
    operation: &'static str,
    method: &'static str,
    pattern: &'static str,
    query: &'static str,
    summary: &'static str,
    form: Form,
}

#[derive(Serialize)]
struct ServerData {
    name: &'static str,
    port: u16,
    stack: &'static str,
    style: &'static str,
    /// Lines of code in its own files.
    lines: usize,
    /// Which files, its own before those of the pipes that it stands on.
    files: Vec<usize>,
    /// One for each route.
    glue: Vec<GlueData>,
}

/// Each place is a file's number, the first line and the last.
#[derive(Serialize)]
struct GlueData {
    rows: Vec<[usize; 3]>,
    function: [usize; 3],
    touches: Vec<[usize; 3]>,
    /// Lines of code in rows and function.
    lines: usize,
}

#[derive(Serialize)]
struct FileData {
    path: String,
    module: String,
    lines: Vec<Vec<Piece>>,
}

impl Data {
    /// Of the workspace in this folder.
    ///
    /// # Errors
    /// When a source cannot be read, cut or coloured: a server that lacks an operation, say; when a verdict is missing, or
    /// a run.
    pub fn read(root: &Path) -> io::Result<Self> {
        let styles = Style::all(root)?;
        let (mut files, mut numbers) = (Vec::new(), BTreeMap::new());
        for file in styles.iter().flat_map(|style| &style.files) {
            if !numbers.contains_key(&file.path) {
                numbers.insert(file.path.clone(), files.len());
                let path = file.path.display().to_string();
                let lines = highlight::lines(&file.text).map_err(io::Error::other)?;
                files.push(FileData { path, module: file.module.clone(), lines });
            }
        }
        let servers = styles.iter().map(|style| server(style, &numbers)).collect();
        let document = form::document().map_err(io::Error::other)?;
        let routes = ROUTES.iter().map(|route| routed(route, &document)).collect::<Result<_, _>>();
        Ok(Data {
            routes: routes.map_err(io::Error::other)?,
            servers,
            files,
            may_differ: MAY_DIFFER,
            exposed: cors::EXPOSED_HEADERS.split(", ").collect(),
            events: EVENT_NAMES,
            verdicts: Verdicts::read(root)?,
            figures: figures::read(root)?,
            recorded: recorded::read(root)?,
        })
    }
}

fn routed(route: &Route, document: &Value) -> Result<RouteData, String> {
    let Route { group, operation, method, pattern, query, summary } = route;
    Ok(RouteData {
        group: group.name(),
        operation: operation.name(),
        method: method.as_str(),
        pattern,
        query,
        summary,
        form: form::of(document, route)?,
    })
}

fn server(style: &Style, numbers: &BTreeMap<PathBuf, usize>) -> ServerData {
    let Server { name, port, stack, style: says } = *style.server;
    let own = style.files.iter().filter(|file| file.path.starts_with(PathBuf::from("servers").join(name)));
    let lines = own.map(|file| source::code(&file.text)).sum();
    let files: Vec<_> = style.files.iter().filter_map(|file| numbers.get(&file.path).copied()).collect();
    let glue = style.operations.iter().map(|glue| glued(style, &files, glue)).collect();
    ServerData { name, port, stack, style: says, lines, files, glue }
}

fn glued(style: &Style, files: &[usize], glue: &Glue) -> GlueData {
    let place = |place: &Place| [files[place.file], place.lines.first, place.lines.last];
    let text = |place: &Place| style.files[place.file].lines(place.lines);
    let lines = glue.rows.iter().chain([&glue.function]).map(|place| source::code(&text(place))).sum();
    GlueData {
        rows: glue.rows.iter().map(place).collect(),
        function: place(&glue.function),
        touches: glue.touches.iter().map(place).collect(),
        lines,
    }
}
