//! `cargo run --release -p conformance -- http://127.0.0.1:3003`: judges a running server.

use clap::{CommandFactory, FromArgMatches, Parser, ValueEnum};
use conformance::{
    jury,
    plan::{self, Choice, Plan},
    protocol::{
        case::Level,
        subject::{Resources, Subject},
    },
    readme,
    record::{Asked, Judged, Record},
    report, resources,
    target::{Introduction, Target},
    terminal::Terminal,
    verdicts,
};
use regex::Regex;
use std::{
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
    process::ExitCode,
    time::Duration,
};

/// Judges any HTTP/1.1 server by RFC 9112 and RFC 9110, and one that keeps Sextet's contract by that as well.
///
/// The protocol part sends some 450 requests, sound and broken, as they are and cut in two at every byte, and holds each
/// answer to the clause that it names. It only reads, but for POSTs to --post and an empty one to --path. Every failure
/// is shown with the bytes that went over the wire.
///
/// A server whose index names its routes as Sextet's do is held to the contract too: every example, every law. Todos
/// and files that the judge makes are removed again, and those that are there are left alone; some checks however empty
/// the store with DELETE /todos, and are only run with --destructive. It is expected to run with the default limits,
/// bound to loopback. What needs short limits, broken stores or signals of its own is in `cargo test -p conformance`.
///
/// Exit code: 0 when nothing failed, 1 when something did, 2 when the server could not be judged.
#[derive(Debug, Parser)]
#[command(version, max_term_width = 100)]
struct Args {
    /// The server, for example http://127.0.0.1:3003
    url: Option<String>,

    /// Which requirements count
    #[arg(long, value_enum, default_value = "all")]
    level: Strictness,

    /// Run only the checks whose id matches this regular expression
    #[arg(long, value_name = "REGEX")]
    only: Option<Regex>,

    /// Write the verdict to this file, as JSON by conformance/report.schema.json
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,

    /// What answers GET with a body [default: /, or /plaintext of a Sextet]
    #[arg(long, value_name = "TARGET")]
    path: Option<String>,

    /// What answers POST; best is what reads the body [default: --path, or a sum of a Sextet]
    #[arg(long, value_name = "TARGET")]
    post: Option<String>,

    /// What answers GET with validators and by ranges [default: --path, or a file that the judge makes]
    #[arg(long, value_name = "TARGET")]
    file: Option<String>,

    /// What to call the server in the report [default: what it calls itself]
    #[arg(long)]
    name: Option<String>,

    /// How long to wait for an answer, or for the end of a connection, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 6.0, value_parser = seconds)]
    patience: f64,

    /// How many checks run at the same time
    #[arg(long, value_name = "COUNT", default_value_t = 8)]
    jobs: usize,

    /// Hold the server to Sextet's contract although its index does not name the routes
    #[arg(long)]
    contract: bool,

    /// Run the checks that remove every todo of the server, too
    #[arg(long)]
    destructive: bool,

    /// Print a line for every check, not only for those that fail
    #[arg(short, long)]
    verbose: bool,

    /// Print the ids of the checks, and ask nobody
    #[arg(long)]
    list: bool,

    /// Make the tables in README.md and conformance/verdicts/README.md anew, and ask nobody
    #[arg(long)]
    update_readme: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Strictness {
    /// Violations of a MUST
    Must,
    /// And what falls short of a SHOULD
    All,
}

fn seconds(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(seconds) if (0.1..=600.0).contains(&seconds) => Ok(seconds),
        _ => Err("expected 0.1 to 600".to_owned()),
    }
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
    let level = match args.level {
        Strictness::Must => Level::Must,
        Strictness::All => Level::Should,
    };
    // Until the server is known, as much as can be listed.
    let all = Choice { level, only: args.only.clone(), contract: true, destructive: args.destructive };
    let ids = plan::ids(&all);
    if ids.is_empty() {
        return Err("no check has such an id; see --list".to_owned());
    }
    if args.list {
        ids.iter().for_each(|id| println!("{id}"));
        return Ok(true);
    }
    let url = args.url.as_ref().ok_or("name a server, for example http://127.0.0.1:3003 (see --help)")?;
    let mut target = Target::at(url)?;
    target.patience = Duration::from_secs_f64(args.patience);
    let introduction = target.introduction().map_err(|finding| format!("{url}: {}", finding.what))?;
    target.take(&introduction);
    let choice = Choice { contract: args.contract || introduction.claims, ..all };
    judge(args, &choice, &target, &introduction)
}

fn judge(args: &Args, choice: &Choice, target: &Target, introduction: &Introduction) -> Result<bool, String> {
    // Before anything is asked: a verdict that cannot be kept is not worth the time.
    let file = args.json.as_ref().map(|path| Kept::create(path)).transpose()?;
    let resources = resources(args, choice, target)?;
    let plain = |finding: conformance::finding::Finding| format!("{}: {}\n{}", target.host, finding.what, finding.raw);
    let subject = Subject::learn(target, resources).map_err(plain)?;
    let plan = plan::plan(choice, &subject);
    let name = args.name.clone().or_else(|| introduction.name.clone()).or_else(|| introduction.software.clone());
    let mut record = record(args, choice, &subject, name.unwrap_or_else(|| target.host.clone()), introduction);
    let told = tell(args, &plan, &subject, &mut record);
    if choice.contract {
        resources::remove(target);
    }
    told.map_err(|cause| format!("the report cannot be written: {cause}"))?;
    if let Some(file) = file {
        file.keep(&record)?;
    }
    Ok(record.summary.is_clean())
}

/// What the command line names; of a Sextet, its own.
fn resources(args: &Args, choice: &Choice, target: &Target) -> Result<Resources, String> {
    let usual = if choice.contract {
        resources::make(target).map_err(|finding| format!("{}: {}", target.host, finding.what))?
    } else {
        let path = args.path.clone().unwrap_or_else(|| "/".to_owned());
        Resources { post: path.clone(), file: path.clone(), path }
    };
    Ok(Resources {
        path: args.path.clone().unwrap_or(usual.path),
        post: args.post.clone().unwrap_or(usual.post),
        file: args.file.clone().unwrap_or(usual.file),
    })
}

fn record(args: &Args, choice: &Choice, subject: &Subject, name: String, introduction: &Introduction) -> Record {
    let Resources { path, post, file } = subject.resources.clone();
    let level = if choice.level == Level::Must { "must" } else { "all" };
    let only = args.only.as_ref().map(ToString::to_string);
    Record::new(
        Judged { name, software: introduction.software.clone(), path, post, file },
        Asked { level, only, contract: choice.contract },
    )
}

fn tell(args: &Args, plan: &Plan, subject: &Subject, record: &mut Record) -> io::Result<()> {
    let mut terminal = Terminal::new(args.verbose);
    terminal.begin(&record.server.name, plan)?;
    jury::judge(plan, subject, args.jobs, |item, verdict| {
        let outcome = report::weigh(subject.target.server.name, &item.id, verdict);
        record.note(item, &outcome);
        terminal.judged(item, &outcome)
    })?;
    record.leave_out(&plan.left_out);
    terminal.close(plan, &record.summary)
}

/// A verdict on its way to its file. Until it is whole it stands beside that, so that a judgement that is broken off
/// leaves the verdict of the one before as it was.
struct Kept<'a> {
    path: &'a Path,
    part: PathBuf,
    file: File,
}

impl<'a> Kept<'a> {
    fn create(path: &'a Path) -> Result<Self, String> {
        let name = path.file_name().filter(|_| !path.is_dir());
        let name = name.ok_or_else(|| format!("{}: expected a file", path.display()))?.to_string_lossy();
        let part = path.with_file_name(format!("{name}.part"));
        let file = File::create(&part).map_err(|cause| format!("{}: {cause}", part.display()))?;
        Ok(Kept { path, part, file })
    }

    fn keep(self, record: &Record) -> Result<(), String> {
        let kept = serde_json::to_writer(&self.file, record)
            .map_err(io::Error::from)
            .and_then(|()| (&self.file).write_all(b"\n"))
            .and_then(|()| fs::rename(&self.part, self.path));
        kept.map_err(|cause| format!("{}: {cause}", self.path.display()))
    }
}

fn update_readme() -> Result<(), String> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let verdicts = folder.join("verdicts");
    let all = verdicts::read(&verdicts)?;
    rewrite(&folder.join("../README.md"), readme::update)?;
    rewrite(&verdicts.join("README.md"), |text| readme::update_verdicts(text, &all))
}

fn rewrite(path: &Path, update: impl FnOnce(&str) -> Result<String, String>) -> Result<(), String> {
    let wrong = |cause: String| format!("{}: {cause}", path.display());
    let text = fs::read_to_string(path).map_err(|cause| wrong(cause.to_string()))?;
    let new = update(&text).map_err(wrong)?;
    fs::write(path, new).map_err(|cause| wrong(cause.to_string()))
}
