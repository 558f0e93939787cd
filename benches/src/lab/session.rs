//! A run from its wishes to its raw data.

use crate::{
    lab::{
        ablations,
        binaries::{self, Binary, Recipe, workspace},
        cores::{self, Cores},
        costs,
        entrant::{Entrant, FLOOR},
        heat::{Heat, MIDDLE},
        idle,
        keeper::Keeper,
        plan::{Budget, Plan},
        profiles::{BARE, Field, Profile},
        raw::{Lab, LeftOut, Pace, Setting},
        rounds::Bench,
    },
    machine::{self, Machine},
    progress::{Progress, told},
};
use clap::ValueEnum;
use fastrand::Rng;
use std::{
    fs,
    path::Path,
    time::{Duration, Instant},
};

/// What is wished for.
#[derive(Clone, Debug)]
pub struct Wishes {
    /// What to measure; all of it if nothing is named.
    pub profiles: Vec<Profile>,
    /// Which of the six.
    pub servers: Vec<String>,
    /// Whether the floor and the minimal servers take part.
    pub has_bare: bool,
    /// Somebody else's.
    pub extras: Vec<Entrant>,
    /// Where a PostgreSQL is.
    pub database: Option<String>,
    /// What everything random is drawn from.
    pub seed: u64,
    /// Whether it is to be short.
    pub quick: bool,
    /// What it may take.
    pub budget: Budget,
    /// How to build what is measured.
    pub recipe: Recipe,
}

/// The versions that the manifest names.
const PACKAGES: [&str; 12] = [
    "actix-http",
    "actix-web",
    "axum",
    "chitchat",
    "hyper",
    "hyper-util",
    "matchit",
    "serde_json",
    "sqlx",
    "tokio",
    "tower-http",
    "warp",
];

/// Builds, plans and measures.
///
/// # Errors
/// When it cannot be done at all, in words. What only one server cannot do stands in the raw data.
pub fn run(keeper: &Keeper, wishes: &Wishes) -> Result<Lab, String> {
    let mut left_out = Vec::new();
    let cores = Cores::choose().map_err(|why| left_out.push(LeftOut { what: "anything".to_owned(), why }));
    let built = build(keeper, wishes)?;
    let field = field(wishes, &built);
    let profiles = profiles(wishes, &mut left_out);
    let mut heats = Vec::new();
    for profile in &profiles {
        heats.extend(field.heats(*profile)?);
    }
    if wishes.quick {
        heats.iter_mut().for_each(shorten);
    }
    let mut all = built;
    if profiles.contains(&Profile::Ablations) {
        heats.extend(ablations::heat(keeper, wishes, &mut all, &mut left_out)?);
    }
    let mut session = Session { keeper, wishes, field, profiles, heats, left_out, cores: cores.ok(), binaries: all };
    if session.cores.is_none() {
        // Two that share a core measure each other.
        (session.heats, session.profiles) = (Vec::new(), Vec::new());
    }
    session.measure()
}

/// What is fixed before anything is measured.
struct Session<'a> {
    keeper: &'a Keeper,
    wishes: &'a Wishes,
    field: Field,
    profiles: Vec<Profile>,
    heats: Vec<Heat>,
    left_out: Vec<LeftOut>,
    cores: Option<Cores>,
    binaries: Vec<Binary>,
}

impl Session<'_> {
    fn measure(mut self) -> Result<Lab, String> {
        let plan = Plan::new(&self.heats, self.other_seconds(), self.wishes.budget);
        eprintln!(
            "{} heats of {} rounds, windows of {} ms: about {}",
            self.heats.len(),
            plan.rounds,
            plan.times.window.as_millis(),
            told(Duration::from_secs_f64(plan.seconds))
        );
        let (begin, mut progress) = (Instant::now(), Progress::of(plan.seconds));
        let heats = self.run_heats(plan, &mut progress)?;
        let idle = self.idle(&mut progress);
        let costs = self.costs(&mut progress);
        progress.end();
        let took = begin.elapsed();
        eprintln!("that took {}, planned were {}", told(took), told(Duration::from_secs_f64(plan.seconds)));
        Ok(Lab {
            machine: Machine::here(&PACKAGES),
            setting: setting(self.cores),
            seed: self.wishes.seed,
            quick: self.wishes.quick,
            planned_seconds: plan.seconds,
            took_seconds: took.as_secs_f64(),
            binaries: self.binaries,
            heats,
            idle,
            costs,
            left_out: self.left_out,
        })
    }

    fn run_heats(&self, plan: Plan, progress: &mut Progress) -> Result<Vec<crate::lab::raw::Heat>, String> {
        let random = Rng::with_seed(self.wishes.seed);
        let Session { keeper, binaries, cores, .. } = self;
        let mut bench = Bench { keeper, cores: *cores, binaries, plan, spare: plan.spare(), random, progress };
        let mut run = || {
            let mut done = Vec::new();
            for heat in &self.heats {
                bench.progress.say(&format!("{}: {} servers", heat.name, heat.entrants.len()));
                done.push(bench.run(heat));
            }
            done
        };
        match self.cores {
            // The generator is in this thread; servers are started from another one, on their own core.
            Some(Cores { generator, .. }) => {
                cores::on(generator, run).map_err(|cause| format!("core {generator} cannot be used: {cause}"))
            }
            None => Ok(run()),
        }
    }

    fn has(&self, profile: Profile) -> bool {
        self.profiles.contains(&profile)
    }

    /// Those of the six that are wanted, and the floor.
    fn at_rest(&self) -> Vec<Entrant> {
        let heats = self.field.heats(Profile::Plaintext).unwrap_or_default();
        heats.into_iter().flat_map(|heat| heat.entrants).collect()
    }

    fn idle_times(&self) -> usize {
        if self.wishes.quick { 1 } else { 5 }
    }

    fn other_seconds(&self) -> f64 {
        let idle = idle::SECONDS * (self.at_rest().len() * self.idle_times()) as f64;
        let builds = if self.wishes.quick { 0.0 } else { costs::BUILD_SECONDS };
        let costs = (costs::SECONDS + builds) * self.wishes.servers.len() as f64;
        (if self.has(Profile::Idle) { idle } else { 0.0 }) + if self.has(Profile::Costs) { costs } else { 0.0 }
    }

    fn idle(&self, progress: &mut Progress) -> Vec<crate::lab::raw::Idle> {
        if !self.has(Profile::Idle) {
            return Vec::new();
        }
        progress.say("idle connections");
        idle::run((self.keeper, self.cores), &self.at_rest(), self.idle_times(), progress)
    }

    fn costs(&mut self, progress: &mut Progress) -> Vec<crate::lab::raw::Cost> {
        if !self.has(Profile::Costs) {
            return Vec::new();
        }
        progress.say("what each costs to have");
        let servers: Vec<_> = self.wishes.servers.iter().map(|name| self.field.ours(name)).collect();
        let builds = !self.wishes.quick;
        if !builds {
            let why = "that takes minutes for each: a full run does it".to_owned();
            self.left_out.push(LeftOut { what: "time to build".to_owned(), why });
        }
        let (costs, left_out) = costs::run((self.keeper, self.cores), &servers, &self.binaries, builds, progress);
        self.left_out.extend(left_out);
        costs
    }
}

/// Two heats at all rates are enough for a first look.
pub(crate) fn shorten(heat: &mut Heat) {
    if !["plaintext", "json"].contains(&heat.name.as_str()) {
        heat.paces.retain(|pace| [MIDDLE, Pace::FlatOut].contains(pace));
    }
}

/// Builds all that takes part.
fn build(keeper: &Keeper, wishes: &Wishes) -> Result<Vec<Binary>, String> {
    let mut wanted: Vec<_> = wishes.servers.iter().map(String::as_str).collect();
    if wishes.has_bare {
        wanted.extend(BARE.iter().chain([&FLOOR]));
    }
    match wanted.is_empty() {
        true => Ok(Vec::new()),
        false => binaries::build(keeper, &wanted, &wishes.recipe),
    }
}

fn field(wishes: &Wishes, built: &[Binary]) -> Field {
    let folder = built.first().and_then(|binary| binary.path.parent()).unwrap_or(Path::new("target/release"));
    Field {
        servers: wishes.servers.clone(),
        has_bare: wishes.has_bare,
        extras: wishes.extras.clone(),
        database: wishes.database.clone(),
        binaries: folder.to_owned(),
    }
}

/// What is going to be measured, and what is not, and why.
fn profiles(wishes: &Wishes, left_out: &mut Vec<LeftOut>) -> Vec<Profile> {
    let mut profiles = wishes.profiles.clone();
    let mut without = |what: &str, why: &str| left_out.push(LeftOut { what: what.to_owned(), why: why.to_owned() });
    if profiles.is_empty() {
        let in_short = |profile: &Profile| !wishes.quick || *profile != Profile::Ablations;
        profiles = Profile::value_variants().iter().copied().filter(in_short).collect();
        if wishes.quick {
            without(
                "ablations",
                "they are built anew, which takes minutes: a full run does it, or --profile ablations",
            );
        }
    }
    if profiles.contains(&Profile::TodoCreate) && wishes.database.is_none() {
        without("todo-create on PostgreSQL", "DATABASE names none: set it to postgres://USER@HOST/DATABASE");
    }
    profiles.sort_unstable();
    profiles.dedup();
    profiles
}

fn setting(cores: Option<Cores>) -> Setting {
    let governor = fs::read_to_string("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor").ok();
    let manifest = fs::read_to_string(workspace().join("Cargo.toml")).unwrap_or_default();
    let (_, release) = manifest.split_once("[profile.release]").unwrap_or_default();
    let release: Vec<_> = release.lines().map(str::trim).take_while(|line| !line.starts_with('[')).collect();
    let is_of_building = |name: &str| name == "RUSTFLAGS" || name.starts_with("CARGO_PROFILE_RELEASE_");
    Setting {
        cores,
        governor: governor.map(|governor| governor.trim().to_owned()),
        release: release.into_iter().filter(|line| !line.is_empty()).collect::<Vec<_>>().join(", "),
        build_environment: std::env::vars().filter(|(name, _)| is_of_building(name)).collect(),
        open_files: idle::allow().ok(),
    }
}

/// Figures of this program mean nothing unless it was optimised: the generator is in it.
///
/// # Errors
/// What to do instead.
pub fn optimised() -> Result<(), String> {
    match machine::is_optimised() {
        true => Ok(()),
        false => Err("a debug build tells nothing about speed: use `cargo run --release -p benches`".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wishes() -> Wishes {
        Wishes {
            profiles: Vec::new(),
            servers: Vec::new(),
            has_bare: false,
            extras: Vec::new(),
            database: None,
            seed: 1,
            quick: true,
            budget: Budget::QUICK,
            recipe: Recipe::default(),
        }
    }

    #[test]
    fn what_is_left_out_is_told() {
        let mut left_out = Vec::new();
        let short = profiles(&wishes(), &mut left_out);
        assert!(!short.contains(&Profile::Ablations) && short.contains(&Profile::Costs));
        assert_eq!(left_out.len(), 2, "{left_out:?}");
        let mut left_out = Vec::new();
        let named = Wishes { profiles: vec![Profile::Json, Profile::Ablations, Profile::Json], ..wishes() };
        assert_eq!(profiles(&named, &mut left_out), [Profile::Json, Profile::Ablations]);
        assert!(left_out.is_empty());
    }

    #[test]
    fn the_setting_says_how_releases_are_built() {
        assert_eq!(setting(None).release, "lto = \"fat\", codegen-units = 1");
    }
}
