//! What is wished for, and what that comes to: profiles, and who takes part.

use crate::lab::{
    binaries::{Binary, Recipe},
    cores,
    entrant::Entrant,
    heat::{Heat, MIDDLE},
    plan::Budget,
    profiles::{Field, Profile},
    raw::{LeftOut, Pace},
};
use clap::ValueEnum;
use std::path::Path;

/// Server, generator and database need a core each.
const DATABASE_CORES: usize = 3;

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

impl Wishes {
    /// Where a PostgreSQL is that can be measured with.
    fn database(&self) -> Result<&str, &'static str> {
        let database = self.database.as_deref();
        let database = database.ok_or("DATABASE names none: set it to postgres://USER@HOST/DATABASE")?;
        // It runs on this machine, as all traffic stays here, and works as hard as the server does.
        match cores::allowed().is_ok_and(|cores| cores.len() >= DATABASE_CORES) {
            true => Ok(database),
            false => Err("it needs a core beside those of the server and the generator, and there is none"),
        }
    }

    /// Who may take part, of what was built.
    pub fn field(&self, built: &[Binary]) -> Field {
        let folder = built.first().and_then(|binary| binary.path.parent()).unwrap_or(Path::new("target/release"));
        Field {
            servers: self.servers.clone(),
            has_bare: self.has_bare,
            extras: self.extras.clone(),
            database: self.database().ok().map(str::to_owned),
            binaries: folder.to_owned(),
        }
    }

    /// What is going to be measured, and what is not, and why.
    pub fn profiles(&self, left_out: &mut Vec<LeftOut>) -> Vec<Profile> {
        let mut profiles = self.profiles.clone();
        let mut without = |what: &str, why: &str| left_out.push(LeftOut { what: what.to_owned(), why: why.to_owned() });
        if profiles.is_empty() {
            let in_short = |profile: &Profile| !self.quick || *profile != Profile::Ablations;
            profiles = Profile::value_variants().iter().copied().filter(in_short).collect();
            if self.quick {
                without(
                    "ablations",
                    "they are built anew, which takes minutes: a full run does it, or --profile ablations",
                );
            }
        }
        if profiles.contains(&Profile::TodoCreate)
            && let Err(why) = self.database()
        {
            without("todo-create on PostgreSQL", why);
        }
        profiles.sort_unstable();
        profiles.dedup();
        profiles
    }
}

/// Two heats at all rates are enough for a first look, and none more often than others.
pub(crate) fn shorten(heat: &mut Heat) {
    heat.often = 1;
    if !["plaintext", "json"].contains(&heat.name.as_str()) {
        heat.paces.retain(|pace| [MIDDLE, Pace::FlatOut].contains(pace));
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
        let short = wishes().profiles(&mut left_out);
        assert!(!short.contains(&Profile::Ablations) && short.contains(&Profile::Costs));
        assert_eq!(left_out.len(), 2, "{left_out:?}");
        let mut left_out = Vec::new();
        let named = Wishes { profiles: vec![Profile::Json, Profile::Ablations, Profile::Json], ..wishes() };
        assert_eq!(named.profiles(&mut left_out), [Profile::Json, Profile::Ablations]);
        assert!(left_out.is_empty());
    }
}
