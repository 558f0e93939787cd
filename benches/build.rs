//! Writes the routers that are source code: a `match` has as many arms as there are patterns.

#[path = "build/chains.rs"]
mod chains;

use std::{env, error::Error, path::PathBuf, process::Command};

fn main() -> Result<(), Box<dyn Error>> {
    let folder = PathBuf::from(env::var("OUT_DIR")?);
    chains::write(&folder)?;
    // Which compiler made the figures is part of them.
    let version = Command::new(env::var("RUSTC")?).arg("--version").output()?.stdout;
    println!("cargo::rustc-env=COMPILER={}", String::from_utf8(version)?.trim());
    println!("cargo::rustc-env=BUILD_PROFILE={}", env::var("PROFILE")?);
    println!("cargo::rerun-if-changed=build.rs");
    Ok(())
}
