//! Any request: no difference among the six. One corpus is sent to all of them, each with a fresh store, in one order.

mod corpus;
mod servers;
mod shape;

use conformance::{
    client::Exchange,
    finding::Finding,
    report::{self, Outcome, weigh},
};
use corpus::Entry;
use libtest_mimic::{Arguments, Failed, Trial};
use servers::start;
use shape::differences;
use shared::contract::Server;
use std::{
    process::ExitCode,
    sync::{Arc, OnceLock},
    thread,
};

/// The fewest requests that the comparison is worth its name with.
const FEWEST: usize = 150;

/// What a server answered to the whole corpus.
type Answers = Vec<Result<Exchange, Finding>>;

/// The answers of all six, fetched when the first comparison asks for them.
struct Six {
    entries: Vec<Entry>,
    answers: OnceLock<Vec<(&'static Server, Answers)>>,
}

fn main() -> ExitCode {
    let args = Arguments::from_args();
    let entries = corpus::all();
    let names: Vec<_> = entries.iter().map(|entry| entry.name.clone()).collect();
    let six = Arc::new(Six { entries, answers: OnceLock::new() });
    let trials = names.into_iter().enumerate().map(|(at, name)| {
        let six = Arc::clone(&six);
        Trial::test(format!("sameness::{name}"), move || six.compare(at))
    });
    let count = trials.len();
    let enough = Trial::test("sameness::the_corpus_is_large", move || {
        if count >= FEWEST { Ok(()) } else { Err(format!("there are {count} requests, not {FEWEST}").into()) }
    });
    libtest_mimic::run(&args, trials.chain([enough]).collect()).exit_code()
}

impl Six {
    fn answers(&self) -> &[(&'static Server, Answers)] {
        self.answers.get_or_init(|| {
            thread::scope(|scope| {
                let asked: Vec<_> = servers::all()
                    .into_iter()
                    .map(|(server, serve)| {
                        scope.spawn(move || {
                            let running = start(server, serve);
                            let ask = |entry: &Entry| running.target.ask_raw(&entry.bytes, entry.head);
                            (server, self.entries.iter().map(ask).collect())
                        })
                    })
                    .collect();
                asked.into_iter().map(|asked| asked.join().expect("asking does not panic")).collect()
            })
        })
    }

    /// The first of the six is the measure for the others: where it is wrong itself, `judge` says so.
    fn compare(&self, at: usize) -> Result<(), Failed> {
        let check = format!("sameness::{}", self.entries[at].name);
        let mut six = self.answers().iter();
        let Some((first, measure)) = six.next() else { return Ok(()) };
        let mut told = String::new();
        for (server, answers) in six {
            let verdict = differences((first, &measure[at]), (server, &answers[at])).map_err(Vec::from);
            match weigh(server.name, &check, verdict) {
                Outcome::Passed => {}
                Outcome::Deviates(deviation) => println!("{} deviates in {check}: {}", server.name, deviation.reason),
                Outcome::Failed(findings) => told.push_str(&format!("{}:\n{}", server.name, report::told(&findings))),
            }
        }
        if told.is_empty() { Ok(()) } else { Err(format!("{told}with SAMENESS_SEED={}\n", corpus::seed()).into()) }
    }
}
