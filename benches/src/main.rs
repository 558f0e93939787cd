//! `cargo run --release -p benches -- run`, `routers` or `styles`: measures.

use benches::{
    comparison::{self, Comparison, Options},
    conditions::Condition,
    gate::{self, Gate},
    instructions,
    lab::command,
    machine,
    progress::Progress,
    routers,
    run::Folder,
    styles::{
        self,
        command::{QUICK_ROUNDS, ROUNDS},
    },
    summary,
};
use clap::{Args, Parser, Subcommand};
use std::{hint::black_box, io, path::PathBuf, process::ExitCode};

/// Measures what servers cost under load, and what routing costs, on this machine.
///
/// Every run writes a folder, benches/runs/<date>-<machine> unless told otherwise: all timings as JSON, tables as
/// Markdown. Close what else works on the machine first; what is left disturbs all alike, as everything is timed in turn.
///
/// Exit code: 0 when what was to be reached was reached, 1 when it was not, 2 when it could not be measured, 130 after
/// Ctrl-C, which ends what was started and leaves nothing.
#[derive(Parser)]
#[command(version, max_term_width = 100)]
struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// The six servers under load, beside the floor and minimal servers; then the six styles as their tables grow
    Run(command::Run),
    /// Makes the tables and charts of such a run anew, from its raw data
    Report(command::Report),
    /// Whether two such runs say the same; exit code 1 if not
    Compare(command::Compare),
    /// Eleven routers beside each other, on GitHub's patterns and on our own
    Routers(Measure),
    /// The six styles as their tables grow, up to a thousand routes
    Styles(Measure),
    /// Instructions that each of the six spends on a request, held to benches/instructions.json; exit code 1 if one has
    /// drifted by more than 3 %
    Instructions(Gate),
    /// What valgrind counts
    #[command(name = instructions::SUBCOMMAND, hide = true)]
    Count { router: String, condition: String, seed: u64, passes: usize },
}

#[derive(Args)]
struct Measure {
    /// Fewer rounds: enough to see what is what, not to publish
    #[arg(long)]
    quick: bool,

    /// How often each is timed in each condition [default: 60, or 15 if quick]
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u16).range(5..))]
    rounds: Option<u16>,

    /// What everything random is drawn from
    #[arg(long, default_value_t = 1)]
    seed: u64,

    /// Do not count the instructions of routers, which takes most of the time and needs valgrind
    #[arg(long)]
    no_instructions: bool,

    /// Where the run's folder is made [default: benches/runs/<date>-<machine>]
    #[arg(long, value_name = "FOLDER")]
    out: Option<PathBuf>,
}

impl Measure {
    fn rounds(&self) -> usize {
        usize::from(self.rounds.unwrap_or(if self.quick { QUICK_ROUNDS } else { ROUNDS }))
    }
}

fn main() -> ExitCode {
    let outcome = match Arguments::parse().what {
        What::Run(run) => command::run(&run).map_err(io::Error::other),
        What::Report(report) => command::report(&report).map_err(io::Error::other),
        What::Compare(runs) => command::compare(&runs).map_err(io::Error::other),
        What::Instructions(wanted) => gate::run(&wanted).map_err(io::Error::other),
        What::Routers(measure) => compare(&measure),
        What::Styles(measure) => grow(&measure),
        What::Count { router, condition, seed, passes } => count(&router, &condition, seed, passes),
    };
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(cause) => {
            eprintln!("error: {cause}");
            ExitCode::from(2)
        }
    }
}

fn compare(measure: &Measure) -> io::Result<bool> {
    optimised()?;
    let count = !measure.no_instructions && instructions::can_count();
    if !measure.no_instructions && !count {
        eprintln!("instructions are not counted: that needs valgrind, a package of most systems");
    }
    let options = Options { rounds: measure.rounds(), seed: measure.seed, count, kinds: routers::ALL.to_vec() };
    let mut progress = Progress::new(comparison::steps(&options));
    let comparison = comparison::run(&options, &mut || progress.step())?;
    progress.end();
    let folder = Folder::new(measure.out.as_deref(), &comparison.machine, "routers")?;
    folder.write("raw.json", &serde_json::to_string(&comparison)?)?;
    folder.write("summary.md", &summary::of(&comparison))?;
    tell(&comparison);
    println!("\nwritten to {}", folder.path().display());
    Ok(comparison.targets().iter().all(|target| target.is_met))
}

fn grow(measure: &Measure) -> io::Result<bool> {
    optimised()?;
    styles::command::run(measure.seed, measure.rounds(), measure.out.as_deref())
}

fn tell(comparison: &Comparison) {
    for result in &comparison.results {
        println!("{}", result.condition);
        for row in &result.rows {
            let instructions = row.instructions.map_or_else(String::new, |count| format!("{count:6.0} instructions"));
            let tie = if result.is_tie(row) { "tie" } else { "" };
            println!("  {:26} {:8.1} ns  {:5.2}  {instructions} {tie}", row.name, row.ns.median, row.ratio.median);
        }
        for (name, why) in &result.wrong {
            println!("  {name:26} not measured: {why}");
        }
    }
    println!();
    for target in comparison.targets() {
        println!("{} {}: {}", if target.is_met { "reached" } else { "MISSED " }, target.what, target.is);
    }
}

fn optimised() -> io::Result<()> {
    let why = "a debug build tells nothing about speed: use `cargo run --release -p benches`";
    if machine::is_optimised() { Ok(()) } else { Err(io::Error::other(why)) }
}

fn count(router: &str, condition: &str, seed: u64, passes: usize) -> io::Result<bool> {
    let condition: Condition = serde_json::from_str(condition)?;
    let kind =
        routers::ALL.iter().find(|kind| kind.name == router).ok_or_else(|| io::Error::other("no such router"))?;
    let router = kind.build(&condition.set.patterns()).map_err(io::Error::other)?;
    black_box(instructions::pass(&*router, &condition, seed, passes));
    Ok(true)
}
