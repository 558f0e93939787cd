//! A `match` on segments for each set of patterns, as one would write it by hand.

use std::{error::Error, fmt::Write, fs, path::Path};

/// Sets of patterns, and the functions made of them.
const SETS: [(&str, &str); 2] = [("routes/github.txt", "github"), ("routes/contract.txt", "contract")];

pub fn write(folder: &Path) -> Result<(), Box<dyn Error>> {
    let mut code = String::new();
    for (file, name) in SETS {
        println!("cargo::rerun-if-changed={file}");
        let text = fs::read_to_string(file)?;
        let patterns: Vec<_> = text.lines().filter(|line| line.starts_with('/')).collect();
        code.push_str(&function(name, &patterns)?);
    }
    fs::write(folder.join("routers.rs"), code)?;
    Ok(())
}

fn function(name: &str, patterns: &[&str]) -> Result<String, Box<dyn Error>> {
    let mut arms: Vec<_> = patterns.iter().enumerate().collect();
    // The first arm that fits is taken: literals stand before parameters, and those before the rest.
    arms.sort_by_key(|(_, pattern)| kinds(pattern));
    let mut code = String::new();
    let path = if patterns.iter().any(|pattern| pattern.contains("{*")) { "path" } else { "_" };
    writeln!(code, "pub fn {name}<'p>({path}: &'p str, segments: &[&'p str]) -> Option<Found<'p>> {{")?;
    writeln!(code, "    match segments {{")?;
    for (index, pattern) in arms {
        writeln!(code, "        {}", arm(index, pattern))?;
    }
    writeln!(code, "        _ => None,\n    }}\n}}\n")?;
    Ok(code)
}

fn kinds(pattern: &str) -> Vec<u8> {
    let kind = |segment: &str| u8::from(segment.starts_with('{')) + u8::from(segment.starts_with("{*"));
    pattern[1..].split('/').map(kind).collect()
}

/// `["a", one, "b"] if !one.is_empty() => found(7, [one]),`
fn arm(index: usize, pattern: &str) -> String {
    let (mut parts, mut values, mut guards) = (Vec::new(), Vec::new(), Vec::new());
    let mut before = 1;
    for (at, segment) in pattern[1..].split('/').enumerate() {
        if segment.starts_with("{*") {
            parts.push("..".to_owned());
            // Only literals stand before a rest in these sets, so it is known where it begins.
            values.push(format!("&path[{before}..]"));
            guards.push(format!("path.len() > {before}"));
        } else if segment.starts_with('{') {
            parts.push(format!("s{at}"));
            values.push(format!("s{at}"));
            guards.push(format!("!s{at}.is_empty()"));
        } else {
            parts.push(format!("{segment:?}"));
        }
        before += segment.len() + 1;
    }
    let guard = if guards.is_empty() { String::new() } else { format!(" if {}", guards.join(" && ")) };
    format!("[{}]{guard} => found({index}, &[{}]),", parts.join(", "), values.join(", "))
}
