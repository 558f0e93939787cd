//! What the programs do on every store, done on PostgreSQL.

use crate::{
    binaries::Program,
    databases::Databases,
    runs::{data, events, memory},
    writers,
};
use conformance::finding::Finding;

pub fn keep_the_contract(program: &Program, databases: &Databases) -> Result<(), Finding> {
    data::keep_the_contract(program, || Ok(databases.database()?.url()))
}

pub fn siblings(program: &Program, databases: &Databases) -> Result<(), Finding> {
    data::share(program, &["--store", &databases.database()?.url()])
}

pub fn events(program: &Program, databases: &Databases) -> Result<(), Finding> {
    events::among_siblings(program, &["--store", &databases.database()?.url()])
}

pub fn survives_a_kill(program: &Program, databases: &Databases) -> Result<(), Finding> {
    data::outlives_a_kill(program, &["--store", &databases.database()?.url()])
}

pub fn large_files(program: &Program, databases: &Databases) -> Result<(), Finding> {
    memory::need_no_memory(program, &["--store", &databases.database()?.url()])
}

/// All six meet at an empty database, and write.
pub fn six(databases: &Databases) -> Result<(), Finding> {
    writers::share(&databases.database()?.url())
}
