//! The six, side by side: the same state before each conversation, the same bytes to each, and all that comes back.

use super::{
    HOST,
    asked::{Asked, FILE_TAG, FILE_TIME, Fill, ID, TODO_TAG},
    verdict,
};
use crate::servers::{self, Running, start_with};
use conformance::{
    client::{Client, Exchange},
    finding::Finding,
    request::Request,
    target::Target,
};
use shared::{config::Config, contract::Server, store::Store};
use std::{collections::BTreeMap, thread, time::Duration};

/// How long a server waits for what does not come. All that does come is sent at once, so this can be short.
const PATIENCE: Duration = Duration::from_millis(600);

/// How long the search waits for an answer.
const ANSWERED: Duration = Duration::from_secs(5);

/// Behind every conversation, so that it has an end.
const GOODBYE: &[u8] = b"GET /livez HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n";

/// The six servers, each with a store of its own.
pub struct Six(Vec<Running>);

/// What one server said.
pub struct Heard {
    pub server: &'static Server,
    pub sent: Vec<u8>,
    /// One for each request, the goodbye among them, up to the first that got none.
    pub answers: Vec<Result<Exchange, Finding>>,
    /// Whether the connection ended behind them, and nothing else came.
    pub end: Result<(), Finding>,
    /// What it did, by its own figures, whether or not that could be seen in an answer.
    pub done: Vec<String>,
}

impl Six {
    /// Starts all six; `change` has its way with the configuration of each.
    pub fn start(change: impl Fn(&Server, &mut Config)) -> Self {
        let all = servers::all().into_iter().map(|(server, serve)| {
            start_with(server, serve, Store::memory(), |config| {
                (config.limits.head_timeout, config.limits.rate_window) = (PATIENCE, PATIENCE);
                change(server, config);
            })
        });
        Six(all.collect())
    }

    /// Nothing when all six answer `asked` alike.
    ///
    /// # Errors
    /// All that was said.
    pub fn compare(&self, asked: &[Asked]) -> Result<(), String> {
        let heard: Result<Vec<_>, Finding> = thread::scope(|scope| {
            let asking: Vec<_> = self.0.iter().map(|running| scope.spawn(|| ask(&running.target, asked))).collect();
            asking.into_iter().map(|asking| asking.join().expect("asking does not panic")).collect()
        });
        let heard = heard.map_err(|finding| format!("{}\n{}", finding.what, finding.raw))?;
        verdict::compare(asked, &heard)
    }
}

fn ask(target: &Target, asked: &[Asked]) -> Result<Heard, Finding> {
    let fill = prepare(target)?;
    let before = figures(target)?;
    let mut client = target.connect()?;
    client.wait_for(ANSWERED);
    let mut bytes: Vec<_> = asked.iter().flat_map(|asked| asked.bytes(&fill)).collect();
    bytes.extend_from_slice(GOODBYE);
    client.send(&bytes);
    let heads = asked.iter().map(Asked::is_head).chain([false]);
    let mut answers = Vec::new();
    for head in heads {
        answers.push(client.receive(head));
        if answers.last().is_some_and(Result::is_err) {
            break;
        }
    }
    let end = client.closed();
    let done = figures(target)?.into_iter().filter_map(|(series, count)| {
        let more = count - before.get(&series).copied().unwrap_or_default();
        (more > 0.0).then(|| format!("{series} {more}"))
    });
    let done = done.collect();
    Ok(Heard { server: target.server, sent: bytes, answers, end, done })
}

/// How many requests of which kind there were.
fn figures(target: &Target) -> Result<BTreeMap<String, f64>, Finding> {
    let metrics = target.ask(&Request::get("/metrics").field("connection", "close"))?;
    let text = String::from_utf8_lossy(&metrics.answer.body).into_owned();
    let lines = text.lines().filter(|line| line.starts_with("http_requests_")).filter_map(|line| line.rsplit_once(' '));
    Ok(lines.filter_map(|(series, count)| Some((series.to_owned(), count.parse().ok()?))).collect())
}

/// The files that are there, by path and content.
const FILES: [(&str, &str, usize); 2] = [("/files/a.txt", "0123456789", 1), ("/files/b.html", "<p>text ", 400)];

/// The same todos and files on all six, and what of them is known.
fn prepare(target: &Target) -> Result<Fill, Finding> {
    let todo = |text: &str| Request::new("POST", "/todos").json(text);
    let requests = [
        Request::new("DELETE", "/files/new"),
        Request::new("DELETE", "/todos"),
        todo(r#"{"title":"one","order":1}"#),
        todo(r#"{"title":"two","completed":true}"#),
    ];
    let mut client = target.connect()?;
    client.send(&requests.iter().flat_map(|request| request.bytes(HOST)).collect::<Vec<_>>());
    let answers: Result<Vec<_>, _> = requests.iter().map(|_| client.receive(false)).collect();
    let todo = answers?.pop().ok_or_else(|| client.finding("there is no todo"))?;
    let [file, _] = FILES.map(|(path, text, times)| put(&mut client, path, &text.repeat(times)));
    let file = file?;
    let id = told(&todo, "location", &client)?;
    Ok([
        (ID, id.rsplit('/').next().unwrap_or_default().to_owned()),
        (TODO_TAG, told(&todo, "etag", &client)?),
        (FILE_TAG, told(&file, "etag", &client)?),
        (FILE_TIME, told(&file, "last-modified", &client)?),
    ])
}

/// Puts a file, unless it is there: that must wait for the disk.
fn put(client: &mut Client, path: &str, text: &str) -> Result<Exchange, Finding> {
    let look = |client: &mut Client| {
        client.send(&Request::new("HEAD", path).bytes(HOST));
        client.receive(true)
    };
    let found = look(client)?;
    if found.answer.field("content-length") == Some(&*text.len().to_string()) && found.answer.status == 200 {
        return Ok(found);
    }
    client.send(&Request::new("PUT", path).body(text).bytes(HOST));
    client.receive(false)?;
    look(client)
}

fn told(exchange: &Exchange, name: &str, client: &Client) -> Result<String, Finding> {
    let value = exchange.answer.field(name).map(str::to_owned);
    value.ok_or_else(|| client.finding(format!("there is no {name}")))
}
