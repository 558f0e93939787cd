//! The six programs, built once, and processes of them.

use conformance::{finding::Finding, target::Target};
use shared::contract::{SERVERS, Server};
use std::{
    fs::{self, File},
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Command, ExitStatus, Stdio},
    sync::{
        OnceLock,
        mpsc::{self, Receiver},
    },
    thread,
    time::Duration,
};
use tempfile::TempDir;

/// How long a process may take for what it should do at once, on a machine that is busy.
pub const SOON: Duration = Duration::from_secs(20);

/// The command that starts all six.
pub const ALL: &str = "all-servers";

/// Builds all six and the one that starts them, with the profile of this test and into its folder; where they are then.
pub fn folder() -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| {
        let test = std::env::current_exe().expect("this test is a file");
        let folder = test.ancestors().nth(2).expect("tests stand in deps, which stands in the profile's folder");
        let (target, profile) = (folder.parent().expect("a target folder"), folder.file_name().expect("a profile"));
        let profile = if profile == "debug" { "dev".as_ref() } else { profile };
        let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        cargo.arg("build").arg("--bins").arg("--target-dir").arg(target).arg("--profile").arg(profile);
        for name in SERVERS.iter().map(|server| server.name).chain([ALL]) {
            cargo.args(["--package", name]);
        }
        let built = cargo.current_dir(env!("CARGO_MANIFEST_DIR")).status().expect("cargo is there");
        assert!(built.success(), "the servers cannot be built");
        folder.to_owned()
    })
}

/// A server's program with a folder of its own.
pub struct Program {
    pub server: &'static Server,
    pub home: TempDir,
}

/// What a process left behind.
pub struct Ended {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Program {
    pub fn new(server: &'static Server) -> Self {
        Program { server, home: TempDir::new().expect("a folder for temporary files") }
    }

    /// A command of this program, free of what the environment says. It looks for no siblings: there may be some on this
    /// machine that are none of ours.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(folder().join(self.server.name));
        command.env_clear().env("NO_GOSSIP", "true").current_dir(self.home.path()).args(args).stdin(Stdio::null());
        command
    }

    /// Runs it to its end.
    pub fn run(&self, args: &[&str]) -> Result<Ended, Finding> {
        self.run_command(self.command(args))
    }

    /// Runs a command of it to its end.
    pub fn run_command(&self, command: Command) -> Result<Ended, Finding> {
        Process::spawn(self, command)?.ended(SOON)
    }

    /// Starts it on a free port, and waits until it says where.
    pub fn start(&self, args: &[&str]) -> Result<Process, Finding> {
        self.start_command(self.command(&[&["--port", "0"], args].concat()))
    }

    /// Starts a command of it, and waits until it says where it listens.
    pub fn start_command(&self, command: Command) -> Result<Process, Finding> {
        let mut process = Process::spawn(self, command)?;
        process.listens()?;
        Ok(process)
    }
}

/// A process. It is killed, if it still runs, when this is dropped.
pub struct Process {
    pub target: Target,
    pid: u32,
    lines: Receiver<String>,
    status: Receiver<ExitStatus>,
    over: bool,
    said: Vec<String>,
    log: PathBuf,
}

impl Process {
    pub fn spawn(program: &Program, mut command: Command) -> Result<Self, Finding> {
        // Each process has its own log, though several may share a folder.
        let log = tempfile::Builder::new().suffix(".log").tempfile_in(program.home.path());
        let (_, log) = log.expect("a log").keep().expect("a log that stays");
        let file = File::create(&log).expect("a log");
        let spawned = command.stdout(Stdio::piped()).stderr(file).spawn();
        let mut child =
            spawned.map_err(|cause| Finding::new(format!("{} cannot be run: {cause}", program.server.name)))?;
        let (say, lines) = mpsc::channel();
        let (tell, status) = mpsc::channel();
        let (pid, stdout) = (child.id(), child.stdout.take());
        thread::spawn(move || {
            let lines = stdout.into_iter().flat_map(|stdout| BufReader::new(stdout).lines());
            lines.map_while(Result::ok).try_for_each(|line| say.send(line))
        });
        thread::spawn(move || child.wait().map(|status| tell.send(status)));
        let target = Target::new(([127, 0, 0, 1], 0).into(), program.server);
        Ok(Process { target, pid, lines, status, over: false, said: Vec::new(), log })
    }

    /// Waits for the first line, which must say where it listens.
    fn listens(&mut self) -> Result<(), Finding> {
        let line = self.lines.recv_timeout(SOON).map_err(|_| self.finding("it does not say that it listens"))?;
        let server = self.target.server;
        let url = line.strip_prefix(&format!("{} listens on http://", server.name)).and_then(|url| url.parse().ok());
        let address = url.ok_or_else(|| self.finding(format!("the first line is {line:?}")))?;
        self.said.push(line);
        self.target = Target::new(address, server);
        Ok(())
    }

    /// Sends it a signal: `TERM`, `INT` or `KILL`.
    pub fn signal(&self, name: &str) {
        assert!(self.send(name), "{name} cannot be sent");
    }

    fn send(&self, name: &str) -> bool {
        let sent = Command::new("kill").arg(format!("-{name}")).arg(self.pid.to_string()).status();
        sent.is_ok_and(|status| status.success())
    }

    /// Its id.
    pub fn pid(&self) -> u32 {
        self.pid
    }

    /// A figure of `/proc/PID/status`, in bytes: `VmRSS` now, `VmHWM` at most.
    pub fn memory(&self, name: &str) -> Result<usize, Finding> {
        let text = fs::read_to_string(format!("/proc/{}/status", self.pid)).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
        let kilobytes = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse::<usize>().ok());
        kilobytes.map(|count| count << 10).ok_or_else(|| Finding::new(format!("this system tells no {name}")))
    }

    /// How many bytes it has read so far, from files and sockets.
    pub fn read(&self) -> Result<usize, Finding> {
        let text = fs::read_to_string(format!("/proc/{}/io", self.pid)).unwrap_or_default();
        let bytes = text.lines().find_map(|line| line.strip_prefix("rchar: ")?.parse().ok());
        bytes.ok_or_else(|| Finding::new("this system does not tell what a process reads"))
    }

    /// Waits for its end.
    pub fn ended(mut self, patience: Duration) -> Result<Ended, Finding> {
        let status = self
            .status
            .recv_timeout(patience)
            .map_err(|_| self.finding(format!("it still runs after {patience:?}")))?;
        self.over = true;
        self.said.extend(self.lines.iter());
        Ok(Ended { code: status.code(), stdout: self.said.join("\n"), stderr: self.stderr() })
    }

    fn stderr(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }

    fn finding(&self, what: impl Into<String>) -> Finding {
        Finding { what: what.into(), raw: self.stderr() }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if !self.over && self.status.try_recv().is_err() {
            // It may have ended a moment ago, which is not worth hiding why.
            self.send("KILL");
            // Nothing may write to the folder while it is removed.
            let _ = self.status.recv_timeout(SOON);
        }
    }
}

impl Ended {
    /// # Errors
    /// When the exit code is another.
    pub fn with(self, code: i32) -> Result<Self, Finding> {
        if self.code == Some(code) { Ok(self) } else { Err(self.finding(format!("the exit code is not {code}"))) }
    }

    pub fn finding(&self, what: impl Into<String>) -> Finding {
        let raw = format!("exit code: {:?}\nstdout:\n{}\nstderr:\n{}\n", self.code, self.stdout, self.stderr);
        Finding { what: what.into(), raw }
    }

    /// Exit code 2 and one clear line.
    pub fn one_clear_line(self) -> Result<(), Finding> {
        let ended = self.with(2)?;
        let lines: Vec<_> = ended.stderr.lines().collect();
        let clear = lines.len() == 1 && lines[0].starts_with("error: ") && !ended.stderr.contains("panicked");
        if clear && ended.stdout.is_empty() { Ok(()) } else { Err(ended.finding("this is not one clear line")) }
    }
}
