//! `cargo run --release --bin axum-server -- --help`

use std::process::ExitCode;

fn main() -> ExitCode {
    shared::boot::run(axum_server::SERVER, axum_server::serve)
}
