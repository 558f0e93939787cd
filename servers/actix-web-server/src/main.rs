//! `cargo run --release --bin actix-web-server -- --help`

use std::process::ExitCode;

fn main() -> ExitCode {
    shared::boot::run(actix_web_server::SERVER, actix_web_server::serve)
}
