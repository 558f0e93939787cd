//! `cargo run --release --bin hyper-router-server -- --help`

use std::process::ExitCode;

fn main() -> ExitCode {
    shared::boot::run(hyper_router_server::SERVER, hyper_router_server::serve)
}
