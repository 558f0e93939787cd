//! What is to be measured side by side: who, by which requests, how fast.

use crate::lab::{
    entrant::{AGAIN, Entrant, FLOOR},
    raw::Pace,
};
use load::Exchange;

/// The paces of a headline: at rates that all can keep, and as fast as can be.
pub const PACES: [Pace; 4] = [Pace::Percent(10), Pace::Percent(40), Pace::Percent(70), Pace::FlatOut];
/// The pace of what is compared at one only: neither idle nor busy.
pub const MIDDLE: Pace = Pace::Percent(40);

/// Servers to put under the same load.
#[derive(Clone, Debug)]
pub struct Heat {
    /// What it is called in the results.
    pub name: String,
    /// What it is, in a sentence.
    pub about: String,
    /// What is asked once of each server before, such as to make what is read later.
    pub before: Vec<Exchange>,
    /// What is asked, each as often as the others.
    pub asks: Vec<Exchange>,
    /// How many connections there are.
    pub connections: usize,
    /// How many requests go out together on one of them.
    pub depth: usize,
    /// Whether connections are used again.
    pub keep_alive: bool,
    /// How fast.
    pub paces: Vec<Pace>,
    /// How many times as long its windows are as those of others: few answers need long ones.
    pub patience: f64,
    /// How many rounds it has for one of the others: a goal that is near asks for a narrow interval.
    pub often: usize,
    /// Who takes part. The first is there twice.
    pub entrants: Vec<Entrant>,
}

impl Heat {
    /// Sixteen connections, kept, with one request at a time on each, at all paces.
    pub fn new(name: &str, about: &str, asks: Vec<Exchange>, entrants: Vec<Entrant>) -> Self {
        Heat {
            name: name.to_owned(),
            about: about.to_owned(),
            before: Vec::new(),
            asks,
            connections: 16,
            depth: 1,
            keep_alive: true,
            paces: PACES.to_vec(),
            patience: 1.0,
            often: 1,
            entrants,
        }
    }

    /// With the first one in it once more, at the end: the A/A test.
    pub fn twice(mut self) -> Self {
        let again = self.entrants.iter().find(|entrant| entrant.name != FLOOR).map(Entrant::again);
        self.entrants.extend(again);
        self
    }

    /// The two names of the one that takes part twice.
    pub fn twins(&self) -> Option<(String, String)> {
        let again = self.entrants.iter().find(|entrant| entrant.name.ends_with(AGAIN))?;
        Some((again.name.trim_end_matches(AGAIN).to_owned(), again.name.clone()))
    }

    /// With whom all are compared: the floor where there is one, else the first.
    pub fn reference(&self) -> String {
        let floor = self.entrants.iter().find(|entrant| entrant.name == FLOOR);
        floor.or(self.entrants.first()).map(|entrant| entrant.name.clone()).unwrap_or_default()
    }
}
