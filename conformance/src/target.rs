//! The server that is judged.

use crate::{
    client::{Client, Exchange, Socket, socket::handshake},
    fact::{Fact, field},
    finding::Finding,
    request::Request,
};
use shared::contract::{SERVERS, Server, media};
use std::{
    net::{SocketAddr, ToSocketAddrs},
    time::{Duration, Instant},
};

/// A running server.
#[derive(Clone, Debug)]
pub struct Target {
    /// Where it listens.
    pub address: SocketAddr,
    /// What requests say in `Host`.
    pub host: String,
    /// Which of the six it is; for another one, what little is known of it.
    pub server: &'static Server,
    /// How long an answer may take.
    pub patience: Duration,
}

/// What a server says of itself.
#[derive(Clone, Debug)]
pub struct Introduction {
    /// The name in its index.
    pub name: Option<String>,
    /// Its `Server` field.
    pub software: Option<String>,
    /// Whether its index names its routes, as that of a Sextet does.
    pub claims: bool,
}

impl Target {
    /// One whose name is known.
    pub fn new(address: SocketAddr, server: &'static Server) -> Self {
        Target { address, host: address.to_string(), server, patience: Duration::from_secs(10) }
    }

    /// The one at `url`, of which nothing is known yet.
    ///
    /// # Errors
    /// One line that says why there can be none.
    pub fn at(url: &str) -> Result<Self, String> {
        let rest = url.strip_prefix("http://").ok_or_else(|| format!("{url}: expected http://HOST:PORT"))?;
        let host = rest.strip_suffix('/').unwrap_or(rest);
        if host.is_empty() || host.contains(['/', '?', '#', '@']) {
            return Err(format!("{url}: expected http://HOST:PORT"));
        }
        let with_port = if host.rsplit(']').next().is_some_and(|rest| rest.contains(':')) {
            host.to_owned()
        } else {
            format!("{host}:80")
        };
        let mut addresses = with_port.to_socket_addrs().map_err(|cause| format!("{url}: {cause}"))?;
        let address = addresses.next().ok_or_else(|| format!("{url}: no address"))?;
        let mut target = Target::new(address, &SERVERS[0]);
        host.clone_into(&mut target.host);
        Ok(target)
    }

    /// What the server says of itself in the answer to `GET /`.
    ///
    /// # Errors
    /// When it does not answer soundly.
    pub fn introduction(&self) -> Result<Introduction, Finding> {
        let index = self.ask(&Request::get("/").field("accept", "application/json"))?;
        let named: Option<serde_json::Value> = serde_json::from_slice(&index.answer.body).ok();
        let name = named.as_ref().and_then(|index| index["name"].as_str()).filter(|name| !name.is_empty());
        Ok(Introduction {
            name: name.map(str::to_owned),
            software: index.answer.field("server").map(str::to_owned),
            claims: named.is_some_and(|index| index["routes"].is_array()),
        })
    }

    /// Takes the server for the one that it says it is.
    pub fn take(&mut self, introduction: &Introduction) {
        let name = introduction.name.clone().unwrap_or_else(|| "nameless".to_owned());
        let known = SERVERS.iter().find(|server| server.name == name);
        self.server = known.unwrap_or_else(|| stranger(name, self.address.port()));
    }

    /// Whether it is one of the six.
    pub fn is_known(&self) -> bool {
        SERVERS.iter().any(|server| server.name == self.server.name)
    }

    /// A fresh connection.
    ///
    /// # Errors
    /// When nobody listens.
    pub fn connect(&self) -> Result<Client, Finding> {
        Client::connect(self.address, self.patience)
    }

    /// A WebSocket on a fresh connection.
    ///
    /// # Errors
    /// When it is not opened.
    pub fn socket(&self) -> Result<Socket, Finding> {
        let mut client = self.connect()?;
        client.send(&handshake(&[]).bytes(&self.host));
        Socket::open(client)
    }

    /// Asks on a fresh connection.
    ///
    /// # Errors
    /// When no sound answer comes.
    pub fn ask(&self, request: &Request) -> Result<Exchange, Finding> {
        self.ask_raw(&request.bytes(&self.host), request.is_head())
    }

    /// Sends bytes on a fresh connection; `head` when they are a HEAD request.
    ///
    /// # Errors
    /// When no sound answer comes.
    pub fn ask_raw(&self, bytes: &[u8], head: bool) -> Result<Exchange, Finding> {
        let mut client = self.connect()?;
        client.send(bytes);
        client.receive(head)
    }

    /// Asks, and holds the answer to `facts`.
    ///
    /// # Errors
    /// The first fact that is not so.
    pub fn expect(&self, request: &Request, facts: &[Fact]) -> Result<Exchange, Finding> {
        let exchange = self.ask(request)?;
        exchange.expect(facts)?;
        Ok(exchange)
    }
}

impl Target {
    /// The value of one series at `/metrics`; 0 when it is not there yet.
    ///
    /// # Errors
    /// When the metrics cannot be had.
    pub fn metric(&self, series: &str) -> Result<f64, Finding> {
        let exchange =
            self.expect(&Request::get("/metrics"), &[Fact::Status(200), field("content-type", media::METRICS)])?;
        let text = String::from_utf8_lossy(&exchange.answer.body);
        let value = text.lines().find_map(|line| line.strip_prefix(series)?.strip_prefix(' '));
        let value = value.map_or(Ok(0.0), str::parse);
        value.map_err(|_| exchange.finding(format!("{series} is not a number")))
    }

    /// Asks for a series until it is as wanted.
    ///
    /// # Errors
    /// When it is not in time.
    pub fn await_metric(&self, series: &str, wanted: impl Fn(f64) -> bool, patience: Duration) -> Result<(), Finding> {
        let deadline = Instant::now() + patience;
        loop {
            let value = self.metric(series)?;
            if wanted(value) {
                return Ok(());
            }
            if Instant::now() > deadline {
                return Err(Finding::new(format!("{series} is still {value} after {patience:?}")));
            }
        }
    }
}

/// A server that is none of the six. It is judged once in a process, so that keeping it for good costs nothing.
fn stranger(name: String, port: u16) -> &'static Server {
    Box::leak(Box::new(Server { name: name.leak(), port, stack: "", style: "" }))
}

impl Exchange {
    /// Holds the answer to `facts`.
    ///
    /// # Errors
    /// The first fact that is not so.
    pub fn expect(&self, facts: &[Fact]) -> Result<(), Finding> {
        facts.iter().try_for_each(|fact| fact.check(&self.answer)).map_err(|what| self.finding(what))
    }
}
