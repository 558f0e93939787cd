//! A browser that does as it is told: Debian's Chromium, by its WebDriver.

use fantoccini::{Client, ClientBuilder, Locator, error::CmdError};
use hyper_util::client::legacy::connect::HttpConnector;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::{
    env, fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};
use tempfile::TempDir;

/// What a distribution calls what is needed.
const ADVICE: &str = "chromedriver is not installed: the page is not tested in a browser. Debian's packages are \
                      `chromium` and `chromium-driver`.";
/// What looks for barriers; its licence lets it be used, and it is not ours to keep here.
const AXE_ADVICE: &str = "axe-core is not there: nobody looks for barriers in the page. `npm install --prefix \
                          target/axe axe-core@4.14` puts it where it is looked for.";

/// What is there to drive a browser with.
pub struct Tools {
    driver: Option<PathBuf>,
    axe: Option<String>,
}

impl Tools {
    /// Those of this machine; says so when something is missing.
    pub fn here() -> Self {
        let path = env::var_os("PATH").unwrap_or_default();
        let driver = env::split_paths(&path).map(|folder| folder.join("chromedriver")).find(|file| file.is_file());
        let axe = fs::read_to_string(target().join("axe/node_modules/axe-core/axe.min.js")).ok();
        for advice in [driver.is_none().then_some(ADVICE), axe.is_none().then_some(AXE_ADVICE)].into_iter().flatten() {
            eprintln!("{advice}");
        }
        Tools { driver, axe }
    }

    /// Whether there is no browser.
    pub fn are_absent(&self) -> bool {
        self.driver.is_none()
    }

    /// The script that looks for barriers.
    pub fn axe(&self) -> Option<&str> {
        self.axe.as_deref()
    }

    /// A driver of one's own; its browsers end with it.
    pub fn drive(&self) -> Driver {
        let driver = self.driver.as_ref().expect("there is a driver");
        let mut child = Command::new(driver).arg("--port=0").stdout(Stdio::piped()).spawn().expect("it runs");
        let mut lines = BufReader::new(child.stdout.take().expect("its output")).lines().map_while(Result::ok);
        let told = lines.find_map(|line| line.split_once("successfully on port ").map(|(_, port)| port.to_owned()));
        let port = told.expect("it says where it listens");
        Driver { child, url: format!("http://127.0.0.1:{}", port.trim_end_matches('.')) }
    }
}

/// The workspace's folder for what is made.
pub fn target() -> PathBuf {
    let test = env::current_exe().expect("this test is a file");
    test.ancestors().nth(3).expect("tests stand in deps, in the profile's folder").to_owned()
}

/// A driver that runs.
pub struct Driver {
    child: Child,
    url: String,
}

impl Drop for Driver {
    fn drop(&mut self) {
        let _ = (self.child.kill(), self.child.wait());
    }
}

/// A browser with a page.
pub struct Browser {
    client: Client,
    _profile: TempDir,
}

/// What goes wrong, in words.
pub type Told<T> = Result<T, String>;

fn told(cause: CmdError) -> String {
    cause.to_string()
}

/// What a reader looks at.
#[derive(Clone, Copy)]
pub struct Screen {
    dark: bool,
    phone: bool,
}

impl Screen {
    pub const LIGHT: Screen = Screen { dark: false, phone: false };
    pub const DARK: Screen = Screen { dark: true, phone: false };
    pub const PHONE: Screen = Screen { dark: false, phone: true };

    fn options(self, profile: &Path) -> Value {
        let arguments = [
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--no-first-run",
            "--window-size=1600,900",
            // Blink's own numbers for dark and light.
            if self.dark {
                "--blink-settings=preferredColorScheme=0"
            } else {
                "--blink-settings=preferredColorScheme=1"
            },
        ];
        let profile = format!("--user-data-dir={}", profile.display());
        let arguments: Vec<_> = arguments.into_iter().chain([profile.as_str()]).collect();
        let phone = json!({ "deviceMetrics": { "width": 390, "height": 844, "pixelRatio": 2 } });
        match self.phone {
            true => json!({ "args": arguments, "mobileEmulation": phone }),
            false => json!({ "args": arguments }),
        }
    }
}

impl Driver {
    /// A browser that has never been anywhere.
    ///
    /// # Errors
    /// When it does not start.
    pub async fn browser(&self, screen: Screen) -> Told<Browser> {
        let profile = TempDir::new().map_err(|cause| cause.to_string())?;
        let wanted = [("goog:chromeOptions".to_owned(), screen.options(profile.path()))].into_iter().collect();
        let mut builder = ClientBuilder::new(HttpConnector::new());
        let client = builder.capabilities(wanted).connect(&self.url).await.map_err(|cause| cause.to_string())?;
        Ok(Browser { client, _profile: profile })
    }
}

impl Browser {
    /// Opens an address.
    pub async fn open(&self, url: &str) -> Told<()> {
        self.client.goto(url).await.map_err(told)
    }

    /// Clicks what is found first.
    pub async fn click(&self, css: &str) -> Told<()> {
        let found = self.client.find(Locator::Css(css)).await.map_err(|cause| format!("{css}: {cause}"))?;
        found.click().await.map_err(|cause| format!("{css}: {cause}"))
    }

    /// Types into what is found first; into a file's field, the file's path.
    pub async fn keys(&self, css: &str, keys: &str) -> Told<()> {
        let found = self.client.find(Locator::Css(css)).await.map_err(|cause| format!("{css}: {cause}"))?;
        found.send_keys(keys).await.map_err(|cause| format!("{css}: {cause}"))
    }

    /// Presses a key where the keyboard is.
    pub async fn press(&self, key: &str) -> Told<()> {
        let active = self.client.active_element().await.map_err(told)?;
        active.send_keys(key).await.map_err(told)
    }

    /// The value of an expression.
    pub async fn value(&self, expression: &str) -> Told<Value> {
        self.client.execute(&format!("return {expression}"), Vec::new()).await.map_err(told)
    }

    /// The same, as something that is known.
    pub async fn read<T: DeserializeOwned>(&self, expression: &str) -> Told<T> {
        let value = self.value(expression).await?;
        serde_json::from_value(value).map_err(|cause| format!("{expression}: {cause}"))
    }

    /// Runs a script that has no value.
    pub async fn run(&self, script: &str) -> Told<()> {
        self.client.execute(script, Vec::new()).await.map(drop).map_err(told)
    }

    /// Waits until an expression is true, frame by frame; says what else was there when it did not become so.
    pub async fn until(&self, expression: &str) -> Told<()> {
        let script = format!(
            "const done = arguments[0]; const end = performance.now() + 15000;
             const look = () => {{ if ({expression}) done(true); else if (performance.now() > end) done(false); else requestAnimationFrame(look); }};
             look();"
        );
        match self.client.execute_async(&script, Vec::new()).await.map_err(told)? {
            Value::Bool(true) => Ok(()),
            _ => Err(format!(
                "never so: {expression}; the page says: {}",
                self.value("document.body.innerText.slice(0, 3000)").await?
            )),
        }
    }

    /// What a promise comes to.
    pub async fn promise(&self, expression: &str) -> Told<Value> {
        let script = format!("const done = arguments[0]; ({expression}).then(done, cause => done(String(cause)));");
        self.client.execute_async(&script, Vec::new()).await.map_err(told)
    }

    /// Keeps a picture of what is seen, for people to look at.
    pub async fn picture(&self, name: &str) -> Told<Vec<u8>> {
        let folder = target().join("page");
        let png = self.client.screenshot().await.map_err(told)?;
        let kept = fs::create_dir_all(&folder).and_then(|()| fs::write(folder.join(format!("{name}.png")), &png));
        kept.map_err(|cause| format!("{name}: {cause}"))?;
        Ok(png)
    }

    /// Ends it.
    pub async fn close(self) -> Told<()> {
        self.client.close().await.map_err(told)
    }
}

/// A file as an address.
pub fn address(file: &Path) -> String {
    format!("file://{}", file.display())
}
