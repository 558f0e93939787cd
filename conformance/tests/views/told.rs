//! What the judge and the lab tell.

use crate::{
    Stage, Test,
    driven::{Browser, Told},
    workspace,
};
use regex::Regex;
use serde_json::Value;
use shared::contract::SERVERS;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

pub const TESTS: &[(&str, Test)] = tests![
    verdicts_have_their_bytes,
    out_of_the_box_stands_beside_our_contract,
    clauses_are_counted,
    deviations_have_reasons,
    figures_are_those_of_the_run,
    every_figure_says_how_it_was_made,
    figures_of_all_kinds_are_there,
];

async fn verdicts_have_their_bytes(stage: &Stage) -> Told<()> {
    let browser = verdicts(stage).await?;
    browser.click("#verdicts-view a[href='#verdicts/warp-server/stock']").await?;
    browser.until("document.querySelectorAll('#verdicts-view details').length > 10").await?;
    browser.click("#verdicts-view summary").await?;
    browser.until("document.querySelector('#verdicts-view details[open] pre').textContent.includes('> GET')").await?;
    browser.picture("verdicts").await?;
    browser.close().await
}

/// A browser that shows what the judge says.
async fn verdicts(stage: &Stage) -> Told<Browser> {
    let browser = stage.shown("").await?;
    browser.click("#views a[href='#verdicts']").await?;
    browser.until("document.querySelectorAll('#verdicts-view tbody tr').length > 12").await?;
    Ok(browser)
}

/// The checks in the record of a server.
fn record(server: &str, stock: bool) -> Told<Value> {
    let file = format!("conformance/verdicts/{server}{}.json", if stock { "-stock" } else { "" });
    let text = fs::read_to_string(workspace().join(&file)).map_err(|cause| format!("{file}: {cause}"))?;
    serde_json::from_str(&text).map_err(|cause| format!("{file}: {cause}"))
}

/// Those checks of a record that this can be said of.
fn those<'a>(
    record: &'a Value,
    verdict: &'a str,
    which: impl Fn(&str, bool) -> bool + 'a,
) -> impl Iterator<Item = &'a Value> {
    let checks = record["checks"].as_array().map(Vec::as_slice).unwrap_or_default();
    checks.iter().filter(move |check| {
        check["verdict"] == verdict && which(check["level"].as_str().unwrap_or_default(), check["clause"] == "contract")
    })
}

async fn out_of_the_box_stands_beside_our_contract(stage: &Stage) -> Told<()> {
    let browser = verdicts(stage).await?;
    let rows = "[...document.querySelectorAll('#verdicts-view table')].find(table => table.caption.textContent.startsWith('Out of the box (')).tBodies[0].rows";
    let rows: Vec<Vec<String>> =
        browser.read(&format!("[...{rows}].map(row => [...row.cells].map(cell => cell.textContent))")).await?;
    for (server, row) in SERVERS.iter().zip(&rows) {
        let mut wanted = vec![server.name.to_owned()];
        for stock in [true, false] {
            let record = record(server.name, stock)?;
            let must = those(&record, "failed", |level, contract| level == "MUST" && !contract).count();
            let should = those(&record, "failed", |level, contract| level == "SHOULD" && !contract).count();
            let contract = those(&record, "failed", |_, contract| contract).count();
            wanted.push(record["summary"]["passed"].to_string());
            wanted.extend([must, should, contract].map(|count| count.to_string()));
        }
        if *row != wanted {
            return Err(format!("{row:?} instead of {wanted:?}"));
        }
    }
    if rows.len() == SERVERS.len() { browser.close().await } else { Err(format!("{} rows", rows.len())) }
}

/// Who fails how many checks of a clause.
async fn clauses_are_counted(stage: &Stage) -> Told<()> {
    let browser = verdicts(stage).await?;
    let rows = "[...document.querySelectorAll('#verdicts-view table')].find(table => table.caption.textContent.startsWith('Out of the box: checks that fail')).tBodies[0].rows";
    let rows: Vec<Vec<String>> =
        browser.read(&format!("[...{rows}].map(row => [...row.cells].map(cell => cell.textContent))")).await?;
    let mut wanted = BTreeMap::<String, [usize; SERVERS.len()]>::new();
    for (at, server) in SERVERS.iter().enumerate() {
        for check in those(&record(server.name, true)?, "failed", |_, _| true) {
            wanted.entry(check["clause"].as_str().unwrap_or_default().to_owned()).or_default()[at] += 1;
        }
    }
    let count = |cell: &String| cell.parse().unwrap_or_default();
    let shown: BTreeMap<_, Vec<usize>> =
        rows.iter().map(|row| (row[0].clone(), row[1..].iter().map(count).collect())).collect();
    let is_so = wanted.len() > 5
        && wanted.iter().all(|(clause, counts)| shown.get(clause).is_some_and(|shown| shown == counts));
    if is_so && shown.len() == wanted.len() {
        browser.close().await
    } else {
        Err(format!("{shown:?} instead of {wanted:?}"))
    }
}

async fn deviations_have_reasons(stage: &Stage) -> Told<()> {
    let browser = verdicts(stage).await?;
    let rows = "[...document.querySelectorAll('#verdicts-view table')].find(table => table.caption.textContent.startsWith('Deviations')).tBodies[0].rows";
    let rows: Vec<[String; 3]> = browser
        .read(&format!(
            "[...{rows}].map(row => [row.cells[0].textContent, row.cells[2].textContent, row.querySelector('a').href])"
        ))
        .await?;
    let mut wanted = BTreeSet::new();
    for server in SERVERS {
        let record = record(server.name, false)?;
        wanted.extend(
            those(&record, "deviates", |_, _| true).map(|check| check["id"].as_str().unwrap_or_default().to_owned()),
        );
    }
    let shown: BTreeSet<_> = rows.iter().map(|[check, ..]| check.clone()).collect();
    let bare = rows.iter().find(|[_, reason, link]| reason.len() < 40 || !link.starts_with("https://"));
    if shown != wanted || wanted.is_empty() || bare.is_some() {
        return Err(format!("{shown:?} instead of {wanted:?}, or without a reason: {bare:?}"));
    }
    browser.close().await
}

async fn figures_are_those_of_the_run(stage: &Stage) -> Told<()> {
    let browser = stage.shown("").await?;
    browser.run("location.hash = '#figures/stock'").await?;
    browser.until("document.querySelectorAll('#figures-view .track').length > 0").await?;
    // Who fails a MUST has no bar: it does less.
    let bars = "[...document.querySelectorAll('#figures-view tbody tr')].filter(row => row.textContent.includes('--stock') && row.querySelector('.track')).length";
    let blank = "document.querySelectorAll('#figures-view .blank').length";
    let found = (browser.value(bars).await?, browser.value(blank).await?.as_u64().unwrap_or_default());
    browser.run("location.hash = '#figures/hit%2C%20last%20resource'").await?;
    browser.until("document.querySelectorAll('#figures-view tbody tr').length === 6").await?;
    match found {
        (Value::Number(bars), blank) if bars.as_u64() == Some(0) && blank > 0 => browser.close().await,
        other => Err(format!("bars of stock servers, and blank ones: {other:?}")),
    }
}

/// The day, the machine, the command and the raw data.
async fn every_figure_says_how_it_was_made(stage: &Stage) -> Told<()> {
    let browser = stage.shown("").await?;
    browser.run("location.hash = '#figures/plaintext'").await?;
    browser.until("document.getElementById('title').textContent === 'plaintext'").await?;
    let links: Vec<[String; 2]> =
        browser.read("[...document.querySelectorAll('#sections a')].map(a => [a.hash, a.textContent])").await?;
    let made = r"Made on \d{4}-\d\d-\d\d by cargo run --release -p benches -- run .* at commit [0-9a-f]{12}: \d+ cores of .+, rustc ";
    let made = Regex::new(made).map_err(|cause| cause.to_string())?;
    for [hash, name] in &links {
        browser.run(&format!("location.hash = {hash:?}")).await?;
        browser.until(&format!("document.getElementById('title').textContent === {name:?}")).await?;
        let text: String = browser.read("document.getElementById('figures-view').textContent").await?;
        if !made.is_match(&text) || !text.contains("The raw data are in benches/runs/") {
            return Err(format!("{name} does not say how it was made: {text}"));
        }
    }
    if links.len() > 15 { browser.close().await } else { Err(format!("{links:?}")) }
}

/// In a section of this name something is so.
const KINDS: &[(&str, &str)] = &[
    // Intervals and ties, and how much of the floor.
    ("plaintext", "[...view.querySelectorAll('.track .whisker')].some(whisker => parseFloat(whisker.style.width) > 0)"),
    ("plaintext", "[...view.querySelectorAll('tbody tr')].some(row => row.cells[0].textContent.startsWith('tie '))"),
    (
        "plaintext",
        "[...view.querySelectorAll('td')].some(cell => /^[\\d.]+ to [\\d.]+ of floor$/.test(cell.textContent))",
    ),
    ("plaintext", "picture(view, 'plaintext: latency')"),
    ("idle", "head(view, 'MiB at 5000') && view.querySelectorAll('tbody tr').length >= 6"),
    (
        "costs",
        "head(view, 'lines') && head(view, 'crates') && head(view, 'binary MiB') && view.querySelectorAll('tbody tr').length === 6",
    ),
    (
        "ablations",
        "[...view.querySelectorAll('tbody tr')].some(row => row.textContent.includes('LTO off') && row.querySelector('.track'))",
    ),
    ("The six styles, as their tables grow", "picture(view, 'the six styles, as their tables grow')"),
    ("hit, last resource", "head(view, '1000') && view.querySelectorAll('tbody tr').length === 6"),
];

async fn figures_of_all_kinds_are_there(stage: &Stage) -> Told<()> {
    let browser = stage.shown("").await?;
    browser.run("location.hash = '#figures/plaintext'").await?;
    browser.until("document.getElementById('title').textContent === 'plaintext'").await?;
    for (section, so) in KINDS {
        let link = format!("[...document.querySelectorAll('#sections a')].find(a => a.textContent === {section:?})");
        browser.run(&format!("location.hash = {link}.hash")).await?;
        browser.until(&format!("document.getElementById('title').textContent === {section:?}")).await?;
        // A picture far below is only drawn once it is near.
        let means = "const view = document.getElementById('figures-view');
             const head = (view, name) => [...view.querySelectorAll('thead th')].some(cell => cell.textContent === name);
             const picture = (view, about) => { const found = view.querySelector(`img[alt=\"${about}\"]`); found?.scrollIntoView(); return found?.complete && found.naturalWidth > 300; };";
        browser.until(&format!("(() => {{ {means} return {so}; }})()")).await?;
    }
    browser.close().await
}
