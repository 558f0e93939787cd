//! A server under callgrind. Its counters are set to zero once the server is warm, and read after so many requests on
//! one connection, so that neither start nor end counts
//! ([monitor commands](https://valgrind.org/docs/manual/cl-manual.html#cl-manual.monitor-commands)).

use crate::lab::{
    ask::Connection,
    binaries::workspace,
    entrant::{Entrant, Program},
    keeper::{Folder, Keeper},
    server::Server,
};
use load::Exchange;
use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// Requests before anything counts.
const WARM_UP: usize = 300;
/// Requests that are counted.
const COUNTED: usize = 1000;

/// A server that is counted.
pub struct Callgrind {
    server: Server,
    connection: Connection,
    folder: Folder,
    /// What it has dumped by now.
    dumps: usize,
}

impl Callgrind {
    /// Starts it, without a disk and without siblings.
    ///
    /// # Errors
    /// When valgrind is missing, or does not start it.
    pub fn start(keeper: &Keeper, binary: &Path) -> Result<Self, String> {
        let folder = keeper.folder().map_err(|cause| format!("no folder for temporary files: {cause}"))?;
        let output = format!("--callgrind-out-file={}", folder.path().join("out").display());
        let binary = workspace().join(binary);
        let entrant = Entrant::new("valgrind", Program::Binary(program("valgrind")?)).with(&[
            "--tool=callgrind",
            &output,
            &prefix(&folder),
            &binary.display().to_string(),
            "--port",
            "0",
            "--workers",
            "1",
            "--store",
            "memory",
            "--no-gossip",
        ]);
        let server = Server::start(keeper, &entrant, None).map_err(|why| format!("{}: {why}", binary.display()))?;
        let connection = Connection::new(server.address).map_err(|cause| format!("{}: {cause}", binary.display()))?;
        Ok(Callgrind { server, connection, folder, dumps: 0 })
    }

    /// Asks once, and demands the right answer.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn demand(&mut self, exchange: &Exchange) -> Result<(), String> {
        self.connection.demand(exchange).map(drop)
    }

    /// Instructions for one request.
    ///
    /// # Errors
    /// When an answer is wrong, or nothing was counted.
    pub fn count(&mut self, exchange: &Exchange) -> Result<f64, String> {
        (0..WARM_UP).try_for_each(|_| self.demand(exchange))?;
        self.order("zero")?;
        (0..COUNTED).try_for_each(|_| self.demand(exchange))?;
        self.order("dump")?;
        self.dumps += 1;
        let path = self.folder.path().join(format!("out.{}", self.dumps));
        let text = fs::read_to_string(&path).map_err(|cause| format!("{}: {cause}", path.display()))?;
        total(&text)
            .map(|total| total as f64 / COUNTED as f64)
            .ok_or_else(|| "callgrind has counted nothing".to_owned())
    }

    fn order(&self, word: &str) -> Result<(), String> {
        let pid = self.server.pids()?.first().map(|pid| format!("--pid={pid}")).unwrap_or_default();
        let mut vgdb = Command::new(program("vgdb")?);
        // The name of its pipe is made of the environment, which the server has not.
        vgdb.env_clear().args([prefix(&self.folder), pid, word.to_owned()]);
        let said = vgdb.stdin(Stdio::null()).output().map_err(|cause| format!("cannot run vgdb: {cause}"))?;
        let complaint = String::from_utf8_lossy(&said.stderr);
        if said.status.success() { Ok(()) } else { Err(format!("vgdb {word}: {}", complaint.trim())) }
    }
}

/// Where valgrind and vgdb meet.
fn prefix(folder: &Folder) -> String {
    format!("--vgdb-prefix={}", folder.path().join("vgdb").display())
}

fn program(name: &str) -> Result<PathBuf, String> {
    let folders = env::var_os("PATH").unwrap_or_default();
    let found = env::split_paths(&folders).map(|folder| folder.join(name)).find(|path| path.is_file());
    found.ok_or_else(|| format!("{name} is missing: install valgrind, a package of most systems"))
}

/// `totals: 1234`, or `summary: 1234` of the last part.
fn total(dump: &str) -> Option<u64> {
    let number =
        |line: &str| line.strip_prefix("totals: ").or_else(|| line.strip_prefix("summary: "))?.trim().parse().ok();
    dump.lines().find_map(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_callgrind_counted_is_read() {
        assert_eq!(total("version: 1\nevents: Ir\nfn=(1) main\n3 77\n\ntotals: 20868883\n"), Some(20_868_883));
        assert_eq!(total("version: 1\nsummary: 5\n"), Some(5));
        assert_eq!(total("version: 1\n"), None);
        assert!(program("no-such-program").is_err_and(|why| why.contains("is missing")));
    }
}
