//! A request as the search puts it together: part by part, so that a part can be taken out again, sound or not.

use super::body::{Body, Framing};

/// Stands for the number of a todo that is there.
pub const ID: &str = "{id}";
/// Stands for the tag of that todo.
pub const TODO_TAG: &str = "{todo-tag}";
/// Stands for the tag of a file that is there.
pub const FILE_TAG: &str = "{file-tag}";
/// Stands for the time at which that file was put.
pub const FILE_TIME: &str = "{file-time}";

/// What stands for what on one server.
pub type Fill = [(&'static str, String); 4];

/// One request.
#[derive(Clone, Debug)]
pub struct Asked {
    pub line: Line,
    /// `None` is no `Host` at all.
    pub host: Option<&'static str>,
    pub fields: Vec<Field>,
    pub body: Body,
    /// Behind the last field; the lines end in CR LF.
    pub end: &'static str,
}

/// The first line of a request.
#[derive(Clone, Debug)]
pub struct Line {
    /// In front of it.
    pub blank: &'static str,
    pub method: &'static str,
    pub gap: &'static str,
    pub target: Vec<u8>,
    pub version: &'static str,
}

/// One field line.
#[derive(Clone, Debug)]
pub struct Field {
    pub name: &'static str,
    pub upper: bool,
    pub colon: &'static str,
    pub value: Vec<u8>,
    pub end: &'static str,
}

impl Asked {
    /// Whether its answer has no body.
    pub fn is_head(&self) -> bool {
        let blank = self.line.blank.replace("\r\n", "");
        blank.is_empty() && self.line.method == "HEAD" && self.line.gap.starts_with(' ')
    }

    /// Whether the next request may be looked for elsewhere than where it begins.
    pub fn is_last(&self) -> bool {
        self.body.is_lossy() || self.end != "\r\n"
    }

    /// Whether it asks for another protocol.
    pub fn asks_for_upgrade(&self) -> bool {
        let upgrade = |value: &[u8]| String::from_utf8_lossy(value).to_ascii_lowercase().contains("upgrade");
        self.fields.iter().any(|field| field.name == "upgrade" || (field.name == "connection" && upgrade(&field.value)))
    }

    /// Asks for no other protocol where that could change something: where a deviation is listed, the six would have
    /// another state from then on.
    pub fn stay_with_http(&mut self) {
        if self.asks_for_upgrade() && !["GET", "HEAD", "OPTIONS"].contains(&self.line.method) {
            self.fields.retain(|field| !["connection", "upgrade"].contains(&field.name));
        }
    }

    /// Whether it is of HTTP/1.0, has a body, and says something of the connection.
    pub fn is_old_and_stays(&self) -> bool {
        let says = self.fields.iter().any(|field| field.name == "connection");
        self.line.version == "HTTP/1.0" && says && !matches!(self.body.framing, Framing::None)
    }

    /// As it goes over the wire to one server.
    pub fn bytes(&self, fill: &Fill) -> Vec<u8> {
        let mut bytes = Vec::new();
        let line = &self.line;
        let (gap, target) = (line.gap.as_bytes(), filled(&line.target, fill));
        for part in [line.blank.as_bytes(), line.method.as_bytes(), gap, &target, gap, line.version.as_bytes()] {
            bytes.extend_from_slice(part);
        }
        bytes.extend_from_slice(b"\r\n");
        if let Some(host) = self.host() {
            bytes.extend_from_slice(format!("host: {host}\r\n").as_bytes());
        }
        for field in &self.fields {
            field.put(&mut bytes, fill);
        }
        if self.waits_for_events() {
            bytes.extend_from_slice(b"last-event-id: 0\r\n");
        }
        self.body.put_fields(&mut bytes);
        bytes.extend_from_slice(self.end.as_bytes());
        self.body.put(&mut bytes);
        bytes
    }

    /// New events do not come while they are waited for.
    fn waits_for_events(&self) -> bool {
        let events = self.line.target.windows(7).any(|part| part == b"/events");
        events && !self.fields.iter().any(|field| field.name == "last-event-id")
    }

    /// Without a host, todos would be told at the server's own address.
    fn host(&self) -> Option<&'static str> {
        let todos = self.line.target.windows(6).any(|part| part == b"/todos");
        self.host.or((todos && self.line.version == "HTTP/1.0").then_some(super::HOST))
    }
}

impl Field {
    fn put(&self, bytes: &mut Vec<u8>, fill: &Fill) {
        let name = if self.upper { self.name.to_ascii_uppercase() } else { self.name.to_owned() };
        for part in [name.as_bytes(), self.colon.as_bytes(), &filled(&self.value, fill), self.end.as_bytes()] {
            bytes.extend_from_slice(part);
        }
    }
}

/// What is not text cannot stand for anything.
fn filled(bytes: &[u8], fill: &Fill) -> Vec<u8> {
    match std::str::from_utf8(bytes) {
        Ok(text) if text.contains('{') => {
            fill.iter().fold(text.to_owned(), |text, (name, value)| text.replace(name, value)).into_bytes()
        }
        _ => bytes.to_vec(),
    }
}
