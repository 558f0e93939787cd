//! What it costs to have a server: size, dependencies, lines, the time to its first answer, the time to build it.
//!
//! From nothing it is not the server that is built but the minimal one on its framework: most crates of the six are the
//! same ones (the databases', say), and would hide the difference behind minutes that say nothing of a framework.

use crate::{
    lab::{
        ask, asks,
        binaries::{Binary, Recipe, build, workspace},
        cores::Cores,
        entrant::Entrant,
        keeper::Keeper,
        profiles::bare_of,
        raw::{Cost, LeftOut},
        server::Server,
    },
    progress::Progress,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
    process::Command,
    time::{Duration, Instant, SystemTime},
};

/// How often the first answer is waited for.
pub const STARTS: usize = 10;
/// What all but building takes for one server, about, in seconds.
pub const SECONDS: f64 = 2.0;
/// What building takes for one server, about, in seconds: its share of the frameworks, and the server again.
pub const BUILD_SECONDS: f64 = 50.0;
/// After this no other build begins, so that a slow machine gets to an end, too.
const BUILD_MOST: Duration = Duration::from_secs(8 * 60);

/// Measures these servers. Without `builds`, not what building takes.
pub fn run(
    (keeper, cores): (&Keeper, Option<Cores>),
    servers: &[Entrant],
    binaries: &[Binary],
    builds: bool,
    progress: &mut Progress,
) -> (Vec<Cost>, Vec<LeftOut>) {
    let (mut costs, mut left_out) = (Vec::new(), Vec::new());
    for entrant in servers {
        match one(keeper, cores, entrant, binaries) {
            Ok(cost) => costs.push(cost),
            Err(why) => left_out.push(LeftOut { what: format!("costs of {}", entrant.name), why }),
        }
        progress.advance(SECONDS);
    }
    if builds && let Err(why) = build_all(keeper, &mut costs, progress) {
        left_out.push(LeftOut { what: "time to build".to_owned(), why });
    }
    (costs, left_out)
}

fn one(keeper: &Keeper, cores: Option<Cores>, entrant: &Entrant, binaries: &[Binary]) -> Result<Cost, String> {
    let name = &entrant.name;
    let binary = binaries.iter().find(|binary| binary.name == *name).ok_or("it was not built")?;
    if let Some(objection) = binary.objection() {
        return Err(objection);
    }
    let starts = (0..STARTS).map(|_| first_answer(keeper, cores, entrant)).collect::<Result<_, _>>()?;
    Ok(Cost {
        server: name.clone(),
        binary: binary.bytes,
        crates: crates(name)?,
        lines: lines(&workspace().join("servers").join(name).join("src"))?,
        first_answer_ms: starts,
        framework_build: None,
        rebuild: None,
    })
}

/// Milliseconds from the start of the process to the end of its first answer.
fn first_answer(keeper: &Keeper, cores: Option<Cores>, entrant: &Entrant) -> Result<f64, String> {
    let server = Server::start(keeper, entrant, cores.map(|cores| cores.server))?;
    ask::demand(server.address, &asks::plaintext())?;
    Ok(server.begun.elapsed().as_secs_f64() * 1e3)
}

/// How many crates it is made of, of all versions, those of the workspace not counted.
fn crates(package: &str) -> Result<usize, String> {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(["tree", "--package", package, "--edges", "normal", "--prefix", "none", "--format", "{p}"]);
    let output = cargo.current_dir(workspace()).output().map_err(|cause| format!("cannot run cargo: {cause}"))?;
    match output.status.success() {
        true => Ok(distinct(&String::from_utf8_lossy(&output.stdout))),
        false => Err(format!("cargo tree: {}", String::from_utf8_lossy(&output.stderr).trim())),
    }
}

/// Lines are `NAME VERSION`, then perhaps ` (*)` if it stood there before; members have their folder in parentheses.
fn distinct(tree: &str) -> usize {
    let crates = tree.lines().map(|line| line.trim_end_matches(" (*)").trim());
    crates.filter(|line| !line.is_empty() && !line.contains("(/")).collect::<BTreeSet<_>>().len()
}

/// Lines that are neither blank nor comments, file by file, in the order of their names.
fn lines(folder: &Path) -> Result<Vec<(String, usize)>, String> {
    let told = |cause: std::io::Error| format!("{}: {cause}", folder.display());
    let mut counted = Vec::new();
    for entry in fs::read_dir(folder).map_err(told)? {
        let path = entry.map_err(told)?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir() {
            counted.extend(lines(&path)?.into_iter().map(|(file, count)| (format!("{name}/{file}"), count)));
        } else if name.ends_with(".rs") {
            counted.push((name, code(&fs::read_to_string(&path).map_err(told)?)));
        }
    }
    counted.sort();
    Ok(counted)
}

/// Unit tests stand at the end of a file, behind their attribute.
fn code(text: &str) -> usize {
    let text = text.split("#[cfg(test)]").next().unwrap_or_default();
    text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("//")).count()
}

/// Makes all that is not to be timed when servers are built again.
///
/// # Errors
/// When they cannot be built.
pub fn prepare(keeper: &Keeper, servers: &[String]) -> Result<(), String> {
    let names: Vec<_> = servers.iter().map(String::as_str).collect();
    build(keeper, &names, &debug()).map(drop)
}

/// What each framework takes to build, and each server again, as long as there is time.
fn build_all(keeper: &Keeper, costs: &mut [Cost], progress: &mut Progress) -> Result<(), String> {
    let (begin, mut frameworks) = (Instant::now(), BTreeMap::new());
    for cost in costs {
        if begin.elapsed() > BUILD_MOST {
            return Err(format!(
                "{} and what follows: after {} s there was no time left",
                cost.server,
                BUILD_MOST.as_secs()
            ));
        }
        if let Some(bare) = bare_of(&cost.server) {
            let seconds = match frameworks.get(bare) {
                Some(seconds) => *seconds,
                None => from_nothing(keeper, bare)?,
            };
            frameworks.insert(bare, seconds);
            cost.framework_build = Some(seconds);
        }
        cost.rebuild = Some(again(keeper, &cost.server)?);
        progress.advance(BUILD_SECONDS);
    }
    Ok(())
}

/// Builds a minimal server into an empty folder, and nothing that only the others need; how many seconds that took.
fn from_nothing(keeper: &Keeper, bare: &str) -> Result<f64, String> {
    let folder = keeper.folder().map_err(|cause| format!("no folder for temporary files: {cause}"))?;
    let feature = bare.trim_start_matches("bare-");
    let flags = ["--package", "bare", "--no-default-features", "--features", feature].map(str::to_owned).to_vec();
    timed(keeper, bare, &Recipe { target: Some(folder.path().to_owned()), flags, ..Recipe::default() })
}

/// Builds a server for debugging once more after a change to its routes; how many seconds that took.
fn again(keeper: &Keeper, server: &str) -> Result<f64, String> {
    // A newer file is a changed one to cargo; what is in it stays.
    let routes = workspace().join("servers").join(server).join("src/routes.rs");
    let file = fs::File::options().append(true).open(&routes);
    let touched = file.and_then(|file| file.set_modified(SystemTime::now()));
    touched.map_err(|cause| format!("{}: {cause}", routes.display()))?;
    timed(keeper, server, &debug())
}

/// What one waits for between a change and a try.
fn debug() -> Recipe {
    Recipe { profile: Some("dev".to_owned()), ..Recipe::default() }
}

fn timed(keeper: &Keeper, name: &str, recipe: &Recipe) -> Result<f64, String> {
    let begin = Instant::now();
    build(keeper, &[name], recipe).map(|_| begin.elapsed().as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn crates_count_once_and_members_not_at_all() {
        let tree = "axum-server v0.1.0 (/there)\naxum v0.8.9\nhttp v1.3.1\nhttp v0.2.12\naxum v0.8.9 (*)\n\n";
        assert_eq!(distinct(tree), 3);
        let axum = crates("axum-server").expect("cargo is there");
        assert!((50..500).contains(&axum), "{axum}");
        assert!(crates("no-such-server").is_err());
    }

    #[test]
    fn lines_are_those_of_code() {
        assert_eq!(code("//! What.\n\nuse a;\n/// Doc.\nfn b() {} // and why\n\n#[cfg(test)]\nmod tests {}\n"), 2);
        let lines = lines(&workspace().join("servers/actix-web-server/src")).expect("sources");
        let names: Vec<_> = lines.iter().map(|(name, _)| name.as_str()).collect();
        assert!(names.contains(&"routes.rs") && names.iter().any(|name| name.starts_with("middleware/")), "{names:?}");
        assert!(lines.iter().all(|(_, count)| *count > 0));
    }
}
