//! Writes the code that no loop can make: a `match` has as many arms as there are routes.

#[path = "build/routers.rs"]
mod routers;
#[path = "build/styles.rs"]
mod styles;

use std::{env, error::Error, path::PathBuf, process::Command};

fn main() -> Result<(), Box<dyn Error>> {
    let folder = PathBuf::from(env::var("OUT_DIR")?);
    routers::write(&folder)?;
    styles::write(&folder)?;
    // Which compiler made the figures is part of them.
    let version = Command::new(env::var("RUSTC")?).arg("--version").output()?.stdout;
    println!("cargo::rustc-env=COMPILER={}", String::from_utf8(version)?.trim());
    println!("cargo::rustc-env=BUILD_PROFILE={}", env::var("PROFILE")?);
    println!("cargo::rerun-if-changed=build.rs");
    Ok(())
}
