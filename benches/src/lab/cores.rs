//! Who runs on which core: the server on one, the generator on another, so that neither takes the other's time.

use load::cpu::pin;
use rustix::thread::{CpuSet, sched_getaffinity};
use serde::{Deserialize, Serialize};
use std::{fs, io, thread, time::Duration};

/// The two cores.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cores {
    /// The server's.
    pub server: usize,
    /// The generator's.
    pub generator: usize,
}

impl Cores {
    /// The first and the last that this process may use: where each core is two by hyper-threading, neighbours
    /// would share it.
    ///
    /// # Errors
    /// Why not, in words.
    pub fn choose() -> Result<Self, String> {
        match allowed()?.as_slice() {
            [server, .., generator] => Ok(Cores { server: *server, generator: *generator }),
            _ => Err("there is one core, which server and generator would share; two are needed".to_owned()),
        }
    }

    /// Watches them while nothing of a run is at work: a warning for each that others use.
    pub fn others(&self) -> Vec<String> {
        let cores = [self.server, self.generator];
        let before = cores.map(busy);
        thread::sleep(WATCH);
        let used = cores.into_iter().zip(before).filter_map(|(core, before)| Some((core, busy(core)? - before?)));
        used.filter_map(|(core, used)| warning(core, used)).collect()
    }
}

/// The cores that this process may use.
///
/// # Errors
/// When the system does not tell, in words.
pub fn allowed() -> Result<Vec<usize>, String> {
    let allowed = sched_getaffinity(None).map_err(|cause| format!("the system tells no cores: {cause}"))?;
    Ok((0..CpuSet::MAX_CPU).filter(|core| allowed.is_set(*core)).collect())
}

/// For how long others are watched before a run.
const WATCH: Duration = Duration::from_secs(1);
/// The share of a core that others may use unnoticed; windows in which they do are measured once more.
const MAX_OTHERS: f64 = 0.1;

fn warning(core: usize, used: Duration) -> Option<String> {
    let share = used.as_secs_f64() / WATCH.as_secs_f64();
    (share > MAX_OTHERS).then(|| {
        format!(
            "other programs use {:.0} % of core {core}: close them, or windows will be measured twice and figures be missing",
            share * 100.0
        )
    })
}

/// For how long a core was busy or taken by the host since the machine's start, if it says, in steps of 10 ms.
pub fn busy(core: usize) -> Option<Duration> {
    busy_in(&fs::read_to_string("/proc/stat").ok()?, core)
}

/// `/proc/stat` has a line for each core: user, nice, system, idle, iowait, irq, softirq, steal, and what is in user.
fn busy_in(stat: &str, core: usize) -> Option<Duration> {
    let line = stat.lines().find_map(|line| line.strip_prefix(&format!("cpu{core} ")))?;
    let ticks: Vec<_> = line.split_whitespace().map_while(|ticks| ticks.parse::<u64>().ok()).collect();
    let busy = ticks.get(..8)?.iter().sum::<u64>() - ticks[3] - ticks[4];
    Some(Duration::from_millis(10 * busy))
}

/// Does something on this core, in a thread of its own. What it starts stays there.
///
/// # Errors
/// When the system refuses.
pub fn on<T: Send>(core: usize, work: impl FnOnce() -> T + Send) -> io::Result<T> {
    let pinned = || pin(core).map(|()| work());
    let done = thread::scope(|scope| scope.spawn(pinned).join());
    done.unwrap_or_else(|_| Err(io::Error::other("what was to be done on a core has panicked")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{fs, process::Command};

    #[test]
    fn a_core_is_busy_when_it_is_neither_idle_nor_waiting() {
        let stat = "cpu  9 9 9 9 9 9 9 9 9 9\ncpu0 1 2 3 1000 500 4 5 6 7 8\ncpu10 1 1 1 1 1 1 1 1 0 0\n";
        assert_eq!(busy_in(stat, 0), Some(Duration::from_millis(210)));
        assert_eq!((busy_in(stat, 10), busy_in(stat, 1)), (Some(Duration::from_millis(60)), None));
        assert!(busy(0).is_some_and(|busy| busy > Duration::ZERO));
    }

    #[test]
    fn others_are_told_of_when_they_take_more_than_a_little() {
        assert_eq!(warning(1, Duration::from_millis(90)), None);
        assert!(warning(1, Duration::from_millis(640)).is_some_and(|why| why.contains("64 % of core 1")));
    }

    #[test]
    fn what_is_started_on_a_core_stays_there() {
        let Ok(cores) = Cores::choose() else { return };
        assert_ne!(cores.server, cores.generator);
        for core in [cores.server, cores.generator] {
            let status = on(core, || Command::new("cat").arg("/proc/self/status").output()).expect("allowed");
            let status = String::from_utf8(status.expect("cat").stdout).expect("text");
            assert!(status.contains(&format!("Cpus_allowed_list:\t{core}\n")), "{status}");
        }
        let mine = fs::read_to_string("/proc/self/status").expect("a process");
        assert!(!mine.contains(&format!("Cpus_allowed_list:\t{}\n", cores.server)), "{mine}");
    }
}
