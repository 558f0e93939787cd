//! What a process has used: time on a core, and memory.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs, io,
    net::SocketAddr,
    path::Path,
    time::Duration,
};

/// Time on a core since the start.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// By the scheduler, to the nanosecond, thread by thread.
    threads: BTreeMap<u32, Times>,
    /// In the program and in the kernel.
    split: (Duration, Duration),
}

/// What the scheduler tells of a thread: on a core, and ready to run while another had it.
type Times = (Duration, Duration);

/// Time on a core between two looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Used {
    /// By the scheduler. What a thread has used that has ended meanwhile is not in it.
    pub run: Duration,
    /// For how long it was ready and another ran, one of its own threads or somebody else's.
    pub waited: Duration,
    /// In the program, by the clock's ticks (10 ms each): for the share of it, not for its size.
    pub user: Duration,
    /// In the kernel, likewise.
    pub system: Duration,
}

/// Linux counts a process' times in hundredths of a second, whatever its own tick is.
const TICK: Duration = Duration::from_millis(10);

impl Usage {
    /// That of these processes together.
    ///
    /// # Errors
    /// When one of them is gone.
    pub fn of(pids: &[u32]) -> io::Result<Self> {
        let mut usage = Usage::default();
        for pid in pids {
            usage.add_threads(*pid)?;
            let (user, system) = split(&fs::read_to_string(format!("/proc/{pid}/stat"))?)?;
            usage.split.0 += user;
            usage.split.1 += system;
        }
        Ok(usage)
    }

    fn add_threads(&mut self, pid: u32) -> io::Result<()> {
        for task in fs::read_dir(format!("/proc/{pid}/task"))? {
            let task = task?;
            // A thread may end while its siblings are read.
            let Ok(text) = fs::read_to_string(task.path().join("schedstat")) else { continue };
            let id = task.file_name().to_str().and_then(|id| id.parse().ok()).unwrap_or_default();
            let mut times = text.split_whitespace().map_while(|ns| ns.parse().ok()).map(Duration::from_nanos);
            let times = times.next().zip(times.next());
            self.threads.insert(id, times.ok_or_else(|| io::Error::other("schedstat has no times"))?);
        }
        Ok(())
    }

    /// What was used since. By thread: one that has ended takes its whole past with it.
    pub fn since(&self, before: &Usage) -> Used {
        let sum = |of: fn(&Times) -> Duration| {
            let one = |(id, now)| of(now).saturating_sub(before.threads.get(id).map(of).unwrap_or_default());
            self.threads.iter().map(one).sum()
        };
        Used {
            run: sum(|times| times.0),
            waited: sum(|times| times.1),
            user: self.split.0.saturating_sub(before.split.0),
            system: self.split.1.saturating_sub(before.split.1),
        }
    }
}

/// User and system time out of `/proc/PID/stat`. The name, in parentheses, may have any character in it.
fn split(stat: &str) -> io::Result<(Duration, Duration)> {
    let fields: Vec<_> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks = |at: usize| fields.get(at).and_then(|field| field.parse::<u32>().ok()).map(|ticks| TICK * ticks);
    ticks(11).zip(ticks(12)).ok_or_else(|| io::Error::other("/proc/PID/stat has no times"))
}

/// Resident memory in bytes.
///
/// # Errors
/// When the process is gone.
pub fn resident(pids: &[u32]) -> io::Result<u64> {
    let one = |pid: &u32| {
        let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or_default();
        let kib = line.trim().trim_end_matches("kB").trim().parse::<u64>();
        kib.map(|kib| kib * 1024).map_err(|_| io::Error::other("/proc/PID/status has no VmRSS"))
    };
    pids.iter().map(one).sum()
}

/// The processes that listen at this address.
///
/// # Errors
/// Why they cannot be found, in words.
pub fn listeners(address: SocketAddr) -> Result<Vec<u32>, String> {
    let sockets: BTreeSet<_> = ["/proc/net/tcp", "/proc/net/tcp6"]
        .iter()
        .filter_map(|table| fs::read_to_string(table).ok())
        .flat_map(|table| inodes(&table, address.port()))
        .map(|inode| format!("socket:[{inode}]"))
        .collect();
    let processes = fs::read_dir("/proc").map_err(|cause| format!("/proc: {cause}"))?;
    let pids = processes.flatten().filter_map(|process| process.file_name().to_str()?.parse::<u32>().ok());
    let found: Vec<_> = pids.filter(|pid| holds(*pid, &sockets)).collect();
    match found.is_empty() {
        true => Err(format!("no process of this user listens on port {}", address.port())),
        false => Ok(found),
    }
}

/// The sockets that listen on a port, out of `/proc/net/tcp`: state `0A`, port in hexadecimal.
fn inodes(table: &str, port: u16) -> Vec<String> {
    let end = format!(":{port:04X}");
    let listens = |fields: &Vec<&str>| fields.get(1).is_some_and(|local| local.ends_with(&end)) && fields[3] == "0A";
    let lines = table.lines().skip(1).map(|line| line.split_whitespace().collect::<Vec<_>>());
    lines.filter(|fields| fields.len() > 9 && listens(fields)).map(|fields| fields[9].to_owned()).collect()
}

fn holds(pid: u32, sockets: &BTreeSet<String>) -> bool {
    let Ok(files) = fs::read_dir(Path::new("/proc").join(pid.to_string()).join("fd")) else { return false };
    let mut links = files.flatten().filter_map(|file| fs::read_link(file.path()).ok());
    links.any(|link| sockets.contains(&*link.to_string_lossy()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{hint::black_box, net::TcpListener, time::Instant};

    #[test]
    fn time_is_counted_while_it_passes() {
        let pids = [std::process::id()];
        let before = Usage::of(&pids).expect("this process");
        let start = Instant::now();
        while start.elapsed() < Duration::from_millis(60) {
            black_box((0..10_000_u64).sum::<u64>());
        }
        let used = Usage::of(&pids).expect("this process").since(&before);
        // Other tests may run meanwhile, and this one may have to wait.
        assert!(used.run > Duration::from_millis(5), "{used:?}");
        assert!(resident(&pids).expect("memory") > 1 << 20);
    }

    #[test]
    fn a_name_may_have_anything_in_it() {
        let stat = "12 (a) b (c) S 1 12 12 0 -1 4194560 1 0 0 0 250 13 0 0 20 0 1";
        assert_eq!(split(stat).expect("times"), (Duration::from_millis(2500), Duration::from_millis(130)));
        assert!(split("12 (a) S").is_err());
    }

    #[test]
    fn who_listens_is_found() {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        assert_eq!(listeners(address), Ok(vec![std::process::id()]));
        drop(listener);
        assert!(listeners(address).is_err());
    }
}
