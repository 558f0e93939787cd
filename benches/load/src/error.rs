//! Why a run did not happen.

use std::{error, fmt, io, net::SocketAddr};

/// Why there is no outcome.
#[derive(Debug)]
pub enum Error {
    /// The plan makes no sense, and this is why.
    Plan(String),
    /// This address is not on loopback.
    NotLoopback(SocketAddr),
    /// There was no connection to be had before the run.
    Connect(SocketAddr, io::Error),
    /// The caller wanted no more.
    Stopped,
    /// The system refused something that has nothing to do with the server.
    System(io::Error),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Plan(why) => f.write_str(why),
            Error::NotLoopback(address) => {
                write!(f, "{address} is not on loopback: load goes to this machine only (127.0.0.1 or [::1])")
            }
            Error::Connect(address, cause) => write!(f, "cannot connect to {address}: {cause}; is the server up?"),
            Error::Stopped => f.write_str("stopped before the end, so there is no result"),
            Error::System(cause) => write!(f, "the system refused: {cause}; see ulimit -n for many connections"),
        }
    }
}

impl error::Error for Error {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        match self {
            Error::Connect(_, cause) | Error::System(cause) => Some(cause),
            Error::Plan(_) | Error::NotLoopback(_) | Error::Stopped => None,
        }
    }
}

impl From<io::Error> for Error {
    fn from(cause: io::Error) -> Self {
        Error::System(cause)
    }
}
