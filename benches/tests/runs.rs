//! What a run leaves: files by the schema, tables that tell all of it, and every run that was ever published.

use benches::{
    comparison::{self, AGAIN, Options},
    probes::PROBES,
    routers,
    styles::{curves, report},
    summary,
};
use serde_json::Value;
use std::{
    fs,
    path::{Path, PathBuf},
};

const ROUNDS: usize = 5;

fn here(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// What the schema has against a file; nothing if it is sound.
fn objections(raw: &str) -> Option<String> {
    let schema = fs::read_to_string(here("run.schema.json")).expect("the schema");
    let parsed = |text: &str| serde_json::from_str::<Value>(text).expect("JSON");
    let (mut schemas, mut compiler) = (boon::Schemas::new(), boon::Compiler::new());
    compiler.add_resource("run", parsed(&schema)).expect("a schema");
    let compiled = compiler.compile("run", &mut schemas).expect("a sound schema");
    schemas.validate(&parsed(raw), compiled).err().map(|objection| format!("{objection:#}"))
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
        for what in ["routers", "styles"].map(|what| run.path().join(what)).iter().filter(|what| what.is_dir()) {
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
