//! Who gets which arguments: what the user wrote, and behind it what must differ.

use shared::{
    config::Config,
    contract::{SERVERS, Server},
};
use std::{ffi::OsString, net::UdpSocket};

/// One of the six to be.
pub struct Planned {
    pub server: &'static Server,
    /// Its whole command line, without the program.
    pub args: Vec<OsString>,
}

/// The six, from the port of the first on.
///
/// # Errors
/// When there are not enough ports.
pub fn plan(config: &Config, written: &[OsString]) -> Result<Vec<Planned>, String> {
    let ports = ports(config.port)?;
    let gossip = if config.siblings.no_gossip { None } else { Some(gossip_ports(config, &ports)?) };
    let planned = SERVERS.iter().enumerate().map(|(at, server)| {
        let mut args = vec![server.name.into()];
        args.extend_from_slice(written);
        args.extend(["--port".into(), ports[at].to_string().into()]);
        if let Some(gossip) = &gossip {
            args.extend(["--gossip-port".into(), gossip[at].to_string().into()]);
            args.extend(["--gossip-seed".into(), seeds(config, gossip).into()]);
        }
        Planned { server, args }
    });
    Ok(planned.collect())
}

/// 0 stays 0: any that is free.
fn ports(first: u16) -> Result<Vec<u16>, String> {
    let nth = |at: u16| if first == 0 { Some(0) } else { first.checked_add(at) };
    let ports: Option<Vec<_>> = (0..6).map(nth).collect();
    ports.ok_or_else(|| format!("there are no six ports from {first} on; choose a lower one with --port"))
}

fn gossip_ports(config: &Config, ports: &[u16]) -> Result<Vec<u16>, String> {
    match config.siblings.gossip_port {
        Some(first) => self::ports(first),
        None if config.port == 0 => free_ports(),
        None => Ok(ports.iter().map(|port| config.siblings.gossip_port(*port)).collect()),
    }
}

/// As many as there are servers, free at this moment: a server that does not know its port yet cannot tell where it gossips.
fn free_ports() -> Result<Vec<u16>, String> {
    // All at once, so that none is given twice.
    let sockets: Result<Vec<_>, _> = SERVERS.iter().map(|_| UdpSocket::bind("127.0.0.1:0")).collect();
    let ports = sockets.and_then(|sockets| {
        sockets.iter().map(|socket| socket.local_addr().map(|address| address.port())).collect::<Result<Vec<_>, _>>()
    });
    ports.map_err(|cause| format!("cannot have a UDP port for gossip: {cause}"))
}

/// Where each finds the others, beside what the user says.
fn seeds(config: &Config, ports: &[u16]) -> String {
    let ip = config.siblings.advertised((config.host, 0).into()).ip();
    ports.iter().map(|port| std::net::SocketAddr::new(ip, *port).to_string()).collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn planned(args: &[&str]) -> Result<Vec<String>, String> {
        let written: Vec<OsString> = args.iter().map(OsString::from).collect();
        let config = Config::read_for_all(std::iter::once("all-servers".into()).chain(written.clone())).expect("sound");
        let planned = plan(&config, &written)?;
        Ok(planned.into_iter().map(|one| one.args.join(" ".as_ref()).into_string().expect("text")).collect())
    }

    #[test]
    fn ports_follow_each_other() {
        let six = planned(&["--store", "memory", "--no-gossip"]).expect("enough ports");
        assert_eq!(six[0], "hyper-server --store memory --no-gossip --port 3001");
        assert_eq!(six[5], "handrolled-server --store memory --no-gossip --port 3006");
        assert_eq!(
            planned(&["--port", "4001", "--no-gossip"]).expect("enough")[2],
            "axum-server --port 4001 --no-gossip --port 4003"
        );
        assert!(planned(&["--port", "65531"]).is_err());
    }

    #[test]
    fn siblings_know_of_each_other() {
        let six = planned(&["--port", "4001", "--host", "0.0.0.0"]).expect("enough ports");
        let seeds = (14_001..=14_006).map(|port| format!("127.0.0.1:{port}")).collect::<Vec<_>>().join(",");
        assert!(six[1].ends_with(&format!("--port 4002 --gossip-port 14002 --gossip-seed {seeds}")), "{}", six[1]);
        let any = planned(&["--port", "0"]).expect("free ports");
        assert!(any[3].contains("--port 0 --gossip-port ") && !any[3].contains("--gossip-port 0"), "{}", any[3]);
    }
}
