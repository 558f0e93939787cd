//! The figures of `/metrics` take no more room the longer a server runs, even when nobody asks for them. In a program
//! of its own, as it reads in `/proc` how much memory that takes.

#![cfg(target_os = "linux")]

use shared::{App, Shutdown, config::Config, contract::SERVERS, store::Store, telemetry::Watch};
use std::fs;

/// Latencies that are kept one by one would take eight bytes each: 8 MiB.
const REQUESTS: usize = 1024 * 1024;
/// What a run that keeps none may grow by.
const ROOM_KIB: u64 = 3 * 1024;

#[test]
fn requests_leave_nothing_behind() {
    let server = &SERVERS[0];
    let (_stop, shutdown) = Shutdown::channel();
    let app = App::new(server, Config::for_tests(server), ([127, 0, 0, 1], 1).into(), Store::memory(), shutdown);
    let ask = |times: usize| (0..times).for_each(|_| Watch::begin(&app.metrics, "GET", "/livez", &"x").answered(200));
    // What is made once is there before it is counted.
    ask(REQUESTS / 64);
    let before = resident_kib();
    ask(REQUESTS);
    let grown = resident_kib().saturating_sub(before);
    assert!(grown < ROOM_KIB, "{grown} KiB more after {REQUESTS} requests");
    let counted = format!(
        "http_request_duration_seconds_count{{operation=\"livez\",method=\"GET\"}} {}",
        REQUESTS / 64 + REQUESTS
    );
    assert!(app.metrics.render().contains(&counted), "no latency is lost");
}

/// What of this program is in memory, as `/proc/self/status` says.
fn resident_kib() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.split_whitespace().next()).and_then(|kib| kib.parse().ok()).unwrap_or_default()
}
