//! What a connection costs on which nothing happens: resident memory with none, a thousand, five thousand of them.

use crate::{
    lab::{asks, cores::Cores, entrant::Entrant, keeper::Keeper, raw::Idle, server::Server, usage},
    progress::Progress,
};
use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

/// How many connections, step by step.
pub const STEPS: [usize; 3] = [0, 1_000, 5_000];
/// What one server takes, about, in seconds.
pub const SECONDS: f64 = 1.5;
/// For one answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// Open files beside the connections.
const SPARE: u64 = 256;

/// Lets this process, and the servers that it starts, have as many connections as that takes. How many it may have.
///
/// # Errors
/// Why there are too few, and what to do.
pub fn allow() -> Result<u64, String> {
    let wanted = STEPS.iter().max().map_or(0, |most| *most as u64) + SPARE;
    let allowed = rlimit::increase_nofile_limit(wanted).map_err(|cause| format!("open files: {cause}"))?;
    match allowed >= wanted {
        true => Ok(allowed),
        false => Err(format!("a process may open {allowed} files here, {wanted} are needed: see ulimit -n")),
    }
}

/// Measures each of them, `times` times.
pub fn run(
    (keeper, cores): (&Keeper, Option<Cores>),
    entrants: &[Entrant],
    times: usize,
    progress: &mut Progress,
) -> Vec<Idle> {
    let mut all = Vec::new();
    let enough = allow();
    for entrant in entrants {
        let mut rows: Vec<_> = STEPS.iter().map(|connections| row(entrant, *connections)).collect();
        for _ in 0..times {
            let measured = enough.clone().and_then(|_| one(keeper, cores, entrant));
            for (at, row) in rows.iter_mut().enumerate() {
                match &measured {
                    Ok(resident) => row.resident.push(resident[at]),
                    Err(why) => row.refused = Some(why.clone()),
                }
            }
            progress.advance(SECONDS);
        }
        all.extend(rows);
    }
    all
}

fn row(entrant: &Entrant, connections: usize) -> Idle {
    Idle { entrant: entrant.name.clone(), connections, resident: Vec::new(), refused: None }
}

/// One server, all steps.
fn one(keeper: &Keeper, cores: Option<Cores>, entrant: &Entrant) -> Result<Vec<u64>, String> {
    let server = Server::start(keeper, entrant, cores.map(|cores| cores.server))?;
    let pids = server.pids()?;
    // One answer, so that what is made at the first request is there; its connection is gone again.
    drop(connection(server.address)?);
    let mut open = Vec::new();
    STEPS
        .iter()
        .map(|connections| {
            while open.len() < *connections {
                open.push(connection(server.address).map_err(|why| format!("connection {}: {why}", open.len() + 1))?);
            }
            usage::resident(pids).map_err(|cause| format!("its memory: {cause}"))
        })
        .collect()
}

/// A connection over which one request was answered: idle, not new.
fn connection(address: SocketAddr) -> Result<TcpStream, String> {
    let told = |cause: std::io::Error| cause.to_string();
    let request = asks::plaintext().request;
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE).map_err(told)?;
    stream.set_read_timeout(Some(PATIENCE)).map_err(told)?;
    stream.write_all(&request).map_err(told)?;
    match stream.read(&mut [0; 4096]).map_err(told)? {
        0 => Err("closed without an answer".to_owned()),
        _ => Ok(stream),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::entrant::Program;
    use std::{net::TcpListener, thread};

    #[test]
    fn one_that_closes_is_not_measured() {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        thread::spawn(move || listener.incoming().for_each(drop));
        let entrant = Entrant::new("it", Program::Running(address));
        let rows = run((&Keeper::default(), None), &[entrant], 1, &mut Progress::new(1));
        assert_eq!(rows.len(), STEPS.len());
        assert!(rows.iter().all(|row| row.refused.is_some() && row.resident.is_empty()), "{rows:?}");
    }
}
