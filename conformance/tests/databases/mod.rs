//! PostgreSQL for tests: a private server, made when the first test needs it, with a database for each that asks.

/// A server, from nothing to nothing.
pub mod cluster;

use cluster::{Binaries, Cluster};
use conformance::finding::Finding;
use std::sync::{
    OnceLock,
    atomic::{AtomicUsize, Ordering},
};

/// What a distribution calls what is needed.
const ADVICE: &str = "PostgreSQL's server is not installed (initdb, pg_ctl): what needs it is not tested. Debian's \
                      package is `postgresql`, Fedora's `postgresql-server`, Homebrew's `postgresql`.";

/// The server that tests share, and servers of their own for those that break theirs.
pub struct Databases {
    binaries: Option<Binaries>,
    shared: OnceLock<Result<Cluster, Finding>>,
    made: AtomicUsize,
}

/// A database on a server.
pub struct Database<'a> {
    pub cluster: &'a Cluster,
    pub name: String,
}

impl Databases {
    /// Those of this machine; says so when there can be none.
    pub fn here() -> Self {
        let binaries = Binaries::find();
        if binaries.is_none() {
            eprintln!("{ADVICE}");
        }
        Databases { binaries, shared: OnceLock::new(), made: AtomicUsize::new(0) }
    }

    /// Whether there can be none.
    pub fn are_absent(&self) -> bool {
        self.binaries.is_none()
    }

    /// A server for one test alone.
    pub fn cluster(&self) -> Result<Cluster, Finding> {
        self.binaries.as_ref().ok_or_else(|| Finding::new(ADVICE)).and_then(Cluster::start)
    }

    /// An empty database on the server that tests share.
    pub fn database(&self) -> Result<Database<'_>, Finding> {
        let cluster = self.shared.get_or_init(|| self.cluster()).as_ref().map_err(Clone::clone)?;
        let name = format!("test{}", self.made.fetch_add(1, Ordering::Relaxed));
        cluster.run(cluster::FIRST, &format!("CREATE DATABASE {name}"))?;
        Ok(Database { cluster, name })
    }
}

impl Database<'_> {
    /// Its URL, with the password in it.
    pub fn url(&self) -> String {
        self.cluster.url(&self.name)
    }
}
