//! `cargo page`: builds the page anew.

use std::{fs, process::ExitCode};

fn main() -> ExitCode {
    let built = site::page::build().and_then(|page| {
        let place = site::place();
        if let Some(folder) = place.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(&place, &page)?;
        Ok((place, page.len()))
    });
    match built {
        Ok((place, bytes)) => {
            println!("{}: {} KiB", place.display(), bytes / 1024);
            ExitCode::SUCCESS
        }
        Err(cause) => {
            eprintln!("error: {cause}");
            ExitCode::FAILURE
        }
    }
}
