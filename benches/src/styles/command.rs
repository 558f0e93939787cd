//! Measures the styles and leaves a folder: by its own command, and as a part of every run of the lab.

use crate::{
    progress::Progress,
    run::Folder,
    styles::{curves, report},
};
use std::{io, path::Path};

/// How often each is timed.
pub const ROUNDS: u16 = 60;
/// The same, if it is only to be seen what is what.
pub const QUICK_ROUNDS: u16 = 15;

/// Measures, and leaves a folder. Whether what was to be reached was reached.
///
/// # Errors
/// When a style answers wrongly, or the folder cannot be written.
pub fn run(seed: u64, rounds: usize, out: Option<&Path>) -> io::Result<bool> {
    let mut progress = Progress::new(curves::steps(rounds));
    let curves = curves::run(seed, rounds, &mut || progress.step())?;
    progress.end();
    let folder = Folder::new(out, &curves.machine, "styles")?;
    folder.write("raw.json", &serde_json::to_string(&curves)?)?;
    folder.write("summary.md", &report::summary(&curves))?;
    folder.write("curve.svg", &report::chart(&curves).svg())?;
    for growth in curves.growths() {
        let (few, many) = curves::GROWTH;
        println!(
            "{:28} {:16} {few} to {many} routes: {:7.2}x",
            growth.case.title(),
            growth.style,
            growth.factor.median
        );
    }
    println!(
        "{} {} grows by less than {}x",
        if curves.is_flat() { "reached" } else { "MISSED " },
        curves::OURS,
        curves::TARGET
    );
    println!("\nwritten to {}", folder.path().display());
    Ok(curves.is_flat())
}
