//! The page in a real browser: what a reader does with it, against the six.
//!
//! Each test has a browser of its own, which has never been anywhere. Pictures of the main views are kept in `target/page`
//! for people to look at. Without a browser the tests are ignored, and say why.

// The programs offer more than is needed here.
#[allow(dead_code)]
mod binaries;
mod driven;
#[allow(dead_code)]
mod family;

use driven::{Browser, Driver, Screen, Told, Tools, address};
use family::{All, await_six};
use libtest_mimic::{Arguments, Trial};
use serde_json::Value;
use shared::contract::SERVERS;
use std::{
    fs,
    path::Path,
    process::ExitCode,
    sync::{Arc, OnceLock},
};
use tempfile::TempDir;
use tokio::runtime::Runtime;

/// What all tests share.
struct Stage {
    tools: Tools,
    driver: OnceLock<Driver>,
    six: OnceLock<All>,
    runtime: Runtime,
}

impl Stage {
    /// The page as a server sends it.
    fn origin(&self, at: usize) -> String {
        let six = self.six.get_or_init(|| {
            let six = All::start();
            six.targets.iter().for_each(await_six);
            six
        });
        format!("http://{}", six.targets[at].host)
    }

    async fn browser(&self, screen: Screen) -> Told<Browser> {
        self.driver.get_or_init(|| self.tools.drive()).browser(screen).await
    }

    /// A browser in which this view is shown.
    async fn shown(&self, view: &str) -> Told<Browser> {
        let browser = self.browser(Screen::LIGHT).await?;
        browser.open(&format!("{}/{view}", self.origin(0))).await?;
        browser.until("document.querySelector('#panes .head') !== null").await?;
        Ok(browser)
    }
}

type Test = fn(&Stage) -> Told<()>;

/// A test that is a future.
macro_rules! tests {
    ($($name:ident),+ $(,)?) => {
        &[$((stringify!($name), |stage| stage.runtime.block_on($name(stage)))),+]
    };
}

const TESTS: &[(&str, Test)] = tests![
    a_route_is_shown_in_six_styles,
    six_answers_are_the_same,
    what_differs_is_marked,
    fifty_times_makes_a_histogram,
    a_file_is_uploaded,
    an_event_arrives_that_another_server_has_made,
    a_socket_sends_back_what_it_is_told,
    text_stays_text,
    a_view_has_a_link,
    a_line_has_a_link,
    verdicts_have_their_bytes,
    figures_are_those_of_the_run,
    it_opens_from_a_disk,
    it_is_there_at_once,
    nothing_jumps,
    the_keyboard_is_enough,
    it_fits_on_a_phone,
    pictures_are_kept,
];

/// These need what looks for barriers.
const BARRIERS: &[(&str, Test)] = tests![no_barrier_on_a_screen, no_barrier_in_the_dark, no_barrier_on_a_phone];

fn main() -> ExitCode {
    let args = Arguments::from_args();
    let runtime = Runtime::new().expect("a runtime");
    let (driver, six) = (OnceLock::new(), OnceLock::new());
    let stage = Arc::new(Stage { tools: Tools::here(), driver, six, runtime });
    let absent = stage.tools.are_absent();
    let blind = absent || stage.tools.axe().is_none();
    let of = |tests: &'static [(&'static str, Test)], ignored| {
        let stage = Arc::clone(&stage);
        tests.iter().map(move |(name, test)| {
            let stage = Arc::clone(&stage);
            Trial::test(format!("browser::{name}"), move || Ok(test(&stage)?)).with_ignored_flag(ignored)
        })
    };
    let trials = of(TESTS, absent).chain(of(BARRIERS, blind)).collect();
    // The trials, and with them the six and the browsers, are gone before the end.
    let conclusion = libtest_mimic::run(&args, trials);
    drop(stage);
    conclusion.exit_code()
}

/// All six, in a hash.
fn all() -> String {
    SERVERS.map(|server| server.name).join("+")
}

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

fn workspace() -> &'static Path {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here)
}

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

async fn verdicts_have_their_bytes(stage: &Stage) -> Told<()> {
    let browser = stage.shown("").await?;
    browser.click("#views a[href='#verdicts']").await?;
    browser.until("document.querySelectorAll('#verdicts-view tbody tr').length > 12").await?;
    browser.click("#verdicts-view a[href='#verdicts/warp-server/stock']").await?;
    browser.until("document.querySelectorAll('#verdicts-view details').length > 10").await?;
    browser.click("#verdicts-view summary").await?;
    browser.until("document.querySelector('#verdicts-view details[open] pre').textContent.includes('> GET')").await?;
    browser.picture("verdicts").await?;
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

async fn it_opens_from_a_disk(stage: &Stage) -> Told<()> {
    let browser = stage.browser(Screen::LIGHT).await?;
    browser.open(&address(&workspace().join("shared/page/index.html"))).await?;
    browser.until("document.querySelectorAll('#panes pre').length >= 6").await?;
    // Nobody is there to be asked: what was recorded is shown, and says so.
    browser.click("#ask button").await?;
    browser.until("document.getElementById('verdict').textContent.includes('recorded on')").await?;
    browser.until("document.querySelectorAll('#answers pre').length === 3").await?;
    browser.run("location.hash = '#figures/costs'").await?;
    browser.until("document.querySelectorAll('#figures-view tbody tr').length > 0").await?;
    browser.close().await
}

/// The first paint of a browser that starts cold. The machine may be busy: the best of three.
async fn it_is_there_at_once(stage: &Stage) -> Told<()> {
    let mut best = f64::INFINITY;
    for _ in 0..3 {
        let browser = stage.shown("").await?;
        let painted = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? null";
        browser.until(&format!("({painted}) !== null")).await?;
        best = best.min(browser.value(painted).await?.as_f64().unwrap_or(f64::INFINITY));
        browser.close().await?;
    }
    if best < 1000.0 { Ok(()) } else { Err(format!("the first paint is after {best} ms")) }
}

/// What a reader looks at stays where it is while the page comes.
async fn nothing_jumps(stage: &Stage) -> Told<()> {
    for screen in [Screen::LIGHT, Screen::PHONE] {
        let browser = stage.browser(screen).await?;
        browser.open(&stage.origin(0)).await?;
        browser.until("document.getElementById('found').textContent !== ''").await?;
        // Twice the next frame: whatever moved is known by then.
        let moved = "new Promise(done => { let sum = 0; new PerformanceObserver(list => list.getEntries().forEach(entry => { sum += entry.value; })).observe({ type: 'layout-shift', buffered: true }); requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => done(sum)))); })";
        let moved = browser.promise(moved).await?.as_f64().unwrap_or(f64::INFINITY);
        // What web.dev calls good is below 0.1.
        if moved >= 0.1 {
            return Err(format!("the layout shifts by {moved}"));
        }
        browser.close().await?;
    }
    Ok(())
}

async fn the_keyboard_is_enough(stage: &Stage) -> Told<()> {
    let browser = stage.shown("").await?;
    let (tab, enter) = ("\u{e004}", "\u{e007}");
    browser.press(tab).await?;
    browser.until("document.activeElement.id === 'skip'").await?;
    browser.press(enter).await?;
    browser.until("document.activeElement.id === 'main'").await?;
    // Servers, tabs, code, form: in the order in which they stand.
    browser.press(tab).await?;
    browser.until("document.activeElement.type === 'checkbox'").await?;
    let before = browser.value("document.querySelectorAll('#panes .head').length").await?;
    browser.press(" ").await?;
    browser.until(&format!("document.querySelectorAll('#panes .head').length !== {before}")).await?;
    // What was made anew took nobody's place away.
    browser.until("document.activeElement.type === 'checkbox'").await?;
    browser.run("document.querySelector('#routes a').focus()").await?;
    browser.press(enter).await?;
    browser.until("document.getElementById('title').textContent === 'GET /'").await?;
    browser.until("document.activeElement === document.querySelector('#routes a')").await?;
    browser.close().await
}

const VIEWS: [&str; 5] = [
    "#create_todo/all/axum-server+actix-web-server+warp-server",
    "#file/servers/axum-server/src/routes.rs:20-40",
    "#verdicts/axum-server/stock",
    "#figures/plaintext",
    "#figures/costs",
];

async fn it_fits_on_a_phone(stage: &Stage) -> Told<()> {
    let browser = stage.browser(Screen::PHONE).await?;
    for view in VIEWS {
        browser.open(&format!("{}/{view}", stage.origin(0))).await?;
        browser.until("document.getElementById('title').textContent !== '…'").await?;
        let over = browser.value("document.documentElement.scrollWidth - document.documentElement.clientWidth").await?;
        if over.as_f64() != Some(0.0) {
            return Err(format!("{view} is {over} pixels too wide"));
        }
    }
    browser.picture("phone").await?;
    browser.close().await
}

async fn pictures_are_kept(stage: &Stage) -> Told<()> {
    for (scheme, screen) in [("light", Screen::LIGHT), ("dark", Screen::DARK)] {
        let browser = stage.browser(screen).await?;
        for (name, view) in [
            ("route", "#get_todo/routes/hyper-server+axum-server+actix-web-server+warp-server"),
            ("figures", "#figures/plaintext"),
        ] {
            browser.open(&format!("{}/{view}", stage.origin(0))).await?;
            browser.until("document.getElementById('title').textContent !== '…'").await?;
            browser.picture(&format!("{name}-{scheme}")).await?;
        }
        browser.close().await?;
    }
    Ok(())
}

async fn no_barrier_on_a_screen(stage: &Stage) -> Told<()> {
    no_barrier(stage, Screen::LIGHT).await
}

async fn no_barrier_in_the_dark(stage: &Stage) -> Told<()> {
    no_barrier(stage, Screen::DARK).await
}

async fn no_barrier_on_a_phone(stage: &Stage) -> Told<()> {
    no_barrier(stage, Screen::PHONE).await
}

/// axe finds nothing serious, nor worse, in any view.
async fn no_barrier(stage: &Stage, screen: Screen) -> Told<()> {
    let browser = stage.browser(screen).await?;
    let mut found = String::new();
    for view in VIEWS {
        browser.open(&format!("{}/{view}", stage.origin(0))).await?;
        browser.until("document.getElementById('title').textContent !== '…'").await?;
        browser.run(stage.tools.axe().unwrap_or_default()).await?;
        let told = "axe.run().then(({ violations }) => violations.filter(({ impact }) => impact === 'serious' || impact === 'critical').map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.slice(0, 3).map(node => node.html.slice(0, 200)).join(' ')}`))";
        for violation in browser.promise(told).await?.as_array().ok_or("axe gives no list")? {
            found.push_str(&format!("{view}: {violation}\n"));
        }
    }
    if found.is_empty() { browser.close().await } else { Err(found) }
}
