//! `cargo run --release --bin all-servers -- --help`
//!
//! Starts the six, each a process of its own that is this program again, so that one can die and the others live. They
//! share their flags, and so one data folder; their ports follow each other. What they say is passed on line by line,
//! with the name of the one that says it. The first Ctrl-C or SIGTERM stops all, a second one ends them at once.
//!
//! - `main.rs`: this program, as the one that starts, or as one of the six
//! - [`group`]: the processes of the six, from the first start to the last end
//! - [`plan`]: who gets which arguments
//! - [`process`]: one process: its start, its pipes, its end
//! - [`voice`]: what the six say, with their names

mod group;
mod plan;
mod process;
mod voice;

use shared::{boot, contract::SERVERS};
use std::{env, process::ExitCode};

fn main() -> ExitCode {
    let mut args = env::args_os();
    let this = args.next().unwrap_or_default();
    let rest: Vec<_> = args.collect();
    let one = rest.first().and_then(|name| SERVERS.iter().find(|server| name == server.name));
    match one.map(|server| server.name) {
        Some("hyper-server") => boot::run_in_group(hyper_server::SERVER, rest, hyper_server::serve),
        Some("hyper-router-server") => {
            boot::run_in_group(hyper_router_server::SERVER, rest, hyper_router_server::serve)
        }
        Some("axum-server") => boot::run_in_group(axum_server::SERVER, rest, axum_server::serve),
        Some("actix-web-server") => boot::run_in_group(actix_web_server::SERVER, rest, actix_web_server::serve),
        Some("warp-server") => boot::run_in_group(warp_server::SERVER, rest, warp_server::serve),
        Some("handrolled-server") => boot::run_in_group(handrolled_server::SERVER, rest, handrolled_server::serve),
        _ => group::run(&this, rest),
    }
}
