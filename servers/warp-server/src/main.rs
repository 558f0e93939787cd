//! `cargo run --release --bin warp-server -- --help`

use std::process::ExitCode;

fn main() -> ExitCode {
    shared::boot::run(warp_server::SERVER, warp_server::serve)
}
