//! The few figures in README.md, between markers, out of a run. A test fails when they are not those of the newest one.

use crate::lab::{
    binaries::workspace,
    gates,
    raw::{Heat, Lab, Pace},
    report::{between, number, place},
    results,
};
use shared::contract::SERVERS;
use std::{
    fmt::Write,
    fs, io,
    path::{Path, PathBuf},
};

const BEGIN: &str = "<!-- results:begin -->";
const END: &str = "<!-- results:end -->";
/// What stands there before there was a run.
pub const NONE: &str = "No figures are published yet.\n";
/// The heats that are shown, at the middle rate.
const SHOWN: [&str; 3] = ["plaintext", "json", "todo-get"];

/// The block for a run in this folder, named from README.md on.
///
/// # Errors
/// Why there is nothing to show.
pub fn block(lab: &Lab, folder: &str) -> Result<String, String> {
    if let Some(why) = gates::void_run(lab) {
        return Err(format!("the run is void: {why}"));
    }
    let heats: Vec<_> = SHOWN.iter().filter_map(|name| lab.heats.iter().find(|heat| heat.name == *name)).collect();
    let paces: Vec<_> = heats.iter().filter_map(|heat| Some((*heat, middle(heat)?))).collect();
    if paces.is_empty() {
        return Err(format!("the run has none of {}", SHOWN.join(", ")));
    }
    let mut text = format!(
        "CPU time of the server for a request, in microseconds, at 40 % of what the slowest can do: the median with its \
         95 % interval, and the place among the six. Noise alone could have made the order within a tie. {} cores of {}, {}. \
         [Latency and all else]({folder}/summary.md).\n\n",
        lab.machine.cores, lab.machine.processor, lab.machine.date
    );
    let heads: String = paces.iter().map(|(heat, _)| format!(" {} | place |", heat.name)).collect();
    _ = writeln!(text, "| server |{heads}\n|---|{}", "--:|---|".repeat(paces.len()));
    for server in &SERVERS {
        let cells: String = paces.iter().map(|(heat, pace)| cells(heat, *pace, server.name)).collect();
        _ = writeln!(text, "| `{}` |{cells}", server.name);
    }
    Ok(text)
}

fn middle(heat: &Heat) -> Option<Pace> {
    heat.paces().into_iter().find(|pace| *pace == Pace::Percent(40))
}

fn cells(heat: &Heat, pace: Pace, server: &str) -> String {
    let rows = results::rows_among(heat, pace, |name| SERVERS.iter().any(|server| server.name == name));
    let figures = rows.iter().find(|row| row.name == server).and_then(|row| row.figures.as_ref().ok());
    match figures.and_then(|figures| Some((figures.cpu.as_ref().ok()?, place(&rows, figures)))) {
        Some((cpu, place)) => format!(" {} ({}) | {place} |", number(cpu.median), between(cpu)),
        None => " not measured | |".to_owned(),
    }
}

/// A run's folder, as README.md links it.
pub fn link(folder: &Path) -> String {
    let [root, folder] = [workspace(), folder].map(|path| path.canonicalize().unwrap_or_else(|_| path.to_owned()));
    folder.strip_prefix(&root).unwrap_or(&folder).display().to_string()
}

/// The text with another block between its markers.
///
/// # Errors
/// Names the marker that is missing.
pub fn replaced(text: &str, block: &str) -> Result<String, String> {
    let (before, rest) = text.split_once(BEGIN).ok_or_else(|| format!("there is no {BEGIN}"))?;
    let (_, after) = rest.split_once(END).ok_or_else(|| format!("there is no {END}"))?;
    Ok(format!("{before}{BEGIN}\n{block}{END}{after}"))
}

/// The folder of the newest run in `runs` that has a lab in it; folders begin with their day.
///
/// # Errors
/// When the folder cannot be read.
pub fn newest(runs: &Path) -> io::Result<Option<PathBuf>> {
    let folders = fs::read_dir(runs)?.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>()?;
    let labs = folders.into_iter().map(|folder| folder.join("lab")).filter(|lab| lab.join("raw.json").is_file());
    Ok(labs.max())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_between_the_markers_is_replaced() {
        let old = format!("a\n{BEGIN}\nold\n{END}\nb\n");
        assert_eq!(replaced(&old, "new\n"), Ok(format!("a\n{BEGIN}\nnew\n{END}\nb\n")));
        assert!(replaced("a", "new").is_err_and(|why| why.contains(BEGIN)));
        assert!(replaced(BEGIN, "new").is_err_and(|why| why.contains(END)));
    }
}
