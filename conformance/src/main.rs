//! `cargo run -p conformance -- http://127.0.0.1:3003`: judges a running server.

use clap::{CommandFactory, FromArgMatches, Parser};
use conformance::{
    check::{self, Check, Needs},
    readme,
    report::{self, Report},
    target::Target,
};
use std::{fs, io, path::PathBuf, process::ExitCode};

/// What is left out here because it needs limits, stores or processes of its own.
const ELSEWHERE: &str = "left out: what needs short limits, broken stores or signals; see `cargo test -p conformance`";

/// Holds a running server to the contract: every example and every law, the bytes behind each failure.
///
/// Any server that claims to keep the contract can be judged, not only the six. It is expected to run with the default limits, bound to loopback. Todos that the judge makes are removed
/// again, and those that are there are left alone; some checks however empty the store with DELETE /todos, and are only
/// run with --destructive.
///
/// Exit code: 0 when all passed, 1 when some failed, 2 when the server could not be judged at all.
#[derive(Debug, Parser)]
#[command(version, max_term_width = 100)]
struct Args {
    /// The server, for example http://127.0.0.1:3003
    url: Option<String>,

    /// Run only the checks whose name contains this
    #[arg(long, value_name = "SUBSTRING")]
    only: Option<String>,

    /// Run the checks that remove every todo of the server, too
    #[arg(long)]
    destructive: bool,

    /// Print the names of the checks, and ask nobody
    #[arg(long)]
    list: bool,

    /// Make the tables in README.md anew, and ask nobody
    #[arg(long)]
    update_readme: bool,
}

fn main() -> ExitCode {
    match read().and_then(|args| run(&args)) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(line) => {
            eprintln!("error: {line}");
            ExitCode::from(2)
        }
    }
}

/// The command line; `--help` and a mistake end here.
fn read() -> Result<Args, String> {
    let matches = Args::command().try_get_matches();
    let args = matches.and_then(|matches| Args::from_arg_matches(&matches));
    args.map_err(|error| {
        if !error.use_stderr() {
            error.exit();
        }
        let text = error.to_string();
        let line = text.lines().next().unwrap_or_default();
        format!("{} (see --help)", line.trim_start_matches("error: "))
    })
}

fn run(args: &Args) -> Result<bool, String> {
    if args.update_readme {
        return update_readme().map(|()| true);
    }
    let wanted = |check: &Check| args.only.as_ref().is_none_or(|only| check.id.contains(only.as_str()));
    let checks: Vec<_> = check::all().into_iter().filter(wanted).collect();
    if checks.is_empty() {
        return Err("no check has such a name; see --list".to_owned());
    }
    if args.list {
        checks.iter().for_each(|check| println!("{}", check.id));
        return Ok(true);
    }
    let url = args.url.as_ref().ok_or("name a server, for example http://127.0.0.1:3003 (see --help)")?;
    let target = Target::discover(url)?;
    tell(&checks, &target, args.destructive).map_err(|cause| format!("the report cannot be written: {cause}"))
}

fn tell(checks: &[Check], target: &Target, destructive: bool) -> io::Result<bool> {
    let mut report = Report::new(target.server.name);
    let may_run = |check: &&Check| destructive || check.needs != Needs::Store;
    for check in checks.iter().filter(may_run) {
        report.line(&check.id, &report::judge(check, target))?;
    }
    let skipped: Vec<_> = checks.iter().filter(|check| !may_run(check)).map(|check| check.id.as_str()).collect();
    if !skipped.is_empty() {
        report
            .note(&format!("left out, as they remove every todo (--destructive runs them): {}", skipped.join(", ")))?;
    }
    report.note(ELSEWHERE)?;
    report.close()
}

fn update_readme() -> Result<(), String> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../README.md");
    let text = fs::read_to_string(&path).map_err(|cause| format!("README.md: {cause}"))?;
    let new = readme::update(&text).map_err(|cause| format!("README.md: {cause}"))?;
    fs::write(&path, new).map_err(|cause| format!("README.md: {cause}"))
}
