//! `cargo run --release --bin hyper-server -- --help`

use std::process::ExitCode;

fn main() -> ExitCode {
    shared::boot::run(hyper_server::SERVER, hyper_server::serve)
}
