//! `run`, `report` and `compare`, as they are typed.

use crate::{
    lab::{
        binaries, compare,
        entrant::Entrant,
        gates,
        heat::MIDDLE,
        keeper::Keeper,
        pictures,
        plan::Budget,
        profiles::Profile,
        raw::Lab,
        readme,
        report::{self, number},
        results::{self, Row},
        session,
        targets::{self, Target},
        wishes::Wishes,
    },
    run::{self, Folder},
    styles::command as styles,
};
use clap::{
    Args,
    builder::{PossibleValuesParser, TypedValueParser},
};
use shared::contract::SERVERS;
use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// What to measure under load, and of whom.
#[derive(Args)]
pub struct Run {
    /// Less of it, within ten minutes: enough to see what is what, not to publish
    #[arg(long)]
    quick: bool,

    /// What to measure; repeatable [default: all, and the six styles as their tables grow]
    #[arg(long, value_name = "PROFILE")]
    profile: Vec<Profile>,

    /// Which of the six to measure; repeatable [default: all]
    #[arg(long, value_name = "SERVER", value_parser = one_of_six())]
    server: Vec<String>,

    /// Measure this as well: NAME=URL for one that runs on this machine (it is not moved to another core), NAME=COMMAND
    /// for one that is to be started and listens at the port that the environment gives as PORT; repeatable
    #[arg(long, value_name = "NAME=URL|COMMAND", value_parser = Entrant::extra)]
    extra: Vec<Entrant>,

    /// A PostgreSQL for the todos: postgres://USER@HOST/DATABASE. What is in it is changed
    #[arg(long, env = "DATABASE", value_name = "URL", hide_env_values = true)]
    database: Option<String>,

    /// What everything random is drawn from
    #[arg(long, default_value_t = 1)]
    seed: u64,

    /// Where the run's folder is made [default: benches/runs/DAY-MACHINE]
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

    /// What routing costs, which needs no server.
    fn routing(&self) -> Result<bool, String> {
        eprintln!("\nhow routing grows");
        let rounds = if self.quick { styles::QUICK_ROUNDS } else { styles::ROUNDS };
        styles::run(self.seed, usize::from(rounds), self.out.as_deref()).map_err(told)
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
    let is_good = keeper.undisturbed(|| write(&lab, wanted.out.as_deref()))?;
    // Who names what he wants gets that and nothing else.
    match wanted.profile.is_empty() {
        true => Ok(wanted.routing()? && is_good),
        false => Ok(is_good),
    }
}

fn write(lab: &Lab, out: Option<&Path>) -> Result<bool, String> {
    let folder = Folder::new(out, &lab.machine, "lab").map_err(told)?;
    clear(folder.path()).map_err(told)?;
    let raw = serde_json::to_string(lab).map_err(|cause| cause.to_string())?;
    folder.write("raw.json", &raw).map_err(told)?;
    if let Some(why) = gates::void_run(lab) {
        println!("the run is void: {why}\nonly its raw data are written, to {}", folder.path().display());
        return Ok(false);
    }
    render(lab, folder.path())?;
    tell(lab);
    println!("\nwritten to {}", folder.path().display());
    Ok(targets::of(lab).iter().all(Target::is_met))
}

/// What an earlier run of this day has left there would be taken for this one's.
fn clear(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "svg" || extension == "md") {
            fs::remove_file(path)?;
        }
    }
    Ok(())
}

/// Tables and charts, beside the raw data that they are made of.
fn render(lab: &Lab, folder: &Path) -> Result<(), String> {
    let summary = report::summary(lab)?;
    let pictures = pictures::all(lab);
    let files = pictures.iter().map(|(name, svg)| (name.as_str(), svg.as_str())).chain([("summary.md", &*summary)]);
    for (name, text) in files {
        run::write(&folder.join(name), text).map_err(told)?;
    }
    Ok(())
}

/// The headline, for whoever sits in front of it.
fn tell(lab: &Lab) {
    for heat in &lab.heats {
        let paces = heat.paces();
        let Some(pace) = paces.iter().find(|pace| **pace == MIDDLE).or(paces.first()) else { continue };
        println!("{}, {pace}:", heat.name);
        for row in results::rows(heat, *pace) {
            println!("  {}", line(&row));
        }
    }
    for target in targets::of(lab) {
        let is = target.is.map_or_else(|| "not measured".to_owned(), |is| format!("{:.2}", is.median));
        let Target { heat, what, of, bound, .. } = &target;
        println!("{heat}: {} of {what}, {bound} of {of}: {is}, {}", bound.figure(), target.verdict());
    }
}

fn line(row: &Row) -> String {
    let name = &row.name;
    match row.figures.as_ref().map(|figures| (&figures.cpu, figures)) {
        Err(why) | Ok((Err(why), _)) => format!("{name:32} not measured: {why}"),
        Ok((Ok(cpu), figures)) => {
            let ratio = figures.ratio.as_ref().map(|(ratio, whose)| format!("{:.2} of {whose}", ratio.median));
            let place = figures.place.map(|place| format!("place {place}")).unwrap_or_default();
            format!("{name:32} {:>8} us  {place:9} {}", number(cpu.median), ratio.unwrap_or_default())
        }
    }
}

/// A run to render anew.
#[derive(Args)]
pub struct Report {
    /// Its folder, the one with raw.json in it or the one above that
    run: PathBuf,

    /// Also puts its few figures into README.md
    #[arg(long)]
    readme: bool,
}

/// Renders a run from its raw data alone.
///
/// # Errors
/// When there are none, or the run is void.
pub fn report(wanted: &Report) -> Result<bool, String> {
    let (lab, folder) = read(&wanted.run)?;
    render(&lab, &folder)?;
    println!("rendered {}", folder.display());
    if wanted.readme {
        let path = binaries::workspace().join("README.md");
        let text = fs::read_to_string(&path).map_err(|cause| format!("{}: {cause}", path.display()))?;
        run::write(&path, &readme::replaced(&text, &readme::block(&lab, &readme::link(&folder))?)?).map_err(told)?;
        println!("updated {}", path.display());
    }
    Ok(true)
}

/// Two runs to compare.
#[derive(Args)]
pub struct Compare {
    /// The folder of one
    one: PathBuf,

    /// The folder of the other
    other: PathBuf,
}

/// Compares two runs. Whether they agree.
///
/// # Errors
/// When one of them cannot be read, or is void.
pub fn compare(wanted: &Compare) -> Result<bool, String> {
    let [one, other] = [&wanted.one, &wanted.other].map(|folder| {
        let (lab, folder) = read(folder)?;
        match gates::void_run(&lab) {
            Some(why) => Err(format!("{}: the run is void: {why}", folder.display())),
            None => Ok(lab),
        }
    });
    let comparison = compare::runs(&one?, &other?);
    print!("{}", comparison.told());
    Ok(comparison.agrees())
}

/// The raw data of a run, and where they are.
///
/// # Errors
/// When they are not there, or are not those of a lab.
pub fn read(folder: &Path) -> Result<(Lab, PathBuf), String> {
    let below = folder.join("lab");
    let folder = if below.join("raw.json").is_file() { below } else { folder.to_owned() };
    let path = folder.join("raw.json");
    let text = fs::read_to_string(&path).map_err(|cause| format!("{}: {cause}", path.display()))?;
    let lab = serde_json::from_str(&text).map_err(|cause| format!("{}: not of this lab: {cause}", path.display()))?;
    Ok((lab, folder))
}

fn told(cause: io::Error) -> String {
    cause.to_string()
}
