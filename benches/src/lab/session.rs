//! A run from its wishes to its raw data.

use crate::{
    lab::{
        ablations,
        binaries::{self, Binary},
        cores::{self, Cores},
        costs,
        entrant::{Entrant, FLOOR},
        heat::Heat,
        idle,
        keeper::Keeper,
        plan::Plan,
        profiles::{BARE, Field, Profile},
        raw::{Lab, LeftOut},
        rounds::Bench,
        setting,
        wishes::{self, Wishes},
    },
    machine,
    progress::{Progress, told},
};
use fastrand::Rng;
use std::time::{Duration, Instant};

/// Builds, plans and measures.
///
/// # Errors
/// When it cannot be done at all, in words. What only one server cannot do stands in the raw data.
pub fn run(keeper: &Keeper, wishes: &Wishes) -> Result<Lab, String> {
    let mut left_out = Vec::new();
    let cores = Cores::choose().map_err(|why| left_out.push(LeftOut { what: "anything".to_owned(), why }));
    let built = build(keeper, wishes)?;
    let field = wishes.field(&built);
    let profiles = wishes.profiles(&mut left_out);
    let mut heats = Vec::new();
    for profile in &profiles {
        heats.extend(field.heats(*profile)?);
    }
    if wishes.quick {
        heats.iter_mut().for_each(wishes::shorten);
    }
    if profiles.contains(&Profile::Costs) && !wishes.quick {
        costs::prepare(keeper, &wishes.servers)?;
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
        self.cores.iter().flat_map(Cores::others).for_each(|warning| eprintln!("warning: {warning}"));
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
            machine: setting::machine(),
            setting: setting::of(self.cores),
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
        let mut run = || bench.run(&self.heats);
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
