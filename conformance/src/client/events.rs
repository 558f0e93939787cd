//! Server-sent events as they come: the chunked coding undone piece by piece, then the lines of
//! [the HTML standard](https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation).

use super::{Answer, Client};
use crate::{finding::Finding, request::Request, target::Target};
use std::time::{Duration, Instant};

/// One event.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Event {
    /// Its number.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its data.
    pub data: String,
}

/// A stream of events.
pub struct Events {
    client: Client,
    /// The head of the answer.
    pub head: Answer,
    /// Freed of the chunked coding, and not read yet.
    text: String,
    /// The last chunk has come.
    over: bool,
    /// Comments seen so far.
    pub comments: usize,
}

impl Events {
    /// Listens, behind the event of number `last` if there is one.
    ///
    /// # Errors
    /// When the answer is no stream of events.
    pub fn listen(target: &Target, query: &str, last: Option<&str>) -> Result<Self, Finding> {
        let request = Request::get(&format!("/events{query}"));
        let request = last.iter().fold(request, |request, last| request.field("last-event-id", last));
        let mut client = target.connect()?;
        client.send(&request.bytes(&target.host));
        let head = client.receive_head()?;
        if head.status != 200 || head.field("transfer-encoding") != Some("chunked") {
            return Err(client.finding("this is no stream of events"));
        }
        Ok(Events { client, head, text: String::new(), over: false, comments: 0 })
    }

    /// The next event; `None` when the stream has ended as it should.
    ///
    /// # Errors
    /// When none comes in time, or the stream breaks.
    pub fn receive(&mut self) -> Result<Option<Event>, Finding> {
        loop {
            if let Some((block, rest)) = self.text.split_once("\n\n") {
                let (block, rest) = (block.to_owned(), rest.to_owned());
                self.text = rest;
                match self.read(&block)? {
                    Some(event) => return Ok(Some(event)),
                    None => continue,
                }
            }
            if self.over {
                return if self.text.is_empty() { Ok(None) } else { Err(self.client.finding("half an event")) };
            }
            self.fill()?;
        }
    }

    /// The next event; there must be one.
    ///
    /// # Errors
    /// When there is none.
    pub fn expect(&mut self) -> Result<Event, Finding> {
        self.receive()?.ok_or_else(|| self.client.finding("the stream has ended"))
    }

    /// The next event of which `wanted` is true: on a store in use there are others.
    ///
    /// # Errors
    /// When there is none.
    pub fn find(&mut self, wanted: impl Fn(&Event) -> bool) -> Result<Event, Finding> {
        loop {
            let event = self.expect()?;
            if wanted(&event) {
                return Ok(event);
            }
        }
    }

    /// Reads what has come and comes within this time, until there was a comment.
    ///
    /// # Errors
    /// When there was none.
    pub fn comment(&mut self, patience: Duration) -> Result<(), Finding> {
        let deadline = Instant::now() + patience;
        while self.comments == 0 {
            if self.text.contains("\n\n") {
                self.receive()?;
                continue;
            }
            if Instant::now() > deadline {
                return Err(self.client.finding("no comment came"));
            }
            self.fill()?;
            let commented = self.text.starts_with(':') || self.text.contains("\n:");
            self.comments += usize::from(commented);
        }
        Ok(())
    }

    /// What is wrong with this stream.
    pub fn finding(&self, what: impl Into<String>) -> Finding {
        self.client.finding(what)
    }

    /// Waits for the end of the connection.
    ///
    /// # Errors
    /// When it does not come.
    pub fn closed(mut self) -> Result<(), Finding> {
        self.client.closed()
    }

    fn fill(&mut self) -> Result<(), Finding> {
        let chunk = self.client.receive_chunk()?;
        self.over = chunk.is_empty();
        let text = String::from_utf8(chunk).map_err(|_| self.client.finding("an event that is not UTF-8"))?;
        self.text.push_str(&text);
        Ok(())
    }

    /// One event out of its lines; `None` for comments alone.
    fn read(&mut self, block: &str) -> Result<Option<Event>, Finding> {
        let mut event = Event::default();
        let mut data = false;
        for line in block.split('\n') {
            if line.starts_with(':') || line.is_empty() {
                self.comments += 1;
                continue;
            }
            let (name, value) = line.split_once(':').unwrap_or((line, ""));
            let value = value.strip_prefix(' ').unwrap_or(value).to_owned();
            match name {
                "id" => event.id = value,
                "event" => event.name = value,
                "data" if !data => (event.data, data) = (value, true),
                _ => return Err(self.client.finding(format!("{line:?} is no line of our events"))),
            }
        }
        Ok(data.then_some(event))
    }
}
