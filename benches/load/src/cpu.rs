//! Cores to run on, and the time that was used on them. All of this is Linux's.

use rustix::{
    thread::{CpuSet, Pid, sched_setaffinity},
    time::{ClockId, clock_gettime},
};
use std::{collections::BTreeSet, fs, io, path::PathBuf, time::Duration};

/// Lets the current thread, and those that it starts from now on, run on this core only.
///
/// # Errors
/// When there is no such core, or it is not for this process.
pub fn pin(core: usize) -> io::Result<()> {
    pin_thread(None, core)
}

/// Lets all threads of a process run on this core only. Those that it starts later do as the one that
/// starts them.
///
/// # Errors
/// When there is no such core or process, or it belongs to somebody else.
pub fn pin_process(pid: u32, core: usize) -> io::Result<()> {
    let mut pinned = BTreeSet::new();
    loop {
        // One may have started another before it was pinned itself.
        let new: Vec<_> = threads(pid)?.into_iter().filter(|thread| !pinned.contains(thread)).collect();
        if new.is_empty() {
            return Ok(());
        }
        for thread in new {
            match pin_thread(Pid::from_raw(thread), core) {
                // It has ended meanwhile.
                Err(cause) if cause.raw_os_error() == Some(rustix::io::Errno::SRCH.raw_os_error()) => {}
                done => done?,
            }
            pinned.insert(thread);
        }
    }
}

fn pin_thread(thread: Option<Pid>, core: usize) -> io::Result<()> {
    if core >= CpuSet::MAX_CPU {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, format!("there is no core {core}")));
    }
    let mut cores = CpuSet::new();
    cores.set(core);
    sched_setaffinity(thread, &cores).map_err(|cause| {
        let cause = io::Error::from(cause);
        match cause.kind() {
            io::ErrorKind::InvalidInput => io::Error::new(cause.kind(), format!("core {core} is not to be had")),
            _ => cause,
        }
    })
}

/// The CPU time that all threads of a process have used, user and kernel, to the nanosecond where the
/// thread is not running at the moment, to a tick of the scheduler (1 to 4 ms) where it is. Threads that have
/// ended are not in it, so it is for processes whose threads last.
///
/// # Errors
/// When there is no such process, or the kernel keeps no such figures.
pub fn of_process(pid: u32) -> io::Result<Duration> {
    let mut total = 0;
    for thread in threads(pid)? {
        let text = match fs::read_to_string(tasks(pid).join(thread.to_string()).join("schedstat")) {
            Ok(text) => text,
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => continue,
            Err(cause) => return Err(cause),
        };
        // Nanoseconds on a core, nanoseconds in wait of one, time slices (Documentation/scheduler/sched-stats.rst).
        let first = text.split(' ').next().and_then(|first| first.parse::<u64>().ok());
        total += first.ok_or_else(|| io::Error::other(format!("no figures in schedstat: {text:?}")))?;
    }
    Ok(Duration::from_nanos(total))
}

/// The CPU time that the current thread has used.
pub fn of_this_thread() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec.unsigned_abs(), u32::try_from(time.tv_nsec).unwrap_or_default())
}

fn tasks(pid: u32) -> PathBuf {
    PathBuf::from(format!("/proc/{pid}/task"))
}

fn threads(pid: u32) -> io::Result<Vec<i32>> {
    let folder = tasks(pid);
    let entries = fs::read_dir(&folder)
        .map_err(|cause| io::Error::new(cause.kind(), format!("{}: {cause}", folder.display())))?;
    let names = entries.map(|entry| Ok(entry?.file_name()));
    let names = names.collect::<io::Result<Vec<_>>>()?;
    Ok(names.iter().filter_map(|name| name.to_str()?.parse().ok()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{hint::black_box, process, thread, time::Instant};

    fn burn(time: Duration) {
        let before = of_this_thread();
        while of_this_thread() - before < time {
            black_box(Instant::now());
        }
    }

    #[test]
    fn used_time_is_seen_from_within_and_from_outside() {
        let before = of_process(process::id()).expect("this process");
        burn(Duration::from_millis(50));
        let used = of_process(process::id()).expect("this process") - before;
        assert!(used >= Duration::from_millis(40), "{used:?}");
        // No process has this number (the limit is 2^22).
        assert!(of_process(u32::MAX).is_err());
    }

    #[test]
    fn threads_run_where_they_are_pinned() {
        let allowed = |thread: i32| {
            let status = fs::read_to_string(tasks(process::id()).join(thread.to_string()).join("status"));
            let status = status.expect("a status");
            status.lines().find_map(|line| line.strip_prefix("Cpus_allowed_list:")).map(|list| list.trim().to_owned())
        };
        thread::spawn(move || {
            pin(0).expect("core 0");
            assert_eq!(allowed(rustix::thread::gettid().as_raw_pid()), Some("0".to_owned()));
            assert!(pin(100_000).is_err());
            assert!(pin(CpuSet::MAX_CPU - 1).is_err());
        })
        .join()
        .expect("pinned");
        let mut child = process::Command::new("sleep").arg("60").spawn().expect("sleep");
        let pinned = pin_process(child.id(), 0);
        let status = fs::read_to_string(format!("/proc/{}/status", child.id()));
        child.kill().and_then(|()| child.wait()).expect("an end");
        pinned.expect("core 0");
        assert!(status.is_ok_and(|status| status.contains("Cpus_allowed_list:\t0\n")));
    }
}
