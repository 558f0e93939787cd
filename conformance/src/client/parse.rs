//! One answer out of bytes: RFC 9112, read as strictly as it is written.

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The digit behind `HTTP/1.`.
    pub minor: u8,
    /// The status.
    pub status: u16,
    /// The fields in the order in which they came, names in lower case.
    pub fields: Vec<(String, String)>,
    /// How the body's end was found.
    pub framing: Framing,
    /// The body, freed of its transfer coding.
    pub body: Vec<u8>,
}

/// How the end of a body is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Framing {
    /// This answer cannot have a body.
    None,
    /// By `Content-Length`.
    Length,
    /// By the chunked coding.
    Chunked,
    /// By the end of the connection.
    Close,
}

impl Answer {
    /// The value of a field; that of the first, if there are several.
    pub fn field(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The members of a list field over all its lines, in lower case.
    pub fn tokens(&self, name: &str) -> Vec<String> {
        let lines = self.fields.iter().filter(|(known, _)| known == name);
        let members = lines.flat_map(|(_, value)| value.split(','));
        members.map(|member| member.trim().to_ascii_lowercase()).filter(|member| !member.is_empty()).collect()
    }
}

/// The first answer in `bytes` and how many of them it takes; `None` when more must come. `head` when the request was
/// a HEAD, `over` when nothing more will come.
///
/// # Errors
/// Says which rule is broken.
pub fn parse(bytes: &[u8], head: bool, over: bool) -> Result<Option<(Answer, usize)>, String> {
    let Some(end) = find(bytes, b"\r\n\r\n") else { return Ok(None) };
    let text = std::str::from_utf8(&bytes[..end]).map_err(|_| "the head of the answer is not ASCII")?;
    let mut lines = text.split("\r\n");
    let (minor, status) = status_line(lines.next().unwrap_or_default())?;
    let fields = lines.map(field).collect::<Result<Vec<_>, _>>()?;
    let mut answer = Answer { minor, status, fields, framing: Framing::None, body: Vec::new() };
    answer.framing = framing(&answer, head)?;
    let at = end + 4;
    let Some((body, len)) = body(&answer, &bytes[at..], over)? else { return Ok(None) };
    answer.body = body;
    Ok(Some((answer, at + len)))
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|window| window == what)
}

fn status_line(line: &str) -> Result<(u8, u16), String> {
    let broken = || format!("{line:?} is not a status line");
    let minor = match line.get(..9) {
        Some("HTTP/1.1 ") => 1,
        Some("HTTP/1.0 ") => 0,
        _ => return Err(broken()),
    };
    let (digits, rest) = line[9..].split_at_checked(3).ok_or_else(broken)?;
    let sound = digits.bytes().all(|byte| byte.is_ascii_digit()) && rest.starts_with(' ') && is_text(rest);
    let status: u16 = digits.parse().map_err(|_| broken())?;
    if sound && (100..600).contains(&status) { Ok((minor, status)) } else { Err(broken()) }
}

fn is_text(value: &str) -> bool {
    value.bytes().all(|byte| byte == b' ' || byte == b'\t' || byte.is_ascii_graphic())
}

fn is_token(name: &str) -> bool {
    let good = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !name.is_empty() && name.bytes().all(good)
}

fn field(line: &str) -> Result<(String, String), String> {
    match line.split_once(':') {
        Some((name, value)) if is_token(name) && is_text(value) => {
            Ok((name.to_ascii_lowercase(), value.trim_matches([' ', '\t']).to_owned()))
        }
        _ => Err(format!("{line:?} is not a field")),
    }
}

fn framing(answer: &Answer, head: bool) -> Result<Framing, String> {
    let count = |name: &str| answer.fields.iter().filter(|(known, _)| known == name).count();
    let (lengths, codings) = (count("content-length"), count("transfer-encoding"));
    let bodyless = answer.status < 200 || answer.status == 204;
    match (lengths, codings) {
        (1.., _) | (_, 1..) if bodyless => Err(format!("a {} with Content-Length or Transfer-Encoding", answer.status)),
        (1.., 1..) => Err("both Content-Length and Transfer-Encoding".to_owned()),
        (2.., _) | (_, 2..) => Err("more than one Content-Length or Transfer-Encoding".to_owned()),
        _ if bodyless || answer.status == 304 || head => Ok(Framing::None),
        (1, _) => Ok(Framing::Length),
        (_, 1) if answer.minor == 0 => Err("HTTP/1.0 with Transfer-Encoding".to_owned()),
        (_, 1) if answer.field("transfer-encoding") == Some("chunked") => Ok(Framing::Chunked),
        (_, 1) => Err("a Transfer-Encoding other than chunked".to_owned()),
        _ => Ok(Framing::Close),
    }
}

fn body(answer: &Answer, bytes: &[u8], over: bool) -> Result<Option<(Vec<u8>, usize)>, String> {
    match answer.framing {
        Framing::None => Ok(Some((Vec::new(), 0))),
        Framing::Length => {
            let digits = answer.field("content-length").unwrap_or_default();
            let sound = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
            let length: Option<usize> = digits.parse().ok().filter(|_| sound);
            let length = length.ok_or_else(|| format!("{digits:?} is not a length"))?;
            Ok(bytes.get(..length).map(|body| (body.to_vec(), length)))
        }
        Framing::Chunked => chunks(bytes),
        Framing::Close => Ok(over.then(|| (bytes.to_vec(), bytes.len()))),
    }
}

fn chunks(bytes: &[u8]) -> Result<Option<(Vec<u8>, usize)>, String> {
    let (mut body, mut at) = (Vec::new(), 0);
    loop {
        let Some((data, len)) = chunk(&bytes[at..])? else { return Ok(None) };
        body.extend_from_slice(data);
        at += len;
        if data.is_empty() {
            return Ok(Some((body, at)));
        }
    }
}

/// The data of the first chunk in `bytes`, and how many of them the chunk takes; `None` when more must come. The last
/// chunk is empty.
pub(super) fn chunk(bytes: &[u8]) -> Result<Option<(&[u8], usize)>, String> {
    let Some(line) = find(bytes, b"\r\n") else { return Ok(None) };
    let size = std::str::from_utf8(&bytes[..line]).unwrap_or("?");
    let sound = !size.is_empty() && size.len() <= 8 && size.bytes().all(|byte| byte.is_ascii_hexdigit());
    let size = usize::from_str_radix(if sound { size } else { "?" }, 16);
    let size = size.map_err(|_| "a chunk whose size is not a hexadecimal number".to_owned())?;
    let at = line + 2;
    // None of the six sends trailers: behind the last chunk comes the empty line at once.
    let Some(data) = bytes.get(at..at + size + 2) else { return Ok(None) };
    if !data.ends_with(b"\r\n") {
        return Err("a chunk that does not end in CR LF".to_owned());
    }
    Ok(Some((&data[..size], at + size + 2)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Option<(u16, String, usize)>, String> {
        let parsed = parse(text.as_bytes(), false, false)?;
        Ok(parsed.map(|(answer, len)| (answer.status, String::from_utf8_lossy(&answer.body).into_owned(), len)))
    }

    #[test]
    fn bodies_by_length_and_by_chunks() {
        let length = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP";
        assert_eq!(read(length), Ok(Some((200, "ok".into(), length.len() - 4))));
        let chunked = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\nA\r\n0123456789\r\n0\r\n\r\n";
        assert_eq!(read(chunked), Ok(Some((200, "ok0123456789".into(), chunked.len()))));
        for text in [length, chunked] {
            let whole = read(text).ok().flatten().map_or(0, |(_, _, len)| len);
            for cut in 0..whole {
                assert_eq!(read(&text[..cut]), Ok(None), "{:?}", &text[..cut]);
            }
        }
    }

    #[test]
    fn what_has_no_body_ends_with_its_head() {
        for status in [204, 304] {
            let text = format!("HTTP/1.1 {status} \r\nx: y\r\n\r\nmore");
            assert_eq!(read(&text), Ok(Some((status, String::new(), text.len() - 4))));
        }
        let head = parse(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n", true, false);
        assert!(matches!(head, Ok(Some((answer, 38))) if answer.body.is_empty()));
    }

    #[test]
    fn broken_answers_are_told() {
        for bad in [
            "HTTP/2.0 200 OK\r\n\r\n",
            "HTTP/1.1 2000 OK\r\n\r\n",
            "HTTP/1.1 200\r\n\r\n",
            "HTTP/1.1 200 OK\nx: y\r\n\r\n",
            "HTTP/1.1 200 OK\r\nx : y\r\n\r\n",
            "HTTP/1.1 200 OK\r\n x: y\r\n\r\n",
            "HTTP/1.1 204 No\r\ncontent-length: 0\r\n\r\n",
            "HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 1\r\n\r\na",
            "HTTP/1.1 200 OK\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\na",
            "HTTP/1.1 200 OK\r\ncontent-length: +1\r\n\r\na",
            "HTTP/1.1 200 OK\r\ntransfer-encoding: gzip\r\n\r\n",
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1;x\r\na\r\n",
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\nabc\r\n",
        ] {
            assert!(read(bad).is_err(), "{bad:?}");
        }
    }
}
