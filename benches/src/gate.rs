//! The gate against creeping costs: instructions that each of the six spends on a request, held to a baseline.
//!
//! Times on shared machines differ by more than a careless change costs; instructions under callgrind repeat to
//! within two in a hundred (three builds, at most 1.3 % apart) whatever else the machine does. They are not time: a system call counts for what it takes to make, not
//! for what the kernel does then. So they rank nobody, and only say of each server whether it has changed.
//!
//! - [`callgrind`]: a server under valgrind, and what it counts
//! - [`baseline`]: what it was, and how far that may drift

pub mod baseline;
pub mod callgrind;

use crate::{
    lab::{
        asks,
        binaries::{self, Recipe},
        keeper::Keeper,
        session,
    },
    progress::Progress,
};
use baseline::{Counts, Drift};
use callgrind::Callgrind;
use clap::Args;
use load::Exchange;
use shared::contract::SERVERS;

/// What to do with what was counted.
#[derive(Args)]
pub struct Gate {
    /// Take what is counted now for the baseline from now on
    #[arg(long)]
    update: bool,
}

/// Counts, and compares with the baseline or replaces it. Whether nothing has drifted too far.
///
/// # Errors
/// What went wrong, in words.
pub fn run(wanted: &Gate) -> Result<bool, String> {
    session::optimised()?;
    let keeper = Keeper::default();
    keeper.watch().map_err(|cause| format!("cannot watch for Ctrl-C: {cause}"))?;
    let counts = count(&keeper)?;
    if wanted.update {
        keeper.undisturbed(|| baseline::write(&counts))?;
        counts.lines().for_each(|line| println!("{line}"));
        println!("written to {}: commit it", baseline::PATH);
        return Ok(true);
    }
    let drifts = baseline::read()?.drifts(&counts);
    drifts.iter().for_each(|drift| println!("{drift}"));
    let is_held = drifts.iter().all(Drift::is_held);
    if !is_held {
        println!("\n{}", baseline::ADVICE);
    }
    Ok(is_held)
}

fn count(keeper: &Keeper) -> Result<Counts, String> {
    let binaries = binaries::build(keeper, &SERVERS.map(|server| server.name), &Recipe::default())?;
    let exchanges = [asks::plaintext(), asks::json(), asks::todo()];
    let mut progress = Progress::new(binaries.len());
    let mut counts = Counts::default();
    for binary in &binaries {
        if let Some(why) = binary.objection() {
            return Err(format!("{}: {why}", binary.name));
        }
        let mut server = Callgrind::start(keeper, &binary.path)?;
        server.demand(&asks::first_todo())?;
        for exchange in &exchanges {
            counts.put(&binary.name, &Exchange::name(exchange), server.count(exchange)?);
        }
        progress.step();
    }
    progress.end();
    Ok(counts)
}
