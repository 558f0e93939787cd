//! One of the six as the page shows it: for each operation the lines of the table that name it, the function, and
//! everything else of this server that a request for it touches.

use crate::{
    rows,
    source::{Cut, File, Lines, Mention, mentions},
};
use shared::contract::{Operation, ROUTES, SERVERS, Server};
use std::{
    collections::{BTreeSet, VecDeque},
    fs, io,
    path::{Path, PathBuf},
};

/// The server on whose pipes two others stand.
const PIPES: &str = "hyper-server";
/// Whose pipes those two are on.
const ON_PIPES: [&str; 2] = ["hyper-router-server", "handrolled-server"];

/// A server's source.
pub struct Style {
    /// Which server.
    pub server: &'static Server,
    /// Its files, and behind them those of the pipes that it stands on.
    pub files: Vec<File>,
    /// One for each operation, in the order of the contract.
    pub operations: Vec<Glue>,
}

/// What a server has for an operation.
pub struct Glue {
    /// Which operation.
    pub operation: Operation,
    /// Where the table names it.
    pub rows: Vec<Place>,
    /// Its function.
    pub function: Place,
    /// What else a request for it touches, in the order of the files: never what is above.
    pub touches: Vec<Place>,
}

/// Lines of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Which of the style's files.
    pub file: usize,
    /// Which lines.
    pub lines: Lines,
}

impl Style {
    /// Reads the source of a server and cuts it.
    ///
    /// # Errors
    /// When a file cannot be read, or an operation has no function or is in no table.
    pub fn read(root: &Path, server: &'static Server) -> io::Result<Self> {
        let mut files = read(root, server.name)?;
        if ON_PIPES.contains(&server.name) {
            // Its routes are that server's own business.
            files
                .extend(read(root, PIPES)?.into_iter().filter(|file| file.module != "routes" && file.module != "main"));
        }
        let mut style = Style { server, files, operations: Vec::new() };
        let operations = ROUTES.iter().map(|route| style.glue(route.operation));
        style.operations = operations.collect::<Result<_, _>>().map_err(io::Error::other)?;
        Ok(style)
    }

    /// All six, in reading order.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub fn all(root: &Path) -> io::Result<Vec<Self>> {
        SERVERS.iter().map(|server| Style::read(root, server)).collect()
    }

    fn glue(&self, operation: Operation) -> Result<Glue, String> {
        let name = operation.name();
        let (at, routes) = self.module("routes").ok_or_else(|| format!("{} has no routes.rs", self.server.name))?;
        let function = routes.function(name);
        let function = function.ok_or_else(|| format!("{}: there is no function {name}", routes.path.display()))?;
        let is_table = |cut: &&Cut| !ROUTES.iter().any(|route| route.operation.name() == cut.name);
        let rows: Vec<_> = routes.items.iter().filter(is_table).flat_map(|cut| rows::of(cut, name)).collect();
        if rows.is_empty() {
            return Err(format!("{}: no table names {name}", routes.path.display()));
        }
        let place = |lines| Place { file: at, lines };
        let said = rows.iter().map(|lines| routes.lines(*lines)).collect::<Vec<_>>().join("\n");
        // What stands in a row is called with the request, too; that text is cut, not parsed.
        let told = said.parse().map(|tokens| mentions(&tokens)).unwrap_or_default();
        let touches = self.touched(at, mentions(&function.tokens).into_iter().chain(told), function);
        let rows: Vec<_> = rows.into_iter().map(place).collect();
        Ok(Glue { operation, rows, function: place(function.lines), touches })
    }

    /// The first file of this module: a server's own stands before that of the pipes.
    fn module(&self, name: &str) -> Option<(usize, &File)> {
        self.files.iter().enumerate().find(|(_, file)| file.module == name)
    }

    /// Follows names from file to file, to the end.
    fn touched(&self, at: usize, from: impl Iterator<Item = Mention>, function: &Cut) -> Vec<Place> {
        let mut open: VecDeque<_> = from.map(|mention| (at, mention)).collect();
        let mut found = BTreeSet::new();
        while let Some((at, mention)) = open.pop_front() {
            for (file, cut) in self.resolve(at, &mention, function) {
                if found.insert(Place { file, lines: cut.lines }) {
                    open.extend(mentions(&cut.tokens).into_iter().map(|mention| (file, mention)));
                }
            }
        }
        found.into_iter().collect()
    }

    /// The items that a name in a file stands for, if they are of this server; the glue of other operations is not.
    fn resolve(&self, at: usize, mention: &Mention, function: &Cut) -> Vec<(usize, &Cut)> {
        let file = &self.files[at];
        let module = mention.module.as_deref().or_else(|| file.imports.get(&mention.name).map(String::as_str));
        let target = match module {
            Some("self") | None => Some(at),
            Some(module) => self.module(module).map(|(at, _)| at),
        };
        let Some(target) = target else { return Vec::new() };
        let is_glue = |cut: &Cut| {
            let is_routes = self.files[target].module == "routes";
            is_routes && (cut.name == function.name || ROUTES.iter().any(|route| route.operation.name() == cut.name))
        };
        let named = self.files[target].items.iter().filter(|cut| cut.name == mention.name && !is_glue(cut));
        named.map(|cut| (target, cut)).collect()
    }
}

/// The files of a server, those that are read first in front.
fn read(root: &Path, server: &str) -> io::Result<Vec<File>> {
    const ORDER: [&str; 6] = ["main.rs", "lib.rs", "routes.rs", "extract.rs", "respond.rs", "middleware.rs"];
    let folder = Path::new("servers").join(server).join("src");
    let mut paths = Vec::new();
    list(root, &folder, &mut paths)?;
    let place = |path: &PathBuf| {
        let name = path.strip_prefix(&folder).unwrap_or(path).to_string_lossy().into_owned();
        (ORDER.iter().position(|known| *known == name).unwrap_or(ORDER.len()), name)
    };
    paths.sort_by_key(place);
    paths.iter().map(|path| File::read(root, path)).collect()
}

fn list(root: &Path, folder: &Path, paths: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(root.join(folder))? {
        let path = folder.join(entry?.file_name());
        if root.join(&path).is_dir() {
            list(root, &path, paths)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            paths.push(path);
        }
    }
    Ok(())
}
