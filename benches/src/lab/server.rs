//! A server while it is measured: started on its core, asked where it listens, ended when it is dropped.

use crate::lab::{
    binaries::workspace,
    cores,
    entrant::{Entrant, Program},
    keeper::{Folder, Keeper, Process},
    usage,
};
use std::{
    env,
    io::{BufRead, BufReader, Read},
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    process::{Command, Stdio},
    sync::mpsc::{self, Receiver, RecvTimeoutError},
    thread,
    time::{Duration, Instant},
};

/// For a server to listen.
const PATIENCE: Duration = Duration::from_secs(20);
/// Between two looks at a port on which somebody else's server is to listen: it says nothing that could be awaited.
const LOOK: Duration = Duration::from_millis(5);

/// Where a PostgreSQL's password is.
const PASSED_ON: [&str; 3] = ["HOME", "PGPASSFILE", "PGPASSWORD"];

/// A server that listens.
pub struct Server {
    /// Where.
    pub address: SocketAddr,
    /// Whose time and memory are to be counted, or why there is nobody.
    pub pids: Result<Vec<u32>, String>,
    /// The core that it has to itself, if it was given one.
    pub core: Option<usize>,
    /// When it was started, if it was started here.
    pub begun: Instant,
    // Ended in this order: first the process, then its folder.
    _process: Option<Process>,
    _folder: Option<Folder>,
}

impl Server {
    /// Starts it, or finds it where it runs.
    ///
    /// # Errors
    /// Why it is not there, in words.
    pub fn start(keeper: &Keeper, entrant: &Entrant, core: Option<usize>) -> Result<Self, String> {
        match &entrant.program {
            Program::Running(address) => Ok(Server {
                address: *address,
                pids: usage::listeners(*address).map_err(|why| format!("CPU not measured: {why}")),
                core: None,
                begun: Instant::now(),
                _process: None,
                _folder: None,
            }),
            Program::Binary(path) => {
                let mut command = Command::new(workspace().join(path));
                // What stands in the environment is no part of the measurement.
                command.env_clear().env("RUST_LOG", "warn").args(&entrant.flags);
                command.envs(PASSED_ON.iter().filter_map(|name| Some((name, env::var_os(name)?))));
                command.envs(entrant.environment.iter().map(|(name, value)| (name, value)));
                launch(keeper, command, core, None)
            }
            Program::Command(line) => {
                let port = free_port()?;
                let mut command = Command::new("sh");
                command.args(["-c", line]).env("PORT", port.to_string());
                launch(keeper, command, core, Some(port))
            }
        }
    }

    /// The processes whose use is counted.
    ///
    /// # Errors
    /// Why there are none.
    pub fn pids(&self) -> Result<&[u32], String> {
        self.pids.as_deref().map_err(Clone::clone)
    }
}

/// One that was free a moment ago.
fn free_port() -> Result<u16, String> {
    let address = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|listener| listener.local_addr());
    address.map(|address| address.port()).map_err(|cause| format!("there is no free port: {cause}"))
}

fn launch(keeper: &Keeper, mut command: Command, core: Option<usize>, port: Option<u16>) -> Result<Server, String> {
    let folder = keeper.folder().map_err(|cause| format!("no folder for temporary files: {cause}"))?;
    if port.is_none() {
        // Its data goes where it is removed; somebody else's command may need to be where it was typed.
        command.current_dir(folder.path()).env("DATA_DIR", folder.path());
    }
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let begun = Instant::now();
    let spawned = match core {
        Some(core) => cores::on(core, || keeper.spawn(command)).and_then(|spawned| spawned),
        None => keeper.spawn(command),
    };
    let mut process = spawned.map_err(|cause| format!("cannot be started: {cause}"))?;
    let lines = lines(process.stdout.take());
    let complaints = lines_of_end(process.stderr.take());
    let address = match port {
        None => announced(&lines),
        Some(port) => opened(&process, (Ipv4Addr::LOCALHOST, port).into()),
    };
    let address = address.map_err(|why| {
        // Its end is also the end of what it complains about.
        drop(process.stdout.take());
        let said = if process.ended().is_some() { complaints.recv_timeout(LOOK * 100).ok() } else { None };
        format!("{why}{}", said.filter(|said| !said.is_empty()).map(|said| format!(": {said}")).unwrap_or_default())
    })?;
    let pids = if port.is_some() { usage::listeners(address) } else { Ok(vec![process.pid]) };
    let pids = pids.map_err(|why| format!("CPU not measured: {why}"));
    Ok(Server { address, pids, core, begun, _process: Some(process), _folder: Some(folder) })
}

/// What it says, line by line. It is read to the end, so that nobody waits to be heard.
fn lines(output: Option<impl Read + Send + 'static>) -> Receiver<String> {
    let (say, lines) = mpsc::channel();
    thread::spawn(move || {
        let read = output.into_iter().flat_map(|output| BufReader::new(output).lines());
        read.map_while(Result::ok).for_each(|line| _ = say.send(line));
    });
    lines
}

/// The last line of what it complains about, once it has ended.
fn lines_of_end(output: Option<impl Read + Send + 'static>) -> Receiver<String> {
    let (say, last) = mpsc::channel();
    thread::spawn(move || {
        let read = output.into_iter().flat_map(|output| BufReader::new(output).lines());
        say.send(read.map_while(Result::ok).last().unwrap_or_default())
    });
    last
}

/// The address in the line that says where it listens.
fn announced(lines: &Receiver<String>) -> Result<SocketAddr, String> {
    let until = Instant::now() + PATIENCE;
    loop {
        match lines.recv_timeout(until.saturating_duration_since(Instant::now())) {
            Ok(line) => {
                if let Some(address) = address_in(&line) {
                    return Ok(address);
                }
            }
            Err(RecvTimeoutError::Timeout) => return Err("it does not say where it listens".to_owned()),
            Err(RecvTimeoutError::Disconnected) => return Err("it has ended".to_owned()),
        }
    }
}

fn address_in(line: &str) -> Option<SocketAddr> {
    let (_, url) = line.split_once("http://")?;
    url.split([' ', '/']).next()?.parse().ok()
}

/// Waits until somebody else's server takes a connection.
fn opened(process: &Process, address: SocketAddr) -> Result<SocketAddr, String> {
    let until = Instant::now() + PATIENCE;
    while Instant::now() < until {
        if TcpStream::connect_timeout(&address, PATIENCE).is_ok() {
            return Ok(address);
        }
        if let Some(status) = process.ended() {
            return Err(format!("it has ended ({status})"));
        }
        thread::sleep(LOOK);
    }
    Err(format!("it does not listen on port {}, which the environment gives as PORT", address.port()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_is_read_where_it_is_said() {
        let address = Some(([127, 0, 0, 1], 40123).into());
        assert_eq!(address_in("axum-server listens on http://127.0.0.1:40123"), address);
        assert_eq!(address_in("at http://127.0.0.1:40123/ now"), address);
        assert_eq!(address_in("nothing here"), None);
    }

    #[test]
    fn one_that_does_not_start_says_why() {
        let keeper = Keeper::default();
        let start = |line: &str| {
            let entrant = Entrant::new("it", Program::Command(line.to_owned()));
            Server::start(&keeper, &entrant, None).err().expect("it does not start")
        };
        let told = start("echo no such luck >&2; exit 7");
        assert!(told.contains("exit status: 7") && told.ends_with("no such luck"), "{told}");
        let gone = Entrant::new("it", Program::Binary("gone".into()));
        assert!(Server::start(&keeper, &gone, None).err().is_some_and(|why| why.starts_with("cannot be started")));
    }
}
