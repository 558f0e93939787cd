//! Soundness by RFC 9112 and 9110 on each of the six: every case of the protocol part, in one write and in pieces. What
//! falls short is a listed deviation.

mod servers;

use conformance::{
    finding::Verdict,
    protocol::{
        self,
        case::Case,
        fragments,
        subject::{Need, Subject},
    },
    report::{Outcome, told, weigh},
    resources,
};
use libtest_mimic::{Arguments, Failed, Trial};
use servers::{Running, Serve, start};
use shared::contract::Server;
use std::{
    process::ExitCode,
    sync::{Arc, OnceLock},
    time::Duration,
};

/// How a case is sent.
type Delivery = fn(&Case, &Subject) -> Verdict;

/// A server that is started when the first case asks for it.
struct Shared {
    server: &'static Server,
    serve: Serve,
    running: OnceLock<(Running, Subject)>,
}

fn main() -> ExitCode {
    let mut args = Arguments::from_args();
    // They wait more than they work.
    args.test_threads.get_or_insert(8);
    let shared: Vec<_> = servers::all()
        .into_iter()
        .map(|(server, serve)| Arc::new(Shared { server, serve, running: OnceLock::new() }))
        .collect();
    let conclusion = libtest_mimic::run(&args, shared.iter().flat_map(trials).collect());
    // `exit` would leave the servers without their end.
    drop(shared);
    conclusion.exit_code()
}

fn trials(shared: &Arc<Shared>) -> Vec<Trial> {
    let deliveries: [(&str, Delivery); 2] = [("protocol", Case::judge), ("in_pieces", fragments::in_pieces)];
    let all = deliveries.into_iter().flat_map(|(name, delivery)| {
        let cases = protocol::all().into_iter().filter(move |case| name == "protocol" || fragments::has_pieces(case));
        cases.map(move |case| (format!("{name}::{}", case.id), case, delivery))
    });
    all.map(|(check, case, delivery)| trial(Arc::clone(shared), check, case, delivery)).collect()
}

fn trial(shared: Arc<Shared>, check: String, case: Case, delivery: Delivery) -> Trial {
    let name = format!("{}::{check}", shared.server.name.replace('-', "_"));
    Trial::test(name, move || {
        let subject = shared.subject();
        if !subject.has(case.need) {
            return Err(format!("this case needs {}, and says nothing without", Need::told(case.need)).into());
        }
        judged(weigh(shared.server.name, &check, delivery(&case, subject)))
    })
}

fn judged(outcome: Outcome) -> Result<(), Failed> {
    match outcome {
        Outcome::Passed | Outcome::Deviates(_) => Ok(()),
        Outcome::Failed(findings) => Err(told(&findings).into()),
    }
}

impl Shared {
    fn subject(&self) -> &Subject {
        let (_, subject) = self.running.get_or_init(|| {
            let running = start(self.server, self.serve);
            let mut target = running.target.clone();
            // As long as it takes to find that nothing comes; what is tested here answers at once.
            target.patience = Duration::from_secs(5);
            let resources = resources::make(&target).expect("a file can be put");
            let subject = Subject::learn(&target, resources).expect("plain requests are answered");
            (running, subject)
        });
        subject
    }
}
