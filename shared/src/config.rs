//! The command line, the same in all six: flags, then environment, then defaults.

use crate::{
    contract::{Operation, Server},
    store::Location,
};
use clap::{Args, CommandFactory, FromArgMatches, Parser, ValueEnum, builder::FalseyValueParser};
use std::{ffi::OsString, net::IpAddr, path::PathBuf, time::Duration};

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

    /// Where todos and files are kept: memory or sqlite:PATH (bytes of files beside it, in PATH.files)
    /// [default: sqlite:DATA_DIR/sextet.db]
    #[arg(long, env = "STORE")]
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

impl Config {
    /// Reads a command line for `server`.
    ///
    /// # Errors
    /// clap's, which is also how `--help` and `--version` come back.
    pub fn read(server: &Server, args: impl IntoIterator<Item = OsString>) -> Result<Self, clap::Error> {
        let about = format!("Sextet's service on {}: {}", server.stack, server.style);
        let command = Self::command()
            .name(server.name)
            .about(about)
            .mut_arg("port", |port| port.required(false).default_value(server.port.to_string()));
        Self::from_arg_matches(&command.try_get_matches_from(args)?)
    }

    /// The defaults for `server`, with a store in memory and any free port: what tests start from.
    ///
    /// # Panics
    /// When the environment twins hold nonsense.
    pub fn for_tests(server: &Server) -> Self {
        let args = [server.name, "--port=0", "--store=memory"];
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
        ] {
            assert!(read(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn the_store_is_in_the_data_folder_unless_told_otherwise() {
        let config = read(&["--data-dir", "/somewhere"]).expect("valid");
        assert_eq!(config.location().to_string(), "sqlite:/somewhere/sextet.db");
        let config = read(&["--store", "memory"]).expect("valid");
        assert_eq!(config.location(), Location::Memory);
    }
}
