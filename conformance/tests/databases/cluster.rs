//! A PostgreSQL server: made in a temporary folder, on a free port, and gone with this process, whatever ends it.
//!
//! A guardian waits for the end of a pipe whose other end only this process has. Then it stops the server and removes the
//! folder.

use conformance::finding::Finding;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Executor, PgConnection, postgres::PgConnectOptions};
use std::{
    env, fs,
    net::TcpListener,
    os::unix::{
        fs::{MetadataExt, PermissionsExt, chown},
        process::CommandExt,
    },
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicU16, Ordering},
    thread,
    time::{Duration, Instant},
};
use tokio::runtime::Builder;

/// The user whom everything belongs to, and the word that nothing may ever show.
const USER: &str = "sextet";
pub const PASSWORD: &str = "the-word-that-must-not-show";
/// The database that every server has from the start.
pub const FIRST: &str = "postgres";
/// Durability is not what is tested; everything else is as it comes. Siblings come in numbers.
const SETTINGS: &str = "
    listen_addresses = '127.0.0.1'
    unix_socket_directories = ''
    fsync = off
    max_connections = 300
";
/// Stops the server and removes its folder, once the pipe ends.
const GUARDIAN: &str = r#"read -r _; "$0/pg_ctl" stop --pgdata "$1/data" --mode immediate --silent; rm -rf "$1""#;
/// How long a port may stay taken by those who have it for a moment.
const SOON: Duration = Duration::from_secs(20);

/// Where the distribution keeps the programs, and whom to run them as.
pub struct Binaries {
    folder: PathBuf,
}

/// A server of our own.
pub struct Cluster {
    folder: PathBuf,
    binaries: PathBuf,
    owner: Option<(u32, u32)>,
    port: u16,
    guardian: Child,
}

impl Binaries {
    /// On the path, or where Debian keeps them: the newest.
    pub fn find() -> Option<Self> {
        let path = env::var_os("PATH").unwrap_or_default();
        let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
        let mut versions: Vec<_> = versions.map(|version| version.path().join("bin")).collect();
        versions.sort_by_key(|folder| folder.parent().and_then(|name| name.file_name()?.to_str()?.parse::<u32>().ok()));
        let mut folders = env::split_paths(&path).chain(versions.into_iter().rev());
        let folder =
            folders.find(|folder| ["initdb", "pg_ctl", "postgres"].iter().all(|name| folder.join(name).is_file()));
        folder.map(|folder| Binaries { folder })
    }
}

impl Cluster {
    /// Makes one and starts it.
    pub fn start(binaries: &Binaries) -> Result<Self, Finding> {
        let folder = tempfile::Builder::new().prefix("sextet-postgres-").tempdir().map_err(cannot)?.keep();
        let owner = owner(&folder)?;
        if let Some((user, group)) = owner {
            chown(&folder, Some(user), Some(group)).map_err(cannot)?;
        }
        let mut guardian = as_owner(owner, "sh");
        guardian.args(["-c", GUARDIAN]).arg(&binaries.folder).arg(&folder).process_group(0);
        let guardian = guardian.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        let (binaries, guardian) = (binaries.folder.clone(), guardian.map_err(cannot)?);
        let mut cluster = Cluster { folder, binaries, owner, port: 0, guardian };
        cluster.make()?;
        for _ in 0..10 {
            cluster.port = free_port();
            if cluster.up().is_ok() {
                return Ok(cluster);
            }
        }
        Err(Finding::new(cluster.log()))
    }

    fn make(&self) -> Result<(), Finding> {
        let word = self.folder.join("word");
        fs::write(&word, PASSWORD)
            .and_then(|()| fs::set_permissions(&word, PermissionsExt::from_mode(0o644)))
            .map_err(cannot)?;
        // Words in an order that is not that of their bytes, if the server knows one.
        let made = self.init(&word, &["--locale-provider=icu", "--icu-locale=en"]);
        made.or_else(|_| self.init(&word, &[]))?;
        let settings = self.data().join("postgresql.auto.conf");
        let owner = fs::metadata(&settings).map_err(cannot)?;
        fs::write(&settings, SETTINGS).map_err(cannot)?;
        chown(&settings, Some(owner.uid()), Some(owner.gid())).map_err(cannot)
    }

    fn init(&self, word: &Path, more: &[&str]) -> Result<(), Finding> {
        let mut initdb = self.command("initdb");
        initdb.args(["--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--no-sync", "--username", USER]);
        done(initdb.args(more).arg("--pwfile").arg(word).arg("--pgdata").arg(self.data()))
    }

    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    fn log(&self) -> String {
        fs::read_to_string(self.folder.join("log")).unwrap_or_default()
    }

    fn command(&self, name: &str) -> Command {
        as_owner(self.owner, self.binaries.join(name))
    }

    fn up(&self) -> Result<(), Finding> {
        let mut start = self.command("pg_ctl");
        start.args(["start", "--wait", "--silent", "--options", &format!("-p {}", self.port)]);
        done(start.arg("--log").arg(self.folder.join("log")).arg("--pgdata").arg(self.data()))
    }

    /// Kills it: what it had in memory is gone, nobody gets a farewell.
    pub fn kill(&self) -> Result<(), Finding> {
        let mut stop = self.command("pg_ctl");
        done(stop.args(["stop", "--mode", "immediate", "--silent"]).arg("--pgdata").arg(self.data()))
    }

    /// Starts it again, where it was.
    pub fn revive(&self) -> Result<(), Finding> {
        let deadline = Instant::now() + SOON;
        loop {
            match self.up() {
                Err(_) if Instant::now() < deadline => thread::yield_now(),
                told => return told,
            }
        }
    }

    /// Sends a signal, `STOP` or `CONT`, to all that the server has started, a process for each connection among them,
    /// and to itself if `all` are meant.
    pub fn signal(&self, name: &str, all: bool) -> Result<(), Finding> {
        let file = fs::read_to_string(self.data().join("postmaster.pid")).map_err(cannot)?;
        let first = file.lines().next().unwrap_or_default();
        let children = fs::read_to_string(format!("/proc/{first}/task/{first}/children")).map_err(cannot)?;
        let meant = [first].into_iter().filter(|_| all).chain(children.split_whitespace());
        done(Command::new("kill").arg(format!("-{name}")).args(meant))
    }

    /// The URL of a database, with the password in it.
    pub fn url(&self, database: &str) -> String {
        format!("postgres://{USER}:{PASSWORD}@127.0.0.1:{}/{database}", self.port)
    }

    /// Runs statements on a connection of their own, as whoever has the word.
    pub fn run(&self, database: &str, statements: &str) -> Result<(), Finding> {
        Session::open(&self.url(database))?.run(statements)
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // This ends the pipe.
        drop(self.guardian.stdin.take());
        let _ = self.guardian.wait();
    }
}

/// A connection that a test has beside those of the servers.
pub struct Session {
    runtime: tokio::runtime::Runtime,
    connection: PgConnection,
}

impl Session {
    pub fn open(url: &str) -> Result<Self, Finding> {
        let runtime = Builder::new_current_thread().enable_all().build().map_err(cannot)?;
        let options: PgConnectOptions = url.parse().map_err(cannot)?;
        let connection = runtime.block_on(options.connect()).map_err(cannot)?;
        Ok(Session { runtime, connection })
    }

    pub fn run(&mut self, statements: &str) -> Result<(), Finding> {
        let statements = sqlx::raw_sql(AssertSqlSafe(statements.to_owned()));
        self.runtime.block_on(self.connection.execute(statements)).map_err(cannot).map(|_| ())
    }

    pub fn close(self) -> Result<(), Finding> {
        self.runtime.block_on(self.connection.close()).map_err(cannot)
    }
}

/// Whom to run the server as, as it refuses to be root; `None` when we are someone else.
fn owner(ours: &Path) -> Result<Option<(u32, u32)>, Finding> {
    if fs::metadata(ours).map_err(cannot)?.uid() != 0 {
        return Ok(None);
    }
    let id = |name: &str, what: &str| -> Option<u32> {
        let told = Command::new("id").args([what, name]).stderr(Stdio::null()).output().ok()?;
        String::from_utf8(told.stdout).ok()?.trim().parse().ok()
    };
    let user = ["postgres", "nobody"].iter().find_map(|name| Some((id(name, "-u")?, id(name, "-g")?)));
    user.map(Some).ok_or_else(|| Finding::new("there is neither a user postgres nor a user nobody"))
}

fn as_owner(owner: Option<(u32, u32)>, program: impl AsRef<std::ffi::OsStr>) -> Command {
    let mut command = match owner {
        None => Command::new(program),
        Some((user, group)) => {
            let mut setpriv = Command::new("setpriv");
            setpriv.args([format!("--reuid={user}"), format!("--regid={group}"), "--clear-groups".to_owned()]);
            setpriv.arg("--").arg(program);
            setpriv
        }
    };
    command.current_dir("/").env("LC_ALL", "C").stdin(Stdio::null());
    command
}

/// A port below those that systems give out by themselves, which would be taken while the server is away.
fn free_port() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let first = (std::process::id() % 1000) as u16 * 10;
    loop {
        let port = 20_000 + (first + NEXT.fetch_add(1, Ordering::Relaxed)) % 10_000;
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}

/// Runs a command to its end, which must be a good one.
fn done(command: &mut Command) -> Result<(), Finding> {
    let ended = command.stdout(Stdio::null()).output().map_err(cannot)?;
    if ended.status.success() { Ok(()) } else { Err(Finding::new(String::from_utf8_lossy(&ended.stderr))) }
}

fn cannot(cause: impl std::fmt::Display) -> Finding {
    Finding::new(format!("PostgreSQL cannot be had: {cause}"))
}
