//! `cargo run --release --bin handrolled-server -- --help`

use std::process::ExitCode;

fn main() -> ExitCode {
    shared::boot::run(handrolled_server::SERVER, handrolled_server::serve)
}
