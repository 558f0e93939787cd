//! The command line, the same in all six: flags, then environment, then defaults.

use crate::{
    contract::{Operation, SERVERS, Server},
    gossip::PORT_DISTANCE,
    store::{Address, Location},
};
use clap::{
    Args, Command, CommandFactory, FromArgMatches, Parser, ValueEnum,
    builder::FalseyValueParser,
    error::{ContextKind, ContextValue},
};
use std::{
    ffi::OsString,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    num::NonZeroU32,
    path::PathBuf,
    time::Duration,
};

/// What the user wants. Every flag has an environment twin; a flag wins.
#[derive(Clone, Debug, Parser)]
#[command(version, about, max_term_width = 100)]
pub struct Config {
    /// Address to listen on
    #[arg(long, env = "HOST", default_value = "127.0.0.1")]
    pub host: IpAddr,

    /// Port to listen on; 0 takes a free one, which is printed
    #[arg(long, env = "PORT")]
    pub port: u16,

    /// Worker threads [default: one per core]
    #[arg(long, env = "WORKERS", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub workers: Option<u16>,

    /// Where todos and files are kept: memory, sqlite:PATH (bytes of files beside it, in PATH.files) or
    /// postgres://USER@HOST/DATABASE (password in PGPASSWORD or ~/.pgpass) [default: sqlite:DATA_DIR/sextet.db]
    #[arg(long, env = "STORE", hide_env_values = true)]
    pub store: Option<Location>,

    /// Folder for what must last; made when absent
    #[arg(long, env = "DATA_DIR", default_value = "data")]
    pub data_dir: PathBuf,

    /// Shape of the log on standard error; RUST_LOG chooses what is in it [default filter: info]
    #[arg(long, env = "LOG_FORMAT", default_value = "text")]
    pub log_format: LogFormat,

    /// Origin whose pages may read the answers, beside loopback; repeatable, * for any
    #[arg(long, env = "CORS_ORIGIN", value_delimiter = ',')]
    pub cors_origin: Vec<String>,

    /// Host name to answer for while bound to loopback, beside localhost and addresses; repeatable
    #[arg(long, env = "ALLOWED_HOST", value_delimiter = ',')]
    pub allowed_host: Vec<String>,

    /// Listen the way the framework's documentation shows, without the hardened listener
    #[arg(long, env = "STOCK", value_parser = FalseyValueParser::new())]
    pub stock: bool,

    #[allow(missing_docs, reason = "flattened into the help")]
    #[command(flatten)]
    pub limits: Limits,

    #[allow(missing_docs, reason = "flattened into the help")]
    #[command(flatten)]
    pub siblings: Siblings,
}

/// How siblings find each other, and how they are asked.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Siblings")]
pub struct Siblings {
    /// Neither look for siblings nor be found by them
    #[arg(long, env = "NO_GOSSIP", value_parser = FalseyValueParser::new())]
    pub no_gossip: bool,

    /// UDP port for gossip [default: PORT + 10000, or PORT - 10000 where that is too much]
    #[arg(long, env = "GOSSIP_PORT", value_parser = clap::value_parser!(u16).range(1..))]
    pub gossip_port: Option<u16>,

    /// Where gossip of a sibling may be found, as HOST:PORT; repeatable
    /// [default: ports 13001 to 13006, those of the six, at the advertised address]
    #[arg(long, env = "GOSSIP_SEED", value_delimiter = ',', value_parser = host_and_port)]
    pub gossip_seed: Vec<String>,

    /// Address at which siblings reach this server [default: HOST, or loopback where that is unspecified]
    #[arg(long, env = "ADVERTISE")]
    pub advertise: Option<IpAddr>,

    /// Requests per second that one client may have relayed, and as many at once; more get 429
    #[arg(long, env = "RELAY_RATE", default_value = "100")]
    pub relay_rate: NonZeroU32,

    /// For siblings to answer, in seconds: one gets half of it, and if it fails another one the rest; past it 504
    #[arg(long, env = "RELAY_TIMEOUT", default_value = "2", value_parser = seconds)]
    pub relay_timeout: Duration,

    /// Share of failures (0 to 1, over 10 s) above which a sibling is not asked for a while; 5 in a row do too
    #[arg(long, env = "BREAKER_SHARE", default_value = "0.5", value_parser = share)]
    pub breaker_share: f64,

    /// How long such a sibling is left alone, in seconds
    #[arg(long, env = "BREAKER_PAUSE", default_value = "5", value_parser = seconds)]
    pub breaker_pause: Duration,
}

/// How much, how many, how long. Times are in seconds, sizes in bytes.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Limits (sizes in bytes, times in seconds)")]
pub struct Limits {
    /// Connections at once; more wait in the backlog
    #[arg(long, env = "MAX_CONNECTIONS", default_value_t = 10_000, value_parser = positive)]
    pub max_connections: usize,

    /// Requests at once; more get 503
    #[arg(long, env = "MAX_IN_FLIGHT", default_value_t = 10_000, value_parser = positive)]
    pub max_in_flight: usize,

    /// Request line and header fields together; more gets 431
    #[arg(long, env = "MAX_HEAD_BYTES", default_value_t = 16 * 1024, value_parser = head_bytes)]
    pub max_head_bytes: usize,

    /// Request target; more gets 414
    #[arg(long, env = "MAX_TARGET_BYTES", default_value_t = 8 * 1024, value_parser = positive)]
    pub max_target_bytes: usize,

    /// Body that is read whole (JSON, text); more gets 413
    #[arg(long, env = "MAX_BODY_BYTES", default_value_t = 64 * 1024, value_parser = positive)]
    pub max_body_bytes: usize,

    /// Upload or file, which is read as it comes; more gets 413
    #[arg(long, env = "MAX_UPLOAD_BYTES", default_value_t = 64 * 1024 * 1024, value_parser = positive)]
    pub max_upload_bytes: usize,

    /// WebSocket message; more is closed with 1009
    #[arg(long, env = "MAX_MESSAGE_BYTES", default_value_t = 64 * 1024, value_parser = positive)]
    pub max_message_bytes: usize,

    /// For every head of a connection to arrive
    #[arg(long, env = "HEAD_TIMEOUT", default_value = "10", value_parser = seconds)]
    pub head_timeout: Duration,

    /// For the next request on a connection to begin
    #[arg(long, env = "IDLE_TIMEOUT", default_value = "30", value_parser = seconds)]
    pub idle_timeout: Duration,

    /// For an answer, counted from the last piece of the request's body; past it 504
    #[arg(long, env = "REQUEST_TIMEOUT", default_value = "30", value_parser = seconds)]
    pub request_timeout: Duration,

    /// Least bytes per second of a body, and of an answer that is taken
    #[arg(long, env = "MIN_RATE", default_value_t = 500)]
    pub min_rate: u64,

    /// Over how long the rate is taken
    #[arg(long, env = "RATE_WINDOW", default_value = "20", value_parser = seconds)]
    pub rate_window: Duration,

    /// Between two comments on a stream of events on which nothing else happens
    #[arg(long, env = "HEARTBEAT", default_value = "15", value_parser = seconds)]
    pub heartbeat: Duration,

    /// Between two pings on a WebSocket
    #[arg(long, env = "SOCKET_PING", default_value = "20", value_parser = seconds)]
    pub socket_ping: Duration,

    /// For a sign of life on a WebSocket
    #[arg(long, env = "SOCKET_IDLE", default_value = "60", value_parser = seconds)]
    pub socket_idle: Duration,

    /// For what is in flight to finish once told to stop
    #[arg(long, env = "DRAIN_TIMEOUT", default_value = "10", value_parser = seconds)]
    pub drain_timeout: Duration,
}

/// The shape of a log line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// For a person.
    Text,
    /// One JSON object a line.
    Json,
}

impl Limits {
    /// How many bytes of a body the route of `operation` may read.
    pub fn body_bytes(&self, operation: Option<Operation>) -> u64 {
        match operation {
            Some(Operation::Upload | Operation::PutFile) => self.max_upload_bytes as u64,
            _ => self.max_body_bytes as u64,
        }
    }
}

impl Siblings {
    /// The UDP port of a server that answers HTTP at `port`.
    pub fn gossip_port(&self, port: u16) -> u16 {
        self.gossip_port.unwrap_or_else(|| port.checked_add(PORT_DISTANCE).unwrap_or_else(|| port - PORT_DISTANCE))
    }

    /// Where to look for siblings, for a server that they reach at `ip`.
    pub fn seeds(&self, ip: IpAddr) -> Vec<String> {
        if !self.gossip_seed.is_empty() {
            return self.gossip_seed.clone();
        }
        SERVERS.iter().map(|server| SocketAddr::new(ip, server.port + PORT_DISTANCE).to_string()).collect()
    }

    /// Where siblings reach a server that listens at `local`.
    pub fn advertised(&self, local: SocketAddr) -> SocketAddr {
        let ip = self.advertise.unwrap_or(match local.ip() {
            IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
            IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
            ip => ip,
        });
        SocketAddr::new(ip, local.port())
    }
}

impl Config {
    /// Reads a command line for `server`.
    ///
    /// # Errors
    /// clap's, which is also how `--help` and `--version` come back.
    pub fn read(server: &Server, args: impl IntoIterator<Item = OsString>) -> Result<Self, clap::Error> {
        Self::read_by(command_of(server), args)
    }

    /// Reads a command line for `server` on which a flag may stand twice: then the later one counts.
    ///
    /// # Errors
    /// As above.
    pub fn read_in_group(server: &Server, args: impl IntoIterator<Item = OsString>) -> Result<Self, clap::Error> {
        Self::read_by(command_of(server).args_override_self(true), args)
    }

    /// Reads a command line for all six.
    ///
    /// # Errors
    /// As above.
    pub fn read_for_all(args: impl IntoIterator<Item = OsString>) -> Result<Self, clap::Error> {
        let command = Self::command()
            .name("all-servers")
            .about("Starts all six servers of Sextet on one store, and stops them together")
            .mut_arg("port", |port| {
                let help = "Port of the first to listen on, the others take the next ones; 0 takes free ones, which are printed";
                port.required(false).default_value(SERVERS[0].port.to_string()).help(help)
            })
            .mut_arg("gossip_port", |port| port.help("UDP port of the first for gossip [default: PORT + 10000]"));
        Self::read_by(command, args)
    }

    fn read_by(command: Command, args: impl IntoIterator<Item = OsString>) -> Result<Self, clap::Error> {
        Self::from_arg_matches(&command.try_get_matches_from(args).map_err(without_password)?)
    }

    /// The defaults for `server`, with a store in memory, any free port and no gossip: what tests start from.
    ///
    /// # Panics
    /// When the environment twins hold nonsense.
    pub fn for_tests(server: &Server) -> Self {
        let args = [server.name, "--port=0", "--store=memory", "--no-gossip"];
        Self::read(server, args.map(OsString::from)).expect("the defaults are valid")
    }

    /// Where todos are kept.
    pub fn location(&self) -> Location {
        self.store.clone().unwrap_or_else(|| Location::Sqlite(self.data_dir.join("sextet.db")))
    }

    /// Worker threads.
    pub fn workers(&self) -> usize {
        self.workers.map_or_else(|| std::thread::available_parallelism().map_or(1, usize::from), usize::from)
    }
}

/// clap shows what it could not read; of a database's URL that would be the password as well.
fn without_password(mut error: clap::Error) -> clap::Error {
    let url = |value: &ContextValue| matches!(value, ContextValue::String(text) if Address::is(text));
    if error.get(ContextKind::InvalidValue).is_some_and(url) {
        error.insert(ContextKind::InvalidValue, ContextValue::String("postgres://...".to_owned()));
    }
    error
}

fn positive(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(number) if number > 0 => Ok(number),
        _ => Err("expected a whole number above 0".to_owned()),
    }
}

/// The stacks' own parsers answer in their own words from 64 KiB on; ours must come first.
fn head_bytes(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(number @ 256..=65_536) => Ok(number),
        _ => Err("expected a whole number from 256 to 65536".to_owned()),
    }
}

fn seconds(text: &str) -> Result<Duration, String> {
    let value: f64 = text.parse().map_err(|_| "expected seconds, for example 10 or 0.5".to_owned())?;
    match Duration::try_from_secs_f64(value) {
        Ok(duration) if !duration.is_zero() && value <= 86_400.0 => Ok(duration),
        _ => Err("expected seconds above 0 and up to 86400".to_owned()),
    }
}

fn command_of(server: &Server) -> Command {
    let about = format!("Sextet's service on {}: {}", server.stack, server.style);
    Config::command()
        .name(server.name)
        .about(about)
        .mut_arg("port", |port| port.required(false).default_value(server.port.to_string()))
}

fn share(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(share) if share > 0.0 && share <= 1.0 => Ok(share),
        _ => Err("expected a number above 0 and up to 1".to_owned()),
    }
}

fn host_and_port(text: &str) -> Result<String, String> {
    match text.rsplit_once(':') {
        Some((host, port)) if !host.is_empty() && port.parse().is_ok_and(|port: u16| port > 0) => Ok(text.to_owned()),
        _ => Err("expected HOST:PORT".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::server;

    fn read(args: &[&str]) -> Result<Config, clap::Error> {
        let args = std::iter::once("axum-server").chain(args.iter().copied());
        Config::read(server("axum-server"), args.map(OsString::from))
    }

    #[test]
    fn each_server_has_its_port() {
        assert_eq!(read(&[]).expect("defaults").port, 3003);
        assert_eq!(read(&["--port", "0"]).expect("valid").port, 0);
    }

    #[test]
    fn nonsense_is_refused() {
        for bad in [
            &["--port", "65536"][..],
            &["--prot", "1"],
            &["--head-timeout", "0"],
            &["--head-timeout", "soon"],
            &["--store", "oracle"],
            &["--workers", "0"],
            &["--max-head-bytes", "1000000"],
            &["--host", "nowhere"],
            &["extra"],
            &["--gossip-port", "0"],
            &["--gossip-seed", "nowhere"],
            &["--gossip-seed", "127.0.0.1:1,:2"],
            &["--advertise", "nowhere"],
            &["--relay-rate", "0"],
            &["--breaker-share", "0"],
            &["--breaker-share", "1.5"],
        ] {
            assert!(read(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn the_store_is_in_the_data_folder_unless_told_otherwise() {
        let config = read(&["--data-dir", "/somewhere"]).expect("valid");
        assert_eq!(config.location().to_string(), "sqlite:/somewhere/sextet.db");
        let config = read(&["--store", "memory"]).expect("valid");
        assert_eq!(config.location().to_string(), "memory");
    }

    #[test]
    fn no_mistake_shows_a_password() {
        for bad in ["postgres://me:secret@there:port/mine", "postgresql://me:secret@there/mine?sslmode=require"] {
            let error = read(&["--store", bad]).expect_err("it is refused").to_string();
            assert!(
                error.starts_with("error: invalid value 'postgres://...' for") && !error.contains("secret"),
                "{error}"
            );
        }
    }

    #[test]
    fn siblings_meet_at_their_defaults() {
        let siblings = read(&[]).expect("defaults").siblings;
        assert_eq!((siblings.gossip_port(3003), siblings.gossip_port(60_000)), (13_003, 50_000));
        let everywhere = siblings.advertised(([0, 0, 0, 0], 3003).into());
        assert_eq!(everywhere.to_string(), "127.0.0.1:3003");
        let seeds = siblings.seeds(everywhere.ip());
        assert_eq!((seeds.len(), seeds[0].as_str(), seeds[5].as_str()), (6, "127.0.0.1:13001", "127.0.0.1:13006"));
        let siblings = read(&["--advertise", "::1", "--gossip-seed", "a:1,b:2"]).expect("valid").siblings;
        assert_eq!(siblings.advertised(([0, 0, 0, 0], 3003).into()).to_string(), "[::1]:3003");
        assert_eq!(siblings.seeds(everywhere.ip()), ["a:1", "b:2"]);
    }
}
