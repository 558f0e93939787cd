//! All six programs at once on one SQLite file, with concurrent writers: nothing fails, nothing is lost, and nobody is
//! told that the file is busy.
//!
//! `SIBLINGS_SECONDS` says for how long; a few seconds unless it is set.

// The programs offer more than is needed here.
#[allow(dead_code)]
mod binaries;
mod writers;

use tempfile::TempDir;

#[test]
fn six_siblings_share_one_file_under_load() {
    let folder = TempDir::new().expect("a folder for temporary files");
    let store = format!("sqlite:{}", folder.path().join("shared.db").display());
    writers::share(&store).expect("nothing fails and nothing is lost");
}
