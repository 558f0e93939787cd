//! The page itself: one file with its style, its modules and its data in it.
//!
//! Nothing is loaded, and nothing runs that was not there when the page was built: its Content-Security-Policy names the
//! script by its hash, and lets no text become HTML
//! ([trusted types](https://developer.mozilla.org/docs/Web/API/Trusted_Types_API)). Where requests go is for the reader to
//! say, so any address may be asked.

use crate::{data::Data, workspace};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use sha2::{Digest, Sha256};
use std::{fs, io, path::Path};

/// The modules, each behind those that it needs. In the page they are one script.
const MODULES: [&str; 11] = [
    "dom.js",
    "state.js",
    "code.js",
    "file.js",
    "routes.js",
    "ask.js",
    "live.js",
    "stream.js",
    "verdicts.js",
    "figures.js",
    "main.js",
];

/// Builds the page from the workspace's sources.
///
/// # Errors
/// As [`Data::read`].
pub fn build() -> io::Result<String> {
    let data = Data::read(workspace())?;
    // In a script block only `<` could be taken for HTML.
    let data = serde_json::to_string(&data)?.replace('<', "\\u003c");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("page");
    let (style, script) = (fs::read_to_string(folder.join("style.css"))?, script(&folder)?);
    let page = fs::read_to_string(folder.join("index.html"))?;
    let parts =
        [("@@policy@@", policy(&style, &script)), ("@@style@@", style), ("@@script@@", script), ("@@data@@", data)];
    Ok(parts.into_iter().fold(page, |page, (mark, part)| page.replacen(mark, &part, 1)))
}

fn policy(style: &str, script: &str) -> String {
    let hash = |text: &str| format!("'sha256-{}'", BASE64_STANDARD.encode(Sha256::digest(text)));
    format!(
        "default-src 'none'; script-src {}; style-src {}; img-src data:; connect-src 'self' http: https: ws: wss:; \
         base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
        hash(script),
        hash(style)
    )
}

/// The modules as one: what they import of each other is there already.
fn script(folder: &Path) -> io::Result<String> {
    let mut script = String::new();
    for name in MODULES {
        let text = fs::read_to_string(folder.join(name))?;
        for line in text.lines().filter(|line| !line.starts_with("import ")) {
            script.push_str(line.strip_prefix("export ").unwrap_or(line));
            script.push('\n');
        }
    }
    Ok(script)
}
