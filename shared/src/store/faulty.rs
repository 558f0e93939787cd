//! A store on which everything goes wrong, in one way: it proves that a server answers 500, 503 or
//! 504 and lives. It cannot be chosen from the command line.

use crate::error::Error;
use std::future;

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The call panics.
    Panic,
    /// The call fails for a reason that no client may see.
    Fail,
    /// The store is not there.
    Gone,
    /// The call never returns.
    Hang,
}

/// The reason given by [`Fault::Fail`] and [`Fault::Panic`]: it must show up in no answer.
pub(crate) const CAUSE: &str = "the-cause-that-must-not-leak";

impl Fault {
    pub(super) async fn happen<T>(self) -> Result<T, Error> {
        match self {
            Fault::Panic => panic!("{CAUSE}"),
            Fault::Fail => Err(Error::internal(CAUSE)),
            Fault::Gone => Err(Error::Unavailable("The store cannot be reached.")),
            Fault::Hang => future::pending().await,
        }
    }
}
