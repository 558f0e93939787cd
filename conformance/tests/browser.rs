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

use driven::{Browser, Driver, Screen, Told, Tools};
use family::{All, await_six};
use libtest_mimic::{Arguments, Trial};
use shared::contract::SERVERS;
use std::{
    path::Path,
    process::ExitCode,
    sync::{Arc, OnceLock},
};
use tokio::runtime::Runtime;

/// What all tests share.
struct Stage {
    tools: Tools,
    driver: OnceLock<Driver>,
    six: OnceLock<All>,
    runtime: Runtime,
}

impl Stage {
    /// The six, met.
    fn six(&self) -> &All {
        self.six.get_or_init(|| {
            let six = All::start();
            six.targets.iter().for_each(await_six);
            six
        })
    }

    /// The page as one of them sends it.
    fn origin(&self) -> String {
        format!("http://{}", self.six().targets[0].host)
    }

    /// As this one sends it.
    fn origin_of(&self, server: &str) -> String {
        let of = self.six().targets.iter().find(|target| target.server.name == server);
        format!("http://{}", of.expect("one of the six").host)
    }

    async fn browser(&self, screen: Screen) -> Told<Browser> {
        self.driver.get_or_init(|| self.tools.drive()).browser(screen).await
    }

    /// A browser in which this view is shown.
    async fn shown(&self, view: &str) -> Told<Browser> {
        let browser = self.browser(Screen::LIGHT).await?;
        browser.open(&format!("{}/{view}", self.origin())).await?;
        browser.until("document.querySelector('#panes .head') !== null").await?;
        // Where the six are: who asks before that asks nobody.
        browser.until("document.getElementById('found').textContent.endsWith('found by gossip')").await?;
        Ok(browser)
    }
}

type Test = fn(&Stage) -> Told<()>;

/// Tests that are futures, by their names.
macro_rules! tests {
    ($($name:ident),+ $(,)?) => {
        &[$((stringify!($name), |stage| stage.runtime.block_on($name(stage)))),+]
    };
}

mod views;

fn main() -> ExitCode {
    let mut args = Arguments::from_args();
    // One reader at a time: what another one makes, or how busy he keeps the machine, is not the page's doing.
    args.test_threads.get_or_insert(1);
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
    let seen = [views::code::TESTS, views::live::TESTS, views::told::TESTS, views::used::TESTS];
    let trials = seen.into_iter().flat_map(|tests| of(tests, absent)).chain(of(views::used::BARRIERS, blind)).collect();
    // The trials, and with them the six and the browsers, are gone before the end.
    let conclusion = libtest_mimic::run(&args, trials);
    drop(stage);
    conclusion.exit_code()
}

/// All six, in a hash.
fn all() -> String {
    SERVERS.map(|server| server.name).join("+")
}

fn workspace() -> &'static Path {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here)
}
