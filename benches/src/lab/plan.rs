//! How long it will take, known before it begins: windows are as long as the time allows.

use crate::lab::{drive::Times, heat::Heat, raw::Pace};
use std::time::Duration;

/// What starting a server and asking it once takes, about, in seconds.
pub const START: f64 = 0.12;
/// What a window takes beside itself, about, in seconds: connections, and what is still open at its end.
const AROUND: f64 = 0.02;
/// How much of a window's time goes before anything counts.
const WARM_UP: f64 = 0.25;
/// How much of the time may be added for windows that have to be measured once more.
pub const SPARE: f64 = 0.1;
/// Windows that find out what an entrant can do, before the rounds.
pub const CEILINGS: usize = 2;

/// What may be spent.
#[derive(Clone, Copy, Debug)]
pub struct Budget {
    /// Seconds for all of it.
    pub seconds: f64,
    /// How often each is measured; some heats, more often.
    pub rounds: usize,
    /// The shortest and the longest window, in seconds, warm-up included.
    pub window: (f64, f64),
}

impl Budget {
    /// Enough to see what is what: less than ten minutes.
    pub const QUICK: Budget = Budget { seconds: 8.5 * 60.0, rounds: 6, window: (0.1, 0.5) };
    /// Enough to publish: less than an hour, with windows that are measured once more and how routing grows.
    /// What differs does so between rounds rather than within a window, so that there are many and short ones.
    pub const FULL: Budget = Budget { seconds: 40.0 * 60.0, rounds: 16, window: (0.25, 1.0) };
}

/// What is going to happen.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// How often each is measured; some heats, more often.
    pub rounds: usize,
    /// How long each time.
    pub times: Times,
    /// Seconds in all, about.
    pub seconds: f64,
}

impl Plan {
    /// For these heats and so many seconds of something else.
    pub fn new(heats: &[Heat], others: f64, budget: Budget) -> Self {
        let Budget { rounds, window: (shortest, longest), .. } = budget;
        let fixed: f64 = heats.iter().map(|heat| fixed(heat, rounds)).sum::<f64>() + others;
        let windows: f64 = heats.iter().map(|heat| windows(heat, rounds) * heat.patience).sum();
        let each = ((budget.seconds - fixed) / windows.max(1.0)).clamp(shortest, longest);
        let times = Times {
            warm_up: Duration::from_secs_f64(each * WARM_UP),
            window: Duration::from_secs_f64(each * (1.0 - WARM_UP)),
        };
        Plan { rounds, times, seconds: fixed + windows * each }
    }

    /// Seconds that one window of a heat takes, about.
    pub fn window(&self, heat: &Heat) -> f64 {
        (self.times.warm_up + self.times.window).as_secs_f64() * heat.patience + AROUND
    }

    /// Seconds that one server's turn in a heat takes, about.
    pub fn turn(&self, heat: &Heat, windows: usize) -> f64 {
        START + windows as f64 * self.window(heat)
    }

    /// Seconds beside the plan that windows may take that have to be measured once more.
    pub fn spare(&self) -> f64 {
        self.seconds * SPARE
    }
}

/// Windows of a heat.
fn windows(heat: &Heat, rounds: usize) -> f64 {
    (heat.entrants.len() * (ceilings(heat) + rounds * heat.often * heat.paces.len())) as f64
}

/// How many windows find out what an entrant can do: none where no rate hangs on it.
pub fn ceilings(heat: &Heat) -> usize {
    if heat.paces.iter().any(|pace| *pace != Pace::FlatOut) { CEILINGS } else { 0 }
}

fn fixed(heat: &Heat, rounds: usize) -> f64 {
    (heat.entrants.len() * (rounds * heat.often + 1)) as f64 * START + windows(heat, rounds) * AROUND
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::{
        profiles::{Field, Profile},
        wishes::shorten,
    };
    use clap::ValueEnum;
    use shared::contract::SERVERS;

    fn heats() -> Vec<Heat> {
        let servers = SERVERS.iter().map(|server| server.name.to_owned()).collect();
        let field = Field { servers, has_bare: true, database: Some("postgres://".to_owned()), ..Field::default() };
        Profile::value_variants().iter().flat_map(|profile| field.heats(*profile).expect("asks")).collect()
    }

    #[test]
    fn all_of_it_fits_into_the_time_that_was_promised() {
        for (budget, most) in [(Budget::QUICK, 600.0), (Budget::FULL, 3600.0)] {
            let mut heats = heats();
            if most < 3600.0 {
                heats.iter_mut().for_each(shorten);
            }
            let plan = Plan::new(&heats, budget.seconds * 0.1, budget);
            assert!(plan.seconds + plan.spare() < most && plan.seconds > 0.9 * budget.seconds, "{plan:?}");
            assert!(plan.times.window > Duration::from_millis(100), "{plan:?}");
            // Those with the nearest goals have more rounds, where there is time for them.
            let often = heats.iter().filter(|heat| heat.often > 1).map(|heat| heat.name.as_str()).collect::<Vec<_>>();
            assert_eq!(often, if most < 3600.0 { vec![] } else { vec!["bare-plaintext", "bare-json"] });
        }
        const { assert!(Budget::FULL.rounds >= 10) };
    }

    #[test]
    fn what_is_little_is_done_sooner() {
        let plan = Plan::new(&heats()[..1], 0.0, Budget::QUICK);
        assert!(plan.seconds < 150.0, "{plan:?}");
        let heat = &heats()[0];
        let by_turns = heat.entrants.len() as f64
            * (plan.turn(heat, CEILINGS) + plan.rounds as f64 * plan.turn(heat, heat.paces.len()));
        assert!((by_turns - plan.seconds).abs() < 1.0, "{by_turns} {plan:?}");
    }
}
