//! What routers are asked: sets of patterns, and paths that they match.

use fastrand::Rng;
use serde::{Deserialize, Serialize};
use std::fmt;

/// How many paths a shuffled condition has: more than a branch predictor learns by heart.
pub const SHUFFLED: usize = 4096;
/// How long a parameter is in a shuffled condition, in bytes.
pub const LENGTHS: std::ops::RangeInclusive<usize> = 1..=36;
/// What stands for every parameter in a fixed condition.
const FIXED: &str = "fixed-08";

/// A set of patterns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Set {
    /// GitHub's REST API.
    Github,
    /// Our own contract.
    Contract,
}

/// Which paths, in which order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Order {
    /// One for each pattern, always in the order of the set. Everything that can be guessed is.
    Fixed,
    /// Thousands, each of a pattern and with parameters that were drawn at random.
    Shuffled,
    /// Thousands that no pattern matches.
    Missing,
}

/// One thing to measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Condition {
    /// The patterns.
    pub set: Set,
    /// The paths.
    pub order: Order,
    /// Whether all parameters are read, or only what the path leads to.
    pub reading: bool,
}

impl Condition {
    /// The eight that targets are set for, and one of misses.
    pub fn all() -> Vec<Condition> {
        let mut all = Vec::new();
        for set in [Set::Github, Set::Contract] {
            for order in [Order::Fixed, Order::Shuffled] {
                all.extend([false, true].map(|reading| Condition { set, order, reading }));
            }
        }
        all.push(Condition { set: Set::Github, order: Order::Missing, reading: false });
        all
    }

    /// The paths, and what is right for each.
    pub fn paths(&self, seed: u64) -> Paths {
        let (patterns, mut random) = (self.set.patterns(), Rng::with_seed(seed));
        let mut paths = Paths::default();
        match self.order {
            Order::Fixed => {
                for (at, pattern) in patterns.iter().enumerate() {
                    paths.push(Some(at), pattern, || FIXED.to_owned());
                }
            }
            Order::Shuffled => {
                for _ in 0..SHUFFLED {
                    let at = random.usize(..patterns.len());
                    paths.push(Some(at), patterns[at], || parameter(&mut random));
                }
            }
            Order::Missing => {
                for _ in 0..SHUFFLED {
                    let pattern = random.choice(&patterns).copied().unwrap_or_default();
                    let (first, last) = if random.bool() { ("/unknown", "") } else { ("", "/unknown/for/sure") };
                    paths.push(None, &format!("{first}{pattern}{last}"), || parameter(&mut random));
                }
            }
        }
        paths
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let set = match self.set {
            Set::Github => "GitHub",
            Set::Contract => "our contract",
        };
        let order = match self.order {
            Order::Fixed => "fixed order",
            Order::Shuffled => "shuffled",
            Order::Missing => "misses",
        };
        let reading = if self.reading { "reading parameters" } else { "matching only" };
        write!(f, "{set}, {order}, {reading}")
    }
}

impl Set {
    /// Its patterns, in our syntax.
    pub fn patterns(self) -> Vec<&'static str> {
        let text = match self {
            Set::Github => include_str!("../routes/github.txt"),
            Set::Contract => include_str!("../routes/contract.txt"),
        };
        text.lines().filter(|line| line.starts_with('/')).collect()
    }
}

/// Paths, one behind the other in memory, as a server does not have them but every router is given them.
#[derive(Default)]
pub struct Paths {
    text: String,
    ends: Vec<usize>,
    /// What is right: the number of the pattern and the values of its parameters.
    pub right: Vec<Option<(usize, Vec<String>)>>,
}

impl Paths {
    fn push(&mut self, pattern: Option<usize>, text: &str, mut value: impl FnMut() -> String) {
        let mut values = Vec::new();
        for segment in text[1..].split('/') {
            self.text.push('/');
            if segment.starts_with('{') {
                // A rest is two segments long.
                let value = if segment.starts_with("{*") { format!("{}/{}", value(), value()) } else { value() };
                self.text.push_str(&value);
                values.push(value);
            } else {
                self.text.push_str(segment);
            }
        }
        self.ends.push(self.text.len());
        self.right.push(pattern.map(|pattern| (pattern, values)));
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Each path.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        let mut from = 0;
        self.ends.iter().map(move |&to| {
            let path = &self.text[from..to];
            from = to;
            path
        })
    }

    /// The first few only.
    pub fn truncate(&mut self, len: usize) {
        self.ends.truncate(len);
        self.right.truncate(len);
    }
}

fn parameter(random: &mut Rng) -> String {
    const BYTES: &[u8] = b"abcdefghijklmnopqrstuvwxyz0123456789-";
    (0..random.usize(LENGTHS)).map(|_| char::from(*random.choice(BYTES).unwrap_or(&b'-'))).collect()
}
