//! Keeps what must not outlive a run: processes and temporary folders. Ctrl-C and SIGTERM end both, and then this program.

use rustix::process::{Pid, Signal, kill_process_group};
use std::{
    collections::BTreeMap,
    fs, io,
    os::unix::process::CommandExt as _,
    path::{Path, PathBuf},
    process::{Child, ChildStderr, ChildStdout, Command, ExitStatus},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread,
};
use tempfile::TempDir;
use tokio::signal::unix::{SignalKind, signal};

/// The exit code after Ctrl-C, by convention 128 and the signal's number.
pub const INTERRUPTED: i32 = 130;

/// What is kept; clones share it.
#[derive(Clone, Default)]
pub struct Keeper(Arc<Mutex<Kept>>);

#[derive(Default)]
struct Kept {
    children: BTreeMap<u32, Child>,
    folders: BTreeMap<PathBuf, TempDir>,
}

impl Keeper {
    /// From now on Ctrl-C and SIGTERM end what is kept, and then this process with [`INTERRUPTED`].
    ///
    /// # Errors
    /// When the system lets nobody watch for signals.
    pub fn watch(&self) -> io::Result<()> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build()?;
        let (mut interrupt, mut terminate) = {
            let _inside = runtime.enter();
            (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?)
        };
        let keeper = self.clone();
        thread::spawn(move || {
            runtime.block_on(async {
                tokio::select! { _ = interrupt.recv() => (), _ = terminate.recv() => () }
            });
            // Held to the end: nothing is started, and no file is begun, any more.
            let mut kept = keeper.kept();
            kept.end();
            eprintln!("\ninterrupted: what was started is ended, nothing is written");
            std::process::exit(INTERRUPTED);
        });
        Ok(())
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does something that Ctrl-C waits for, such as writing files that belong together.
    pub fn undisturbed<T>(&self, work: impl FnOnce() -> T) -> T {
        let _held = self.kept();
        work()
    }

    /// Starts a program in a process group of its own.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn spawn(&self, mut command: Command) -> io::Result<Process> {
        let mut kept = self.kept();
        let mut child = command.process_group(0).spawn()?;
        let pid = child.id();
        let process = Process { keeper: self.clone(), pid, stdout: child.stdout.take(), stderr: child.stderr.take() };
        kept.children.insert(pid, child);
        Ok(process)
    }

    /// An empty folder, which is removed when it is dropped.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn folder(&self) -> io::Result<Folder> {
        let mut kept = self.kept();
        let folder = TempDir::with_prefix("sextet-lab-")?;
        let path = folder.path().to_owned();
        kept.folders.insert(path.clone(), folder);
        Ok(Folder { keeper: self.clone(), path })
    }
}

impl Kept {
    fn end(&mut self) {
        for child in self.children.values_mut() {
            kill(child);
        }
        self.children.clear();
        for path in self.folders.keys() {
            // Nobody is left who could be told.
            let _ = fs::remove_dir_all(path);
        }
    }
}

/// A process and its children, ended when this is dropped.
pub struct Process {
    keeper: Keeper,
    /// Its id.
    pub pid: u32,
    /// What it says, if that was asked for.
    pub stdout: Option<ChildStdout>,
    /// What it complains about, if that was asked for.
    pub stderr: Option<ChildStderr>,
}

impl Process {
    /// How it ended, if it has.
    pub fn ended(&self) -> Option<ExitStatus> {
        self.keeper.kept().children.get_mut(&self.pid)?.try_wait().ok().flatten()
    }

    /// Waits for its end. Its output must have been read to the end: that is how the end is awaited while
    /// Ctrl-C still works.
    ///
    /// # Errors
    /// When the system does not know it.
    pub fn wait(self) -> io::Result<ExitStatus> {
        let child = self.keeper.kept().children.remove(&self.pid);
        child.map_or_else(|| Err(io::Error::other("it has been ended")), |mut child| child.wait())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if let Some(mut child) = self.keeper.kept().children.remove(&self.pid) {
            kill(&mut child);
        }
    }
}

/// The whole group: a shell may have started others.
fn kill(child: &mut Child) {
    let group = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
    // One that has ended already needs neither.
    let _ = group.map(|group| kill_process_group(group, Signal::KILL));
    let _ = child.wait();
}

/// A folder, removed when this is dropped.
pub struct Folder {
    keeper: Keeper,
    path: PathBuf,
}

impl Folder {
    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let folder = self.keeper.kept().folders.remove(&self.path);
        drop(folder);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{io::Read, process::Stdio};

    #[test]
    fn what_is_dropped_is_gone() {
        let keeper = Keeper::default();
        let folder = keeper.folder().expect("a folder");
        let path = folder.path().to_owned();
        assert!(path.is_dir());
        // The shell and its child both hold the pipe: it ends when both have.
        let mut command = Command::new("sh");
        command.args(["-c", "sleep 600 & echo there; wait"]).stdout(Stdio::piped());
        let mut process = keeper.spawn(command).expect("a shell");
        let mut stdout = process.stdout.take().expect("asked for");
        let mut word = [0; 5];
        stdout.read_exact(&mut word).expect("a word");
        assert_eq!((&word, process.ended()), (b"there", None));
        drop((process, folder));
        assert_eq!(stdout.read_to_end(&mut Vec::new()).expect("the end"), 1);
        assert!(!path.exists());
    }

    #[test]
    fn an_end_is_told() {
        let mut command = Command::new("sh");
        command.args(["-c", "exit 3"]);
        let process = Keeper::default().spawn(command).expect("a shell");
        assert_eq!(process.wait().expect("an end").code(), Some(3));
    }
}
