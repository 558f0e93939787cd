//! One server, built or run in another way: what does each choice give?
//!
//! Only what needs no other code is here: link-time optimisation, the processor's own instructions, the allocator
//! (another one is loaded before the C library's, if the system has one), one worker or two on the one core. What
//! hyper or the runtime could be told in code is left out, because no flag tells them.

use crate::lab::{
    asks,
    binaries::{self, Binary, Recipe},
    entrant::{Entrant, Program},
    heat::{Heat, MIDDLE},
    keeper::Keeper,
    profiles::Field,
    raw::LeftOut,
    wishes::Wishes,
};
use std::path::{Path, PathBuf};

/// Where systems keep allocators that can be loaded.
const ALLOCATORS: [(&str, &str); 4] = [
    ("mimalloc", "/usr/lib/x86_64-linux-gnu/libmimalloc.so.3"),
    ("mimalloc", "/usr/lib/x86_64-linux-gnu/libmimalloc.so.2"),
    ("jemalloc", "/usr/lib/x86_64-linux-gnu/libjemalloc.so.2"),
    ("jemalloc", "/usr/lib/aarch64-linux-gnu/libjemalloc.so.2"),
];

/// Other ways to build: what it is called, what is set in the environment, where cargo puts it.
const BUILDS: [(&str, &str, &str, &str); 2] = [
    ("LTO off", "CARGO_PROFILE_RELEASE_LTO", "off", "ablation-lto"),
    ("target-cpu=native", "RUSTFLAGS", "-C target-cpu=native", "ablation-native"),
];

/// Builds what that takes, and says who is to be compared; nobody if none of the six takes part.
///
/// # Errors
/// When what was built for it cannot be.
pub fn heat(
    keeper: &Keeper,
    wishes: &Wishes,
    built: &mut Vec<Binary>,
    left_out: &mut Vec<LeftOut>,
) -> Result<Option<Heat>, String> {
    let Some(binary) = built.iter().find(|binary| wishes.servers.contains(&binary.name)).cloned() else {
        return Ok(None);
    };
    let name = binary.name.clone();
    let field = Field { binaries: folder(&binary), ..Field::default() };
    let base = field.ours(&name);
    let beside = |entrant: Entrant, what: &str| entrant.named(&format!("{name}, {what}")).beside(&name);
    let mut entrants = vec![base.clone(), beside(base.clone(), "two workers")];
    // A flag that is given twice is an error: the later one takes the place of the first.
    entrants[1].flags = replaced(&base.flags, "--workers", "2");
    for (what, key, value, target) in BUILDS {
        let target = binaries::workspace().join("target").join(target);
        let recipe = Recipe {
            target: Some(target),
            environment: vec![(key.to_owned(), value.to_owned())],
            ..wishes.recipe.clone()
        };
        for other in binaries::build(keeper, &[&name], &recipe)? {
            entrants.push(beside(Entrant { program: Program::Binary(other.path.clone()), ..base.clone() }, what));
            built.push(other);
        }
    }
    match ALLOCATORS.iter().find(|(_, path)| Path::new(path).exists()) {
        Some((allocator, path)) => {
            let environment = vec![("LD_PRELOAD".to_owned(), (*path).to_owned())];
            entrants.push(beside(Entrant { environment, ..base }, allocator));
        }
        None => left_out.push(LeftOut {
            what: "the allocator as an ablation".to_owned(),
            why: "this system has no other: Debian's package is libmimalloc3 or libjemalloc2".to_owned(),
        }),
    }
    left_out.push(LeftOut {
        what: "pipeline_flush and the runtime's kind as ablations".to_owned(),
        why: "they stand in the code, no flag changes them".to_owned(),
    });
    let about = "One server, built or run in other ways.";
    let heat = Heat { paces: vec![MIDDLE], ..Heat::new("ablations", about, vec![asks::plaintext()], entrants) };
    Ok(Some(heat.twice()))
}

fn folder(binary: &Binary) -> PathBuf {
    binary.path.parent().map(Path::to_owned).unwrap_or_default()
}

/// The flags, with another value for this one.
fn replaced(flags: &[String], flag: &str, value: &str) -> Vec<String> {
    let mut flags = flags.to_vec();
    if let Some(at) = flags.iter().position(|one| one == flag)
        && let Some(old) = flags.get_mut(at + 1)
    {
        value.clone_into(old);
    }
    flags
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flag_stands_there_once() {
        let flags = ["--port", "0", "--workers", "1", "--no-gossip"].map(str::to_owned);
        let wanted = ["--port", "0", "--workers", "2", "--no-gossip"].map(str::to_owned);
        assert_eq!(replaced(&flags, "--workers", "2"), wanted);
        assert_eq!(replaced(&flags, "--gone", "2"), flags);
    }
}
