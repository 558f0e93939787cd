//! An answer on its way to the client, and the ways to change it that mutations share.

use super::head::Head;
use shared::{Error, contract::media};

/// An answer.
#[derive(Debug)]
pub struct Answer {
    /// What was asked, as the client said it.
    pub asked: Head,
    pub head: Head,
    /// Whole, if its length was told; otherwise it follows.
    pub body: Option<Vec<u8>>,
}

impl Answer {
    pub fn status(&self) -> u16 {
        self.head.status()
    }

    pub fn is(&self, status: u16) -> bool {
        self.status() == status
    }

    /// Whether this was asked.
    pub fn to(&self, method: &str, path: &str) -> bool {
        self.asked.word(0) == method && self.asked.path() == path
    }

    pub fn bytes(&self) -> Vec<u8> {
        [self.head.bytes(), self.body.clone().unwrap_or_default()].concat()
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(self.body.as_deref().unwrap_or_default()).into_owned()
    }

    /// Has another body, and says its length; an answer to HEAD only says it.
    pub fn retell(&mut self, body: impl Into<Vec<u8>>) -> bool {
        let body = body.into();
        self.head.remove("transfer-encoding");
        self.head.set("content-length", &body.len().to_string());
        self.body = Some(if self.asked.is_head() { Vec::new() } else { body });
        true
    }

    /// Puts another text in the place of the first such one in the body.
    pub fn replace(&mut self, old: &str, new: &str) -> bool {
        let text = self.text();
        text.contains(old) && self.retell(text.replacen(old, new, 1))
    }

    /// Changes the body of an answer that has one and is no error.
    pub fn edit(&mut self, change: impl FnOnce(&str) -> String) -> bool {
        let text = self.text();
        let new = change(&text);
        self.status() < 300 && !text.is_empty() && new != text && self.retell(new)
    }

    pub fn restate(&mut self, status: u16, reason: &str) -> bool {
        self.head.first = format!("HTTP/1.1 {status} {reason}");
        true
    }

    /// Becomes another answer, whose body is of this type.
    pub fn become_text(&mut self, status: u16, kind: &str, body: impl Into<Vec<u8>>) -> bool {
        self.restate(status, "Other");
        for name in ["etag", "content-encoding", "content-range", "allow", "location"] {
            self.head.remove(name);
        }
        self.head.set("content-type", kind);
        self.retell(body)
    }

    /// Becomes the answer to this error.
    pub fn fail(&mut self, error: &Error) -> bool {
        self.become_text(error.status(), media::PROBLEM, error.body())
    }
}
