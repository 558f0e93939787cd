//! All heats, from the first start to the last round.
//!
//! Before the rounds each entrant shows what it can do, which sets the rates, and that it answers rightly. Then
//! there is one round of every heat (two of those beside bare servers), in an order that is new each time, and then
//! the next of every heat. A machine that others use, too, is slower for seconds or for minutes: rounds that lie apart
//! by minutes see more of that than rounds in a row, and the intervals tell it.
//!
//! In a round each server is started anew, so that what a process happens to be like (where its memory lies, say) is
//! a part of the noise. Pace by pace all are asked, one after the other, again in an order that is new each time: what
//! is compared lies seconds apart. Those that wait for their turn use no time.

use crate::{
    lab::{
        ask::{self, Size},
        binaries::Binary,
        cores::Cores,
        drive::{self, Window},
        entrant::{Entrant, Program},
        gates,
        heat::Heat,
        keeper::Keeper,
        plan::{self, Plan},
        raw::{self, Pace, Point, Runner, Slowest},
        server::Server,
    },
    progress::Progress,
};
use fastrand::Rng;
use load::Exchange;
use std::{collections::BTreeMap, ops::Range};

/// How often a window is measured once more, as long as there is time to spare.
const REPEATS: usize = 3;

/// What all heats share.
pub struct Bench<'a> {
    /// Keeps the servers.
    pub keeper: &'a Keeper,
    /// Where they run.
    pub cores: Option<Cores>,
    /// What was built.
    pub binaries: &'a [Binary],
    /// How long, how often.
    pub plan: Plan,
    /// Seconds that are left for windows to be measured once more.
    pub spare: f64,
    /// Draws orders and seeds.
    pub random: Rng,
    /// Is told how far it is.
    pub progress: &'a mut Progress,
}

/// Who is in a heat, and what became of them so far.
struct Field<'a> {
    heat: &'a Heat,
    slowest: Option<Slowest>,
    runners: Vec<Runner>,
    points: Vec<Point>,
}

impl Bench<'_> {
    /// Runs these heats.
    pub fn run(&mut self, heats: &[Heat]) -> Vec<raw::Heat> {
        let mut fields: Vec<_> = heats.iter().map(|heat| self.field(heat)).collect();
        let rounds = self.plan.rounds;
        for round in 0..rounds {
            self.progress.say(&format!("round {} of {rounds}", round + 1));
            self.random.shuffle(&mut fields);
            for field in &mut fields {
                numbers(round, field.heat.often).for_each(|number| self.round(field, number));
            }
        }
        // As they were given, not as they were run last.
        fields.sort_by_key(|field| heats.iter().position(|heat| heat.name == field.heat.name));
        fields.into_iter().map(|field| field.end(&self.plan)).collect()
    }

    fn field<'a>(&mut self, heat: &'a Heat) -> Field<'a> {
        self.progress.say(&format!("{}: {} servers", heat.name, heat.entrants.len()));
        let runners = self.runners(heat);
        let mut field = Field { heat, slowest: None, runners, points: points(heat) };
        field.slowest = self.ceilings(&mut field);
        field
    }

    fn runners(&self, heat: &Heat) -> Vec<Runner> {
        let runner = |entrant: &Entrant| Runner {
            name: entrant.name.clone(),
            command: entrant.told(),
            beside: entrant.beside.clone(),
            answers: Vec::new(),
            refused: self.objection(entrant),
        };
        heat.entrants.iter().map(runner).collect()
    }

    /// Nobody is measured who was not built for it.
    fn objection(&self, entrant: &Entrant) -> Option<String> {
        let Program::Binary(path) = &entrant.program else { return None };
        match self.binaries.iter().find(|binary| binary.path == *path) {
            Some(binary) => binary.objection(),
            None => Some(format!("{} was not built for this run", path.display())),
        }
    }

    /// What each can do, flat out. The slowest of them sets the rates.
    fn ceilings(&mut self, field: &mut Field) -> Option<Slowest> {
        let (heat, mut slowest) = (field.heat, None::<Slowest>);
        for (at, entrant) in heat.entrants.iter().enumerate() {
            if field.runners[at].refused.is_none() {
                match self.ceiling(heat, entrant) {
                    Ok((answers, ceiling)) => {
                        field.runners[at].answers = answers;
                        if slowest.as_ref().is_none_or(|slowest| ceiling < slowest.ceiling) {
                            slowest = Some(Slowest { name: entrant.name.clone(), ceiling });
                        }
                    }
                    Err(why) => field.runners[at].refused = Some(why),
                }
            }
            self.progress.advance(self.plan.turn(heat, plan::ceilings(heat)));
        }
        slowest.filter(|_| plan::ceilings(heat) > 0)
    }

    fn ceiling(&mut self, heat: &Heat, entrant: &Entrant) -> Result<(Vec<Size>, f64), String> {
        let (server, answers) = self.start(heat, entrant)?;
        let mut best = 0.0_f64;
        for _ in 0..plan::ceilings(heat) {
            let (round, _) = self.window(&server, heat, (Pace::FlatOut, None), 0)?;
            if let Some(fault) = round.faults.iter().find(|fault| gates::is_the_servers(fault)) {
                return Err(fault.to_string());
            }
            // What disturbs only ever slows.
            best = best.max(round.achieved);
        }
        match plan::ceilings(heat) > 0 && best == 0.0 {
            true => Err("flat out, no right answer came at all".to_owned()),
            false => Ok((answers, best)),
        }
    }

    /// Starts it, and demands one right answer to everything that will be asked.
    fn start(&self, heat: &Heat, entrant: &Entrant) -> Result<(Server, Vec<Size>), String> {
        let server = Server::start(self.keeper, entrant, self.cores.map(|cores| cores.server))?;
        for exchange in &heat.before {
            let made = ask::demand(server.address, exchange);
            // One that runs already may have it from the turn before; what is read of it will tell.
            if !matches!(entrant.program, Program::Running(_)) {
                made?;
            }
        }
        let answers = heat.asks.iter().map(|exchange| Ok(ask::demand(server.address, exchange)?.size()));
        let answers = answers.collect::<Result<_, String>>()?;
        Ok((server, answers))
    }

    /// One round of a heat: all servers, all paces.
    fn round(&mut self, field: &mut Field, round: usize) {
        let mut servers = self.servers(field);
        let mut paces = field.heat.paces.clone();
        self.random.shuffle(&mut paces);
        for pace in paces {
            self.random.shuffle(&mut servers);
            servers.retain(|(at, server)| self.turn(field, (*at, server), pace, round));
        }
    }

    /// Those that can be started, by their place in the heat.
    fn servers(&mut self, field: &mut Field) -> Vec<(usize, Server)> {
        let mut servers = Vec::new();
        for (at, entrant) in field.heat.entrants.iter().enumerate() {
            if field.runners[at].refused.is_none() {
                match self.start(field.heat, entrant) {
                    Ok((server, _)) => servers.push((at, server)),
                    Err(why) => field.runners[at].refused = Some(why),
                }
            }
            self.progress.advance(plan::START);
        }
        servers
    }

    /// One server at one pace. Whether it can go on.
    fn turn(&mut self, field: &mut Field, (at, server): (usize, &Server), pace: Pace, round: usize) -> bool {
        let heat = field.heat;
        let rate = rate(pace, field.slowest.as_ref());
        let window = rate.and_then(|rate| self.window(server, heat, (pace, rate), round));
        self.progress.advance(self.plan.window(heat));
        match window {
            Ok(window) => field.keep(&heat.entrants[at].name, pace, window),
            Err(why) => field.runners[at].refused = Some(why),
        }
        field.runners[at].refused.is_none()
    }

    /// One window, once more if the generator or its machine was at fault: what else ran there was chance.
    fn window(
        &mut self,
        server: &Server,
        heat: &Heat,
        pace: (Pace, Option<f64>),
        round: usize,
    ) -> Result<Window, String> {
        let mut repeated = 0;
        loop {
            let seed = self.random.u64(..);
            let (mut measured, latencies) = drive::window(server, heat, pace, self.plan.times, (round, seed))?;
            measured.repeated = repeated;
            let each = self.plan.window(heat);
            if repeated == REPEATS || self.spare < each || !gates::is_chance(&measured.faults) {
                return Ok((measured, latencies));
            }
            self.spare -= each;
            repeated += 1;
        }
    }
}

/// The numbers of the rounds that a heat has for one of the others: pairs are found by them, so each is new.
fn numbers(round: usize, often: usize) -> Range<usize> {
    round * often..(round + 1) * often
}

/// Requests per second, unless flat out.
fn rate(pace: Pace, slowest: Option<&Slowest>) -> Result<Option<f64>, String> {
    match (pace, slowest) {
        (Pace::FlatOut, _) => Ok(None),
        (Pace::Percent(percent), Some(slowest)) => Ok(Some(slowest.ceiling * f64::from(percent) / 100.0)),
        (Pace::Percent(_), None) => Err("nobody could say what rate is sensible".to_owned()),
    }
}

/// Room for what will be measured.
fn points(heat: &Heat) -> Vec<Point> {
    let point = |entrant: &Entrant, pace: Pace| Point {
        entrant: entrant.name.clone(),
        pace,
        rounds: Vec::new(),
        latencies: Vec::new(),
    };
    heat.entrants.iter().flat_map(|entrant| heat.paces.iter().map(move |pace| point(entrant, *pace))).collect()
}

impl Field<'_> {
    fn end(self, plan: &Plan) -> raw::Heat {
        let Field { heat, slowest, runners, points } = self;
        raw::Heat {
            name: heat.name.clone(),
            about: heat.about.clone(),
            requests: heat.asks.iter().map(Exchange::name).collect(),
            connections: heat.connections,
            depth: heat.depth,
            keep_alive: heat.keep_alive,
            window: plan.times.window.as_secs_f64() * heat.patience,
            reference: heat.reference(),
            twice: heat.twins(),
            slowest,
            entrants: runners,
            points,
        }
    }

    fn keep(&mut self, entrant: &str, pace: Pace, (round, latencies): Window) {
        let mut points = self.points.iter_mut();
        let Some(point) = points.find(|point| point.entrant == entrant && point.pace == pace) else { return };
        if round.faults.is_empty() {
            point.latencies = sum(&point.latencies, &latencies);
        }
        point.rounds.push(round);
    }
}

/// Two histograms in one.
fn sum(one: &[(u64, u64)], other: &[(u64, u64)]) -> Vec<(u64, u64)> {
    let mut counts = BTreeMap::new();
    for (most, count) in one.iter().chain(other) {
        *counts.entry(*most).or_default() += count;
    }
    counts.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn histograms_add_up() {
        assert_eq!(sum(&[(1, 2), (5, 1)], &[(1, 1), (3, 4)]), [(1, 3), (3, 4), (5, 1)]);
    }

    #[test]
    fn rates_are_shares_of_what_the_slowest_can_do() {
        let slowest = Slowest { name: "it".to_owned(), ceiling: 20_000.0 };
        assert_eq!(rate(Pace::Percent(70), Some(&slowest)), Ok(Some(14_000.0)));
        assert_eq!(rate(Pace::FlatOut, None), Ok(None));
        assert!(rate(Pace::Percent(10), None).is_err());
    }

    #[test]
    fn who_has_more_rounds_has_each_of_them_once() {
        for often in [1, 2, 3] {
            let all: Vec<_> = (0..16).flat_map(|round| numbers(round, often)).collect();
            assert_eq!(all, (0..16 * often).collect::<Vec<_>>());
        }
    }
}
