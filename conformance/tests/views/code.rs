//! Routes: the code of the six in panes, beside each other.

use crate::{Stage, Test, all, driven::Told, workspace};
use serde_json::Value;
use shared::contract::SERVERS;
use std::{
    fs, io,
    path::{Path, PathBuf},
};

pub const TESTS: &[(&str, Test)] = tests![
    a_route_is_shown_in_six_styles,
    any_two_to_six_have_panes,
    each_tab_shows_its_part,
    lines_of_glue_are_counted,
    a_view_has_a_link,
    a_line_has_a_link,
];

async fn a_route_is_shown_in_six_styles(stage: &Stage) -> Told<()> {
    let browser = stage.shown("").await?;
    for at in 1..=SERVERS.len() {
        browser.run(&format!("const box = document.querySelector('#servers label:nth-of-type({at}) input'); if (!box.checked) box.click()")).await?;
    }
    browser.click("#routes a[href^='#create_todo/']").await?;
    browser.until("document.querySelectorAll('#panes .head').length === 6").await?;
    browser.until("document.getElementById('title').textContent === 'POST /todos'").await?;
    // Each pane has the function of this route, as its server's file has it.
    let panes = "[...document.querySelectorAll('#panes .cell')].filter(cell => cell.querySelector('h4')?.textContent === 'the function')";
    let found = browser
        .value(&format!(
            "{panes}.map(cell => [cell.querySelector('a').textContent, cell.querySelector('pre').innerText])"
        ))
        .await?;
    let found = found.as_array().cloned().unwrap_or_default();
    for (server, pane) in SERVERS.iter().zip(&found) {
        let (place, text) = (pane[0].as_str().unwrap_or_default(), pane[1].as_str().unwrap_or_default());
        let path = format!("servers/{}/src/routes.rs", server.name);
        let source = fs::read_to_string(workspace().join(&path)).map_err(|cause| format!("{path}: {cause}"))?;
        let is_there = text.lines().all(|line| source.contains(line)) && text.contains("fn create_todo");
        if !(place.starts_with(&path) && is_there) {
            return Err(format!("{place}: {text}"));
        }
    }
    if found.len() == SERVERS.len() { browser.close().await } else { Err(format!("{} functions", found.len())) }
}

/// Every choice of two to six: a pane for each, in their order, and the functions level.
async fn any_two_to_six_have_panes(stage: &Stage) -> Told<()> {
    let browser = stage.shown("").await?;
    for choice in (1_u8..1 << SERVERS.len()).filter(|choice| choice.count_ones() >= 2) {
        let chosen = SERVERS.iter().enumerate().filter(|(at, _)| choice >> at & 1 == 1).map(|(_, server)| server.name);
        let chosen = chosen.collect::<Vec<_>>().join("+");
        browser.run(&format!("location.hash = '#get_todo/routes/{chosen}'")).await?;
        let heads = "[...document.querySelectorAll('#panes h3')].map(head => head.textContent).join('+')";
        browser.until(&format!("{heads} === '{chosen}'")).await?;
        let tops = "[...document.querySelectorAll('#panes h4')].filter(head => head.textContent === 'the function').map(head => Math.round(head.getBoundingClientRect().top))";
        let tops = browser.value(tops).await?.as_array().cloned().unwrap_or_default();
        if tops.len() != choice.count_ones() as usize || tops.iter().any(|top| *top != tops[0]) {
            return Err(format!("{chosen}: the functions begin at {tops:?}"));
        }
    }
    browser.close().await
}

/// The places of the code that each of the six has in a tab.
const PLACES: &str = "[...document.querySelectorAll('#panes h3')].map((_, at, all) => [...document.querySelectorAll('#panes .cell:not(.head)')].filter((_, cell) => cell % all.length === at).flatMap(cell => [...cell.querySelectorAll('.piece a')].map(a => a.textContent)))";

async fn each_tab_shows_its_part(stage: &Stage) -> Told<()> {
    let browser = stage.shown(&format!("#create_todo/routes/{}", all())).await?;
    let mut parts = vec![Vec::new(); SERVERS.len()];
    for (tab, modules) in [
        ("routes", vec!["routes"]),
        ("extract", vec!["extract"]),
        ("respond", vec!["respond"]),
        ("middleware", vec!["middleware"]),
        ("listen", vec!["main", "lib"]),
        ("all", vec!["routes", "extract", "respond"]),
    ] {
        browser.click(&format!("#tabs a[href*='/{tab}/']")).await?;
        browser.until(&format!("document.querySelector('#tabs [aria-current]').hash.includes('/{tab}/')")).await?;
        let found: Vec<Vec<String>> = browser.read(PLACES).await?;
        for (at, (server, places)) in SERVERS.iter().zip(&found).enumerate() {
            let is_of = |place: &str, module: &str| {
                place.contains(&format!("/src/{module}.rs:")) || place.contains(&format!("/src/{module}/"))
            };
            let missing = modules.iter().find(|module| !places.iter().any(|place| is_of(place, module)));
            let strange = places.iter().find(|place| !modules.iter().any(|module| is_of(place, module)));
            // The last has all that the first three have.
            let lost = parts[at].iter().find(|place| tab == "all" && !places.contains(place));
            match (missing, strange.filter(|_| tab != "all"), lost) {
                (None, None, None) => {}
                others => return Err(format!("{tab} of {}: {others:?} in {places:?}", server.name)),
            }
            if matches!(tab, "routes" | "extract" | "respond") {
                parts[at].extend(places.clone());
            }
        }
    }
    browser.close().await
}

/// Against the lines of the panes, and of the files.
async fn lines_of_glue_are_counted(stage: &Stage) -> Told<()> {
    let browser = stage.shown(&format!("#create_todo/routes/{}", all())).await?;
    let told: Vec<String> =
        browser.read("[...document.querySelectorAll('#panes .head p')].map(told => told.textContent)").await?;
    let shown = PLACES.replace(".piece a", ".piece pre").replace("a => a.textContent", "pre => pre.innerText");
    let shown: Vec<Vec<String>> = browser.read(&shown).await?;
    for ((server, told), shown) in SERVERS.iter().zip(&told).zip(&shown) {
        let mut files = Vec::new();
        list(&workspace().join("servers").join(server.name).join("src"), &mut files).map_err(|why| why.to_string())?;
        let own: usize = files.iter().map(|file| code(&fs::read_to_string(file).unwrap_or_default())).sum();
        let glue: usize = shown.iter().map(|text| code(text)).sum();
        let wanted = format!("{glue} lines of glue for this route, {own} in all its files");
        if glue < 3 || !told.ends_with(&wanted) {
            return Err(format!("{}: {told}, not {wanted}", server.name));
        }
    }
    if told.len() == SERVERS.len() { browser.close().await } else { Err(format!("{told:?}")) }
}

/// Lines that say something to the compiler.
fn code(text: &str) -> usize {
    text.lines().filter(|line| !line.trim().is_empty() && !line.trim().starts_with("//")).count()
}

/// All files below a folder.
fn list(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() { list(&path, files)? } else { files.push(path) }
    }
    Ok(())
}

async fn a_view_has_a_link(stage: &Stage) -> Told<()> {
    let browser = stage.shown("#put_file/extract/hyper-server+warp-server").await?;
    let shown = "[...document.querySelectorAll('#panes h3')].map(head => head.textContent).join() + document.querySelector('#tabs [aria-current]').textContent + document.getElementById('title').textContent";
    let wanted = "hyper-server,warp-serverextractPUT /files/{*path}";
    match browser.value(shown).await? {
        Value::String(found) if found == wanted => browser.close().await,
        found => Err(format!("{found} instead of {wanted}")),
    }
}

async fn a_line_has_a_link(stage: &Stage) -> Told<()> {
    let browser = stage.shown("#get_todo/routes/axum-server").await?;
    browser.click("#panes .piece a").await?;
    browser.until("document.querySelectorAll('#file-view .chosen').length > 0").await?;
    browser.until("document.getElementById('title').textContent === 'servers/axum-server/src/routes.rs'").await?;
    // Back to where the reader came from.
    browser.click("#views a").await?;
    browser.until("document.querySelectorAll('#panes .head').length === 1").await?;
    browser.close().await
}
