//! A comparison of routers as Markdown.

use crate::{
    comparison::{Comparison, Result, Row},
    estimate::Estimate,
    machine::Machine,
    probes::PROBES,
    routers::{OURS, REFERENCE},
};
use std::fmt::Write;

/// The whole of it.
pub fn of(comparison: &Comparison) -> String {
    let mut text = String::from("# Routers\n\n");
    text.push_str(&made(&comparison.machine));
    _ = writeln!(
        text,
        "Each was timed {} times in each condition, all of them in turn, in a new order each time; what is random was drawn \
         from the seed {}. ns: nanoseconds for a look-up, the median and its 95 % interval. Share: of {REFERENCE}, paired \
         within each round. Instructions are those of valgrind's callgrind. A tie cannot be told from {OURS}, which was \
         timed twice to know what noise does. Every router gave the right pattern and the right parameters for every path \
         before it was timed.\n\nMost of what a request costs is the work of the socket, the kernel and the \
         parser of HTTP: the differences between the first few routers are lost in that, those of thousands of \
         nanoseconds are not.\n",
        comparison.rounds, comparison.seed
    );
    text.push_str("## What was to be reached\n\n| | is | |\n|---|---|---|\n");
    for target in comparison.targets() {
        _ = writeln!(
            text,
            "| {} | {} | {} |",
            target.what,
            target.is,
            if target.is_met { "reached" } else { "**missed**" }
        );
    }
    for result in &comparison.results {
        text.push_str(&table(result));
    }
    text.push_str(&abilities(comparison));
    text
}

/// Where and with what it was made.
pub fn made(machine: &Machine) -> String {
    let mut text = format!(
        "Made on {} by `{}` at commit {}: {} cores of {}, Linux {}, {}, profile {}.",
        machine.date,
        machine.command,
        machine.commit,
        machine.cores,
        machine.processor,
        machine.kernel,
        machine.compiler,
        machine.profile
    );
    let packages = machine.packages.iter().map(|(name, versions)| format!("{name} {}", versions.join(" and ")));
    _ = writeln!(text, " Packages: {}.\n", packages.collect::<Vec<_>>().join(", "));
    text
}

/// The figures of one condition.
pub fn table(result: &Result) -> String {
    let mut text = format!("\n## {}\n\n{} paths.\n\n", result.condition, result.paths);
    text.push_str("| router | ns | interval | share | interval | instructions | |\n|---|--:|---|--:|---|--:|---|\n");
    for row in &result.rows {
        _ = writeln!(text, "{}", line(result, row));
    }
    for (name, why) in &result.wrong {
        _ = writeln!(text, "\nNot measured: {name}, as {why}.");
    }
    text
}

fn line(result: &Result, row: &Row) -> String {
    let interval = |estimate: &Estimate, digits| format!("{:.digits$} to {:.digits$}", estimate.low, estimate.high);
    let instructions = row.instructions.map_or_else(|| "not counted".to_owned(), |count| format!("{count:.0}"));
    let tie = if result.is_tie(row) { "tie" } else { "" };
    format!(
        "| {} | {:.1} | {} | {:.2} | {} | {instructions} | {tie} |",
        row.name,
        row.ns.median,
        interval(&row.ns, 1),
        row.ratio.median,
        interval(&row.ratio, 2)
    )
}

/// What each does, and what it does not.
fn abilities(comparison: &Comparison) -> String {
    let mut text =
        String::from("\n## What each does, and what it does not\n\nFound out by asking, each time anew.\n\n|");
    let asked: Vec<_> =
        comparison.answers.iter().filter_map(|answers| Some((answers, answers.does.as_ref()?))).collect();
    for (answers, _) in &asked {
        _ = write!(text, " | {}", answers.name);
    }
    _ = writeln!(text, " |\n|---|{}", ":-:|".repeat(asked.len()));
    for (at, probe) in PROBES.iter().enumerate() {
        _ = write!(text, "| **{}**: {}", probe.what, probe.how);
        for (_, does) in &asked {
            _ = write!(text, " | {}", if does[at] { "yes" } else { "no" });
        }
        text.push_str(" |\n");
    }
    text.push_str("| **allocations** in a look-up on GitHub, shuffled, reading parameters, on average");
    for (answers, _) in &asked {
        let count = comparison
            .allocations(answers.name)
            .map_or_else(|| "not counted".to_owned(), |count| format!("{count:.1}"));
        _ = write!(text, " | {count}");
    }
    text.push_str(" |\n");
    for answers in comparison.answers.iter().filter(|answers| answers.does.is_none()) {
        _ = writeln!(text, "\n{} is source code: it has no patterns but those that it was written for.", answers.name);
    }
    text
}
