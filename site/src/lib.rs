//! The page: one route, six styles, side by side.
//!
//! `cargo page` builds it: one file that needs nothing else, from the contract, the servers' real source, the judge's
//! verdicts and the latest run, with what is needed to ask all six. The servers send it at `/`; it opens from a disk as well.
//! A test fails when it is stale.
//!
//! | read in this order | what it holds |
//! |---|---|
//! | [`source`] | a file, cut into items, and the names in it |
//! | [`style`], [`rows`] | one of the six: for each operation its rows in the table, its function, and what else it touches |
//! | [`highlight`] | code in colour |
//! | [`form`] | what a route reads, with examples |
//! | [`verdicts`] | what the judge says |
//! | [`figures`] | the latest run |
//! | [`recorded`] | answers for where none of the six runs |
//! | [`data`] | all of it as JSON |
//! | [`page`] | the page around it; its text, style and modules are in `page/` |

pub mod data;
pub mod figures;
pub mod form;
pub mod highlight;
pub mod page;
pub mod recorded;
pub mod rows;
pub mod source;
pub mod style;
pub mod verdicts;

use std::path::{Path, PathBuf};

/// The workspace's folder.
pub fn workspace() -> &'static Path {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here)
}

/// Where the page is put.
pub fn place() -> PathBuf {
    workspace().join("shared/page/index.html")
}
