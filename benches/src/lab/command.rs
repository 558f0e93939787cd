//! `run`, `report` and `compare`, as they are typed.

use crate::{
    lab::{
        entrant::Entrant,
        gates,
        keeper::Keeper,
        plan::Budget,
        profiles::Profile,
        raw::Lab,
        session::{self, Wishes},
    },
    run::Folder,
};
use clap::{
    Args,
    builder::{PossibleValuesParser, TypedValueParser},
};
use shared::contract::SERVERS;
use std::path::PathBuf;

/// What to measure under load, and of whom.
#[derive(Args)]
pub struct Run {
    /// Less of it, within ten minutes: enough to see what is what, not to publish
    #[arg(long)]
    quick: bool,

    /// What to measure; repeatable [default: all]
    #[arg(long, value_name = "PROFILE")]
    profile: Vec<Profile>,

    /// Which of the six to measure; repeatable [default: all]
    #[arg(long, value_name = "SERVER", value_parser = one_of_six())]
    server: Vec<String>,

    /// Measure this as well: NAME=URL for one that runs on this machine, NAME=COMMAND for one that is to be
    /// started and listens at the port that the environment gives as PORT; repeatable
    #[arg(long, value_name = "NAME=URL|COMMAND", value_parser = Entrant::extra)]
    extra: Vec<Entrant>,

    /// A PostgreSQL for the todos: postgres://USER@HOST/DATABASE. What is in it is changed
    #[arg(long, env = "DATABASE", value_name = "URL", hide_env_values = true)]
    database: Option<String>,

    /// What everything random is drawn from
    #[arg(long, default_value_t = 1)]
    seed: u64,

    /// Where the run's folder is made [default: benches/runs/<date>-<machine>]
    #[arg(long, value_name = "FOLDER")]
    out: Option<PathBuf>,
}

fn one_of_six() -> impl TypedValueParser<Value = String> {
    PossibleValuesParser::new(SERVERS.map(|server| server.name))
}

impl Run {
    fn wishes(&self) -> Wishes {
        let six = || SERVERS.iter().map(|server| server.name.to_owned()).collect();
        Wishes {
            profiles: self.profile.clone(),
            servers: if self.server.is_empty() { six() } else { self.server.clone() },
            has_bare: true,
            extras: self.extra.clone(),
            database: self.database.clone(),
            seed: self.seed,
            quick: self.quick,
            budget: if self.quick { Budget::QUICK } else { Budget::FULL },
            recipe: Default::default(),
        }
    }
}

/// Measures, and leaves a folder. Whether the run is worth anything.
///
/// # Errors
/// What went wrong, in words.
pub fn run(wanted: &Run) -> Result<bool, String> {
    session::optimised()?;
    let keeper = Keeper::default();
    keeper.watch().map_err(|cause| format!("cannot watch for Ctrl-C: {cause}"))?;
    let lab = session::run(&keeper, &wanted.wishes())?;
    keeper.undisturbed(|| write(&lab, wanted.out.as_deref()))
}

fn write(lab: &Lab, out: Option<&std::path::Path>) -> Result<bool, String> {
    let told = |cause: std::io::Error| cause.to_string();
    let folder = Folder::new(out, &lab.machine, "lab").map_err(told)?;
    let raw = serde_json::to_string(lab).map_err(|cause| cause.to_string())?;
    folder.write("raw.json", &raw).map_err(told)?;
    if let Some(why) = gates::void_run(lab) {
        println!("the run is void: {why}\nonly its raw data are written, to {}", folder.path().display());
        return Ok(false);
    }
    println!("written to {}", folder.path().display());
    Ok(true)
}
