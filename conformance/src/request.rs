//! A request that is put together field by field, or byte by byte.

/// A request. `{id}` and `{etag}` in it stand for the todo that a case begins with.
#[derive(Clone, Debug)]
pub struct Request {
    /// As it stands on the wire.
    pub method: String,
    /// As it stands on the wire.
    pub target: String,
    fields: Vec<(String, Vec<u8>)>,
    body: Vec<u8>,
    framed: Framed,
    version: &'static str,
}

/// How the body's end is told.
#[derive(Clone, Copy, Debug)]
enum Framed {
    None,
    Length,
    Chunked,
}

impl Request {
    /// Any method, any target.
    pub fn new(method: &str, target: &str) -> Self {
        Request {
            method: method.to_owned(),
            target: target.to_owned(),
            fields: Vec::new(),
            body: Vec::new(),
            framed: Framed::None,
            version: "HTTP/1.1",
        }
    }

    /// A GET.
    pub fn get(target: &str) -> Self {
        Self::new("GET", target)
    }

    /// With one more field; `host` replaces the usual one.
    #[must_use]
    pub fn field(mut self, name: &str, value: impl AsRef<[u8]>) -> Self {
        self.fields.push((name.to_owned(), value.as_ref().to_vec()));
        self
    }

    /// With this body, its length told.
    #[must_use]
    pub fn body(mut self, body: impl AsRef<[u8]>) -> Self {
        (self.body, self.framed) = (body.as_ref().to_vec(), Framed::Length);
        self
    }

    /// With this body as JSON.
    #[must_use]
    pub fn json(self, body: impl AsRef<[u8]>) -> Self {
        self.field("content-type", "application/json").body(body)
    }

    /// With the body in chunks instead of by length.
    #[must_use]
    pub fn chunked(mut self) -> Self {
        self.framed = Framed::Chunked;
        self
    }

    /// With another method.
    #[must_use]
    pub fn method(mut self, method: &str) -> Self {
        method.clone_into(&mut self.method);
        self
    }

    /// With another target.
    #[must_use]
    pub fn target(mut self, target: &str) -> Self {
        target.clone_into(&mut self.target);
        self
    }

    /// As HTTP/1.0.
    #[must_use]
    pub fn old(mut self) -> Self {
        self.version = "HTTP/1.0";
        self
    }

    /// Whether the answer must have no body.
    pub fn is_head(&self) -> bool {
        self.method == "HEAD"
    }

    /// With `{name}` replaced in target, fields and body.
    #[must_use]
    pub fn filled(mut self, fill: &[(&str, &str)]) -> Self {
        for (name, value) in fill {
            self.target = self.target.replace(name, value);
            for (_, field) in &mut self.fields {
                *field = replaced(field, name, value);
            }
            self.body = replaced(&self.body, name, value);
        }
        self
    }

    /// As it goes over the wire; `host` unless the request names its own.
    pub fn bytes(&self, host: &str) -> Vec<u8> {
        let mut bytes = format!("{} {} {}\r\n", self.method, self.target, self.version).into_bytes();
        if !self.fields.iter().any(|(name, _)| name.eq_ignore_ascii_case("host")) {
            put(&mut bytes, "host", host.as_bytes());
        }
        for (name, value) in &self.fields {
            put(&mut bytes, name, value);
        }
        match self.framed {
            Framed::None => bytes.extend_from_slice(b"\r\n"),
            Framed::Length => {
                put(&mut bytes, "content-length", self.body.len().to_string().as_bytes());
                bytes.extend_from_slice(b"\r\n");
                bytes.extend_from_slice(&self.body);
            }
            Framed::Chunked => {
                put(&mut bytes, "transfer-encoding", b"chunked");
                bytes.extend_from_slice(b"\r\n");
                put_chunks(&mut bytes, &self.body);
            }
        }
        bytes
    }
}

fn put(bytes: &mut Vec<u8>, name: &str, value: &[u8]) {
    for part in [name.as_bytes(), b": ", value, b"\r\n"] {
        bytes.extend_from_slice(part);
    }
}

/// In two chunks where there is enough for two, so that joining them is tested as well.
fn put_chunks(bytes: &mut Vec<u8>, body: &[u8]) {
    for chunk in body.chunks((body.len() / 2).max(1)) {
        bytes.extend_from_slice(format!("{:x}\r\n", chunk.len()).as_bytes());
        bytes.extend_from_slice(chunk);
        bytes.extend_from_slice(b"\r\n");
    }
    bytes.extend_from_slice(b"0\r\n\r\n");
}

fn replaced(bytes: &[u8], name: &str, value: &str) -> Vec<u8> {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.replace(name, value).into_bytes(),
        Err(_) => bytes.to_vec(),
    }
}
