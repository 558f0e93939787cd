//! Who takes part: one of the six, a bare one, the floor, or somebody else's.

use std::{net::SocketAddr, path::PathBuf};

/// The least that any server can cost.
pub const FLOOR: &str = "floor";
/// What is added to the name of the one that takes part twice.
pub const AGAIN: &str = " (again)";

/// A server, and how it is run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entrant {
    /// What it is called in the results.
    pub name: String,
    /// What is run.
    pub program: Program,
    /// With which flags.
    pub flags: Vec<String>,
    /// With what in the environment.
    pub environment: Vec<(String, String)>,
    /// With whom it is compared, if not with the heat's reference.
    pub beside: Option<String>,
}

/// What is run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Program {
    /// One that was built here, by its path from the workspace's folder on.
    Binary(PathBuf),
    /// A command for the shell, which gets its port as PORT.
    Command(String),
    /// One that runs already.
    Running(SocketAddr),
}

impl Entrant {
    /// Without flags, compared with the reference.
    pub fn new(name: &str, program: Program) -> Self {
        Entrant { name: name.to_owned(), program, flags: Vec::new(), environment: Vec::new(), beside: None }
    }

    /// With these flags too.
    pub fn with(mut self, flags: &[&str]) -> Self {
        self.flags.extend(flags.iter().map(|flag| (*flag).to_owned()));
        self
    }

    /// Under another name.
    pub fn named(mut self, name: &str) -> Self {
        name.clone_into(&mut self.name);
        self
    }

    /// Compared with this one.
    pub fn beside(mut self, name: &str) -> Self {
        self.beside = Some(name.to_owned());
        self
    }

    /// The same once more: what differs between the two is noise.
    pub fn again(&self) -> Self {
        Entrant { name: format!("{}{AGAIN}", self.name), ..self.clone() }
    }

    /// What is run, as a reader would type it.
    pub fn told(&self) -> String {
        let program = match &self.program {
            Program::Binary(path) => path.display().to_string(),
            Program::Command(line) => line.clone(),
            Program::Running(address) => format!("http://{address} (on whatever core it was)"),
        };
        let environment = self.environment.iter().map(|(name, value)| format!("{name}={value}"));
        let flags = self.flags.iter().map(|flag| without_password(flag));
        let words: Vec<_> = environment.chain([program]).chain(flags).collect();
        words.join(" ")
    }

    /// Reads `NAME=URL` or `NAME=COMMAND`.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub fn extra(text: &str) -> Result<Self, String> {
        let (name, what) = text.split_once('=').ok_or("write NAME=URL or NAME=COMMAND")?;
        if name.trim().is_empty() || what.trim().is_empty() {
            return Err("write NAME=URL or NAME=COMMAND, neither of them empty".to_owned());
        }
        let Some(url) = what.strip_prefix("http://") else {
            return Ok(Entrant::new(name, Program::Command(what.to_owned())));
        };
        let url = url.trim_end_matches('/').replace("localhost:", "127.0.0.1:");
        let address: SocketAddr = url.parse().map_err(|_| format!("{what} must be http://ADDRESS:PORT"))?;
        match address.ip().is_loopback() {
            true => Ok(Entrant::new(name, Program::Running(address))),
            false => Err(format!("{address} is not on loopback: no other machine is put under load")),
        }
    }
}

/// What was run is published; `postgres://me:secret@host/database` is not.
pub fn without_password(text: &str) -> String {
    let told = || {
        let (scheme, rest) = text.split_once("://")?;
        let (user, host) = rest.rsplit_once('@')?;
        let (name, _) = user.split_once(':')?;
        Some(format!("{scheme}://{name}@{host}"))
    };
    told().unwrap_or_else(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_not_told() {
        assert_eq!(without_password("postgres://me:se:c@ret@host:5432/lab"), "postgres://me@host:5432/lab");
        for text in ["postgres://me@host/lab", "http://127.0.0.1:80", "--workers"] {
            assert_eq!(without_password(text), text);
        }
    }

    #[test]
    fn extras_are_read() {
        let running = Entrant::extra("mine=http://localhost:8080/").expect("sound");
        assert_eq!((running.name.as_str(), running.program), ("mine", Program::Running(([127, 0, 0, 1], 8080).into())));
        let command = Entrant::extra("nginx=nginx -c a=b.conf").expect("sound");
        assert_eq!(command.program, Program::Command("nginx -c a=b.conf".to_owned()));
        for wrong in ["nothing", "=http://127.0.0.1:1", "a=", "a=http://192.0.2.1:80", "a=http://example.com"] {
            assert!(Entrant::extra(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_command_is_told_as_it_is_typed() {
        let entrant = Entrant::new("axum-server", Program::Binary("target/release/axum-server".into()));
        let entrant = Entrant { environment: vec![("A".to_owned(), "1".to_owned())], ..entrant };
        assert_eq!(entrant.with(&["--port", "0"]).told(), "A=1 target/release/axum-server --port 0");
    }
}
