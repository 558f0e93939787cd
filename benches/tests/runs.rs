//! What a run leaves: files by the schema, tables that tell all of it, and every run that was ever published.

#[path = "lab/schema.rs"]
mod schema;

use benches::{
    comparison::{self, AGAIN, Options},
    lab::{command, compare, pictures, readme, report as tables},
    probes::PROBES,
    routers,
    styles::{curves, report},
    summary,
};
use schema::objections;
use serde_json::Value;
use std::{
    fs,
    path::{Path, PathBuf},
};

const ROUNDS: usize = 5;

fn here(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

#[test]
fn a_comparison_is_told_in_full() {
    let options = Options { rounds: ROUNDS, seed: 7, count: false, kinds: routers::ALL.to_vec() };
    let mut ticks = 0;
    let comparison = comparison::run(&options, &mut || ticks += 1).expect("it needs nothing");
    assert_eq!(ticks, comparison::steps(&options));
    assert_eq!(objections(&serde_json::to_string(&comparison).expect("JSON")), None);
    let text = summary::of(&comparison);
    assert!(comparison.results.iter().all(|result| text.contains(&format!("## {}", result.condition))));
    for name in routers::ALL.iter().map(|kind| kind.name).chain([AGAIN]) {
        assert_eq!(text.matches(&format!("\n| {name} |")).count(), comparison.results.len(), "{name}");
    }
    assert!(PROBES.iter().all(|probe| text.contains(probe.how)), "{text}");
    assert_eq!(comparison.targets().len(), 4);
}

#[test]
fn curves_are_told_in_full() {
    let mut ticks = 0;
    let curves = curves::run(7, ROUNDS, &mut || ticks += 1).expect("every answer is right");
    assert_eq!(ticks, curves::steps(ROUNDS));
    assert_eq!(objections(&serde_json::to_string(&curves).expect("JSON")), None);
    let (text, picture) = (report::summary(&curves), report::chart(&curves).svg());
    for style in curves.styles() {
        assert_eq!(text.matches(&format!("\n| {style} |")).count(), 6, "{style}");
        assert!(picture.contains(style), "{style}");
    }
}

#[test]
fn the_schema_objects() {
    assert!(objections("{}").is_some());
    assert!(objections("{\"machine\": {}, \"seed\": 1, \"rounds\": 5, \"points\": []}").is_some());
}

/// No figure without its raw data: what a summary says was made of the file beside it.
#[test]
fn published_runs_are_whole() {
    let runs: Vec<_> = fs::read_dir(here("runs")).expect("there are runs").filter_map(Result::ok).collect();
    assert!(!runs.is_empty());
    for run in runs {
        assert!(run.path().join("README.md").is_file(), "{}", run.path().display());
        for what in ["lab", "routers", "styles"].map(|what| run.path().join(what)).iter().filter(|what| what.is_dir()) {
            let read = |name: &str| fs::read_to_string(what.join(name)).unwrap_or_else(|why| panic!("{name}: {why}"));
            let raw = read("raw.json");
            assert_eq!(objections(&raw), None, "{}", what.display());
            let raw: Value = serde_json::from_str(&raw).expect("JSON");
            let machine = |key: &str| raw["machine"][key].as_str().unwrap_or_default().to_owned();
            assert_eq!(machine("profile"), "release", "{}", what.display());
            assert!(!machine("commit").ends_with('+'), "{} was made of uncommitted sources", what.display());
            let summary = read("summary.md");
            assert!(["date", "command", "commit"].iter().all(|key| summary.contains(&machine(key))), "{summary}");
        }
    }
}

/// What a lab's folder has is what its raw data say, and void runs are not published.
#[test]
fn published_labs_are_rendered_from_their_raw_data() {
    let runs = fs::read_dir(here("runs")).expect("there are runs").filter_map(Result::ok);
    for folder in runs.map(|run| run.path().join("lab")).filter(|folder| folder.is_dir()) {
        let (lab, _) = command::read(&folder).unwrap_or_else(|why| panic!("{why}"));
        let summary = tables::summary(&lab).unwrap_or_else(|why| panic!("{}: {why}", folder.display()));
        let files = pictures::all(&lab).into_iter().chain([("summary.md".to_owned(), summary)]);
        for (name, text) in files {
            let file = folder.join(&name);
            let published = fs::read_to_string(&file).unwrap_or_else(|why| panic!("{}: {why}", file.display()));
            assert_eq!(published, text, "{} is stale: -- report {}", file.display(), folder.display());
        }
        assert!(lab.binaries.iter().all(|binary| binary.objection().is_none()), "{:?}", lab.binaries);
    }
}

/// Who compares a run with itself is told nothing else.
#[test]
fn the_newest_lab_agrees_with_itself() {
    if let Some(folder) = readme::newest(&here("runs")).expect("there are runs") {
        let (lab, _) = command::read(&folder).unwrap_or_else(|why| panic!("{why}"));
        let comparison = compare::runs(&lab, &lab);
        assert!(comparison.agrees(), "{:?}", comparison.against);
    }
}

/// The figures in README.md are those of the newest run; as long as there is none, there are no figures.
#[test]
fn the_readme_has_the_figures_of_the_newest_lab() {
    let text = fs::read_to_string(here("../README.md")).expect("README.md");
    let block = match readme::newest(&here("runs")).expect("there are runs") {
        None => readme::NONE.to_owned(),
        Some(folder) => {
            let (lab, folder) = command::read(&folder).unwrap_or_else(|why| panic!("{why}"));
            readme::block(&lab, &readme::link(&folder)).unwrap_or_else(|why| panic!("{why}"))
        }
    };
    let wanted = readme::replaced(&text, &block).expect("the markers");
    assert_eq!(text, wanted, "README.md is stale: cargo run --release -p benches -- report RUN --readme");
}
