//! The programs that are measured, built here and now: a stale or an unoptimised one cannot be measured.

use crate::lab::keeper::Keeper;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::{
    fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// A program, and how it was built.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Binary {
    /// Its name.
    pub name: String,
    /// Where it is, from the workspace's folder on if it is in there.
    pub path: PathBuf,
    /// Its size.
    pub bytes: u64,
    /// What is in it.
    pub sha256: String,
    /// cargo's level of optimisation, `3` for releases.
    pub opt_level: String,
    /// Whether it checks itself as debug builds do.
    pub debug_assertions: bool,
}

impl Binary {
    /// Why its figures would mean nothing, if so.
    pub fn objection(&self) -> Option<String> {
        let is_debug = self.debug_assertions || self.opt_level != "3";
        is_debug.then(|| format!("a debug build (opt-level {}): build it with --release", self.opt_level))
    }
}

/// How to build.
#[derive(Clone, Debug, Default)]
pub struct Recipe {
    /// cargo's profile; `release` if none is named.
    pub profile: Option<String>,
    /// cargo's target folder; the workspace's if none is named.
    pub target: Option<PathBuf>,
    /// What is set in the environment.
    pub environment: Vec<(String, String)>,
    /// What else cargo is told.
    pub flags: Vec<String>,
}

/// The folder of the workspace.
pub fn workspace() -> &'static Path {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here)
}

/// Builds these binaries; what cargo says is shown. No package is named: then features are those of the whole workspace,
/// so that the code is the same whoever else is built, and the same as that of `cargo run --release --bin`.
///
/// # Errors
/// When cargo fails, or does not say where a program is.
pub fn build(keeper: &Keeper, wanted: &[&str], recipe: &Recipe) -> Result<Vec<Binary>, String> {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(["build", "--message-format=json-render-diagnostics", "--profile"]);
    command.arg(recipe.profile.as_deref().unwrap_or("release"));
    for binary in wanted {
        command.args(["--bin", binary]);
    }
    if let Some(target) = &recipe.target {
        command.arg("--target-dir").arg(target);
    }
    command.args(&recipe.flags);
    command.envs(recipe.environment.iter().map(|(key, value)| (key, value)));
    command.current_dir(workspace()).stdin(Stdio::null()).stdout(Stdio::piped());
    let mut cargo = keeper.spawn(command).map_err(|cause| format!("cannot run cargo: {cause}"))?;
    let lines = cargo.stdout.take().into_iter().flat_map(|stdout| BufReader::new(stdout).lines());
    let told: Vec<_> = lines.map_while(Result::ok).collect();
    let status = cargo.wait().map_err(|cause| format!("cargo: {cause}"))?;
    if !status.success() {
        return Err(format!("cargo cannot build what is to be measured ({status})"));
    }
    wanted.iter().map(|binary| artifact(&told, binary)).collect()
}

/// The binary of this name among cargo's messages.
fn artifact(told: &[String], name: &str) -> Result<Binary, String> {
    let messages = told.iter().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let mut found = messages.filter(|message| message["target"]["name"] == name && message["executable"].is_string());
    let message = found.next().ok_or_else(|| format!("cargo has built no {name}"))?;
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let file = PathBuf::from(text(&message["executable"]));
    let bytes = fs::read(&file).map_err(|cause| format!("{}: {cause}", file.display()))?;
    Ok(Binary {
        name: name.to_owned(),
        path: file.strip_prefix(workspace()).unwrap_or(&file).to_owned(),
        bytes: bytes.len() as u64,
        sha256: Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect(),
        opt_level: text(&message["profile"]["opt_level"]),
        debug_assertions: message["profile"]["debug_assertions"].as_bool().unwrap_or(true),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(name: &str, file: &Path, level: &str, assertions: bool) -> String {
        let message = serde_json::json!({
            "reason": "compiler-artifact",
            "target": {"name": name},
            "profile": {"opt_level": level, "debug_assertions": assertions},
            "executable": file,
        });
        message.to_string()
    }

    #[test]
    fn a_program_is_what_cargo_says_it_is() {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml");
        let lines = ["{}".to_owned(), told("one", &file, "3", false), told("two", &file, "0", true)];
        let one = artifact(&lines, "one").expect("it is there");
        assert_eq!((one.path.as_path(), one.sha256.len()), (Path::new("benches/Cargo.toml"), 64));
        assert_eq!(one.objection(), None);
        let two = artifact(&lines, "two").expect("it is there");
        assert!(two.objection().is_some_and(|why| why.contains("debug build")));
        assert!(artifact(&lines, "three").is_err());
        assert!(artifact(&[told("gone", Path::new("/gone"), "3", false)], "gone").is_err());
    }
}
