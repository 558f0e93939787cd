//! `cargo page`: builds the page anew.

use clap::Parser;
use site::{page, place, recorded, workspace};
use std::{
    fs, io,
    process::ExitCode,
    time::{SystemTime, UNIX_EPOCH},
};

/// Builds the page that the six send at `/`: one route, six styles, side by side.
#[derive(Debug, Parser)]
#[command(name = "page", bin_name = "cargo page --")]
struct Args {
    /// First ask the six anew what the page shows where none of them runs. They must be there, at their usual ports, with
    /// nothing in their store: `cargo run --bin all-servers -- --store memory`
    #[arg(long)]
    record: bool,
}

fn main() -> ExitCode {
    let args = Args::parse();
    match run(&args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(cause) => {
            eprintln!("error: {cause}");
            ExitCode::FAILURE
        }
    }
}

fn run(args: &Args) -> io::Result<()> {
    if args.record {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).map_err(io::Error::other)?;
        let day = humantime::format_rfc3339_seconds(UNIX_EPOCH + since).to_string();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let count = runtime.block_on(recorded::record(workspace(), day[..10].to_owned()))?;
        println!("{}: {count} answers", recorded::FILE);
    }
    let (page, place) = (page::build()?, place());
    if let Some(folder) = place.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(&place, &page)?;
    println!("{}: {} KiB", place.display(), page.len() / 1024);
    Ok(())
}
