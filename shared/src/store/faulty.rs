//! A store on which everything goes wrong, in one way: it proves that a server answers 500, 503 or
//! 504 and lives, and that it works again once the store does. It cannot be chosen from the command line.

use super::memory::Memory;
use crate::error::Error;
use std::{
    future,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

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

/// Turns a fault on and off; cheap to clone.
#[derive(Clone, Debug)]
pub struct Switch(Arc<AtomicBool>);

impl Switch {
    /// From now on everything goes wrong.
    pub fn on(&self) {
        self.0.store(true, Ordering::SeqCst);
    }

    /// From now on all is well.
    pub fn off(&self) {
        self.0.store(false, Ordering::SeqCst);
    }
}

/// A store in memory, and a fault that keeps callers from it.
pub(super) struct Faulty {
    pub memory: Memory,
    fault: Fault,
    switch: Switch,
}

impl Faulty {
    /// One whose fault is on, or not yet.
    pub fn new(fault: Fault, on: bool) -> (Self, Switch) {
        let switch = Switch(Arc::new(AtomicBool::new(on)));
        (Faulty { memory: Memory::default(), fault, switch: switch.clone() }, switch)
    }

    pub fn is_on(&self) -> bool {
        self.switch.0.load(Ordering::SeqCst)
    }

    pub async fn happen<T>(&self) -> Result<T, Error> {
        match self.fault {
            Fault::Panic => panic!("{CAUSE}"),
            Fault::Fail => Err(Error::internal(CAUSE)),
            Fault::Gone => Err(Error::Unavailable("The store cannot be reached.")),
            Fault::Hang => future::pending().await,
        }
    }
}
