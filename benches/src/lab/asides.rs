//! The tables of what is not measured under load, and of what the run was made with.

use crate::{
    estimate::median_of,
    lab::{
        raw::{Cost, Idle, Lab, LeftOut},
        report::{between, cell, number},
    },
};
use std::fmt::Write;

const MIB: f64 = 1024.0 * 1024.0;

/// Memory with connections on which nothing happens.
pub fn idle(rows: &[Idle]) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let mut text = String::from(
        "\n## idle\n\nResident memory with connections that have each had one answer, and on which nothing happens now.\n\n",
    );
    let mut steps: Vec<_> = rows.iter().map(|row| row.connections).collect();
    steps.sort_unstable();
    steps.dedup();
    let heads: String = steps.iter().map(|step| format!(" MiB at {step} |")).collect();
    _ = writeln!(text, "| server |{heads} KiB for a connection |\n|---|{}--:|", "--:|".repeat(steps.len()));
    for name in names(rows) {
        let of: Vec<_> = rows.iter().filter(|row| row.entrant == name).collect();
        if let Some(why) = of.iter().find_map(|row| row.refused.as_ref()) {
            _ = writeln!(text, "| {name} | not measured: {} |{}", cell(why), " |".repeat(steps.len()));
            continue;
        }
        let resident: Vec<_> = of.iter().filter_map(|row| resident(row)).collect();
        let cells: String = resident.iter().map(|bytes| format!(" {} |", number(bytes / MIB))).collect();
        _ = writeln!(text, "| {name} |{cells} {} |", each(&steps, &resident));
    }
    text
}

fn names(rows: &[Idle]) -> Vec<&str> {
    let mut names: Vec<&str> = Vec::new();
    for row in rows {
        if !names.contains(&row.entrant.as_str()) {
            names.push(&row.entrant);
        }
    }
    names
}

/// The median, in bytes.
fn resident(row: &Idle) -> Option<f64> {
    let values: Vec<_> = row.resident.iter().map(|bytes| *bytes as f64).collect();
    (!values.is_empty()).then(|| median_of(&values).median)
}

/// What one more connection takes, from the fewest to the most.
fn each(steps: &[usize], resident: &[f64]) -> String {
    match (steps, resident) {
        ([few, .., many], [at_few, .., at_many]) if many > few => {
            number((at_many - at_few) / (many - few) as f64 / 1024.0)
        }
        _ => String::new(),
    }
}

/// What each costs to have.
pub fn costs(costs: &[Cost]) -> String {
    if costs.is_empty() {
        return String::new();
    }
    let mut text = String::from(
        "\n## costs\n\nCrates: distinct ones that the program is made of, all versions counted, those of this workspace not. \
         Lines: neither blank nor comment, in the server's own folder, tests left out. First answer: from the start of the \
         process to the end of its first answer. Framework: building the release of the minimal server on the same framework from \
         nothing, all crates downloaded; what stands on hyper shares one. Again: building the server for debugging after a change to its routes.\n\n\
         | server | binary MiB | crates | lines | first answer ms | interval | framework s | again s |\n|---|--:|--:|--:|--:|---|--:|--:|\n",
    );
    for cost in costs {
        let lines: usize = cost.lines.iter().map(|(_, count)| count).sum();
        let first = median_of(&cost.first_answer_ms);
        let seconds = |time: Option<f64>| time.map_or_else(|| "not measured".to_owned(), number);
        _ = writeln!(
            text,
            "| {} | {} | {} | {lines} | {} | {} | {} | {} |",
            cost.server,
            number(cost.binary as f64 / MIB),
            cost.crates,
            number(first.median),
            between(&first),
            seconds(cost.framework_build),
            seconds(cost.rebuild)
        );
    }
    text.push_str("\nLines, file by file:\n\n");
    for cost in costs {
        let files: Vec<_> = cost.lines.iter().map(|(file, count)| format!("{file} {count}")).collect();
        _ = writeln!(text, "- {}: {}", cost.server, files.join(", "));
    }
    text
}

/// What was asked for and not measured.
pub fn left_out(all: &[LeftOut]) -> String {
    if all.is_empty() {
        return String::new();
    }
    let mut text = String::from("\n## Not measured\n\n");
    for LeftOut { what, why } in all {
        _ = writeln!(text, "- {what}: {why}");
    }
    text
}

/// With what the run was made.
pub fn manifest(lab: &Lab) -> String {
    let setting = &lab.setting;
    let mut text = String::from("\n## Made with\n\n");
    _ = writeln!(text, "- the release profile: {}", setting.release);
    for (name, value) in &setting.build_environment {
        _ = writeln!(text, "- while building, {name}={value}");
    }
    _ = writeln!(
        text,
        "- the processor's speed is governed by: {}",
        setting.governor.as_deref().unwrap_or("nothing that says so")
    );
    if let Some(files) = setting.open_files {
        _ = writeln!(text, "- files that a process may open: {files}");
    }
    text.push_str("\n| binary | bytes | opt-level | SHA-256 |\n|---|--:|---|---|\n");
    for binary in &lab.binaries {
        let path = binary.path.display();
        _ = writeln!(text, "| {path} | {} | {} | `{}` |", binary.bytes, binary.opt_level, binary.sha256);
    }
    text.push_str("\nWhat was run:\n\n");
    let mut commands: Vec<_> = lab.heats.iter().flat_map(|heat| &heat.entrants).map(|runner| &runner.command).collect();
    commands.sort_unstable();
    commands.dedup();
    for command in commands {
        _ = writeln!(text, "- `{command}`");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_told_step_by_step() {
        let row = |connections, mib: u64| Idle {
            entrant: "it".to_owned(),
            connections,
            resident: vec![mib << 20; 3],
            refused: None,
        };
        let text = idle(&[row(0, 4), row(1000, 8), row(5000, 24)]);
        assert!(text.contains("| it | 4.00 | 8.00 | 24.0 | 4.10 |"), "{text}");
        let refused = Idle { refused: Some("too few".to_owned()), ..row(0, 4) };
        assert!(idle(&[refused]).contains("| it | not measured: too few | |"));
        assert!(idle(&[]).is_empty());
    }

    #[test]
    fn what_was_not_timed_is_not_told_as_a_time() {
        let cost = Cost {
            server: "it".to_owned(),
            binary: 3 << 20,
            crates: 70,
            lines: vec![("lib.rs".to_owned(), 30), ("routes.rs".to_owned(), 70)],
            first_answer_ms: vec![9.0, 10.0, 11.0],
            framework_build: None,
            rebuild: Some(12.0),
        };
        let text = costs(&[cost]);
        assert!(text.contains("| it | 3.00 | 70 | 100 | 10.0 | 9.00 to 11.0 | not measured | 12.0 |"), "{text}");
        assert!(text.contains("- it: lib.rs 30, routes.rs 70"));
    }
}
