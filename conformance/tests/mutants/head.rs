//! The head of a request or of an answer, to the byte, and how the body behind it ends.

/// The head of a request or of an answer: its lines as they stand, each byte a character.
#[derive(Clone, Debug, Default)]
pub struct Head {
    pub first: String,
    pub lines: Vec<String>,
}

fn name(line: &str) -> &str {
    line.split(':').next().unwrap_or_default()
}

impl Head {
    pub fn read(bytes: &[u8]) -> Self {
        let text: String = bytes.iter().copied().map(char::from).collect();
        let mut lines = text.trim_end_matches("\r\n").split("\r\n").map(str::to_owned);
        Head { first: lines.next().unwrap_or_default(), lines: lines.collect() }
    }

    pub fn bytes(&self) -> Vec<u8> {
        let lines = [&self.first].into_iter().chain(&self.lines);
        let text = lines.flat_map(|line| line.chars().chain("\r\n".chars())).chain("\r\n".chars());
        text.map(|c| u8::try_from(c).unwrap_or(b'?')).collect()
    }

    /// The word of the first line at this place: of a request's the method, the target, the version.
    pub fn word(&self, at: usize) -> &str {
        self.first.split(' ').nth(at).unwrap_or_default()
    }

    pub fn status(&self) -> u16 {
        self.word(1).parse().unwrap_or_default()
    }

    pub fn is_head(&self) -> bool {
        self.word(0) == "HEAD"
    }

    /// The path of a request, without its query.
    pub fn path(&self) -> &str {
        self.word(1).split('?').next().unwrap_or_default()
    }

    pub fn set_word(&mut self, at: usize, word: &str) -> bool {
        let changed = self.word(at) != word;
        let words = self.first.split(' ').enumerate().map(|(here, old)| if here == at { word } else { old });
        self.first = words.collect::<Vec<_>>().join(" ");
        changed
    }

    pub fn value(&self, field: &str) -> Option<&str> {
        let line = self.lines.iter().find(|line| name(line).eq_ignore_ascii_case(field))?;
        line.split_once(':').map(|(_, value)| value.trim())
    }

    /// Whether a field is there and contains this.
    pub fn has(&self, field: &str, part: &str) -> bool {
        self.value(field).is_some_and(|value| value.to_ascii_lowercase().contains(part))
    }

    /// Gives the field another value, or adds it; whether that changed anything.
    pub fn set(&mut self, field: &str, value: &str) -> bool {
        let old = self.lines.iter_mut().find(|line| name(line).eq_ignore_ascii_case(field));
        match old {
            Some(line) => {
                let new = format!("{}: {value}", name(line));
                std::mem::replace(line, new.clone()) != new
            }
            None => self.add(field, value),
        }
    }

    /// Changes the value of a field that is there.
    pub fn change(&mut self, field: &str, change: impl FnOnce(&str) -> String) -> bool {
        let new = self.value(field).map(change);
        new.is_some_and(|new| self.set(field, &new))
    }

    pub fn add(&mut self, field: &str, value: &str) -> bool {
        self.lines.push(format!("{field}: {value}"));
        true
    }

    /// Drops all lines of a field but the first.
    pub fn first_line_only(&mut self, field: &str) -> bool {
        let (before, mut seen) = (self.lines.len(), false);
        self.lines.retain(|line| {
            let same = name(line).eq_ignore_ascii_case(field);
            !same || !std::mem::replace(&mut seen, true)
        });
        self.lines.len() < before
    }

    pub fn remove(&mut self, field: &str) -> bool {
        let before = self.lines.len();
        self.lines.retain(|line| !name(line).eq_ignore_ascii_case(field));
        self.lines.len() < before
    }
}

/// How the end of a body is found.
pub enum Body {
    Length(usize),
    Chunks,
    /// By the end of the connection, or it cannot be told.
    Unknown,
}

impl Body {
    /// What follows a head that has these fields; `otherwise` when they say nothing.
    pub fn of(head: &Head, otherwise: Body) -> Self {
        match (head.value("content-length"), head.value("transfer-encoding")) {
            (None, None) => otherwise,
            (Some(len), None) => len.parse().map_or(Body::Unknown, Body::Length),
            (_, Some(coding)) if coding.eq_ignore_ascii_case("chunked") => Body::Chunks,
            _ => Body::Unknown,
        }
    }
}
