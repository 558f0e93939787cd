//! The server under judgement, and how it answers what is plain.

use super::conversation::{Conversation, is_head};
use crate::{
    client::{Answer, Client, Exchange},
    fact::Fact,
    finding::Finding,
    request::Request,
    target::Target,
};

/// What plain POSTs carry. `12` is a number to those who read one, and enough to be cut in two chunks.
pub const BODY: &str = "12";

/// The resources of a server that the cases ask for.
#[derive(Clone, Debug)]
pub struct Resources {
    /// Answers GET.
    pub path: String,
    /// Answers POST; best is one that reads the body and answers something that depends on it.
    pub post: String,
    /// Answers GET with validators and by ranges, where the server has such a resource.
    pub file: String,
}

impl Resources {
    /// Bytes with their placeholders filled, for this host.
    pub fn fill(&self, bytes: &[u8], host: &str) -> Vec<u8> {
        let Resources { path, post, file } = self;
        let fill = [("{host}", host), ("{path}", path), ("{post}", post), ("{file}", file)];
        fill.iter().fold(bytes.to_vec(), |bytes, (name, value)| replace(&bytes, name.as_bytes(), value.as_bytes()))
    }
}

/// How a server answers a plain request.
#[derive(Clone, Debug)]
pub struct Plain {
    /// The status.
    pub status: u16,
    /// The fields.
    pub answer: Answer,
    /// Whether it answers twice with the same body.
    steady: bool,
}

/// Without which a case says nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// Every server can be judged by it.
    Nothing,
    /// `ETag` on the file.
    Tag,
    /// `Last-Modified` on the file.
    Modified,
    /// A server that takes POST where it was told to ask.
    Post,
}

impl Need {
    /// In words, for a report that leaves cases out.
    pub fn told(self) -> &'static str {
        match self {
            Need::Nothing => "nothing",
            Need::Tag => "an ETag (--file)",
            Need::Modified => "a Last-Modified (--file)",
            Need::Post => "a resource that takes POST (--post)",
        }
    }
}

/// The server under judgement.
#[derive(Clone, Debug)]
pub struct Subject {
    /// Where it is.
    pub target: Target,
    /// What is asked for.
    pub resources: Resources,
    /// How it answers GET.
    pub get: Plain,
    /// How it answers POST.
    pub post: Plain,
    /// How it answers GET of the file.
    pub file: Plain,
    /// Whether it keeps a connection for the next request.
    pub keeps: bool,
}

impl Subject {
    /// Asks for what is plain.
    ///
    /// # Errors
    /// When the server cannot be judged: it does not answer a plain GET soundly, or with an error.
    pub fn learn(target: &Target, resources: Resources) -> Result<Self, Finding> {
        let get = Plain::learn(target, &Request::get(&resources.path))?;
        if get.status >= 400 {
            let what = format!("GET {} is answered with {}: name another one (--path)", resources.path, get.status);
            return Err(Finding::new(what));
        }
        let post = Plain::learn(target, &Request::new("POST", &resources.post).body(BODY))?;
        let file = Plain::learn(target, &Request::get(&resources.file))?;
        let mut subject = Subject { target: target.clone(), resources, get, post, file, keeps: true };
        let plain = subject.fill(b"GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n");
        subject.keeps = subject.converse(&plain)?.answers(&plain)?.len() == 2;
        Ok(subject)
    }

    /// Whether it has what a case needs.
    pub fn has(&self, need: Need) -> bool {
        match need {
            Need::Nothing => true,
            Need::Tag => self.file.answer.field("etag").is_some(),
            Need::Modified => self.file.answer.field("last-modified").is_some(),
            Need::Post => self.post.status < 400,
        }
    }

    /// Bytes with their placeholders filled.
    pub fn fill(&self, bytes: &[u8]) -> Vec<u8> {
        self.resources.fill(bytes, &self.target.host)
    }

    /// The request that stands behind every case.
    pub fn next(&self) -> Vec<u8> {
        self.fill(b"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n")
    }

    /// A fresh connection.
    ///
    /// # Errors
    /// When nobody listens.
    pub fn connect(&self) -> Result<Client, Finding> {
        self.target.connect()
    }

    /// Sends the bytes and the next request at once, and listens to the end.
    ///
    /// # Errors
    /// When nobody listens.
    pub fn converse(&self, bytes: &[u8]) -> Result<Conversation, Finding> {
        let mut client = self.connect()?;
        client.send(&[bytes, &self.next()].concat());
        Ok(client.rest())
    }

    /// Sends the bytes, and the next request only once something has come back.
    ///
    /// # Errors
    /// When nobody listens.
    pub fn converse_patiently(&self, bytes: &[u8]) -> Result<Conversation, Finding> {
        let mut client = self.connect()?;
        client.send(bytes);
        client.await_any();
        client.send(&self.next());
        Ok(client.rest())
    }

    /// Whether it still answers.
    ///
    /// # Errors
    /// When it does not.
    pub fn lives(&self) -> Result<(), Finding> {
        let exchange = self.target.ask(&Request::get(&self.resources.path));
        let exchange =
            exchange.map_err(|finding| Finding { what: format!("afterwards: {}", finding.what), ..finding })?;
        exchange.expect(&[Fact::Status(self.get.status)]).map_err(|finding| Finding {
            what: format!("afterwards a plain GET is answered otherwise: {}", finding.what),
            ..finding
        })
    }

    /// Sends these bytes alone and takes their one answer; the connection may stay.
    ///
    /// # Errors
    /// When no sound answer comes.
    pub fn ask(&self, bytes: &[u8]) -> Result<Exchange, Finding> {
        let bytes = self.fill(bytes);
        self.target.ask_raw(&bytes, is_head(&bytes))
    }
}

impl Plain {
    fn learn(target: &Target, request: &Request) -> Result<Self, Finding> {
        let (first, second) = (target.ask(request)?.answer, target.ask(request)?.answer);
        let steady = first.status == second.status && first.body == second.body;
        Ok(Plain { status: first.status, answer: first, steady })
    }

    /// Whether an answer is this one, as far as it is the same each time.
    pub fn equals(&self, answer: &Answer) -> bool {
        answer.status == self.status && (!self.steady || answer.body == self.answer.body)
    }
}

fn replace(bytes: &[u8], name: &[u8], value: &[u8]) -> Vec<u8> {
    let (mut filled, mut at) = (Vec::with_capacity(bytes.len()), 0);
    while at < bytes.len() {
        if bytes[at..].starts_with(name) {
            filled.extend_from_slice(value);
            at += name.len();
        } else {
            filled.push(bytes[at]);
            at += 1;
        }
    }
    filled
}
