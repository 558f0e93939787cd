//! The stores, each by its own methods: what one does, all do. PostgreSQL's is there twice, as two siblings have it.

// Some tests break the server; these do not.
#[allow(dead_code)]
mod databases;
mod laws;

use databases::Databases;
use laws::{Pair, Verdict, files, todos};
use libtest_mimic::{Arguments, Trial};
use shared::store::{Location, Store};
use std::{future::Future, pin::Pin, process::ExitCode, sync::Arc};
use tempfile::TempDir;
use tokio::runtime::Builder;

type Judged = Pin<Box<dyn Future<Output = Verdict>>>;
type Law = (&'static str, fn(Pair) -> Judged);

const LAWS: &[Law] = &[
    ("todos_have_a_life", |pair| Box::pin(todos::life(pair))),
    ("every_character_comes_back", |pair| Box::pin(todos::characters(pair))),
    ("one_of_many_changes_a_todo", |pair| Box::pin(todos::races(pair))),
    ("an_abandoned_change_leaves_nothing", |pair| Box::pin(todos::abandoned(pair))),
    ("the_news_tell_the_state", |pair| Box::pin(todos::news(pair))),
    ("bytes_come_back_as_they_went", |pair| Box::pin(files::bytes(pair))),
    ("files_are_sorted_by_bytes", |pair| Box::pin(files::names(pair))),
    ("one_of_many_changes_a_file", |pair| Box::pin(files::races(pair))),
    ("a_file_that_is_replaced_is_whole", |pair| Box::pin(files::replaced(pair))),
];

fn main() -> ExitCode {
    let args = Arguments::from_args();
    let databases = Arc::new(Databases::here());
    let mut trials = Vec::new();
    for (name, law) in LAWS {
        trials.push(Trial::test(format!("memory::{name}"), || judge(*law, None)));
        trials.push(Trial::test(format!("sqlite::{name}"), || {
            let folder = TempDir::new()?;
            judge(*law, Some(Location::Sqlite(folder.path().join("deep/er/sextet.db"))))
        }));
        let (absent, databases) = (databases.are_absent(), databases.clone());
        let postgres = move || judge(*law, Some(databases.database().map_err(|found| found.what)?.url().parse()?));
        trials.push(Trial::test(format!("postgres::{name}"), postgres).with_ignored_flag(absent));
    }
    libtest_mimic::run(&args, trials).exit_code()
}

/// Holds the store at a location to a law; without one, the store in memory, whose sibling is itself.
fn judge(law: fn(Pair) -> Judged, location: Option<Location>) -> Result<(), libtest_mimic::Failed> {
    let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(async {
        let (one, two) = match location {
            None => (Store::memory(), None),
            Some(location) => {
                let (one, two) = tokio::join!(Store::open(&location), Store::open(&location));
                (one?, Some(two?))
            }
        };
        let pair = Pair { one: one.clone(), two: two.clone().unwrap_or_else(|| one.clone()) };
        let verdict = law(pair).await;
        one.close().await;
        if let Some(two) = two {
            two.close().await;
        }
        verdict.map_err(Into::into)
    })
}
