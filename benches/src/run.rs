//! The folder of a run: `benches/runs/<date>-<machine>/<what>/`.

use crate::machine::Machine;
use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// What there may be in a run, and what it is.
const PARTS: [(&str, &str); 3] = [
    ("lab", "the six servers under load"),
    ("routers", "eleven routers beside each other"),
    ("styles", "the six styles as their tables grow"),
];

/// Where the files of one part of a run go.
pub struct Folder(PathBuf);

impl Folder {
    /// That of `what`, such as `routers`, below `out`, or below the folder for this day and machine.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn new(out: Option<&Path>, machine: &Machine, what: &str) -> io::Result<Self> {
        let runs = Path::new(env!("CARGO_MANIFEST_DIR")).join("runs");
        let run = out.map_or_else(|| runs.join(format!("{}-{}", machine.date, machine.slug())), Path::to_owned);
        let folder = run.join(what);
        fs::create_dir_all(&folder).map_err(|cause| said(&folder, &cause))?;
        // Whoever comes to the run finds what is there.
        let parts = PARTS.iter().filter(|(name, _)| run.join(name).is_dir());
        let parts: String =
            parts.map(|(name, what)| format!("- [{what}]({name}/summary.md), [raw]({name}/raw.json)\n")).collect();
        let Machine { date, processor, cores, .. } = machine;
        Folder(run).write("README.md", &format!("# {date}, {cores} cores of {processor}\n\n{parts}"))?;
        Ok(Folder(folder))
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Writes a file, whole or not at all.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&self, name: &str, text: &str) -> io::Result<()> {
        write(&self.0.join(name), text)
    }
}

/// Writes a file, whole or not at all.
///
/// # Errors
/// When it cannot be written.
pub fn write(path: &Path, text: &str) -> io::Result<()> {
    let mut new = path.as_os_str().to_owned();
    new.push(".new");
    fs::write(&new, text).and_then(|()| fs::rename(&new, path)).map_err(|cause| said(path, &cause))
}

fn said(path: &Path, cause: &io::Error) -> io::Error {
    io::Error::new(cause.kind(), format!("{}: {cause}", path.display()))
}
