//! One process: its start, its pipes, its end.
//!
//! tokio's own `process` does the same, but as a feature that cargo would give to the whole workspace: with it every
//! worker of every server looks for ended processes each time it has nothing to do.

use std::{
    env,
    ffi::OsString,
    io,
    os::{fd::OwnedFd, unix::process::CommandExt as _},
    process::{Child, ChildStdin, Command, ExitStatus, Stdio},
};
use tokio::{
    net::unix::pipe,
    signal::unix::{Signal, SignalKind, signal},
};

/// This program once more, with other arguments. It is not ended by being dropped.
pub struct Process {
    child: Child,
    /// Tells whenever some process has ended.
    ends: Signal,
}

impl Process {
    /// Starts one, in a group of its own: Ctrl-C at a terminal goes to a whole group.
    pub fn start(args: &[OsString]) -> io::Result<Self> {
        // First of all: no end can be missed then.
        let ends = signal(SignalKind::child())?;
        let mut command = Command::new(env::current_exe()?);
        command.args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        Ok(Process { child: command.process_group(0).spawn()?, ends })
    }

    /// Its standard input, once.
    pub fn input(&mut self) -> Option<ChildStdin> {
        self.child.stdin.take()
    }

    /// What it writes to its standard output and to its standard error, once.
    pub fn outputs(&mut self) -> (Option<pipe::Receiver>, Option<pipe::Receiver>) {
        (reader(self.child.stdout.take()), reader(self.child.stderr.take()))
    }

    /// Ends it at once, unless it has ended by itself meanwhile.
    pub fn kill(&mut self) -> io::Result<()> {
        self.child.kill()
    }

    /// How it has ended, once it has.
    pub async fn wait(&mut self) -> io::Result<ExitStatus> {
        loop {
            if let Some(status) = self.child.try_wait()? {
                return Ok(status);
            }
            self.ends.recv().await;
        }
    }
}

/// The end of a pipe, to be read without blocking.
fn reader(pipe: Option<impl Into<OwnedFd>>) -> Option<pipe::Receiver> {
    pipe.and_then(|pipe| pipe::Receiver::from_owned_fd(pipe.into()).ok())
}
