//! The tables in `verdicts/README.md`, out of the verdicts that stand beside it: nobody writes them by hand, and a test
//! fails when they are stale.

use serde_json::Value;
use std::{collections::BTreeMap, fmt::Write as _, fs, path::Path};

/// One verdict, as far as the tables go.
#[derive(Clone, Debug)]
pub struct Told {
    /// What the server is called.
    pub name: String,
    /// The file.
    pub file: String,
    verdict: Value,
}

/// Every verdict in a folder, by the names of the files.
///
/// # Errors
/// Says which file cannot be read.
pub fn read(folder: &Path) -> Result<Vec<Told>, String> {
    let entries = fs::read_dir(folder).map_err(|cause| format!("{}: {cause}", folder.display()))?;
    let paths = entries.filter_map(|entry| entry.ok().map(|entry| entry.path()));
    let mut paths: Vec<_> =
        paths.filter(|path| path.extension().is_some_and(|extension| extension == "json")).collect();
    paths.sort();
    paths.iter().map(|path| told(path)).collect()
}

fn told(path: &Path) -> Result<Told, String> {
    let file = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let bytes = fs::read(path).map_err(|cause| format!("{file}: {cause}"))?;
    let verdict: Value = serde_json::from_slice(&bytes).map_err(|cause| format!("{file}: {cause}"))?;
    let name = verdict["server"]["name"].as_str().ok_or_else(|| format!("{file}: no server is named"))?.to_owned();
    Ok(Told { name, file, verdict })
}

/// How each server did, by the RFCs and, where it claims to keep it, by the contract.
pub fn summaries(all: &[Told]) -> String {
    let mut table = String::from(
        "| server | as it should be | violations of a MUST | short of a SHOULD | against the contract | not judged |\n|---|--:|--:|--:|--:|--:|\n",
    );
    for told in all {
        let contract = match told.verdict["asked"]["contract"].as_bool() {
            Some(true) => told.failed("MUST", true).to_string(),
            _ => "-".to_owned(),
        };
        let count = |key: &str| told.verdict["summary"][key].as_u64().unwrap_or_default();
        let (right, left_out) = (count("passed") + count("deviations"), count("left_out"));
        let (must, should) = (told.failed("MUST", false), told.failed("SHOULD", false));
        let (name, file) = (&told.name, &told.file);
        // Writing to a String cannot fail.
        let _ = writeln!(table, "| [{name}]({file}) | {right} | {must} | {should} | {contract} | {left_out} |");
    }
    table
}

impl Told {
    fn checks(&self) -> impl Iterator<Item = &Value> {
        self.verdict["checks"].as_array().into_iter().flatten()
    }

    /// How many checks of this level failed, of the contract or of the RFCs.
    fn failed(&self, level: &str, contract: bool) -> usize {
        let counts = |check: &&Value| {
            check["verdict"] == "failed" && check["level"] == level && (check["clause"] == "contract") == contract
        };
        self.checks().filter(counts).count()
    }
}

/// Each MUST of the RFCs that somebody violates, and who does.
pub fn violations(all: &[Told]) -> String {
    let mut rows = BTreeMap::<(&str, &str), Vec<&str>>::new();
    for told in all {
        for check in told.checks() {
            let text = |key: &str| check[key].as_str().unwrap_or_default();
            if text("verdict") == "failed" && text("level") == "MUST" && text("clause") != "contract" {
                rows.entry((text("id"), text("clause"))).or_default().push(&told.name);
            }
        }
    }
    let mut table = String::from("| check | clause | violated by |\n|---|---|---|\n");
    for ((id, clause), names) in rows {
        let _ = writeln!(table, "| `{id}` | {clause} | {} |", names.join(", "));
    }
    table
}
