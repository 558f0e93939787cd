//! How a run was set up: what its manifest says of the machine and of the builds.

use crate::{
    lab::{binaries::workspace, cores::Cores, idle, raw::Setting},
    machine::Machine,
};
use std::fs;

/// The versions that the manifest names.
const PACKAGES: [&str; 12] = [
    "actix-http",
    "actix-web",
    "axum",
    "chitchat",
    "hyper",
    "hyper-util",
    "matchit",
    "serde_json",
    "sqlx",
    "tokio",
    "tower-http",
    "warp",
];

/// This machine, with the versions of what is measured.
pub fn machine() -> Machine {
    Machine::here(&PACKAGES)
}

/// How servers and generator are set up here.
pub fn of(cores: Option<Cores>) -> Setting {
    let governor = fs::read_to_string("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor").ok();
    let manifest = fs::read_to_string(workspace().join("Cargo.toml")).unwrap_or_default();
    let (_, release) = manifest.split_once("[profile.release]").unwrap_or_default();
    let release: Vec<_> = release.lines().map(str::trim).take_while(|line| !line.starts_with('[')).collect();
    let is_of_building = |name: &str| name == "RUSTFLAGS" || name.starts_with("CARGO_PROFILE_");
    Setting {
        cores,
        governor: governor.map(|governor| governor.trim().to_owned()),
        release: release.into_iter().filter(|line| !line.is_empty()).collect::<Vec<_>>().join(", "),
        build_environment: std::env::vars().filter(|(name, _)| is_of_building(name)).collect(),
        open_files: idle::allow().ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_setting_says_how_releases_are_built() {
        assert_eq!(of(None).release, "lto = \"fat\", codegen-units = 1");
    }
}
