//! The six, asked from the page: requests, events, sockets.

use crate::{Stage, Test, all, driven::Told};
use serde_json::Value;
use std::{fs, net::TcpListener, process::Command};
use tempfile::TempDir;

pub const TESTS: &[(&str, Test)] = tests![
    six_answers_are_the_same,
    what_differs_is_marked,
    what_the_form_says_is_sent,
    addresses_can_be_typed_in,
    a_curl_line_asks_the_same,
    fifty_times_makes_a_histogram,
    a_file_is_uploaded,
    an_event_arrives_that_another_server_has_made,
    a_socket_sends_back_what_it_is_told,
    text_stays_text,
];

async fn six_answers_are_the_same(stage: &Stage) -> Told<()> {
    let browser = stage.shown(&format!("#plaintext/routes/{}", all())).await?;
    for operation in
        ["plaintext", "json", "items", "sum_query", "get_todo", "list_files", "resolve", "livez", "openapi"]
    {
        browser.run(&format!("location.hash = '#{operation}/routes/{}'", all())).await?;
        browser
            .until(&format!("document.querySelector('#routes a[aria-current]').hash.startsWith('#{operation}/')"))
            .await?;
        browser.click("#ask button").await?;
        let verdict = "All 6 answers are the same, byte for byte.";
        browser.until(&format!("document.getElementById('verdict').textContent === {verdict:?}")).await?;
        browser.until("document.querySelectorAll('#answers pre').length === 6").await?;
    }
    browser.close().await
}

async fn what_differs_is_marked(stage: &Stage) -> Told<()> {
    let browser = stage.shown(&format!("#create_todo/routes/{}", all())).await?;
    browser.click("#ask button").await?;
    // Each of them has made another todo.
    let verdict = "5 of 6 differ from the first; what differs is marked.";
    browser.until(&format!("document.getElementById('verdict').textContent === {verdict:?}")).await?;
    browser
        .until(
            "[...document.querySelectorAll('#answers mark')].some(mark => mark.textContent.startsWith('location: '))",
        )
        .await?;
    browser.close().await
}

/// Path, query and header fields, to all six.
async fn what_the_form_says_is_sent(stage: &Stage) -> Told<()> {
    let browser = stage.shown(&format!("#sum_query/routes/{}", all())).await?;
    let make = "fetch('/todos', { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{\"title\":\"known\"}' }).then(async answer => (await answer.json()).id)";
    let id = browser.promise(make).await?.to_string();
    for (operation, fields, wanted) in [
        ("sum_query", [("query:a", "40"), ("query:b", "2")], "endsWith('\\n42')"),
        ("get_todo", [("path:id", id.as_str()), ("header:if-none-match", "*")], "startsWith('304')"),
    ] {
        browser.run(&format!("location.hash = '#{operation}/routes/{}'", all())).await?;
        for (name, value) in fields {
            let field = format!("document.querySelector('#inputs [name=\"{name}\"]')");
            browser.until(&format!("{field} !== null")).await?;
            browser.run(&format!("{field}.value = '{value}'")).await?;
        }
        browser.click("#ask button").await?;
        let answers = format!("[...document.querySelectorAll('#answers pre')].filter(pre => pre.textContent.{wanted})");
        browser.until(&format!("{answers}.length === 6")).await?;
    }
    browser.close().await
}

/// First that of nobody, then that of a server.
async fn addresses_can_be_typed_in(stage: &Stage) -> Told<()> {
    let browser = stage.shown("#plaintext/routes/axum-server+warp-server").await?;
    let nobody = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
    let nobody = format!("http://{}", nobody.map_err(|cause| cause.to_string())?);
    browser.click("#where summary").await?;
    let verdicts = ["1 of 2 did not answer.", "All 2 answers are the same, byte for byte."];
    for (address, verdict) in [nobody, stage.origin_of("hyper-server")].iter().zip(verdicts) {
        let field = "[...document.querySelectorAll('#addresses label')].find(label => label.textContent === 'warp-server').querySelector('input')";
        browser.run(&format!("const field = {field}; field.value = ''; field.focus()")).await?;
        browser.press(address).await?;
        browser.click("#ask button").await?;
        browser.until(&format!("document.getElementById('verdict').textContent === {verdict:?}")).await?;
        browser
            .until(&format!(
                "document.querySelector('#answers .answer:last-child .curl').textContent.includes('{address}/')"
            ))
            .await?;
    }
    browser.close().await
}

/// A shell says what curl would be given.
async fn a_curl_line_asks_the_same(stage: &Stage) -> Told<()> {
    let browser = stage.shown("#create_todo/routes/axum-server").await?;
    let todo = r#"{"title":"it's $HOME, `date` and \\\"more\\\""}"#;
    browser.run(&format!("document.querySelector('#inputs textarea').value = {todo:?}")).await?;
    browser.click("#ask button").await?;
    browser.until("document.querySelector('#answers pre')?.textContent.startsWith('201')").await?;
    let line: String = browser.read("document.querySelector('#answers .curl code').textContent").await?;
    let shell = Command::new("sh").arg("-c").arg(format!("curl() {{ printf '%s\\0' \"$@\"; }}\n{line}")).output();
    let shell = shell.map_err(|cause| cause.to_string())?;
    let given = String::from_utf8(shell.stdout).map_err(|cause| cause.to_string())?;
    let given: Vec<_> = given.split_terminator('\0').collect();
    let address = format!("{}/todos", stage.origin_of("axum-server"));
    let wanted = ["-i", "-X", "POST", &address, "-H", "content-type: application/json", "--data-binary", todo];
    if given == wanted { browser.close().await } else { Err(format!("{line} gives {given:?}, not {wanted:?}")) }
}

async fn fifty_times_makes_a_histogram(stage: &Stage) -> Told<()> {
    let browser = stage.shown("#plaintext/routes/axum-server+warp-server").await?;
    browser.click("#many").await?;
    browser.until("document.querySelectorAll('#answers table').length === 2").await?;
    let counted = "[...document.querySelectorAll('#answers table')].map(table => [...table.querySelectorAll('meter')].reduce((sum, meter) => sum + meter.value, 0))";
    match browser.value(counted).await?.to_string().as_str() {
        "[50,50]" => browser.close().await,
        other => Err(format!("{other} requests")),
    }
}

async fn a_file_is_uploaded(stage: &Stage) -> Told<()> {
    let folder = TempDir::new().map_err(|cause| cause.to_string())?;
    let file = folder.path().join("picture.bin");
    let bytes: Vec<u8> = (0..=255).cycle().take(100_000).collect();
    fs::write(&file, bytes).map_err(|cause| cause.to_string())?;
    let browser = stage.shown("#put_file/routes/handrolled-server").await?;
    browser.run("document.querySelector('[name=\"path:path\"]').value = 'from/a browser.bin'").await?;
    browser.keys("#inputs input[type=file]", &file.display().to_string()).await?;
    browser.click("#ask button").await?;
    browser.until("document.querySelector('#answers pre')?.textContent.includes('\"size\":100000')").await?;
    let got = "fetch('/files/from/a%20browser.bin').then(async answer => (await answer.bytes()).reduce((sum, byte, at) => sum + (byte === at % 256), 0))";
    match browser.promise(got).await? {
        Value::Number(right) if right.as_u64() == Some(100_000) => browser.close().await,
        other => Err(format!("{other} of 100000 bytes are as they were")),
    }
}

async fn an_event_arrives_that_another_server_has_made(stage: &Stage) -> Told<()> {
    let browser = stage.shown("#create_todo/routes/actix-web-server").await?;
    browser.click("#listened option[value=warp-server]").await?;
    browser.click("#listen").await?;
    browser.until("document.getElementById('listening').textContent === 'listening to warp-server'").await?;
    browser.run("document.querySelector('#inputs textarea').value = '{\"title\":\"seen by another\"}'").await?;
    browser.click("#ask button").await?;
    browser.until("document.querySelector('#events li')?.textContent.includes('seen by another')").await?;
    browser.close().await
}

async fn a_socket_sends_back_what_it_is_told(stage: &Stage) -> Told<()> {
    let browser = stage.shown("#socket/routes/warp-server").await?;
    for server in ["actix-web-server", "hyper-server"] {
        browser.click(&format!("#talked option[value={server}]")).await?;
        browser.run(&format!("document.getElementById('message').value = 'Hello, {server}!'")).await?;
        browser.click("#talk button").await?;
        browser.until(&format!("document.querySelector('#messages li')?.textContent === '< Hello, {server}!'")).await?;
    }
    browser.close().await
}

/// What comes from a server, or through it from anyone, never becomes a part of the page.
async fn text_stays_text(stage: &Stage) -> Told<()> {
    let browser = stage.shown("#create_todo/routes/axum-server").await?;
    browser.click("#listen").await?;
    browser.until("document.getElementById('listening').textContent.startsWith('listening')").await?;
    let todo = r#"{"title":"<img src=x onerror=document.title=1><b>bold</b>"}"#;
    browser.run(&format!("document.querySelector('#inputs textarea').value = {todo:?}")).await?;
    browser.click("#ask button").await?;
    browser.until("document.querySelector('#answers pre')?.textContent.includes('<b>bold</b>')").await?;
    browser.until("document.querySelector('#events li')?.textContent.includes('<b>bold</b>')").await?;
    match browser.value("document.querySelectorAll('main img, main b').length").await?.as_u64() {
        Some(0) => browser.close().await,
        made => Err(format!("elements were made of text: {made:?}")),
    }
}
