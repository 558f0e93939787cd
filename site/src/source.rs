//! The source of a server, file by file, cut into items: a function, a type, a table, each with what is written above it.
//!
//! Spans come from [`syn`]; what is shown are the lines of the file, as they stand there. An `impl` belongs to the type
//! that it is for, because nobody reads the one without the other.

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};
use syn::{Item, Type, UseTree, spanned::Spanned};

/// Lines of a file, from 1, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Lines {
    /// The first.
    pub first: usize,
    /// The last.
    pub last: usize,
}

/// One file.
pub struct File {
    /// From the workspace's folder on.
    pub path: PathBuf,
    /// Its module, such as `extract`; `lib` for the root.
    pub module: String,
    /// All of it.
    pub text: String,
    /// What is in it, in order.
    pub items: Vec<Cut>,
    /// Which module a name comes from that is imported from within the crate, or from the crate whose pipes it has.
    pub imports: BTreeMap<String, String>,
}

/// An item.
pub struct Cut {
    /// Its name; that of its type, if it is an `impl`.
    pub name: String,
    /// Its lines, with documentation and attributes.
    pub lines: Lines,
    /// Its tokens.
    pub tokens: TokenStream,
    /// What it is.
    pub item: Item,
}

/// A name, and the module before it, if one is written there.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mention {
    /// `respond` in `respond::json`.
    pub module: Option<String>,
    /// `json` in `respond::json`.
    pub name: String,
}

impl File {
    /// Reads a file.
    ///
    /// # Errors
    /// When it cannot be read, or is no Rust.
    pub fn read(root: &Path, path: &Path) -> io::Result<Self> {
        let said = |what: String| io::Error::other(format!("{}: {what}", path.display()));
        let text = fs::read_to_string(root.join(path)).map_err(|cause| said(cause.to_string()))?;
        let parsed = syn::parse_file(&text).map_err(|cause| said(cause.to_string()))?;
        let module = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let mut imports = BTreeMap::new();
        for item in &parsed.items {
            if let Item::Use(uses) = item {
                imported(&uses.tree, &mut Vec::new(), &mut imports);
            }
        }
        let items = parsed.items.into_iter().filter_map(cut).collect();
        Ok(File { path: path.to_owned(), module, text, items, imports })
    }

    /// These lines.
    pub fn lines(&self, lines: Lines) -> String {
        let wanted = self.text.lines().skip(lines.first - 1).take(lines.last + 1 - lines.first);
        wanted.collect::<Vec<_>>().join("\n")
    }

    /// The function of this name, if the file has one.
    pub fn function(&self, name: &str) -> Option<&Cut> {
        self.items.iter().find(|cut| cut.name == name && matches!(cut.item, Item::Fn(_)))
    }
}

/// Lines that are neither blank nor comments.
pub fn code(text: &str) -> usize {
    text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("//")).count()
}

fn cut(item: Item) -> Option<Cut> {
    let name = match &item {
        Item::Const(item) => item.ident.to_string(),
        Item::Enum(item) => item.ident.to_string(),
        Item::Fn(item) => item.sig.ident.to_string(),
        Item::Impl(item) => own_name(&item.self_ty)?,
        Item::Static(item) => item.ident.to_string(),
        Item::Struct(item) => item.ident.to_string(),
        Item::Trait(item) => item.ident.to_string(),
        Item::Type(item) => item.ident.to_string(),
        _ => return None,
    };
    let tokens = item.to_token_stream();
    let span = item.span();
    let lines = Lines { first: span.start().line, last: span.end().line };
    Some(Cut { name, lines, tokens, item })
}

/// `Json` of `Json<T>`.
fn own_name(of: &Type) -> Option<String> {
    match of {
        Type::Path(path) => path.path.segments.last().map(|segment| segment.ident.to_string()),
        _ => None,
    }
}

/// Notes each imported name with the module that it is in. `crate::extract::{self, Json}` gives `extract` nothing, as it is
/// written out wherever it is used, and `Json` the module `extract`.
fn imported(tree: &UseTree, at: &mut Vec<String>, found: &mut BTreeMap<String, String>) {
    match tree {
        UseTree::Path(path) => {
            at.push(path.ident.to_string());
            imported(&path.tree, at, found);
            at.pop();
        }
        UseTree::Group(group) => group.items.iter().for_each(|tree| imported(tree, at, found)),
        UseTree::Name(name) => note(name.ident.to_string(), at, found),
        UseTree::Rename(rename) => note(rename.rename.to_string(), at, found),
        UseTree::Glob(_) => {}
    }
}

fn note(name: String, at: &[String], found: &mut BTreeMap<String, String>) {
    if let [root, .., module] = at
        && (root == "crate" || root == "hyper_server")
        && name != "self"
    {
        found.insert(name, module.clone());
    }
}

/// All names in these tokens, those behind a dot (fields, methods) left out.
pub fn mentions(tokens: &TokenStream) -> Vec<Mention> {
    let mut found = Vec::new();
    collect(tokens.clone(), &mut found);
    found
}

fn collect(tokens: TokenStream, found: &mut Vec<Mention>) {
    // What stood before: names and signs, as they are written.
    let (mut before, mut last): (Vec<String>, Option<String>) = (Vec::new(), None);
    for token in tokens {
        match token {
            TokenTree::Group(group) => {
                collect(group.stream(), found);
                before.clear();
                last = None;
            }
            TokenTree::Ident(ident) => {
                let name = ident.to_string();
                let is_path = before.ends_with(&[":".to_owned(), ":".to_owned()]);
                let is_field = before.last().is_some_and(|sign| sign == ".");
                if !is_field {
                    found.push(Mention { module: last.take().filter(|_| is_path), name: name.clone() });
                }
                before.clear();
                last = Some(name);
            }
            TokenTree::Punct(punct) => before.push(punct.as_char().to_string()),
            TokenTree::Literal(_) => {
                before.clear();
                last = None;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Vec<String> {
        let told = |mention: Mention| {
            mention.module.map_or_else(|| mention.name.clone(), |of| format!("{of}::{}", mention.name))
        };
        mentions(&text.parse().expect("tokens")).into_iter().map(told).collect()
    }

    #[test]
    fn names_are_found_with_the_module_before_them() {
        assert_eq!(names("respond::json(a.b, c)"), ["respond", "respond::json", "a", "c"]);
        assert_eq!(names("crate::extract::Json::<T>"), ["crate", "crate::extract", "extract::Json", "T"]);
        assert_eq!(names("path!(\"todos\" / Id).and(get())"), ["path", "Id", "get"]);
    }

    #[test]
    fn imports_know_their_module() {
        let file: syn::File =
            syn::parse_str("use crate::{extract::{self, Json}, respond::{self as r}}; use axum::Router;")
                .expect("Rust");
        let mut found = BTreeMap::new();
        for item in &file.items {
            if let Item::Use(uses) = item {
                imported(&uses.tree, &mut Vec::new(), &mut found);
            }
        }
        assert_eq!(found.get("Json").map(String::as_str), Some("extract"));
        assert_eq!(found.get("Router"), None);
    }

    #[test]
    fn blank_lines_and_comments_are_no_code() {
        assert_eq!(code("/// Doc.\n\nfn a() {} // why\n// not\n}"), 2);
    }
}
