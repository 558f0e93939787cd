//! `/files` and `/files/{*path}`: files from their making to their end.

/// `If-Match` and its like.
mod conditions;
/// Paths, sound and not.
mod paths;
/// `Range` and `If-Range`.
mod ranges;
/// Puts that end well, and others.
mod uploads;

use crate::{
    check::{Check, Needs},
    client::{Exchange, decoded},
    fact::{Fact, exactly, field, json},
    finding::{Finding, Verdict, each, once},
    laws::answers::seconds,
    request::Request,
    target::Target,
};
use sha2::{Digest, Sha256};
use shared::{Error, contract::media};
use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::{SystemTime, UNIX_EPOCH},
};

pub(super) fn checks() -> Vec<Check> {
    let check = |id, law| Check::law(id, Needs::Nothing, law);
    let on_own_store = |id, law| Check::law(id, Needs::Store, law);
    let here = vec![
        check("files::a_file_is_kept_and_listed", kept),
        check("files::any_bytes_come_back_as_they_were", any_bytes),
        check("files::the_name_tells_the_type", types),
        check("files::modified_is_when_it_was_put", modified),
        check("files::large_text_is_compressed_and_its_parts_are_not", compression),
        on_own_store("files::the_list_is_sorted_by_path", sorted),
    ];
    [here, uploads::checks(), conditions::checks(), ranges::checks(), paths::checks()].concat()
}

/// A file that was put for a check.
pub(super) struct GivenFile {
    /// Its path on the wire.
    path: String,
    etag: String,
    modified: String,
}

impl GivenFile {
    /// Puts it, at a path that no other check uses.
    fn make(target: &Target, name: &str, content: impl AsRef<[u8]>) -> Result<Self, Finding> {
        let path = fresh(name);
        let facts = [Fact::Status(201), field("location", path.as_str()), Fact::Has("etag")];
        let made = target.expect(&Request::new("PUT", &path).body(content), &facts)?;
        let seen = target.expect(&Request::new("HEAD", &path), &[Fact::Status(200), Fact::Has("last-modified")])?;
        let text = |exchange: &Exchange, name| exchange.answer.field(name).unwrap_or_default().to_owned();
        Ok(GivenFile { path, etag: text(&made, "etag"), modified: text(&seen, "last-modified") })
    }

    fn get(&self) -> Request {
        Request::get(&self.path)
    }

    fn put(&self, content: impl AsRef<[u8]>) -> Request {
        Request::new("PUT", &self.path).body(content)
    }

    /// Holds its content to this.
    fn has(&self, target: &Target, content: &str) -> Result<(), Finding> {
        target.expect(&self.get(), &[Fact::Status(200), Fact::Body(content.to_owned())]).map(|_| ())
    }

    /// Removes it.
    fn remove(self, target: &Target) -> Result<(), Finding> {
        target.expect(&Request::new("DELETE", &self.path), &[Fact::Status(204), Fact::Empty]).map(|_| ())
    }
}

/// A path that was not used before, by this judge or another.
fn fresh(name: &str) -> String {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_nanos());
    format!("/files/judge/{now:x}-{}/{name}", NEXT.fetch_add(1, Ordering::Relaxed))
}

fn hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn kept(target: &Target) -> Verdict {
    once(|| {
        let path = fresh("kept.txt");
        let name = path.trim_start_matches("/files/");
        let put = |content: &str| Request::new("PUT", &path).body(content);
        let listed = |content: &str, modified: &str| {
            let (size, sum) = (content.len(), hex(content.as_bytes()));
            format!(r#"{{"path":"{name}","size":{size},"etag":"\"{sum}\"","modified":"{modified}","type":"text/plain""#)
        };
        for (content, status) in [("one", 201), ("one", 200), ("another", 200), ("", 200)] {
            let sum = hex(content.as_bytes());
            let tag = format!("\"{sum}\"");
            let facts = [Fact::Status(status), field("content-type", media::JSON), field("etag", &tag)];
            let stored = target.expect(&put(content), &facts)?;
            let modified = json(&stored.answer).map_err(|what| stored.finding(what))?["modified"].clone();
            let modified = modified.as_str().filter(|text| is_rfc3339(text));
            let modified = modified.ok_or_else(|| stored.finding("modified is no time of RFC 3339"))?;
            stored.expect(&[Fact::Body(format!("{},\"sha256\":\"{sum}\"}}", listed(content, modified)))])?;
            let list =
                target.expect(&Request::get("/files"), &[Fact::Status(200), field("content-type", media::JSON)])?;
            list.expect(&[Fact::Contains(format!("{}}}", listed(content, modified)))])?;
            let head = [
                Fact::Status(200),
                field("etag", &tag),
                field("content-length", content.len().to_string()),
                field("content-type", "text/plain"),
                field("accept-ranges", "bytes"),
                field("x-content-type-options", "nosniff"),
                Fact::Has("last-modified"),
            ];
            target.expect(&Request::get(&path), &[&head[..], &[Fact::Body(content.to_owned())]].concat())?;
            target.expect(&Request::new("HEAD", &path), &[&head[..], &[Fact::Empty]].concat())?;
        }
        target.expect(&Request::new("DELETE", &path), &[Fact::Status(204), Fact::Empty])?;
        for method in ["GET", "DELETE"] {
            target.expect(&Request::new(method, &path), &[exactly(&Error::NotFound)])?;
        }
        let list = target.expect(&Request::get("/files"), &[Fact::Status(200)])?;
        let gone = !String::from_utf8_lossy(&list.answer.body).contains(name);
        if gone { Ok(()) } else { Err(list.finding("what was deleted is still listed")) }
    })
}

/// `2026-11-25T22:33:26Z`
fn is_rfc3339(text: &str) -> bool {
    let shape = b"0000-00-00T00:00:00Z";
    let fits = |(byte, want): (u8, &u8)| if *want == b'0' { byte.is_ascii_digit() } else { byte == *want };
    text.len() == shape.len() && text.bytes().zip(shape).all(fits)
}

fn any_bytes(target: &Target) -> Verdict {
    let noise: Vec<u8> = (0..1_000_003_u32).map(|at| (at.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    let contents: [&[u8]; 4] = [b"", b"\0", b"\r\n\r\n0\r\n\r\n", &noise];
    each(contents, |content| {
        let path = fresh("bytes.bin");
        for request in [Request::new("PUT", &path).body(content), Request::new("PUT", &path).body(content).chunked()] {
            target.expect(&request, &[field("etag", format!("\"{}\"", hex(content)))])?;
            let exchange = target.expect(&Request::get(&path), &[Fact::Status(200)])?;
            if exchange.answer.body != content {
                return Err(exchange.finding("these are other bytes"));
            }
        }
        target.expect(&Request::new("DELETE", &path), &[Fact::Status(204)]).map(|_| ())
    })
}

/// `Sun, 06 Nov 1994 08:49:37 GMT` as `1994-11-06T08:49:37Z`
fn as_rfc3339(date: &str) -> Option<String> {
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let month = MONTHS.iter().position(|month| Some(*month) == date.get(8..11))? + 1;
    Some(format!("{}-{month:02}-{}T{}Z", date.get(12..16)?, date.get(5..7)?, date.get(17..25)?))
}

/// As the list, the field and the clock say it. A second may begin, and a file system may be coarse.
fn modified(target: &Target) -> Verdict {
    once(|| {
        let file = GivenFile::make(target, "modified.txt", "content")?;
        let stored = target.expect(&file.put("other"), &[Fact::Status(200), Fact::Has("date")])?;
        let told = json(&stored.answer).map_err(|what| stored.finding(what))?["modified"].clone();
        let seen = target.expect(&file.get(), &[Fact::Has("last-modified")])?;
        let field = |exchange: &Exchange, name| exchange.answer.field(name).unwrap_or_default().to_owned();
        let (put, kept) = (seconds(&field(&stored, "date")), seconds(&field(&seen, "last-modified")));
        if as_rfc3339(&field(&seen, "last-modified")).is_none_or(|kept| told != kept) {
            return Err(seen.finding(format!("last-modified is not the modified of the put, {told}")));
        }
        if put.zip(kept).is_none_or(|(put, kept)| put.abs_diff(kept) > 3) {
            return Err(seen.finding("last-modified is not when the file was put"));
        }
        file.remove(target)
    })
}

/// The client's `Content-Type` has no say.
fn types(target: &Target) -> Verdict {
    let names = [
        ("page.html", "text/html"),
        ("PICTURE.PNG", "image/png"),
        ("data.json", "application/json"),
        ("no-ending", "application/octet-stream"),
        ("odd.ending-that-nobody-knows", "application/octet-stream"),
    ];
    each(names, |(name, kind)| {
        let file = GivenFile::make(target, name, "content")?;
        target.expect(&file.put("content").field("content-type", "text/css"), &[Fact::Status(200)])?;
        target.expect(&file.get(), &[field("content-type", kind), field("x-content-type-options", "nosniff")])?;
        file.remove(target)
    })
}

/// A compressed answer has no strong tag and no parts; a part is never compressed.
fn compression(target: &Target) -> Verdict {
    let text = "some text; ".repeat(500);
    each([("large.txt", true), ("large.html", true), ("large.png", false)], |(name, eligible)| {
        let file = GivenFile::make(target, name, &text)?;
        let plain = [field("etag", &file.etag), Fact::Lacks("content-encoding"), Fact::Has("content-length")];
        let squeezed = [
            field("etag", format!("W/{}", file.etag)),
            field("content-encoding", "gzip"),
            Fact::Varies("accept-encoding"),
            Fact::Lacks("accept-ranges"),
        ];
        let asked = file.get().field("accept-encoding", "gzip");
        let exchange = target.expect(&asked, if eligible { &squeezed } else { &plain })?;
        if decoded(&exchange.answer).map_err(|what| exchange.finding(what))? != text.as_bytes() {
            return Err(exchange.finding("this is another content"));
        }
        target.expect(&file.get(), &plain)?;
        let part = asked.field("range", "bytes=0-1999");
        let facts = [Fact::Status(206), Fact::Lacks("content-encoding"), Fact::Body(text[..2000].to_owned())];
        target.expect(&part, &facts)?;
        file.remove(target)
    })
}

fn sorted(target: &Target) -> Verdict {
    once(|| {
        let paths = ["b", "a/z", "a-b", "a", "%C3%A4", "a/b/c", "Z"];
        for path in paths {
            target.expect(&Request::new("PUT", &format!("/files/{path}")).body("x"), &[Fact::Status(201)])?;
        }
        let list = target.expect(&Request::get("/files"), &[Fact::Status(200)])?;
        let files = json(&list.answer).map_err(|what| list.finding(what))?;
        let listed: Vec<_> = files.as_array().into_iter().flatten().filter_map(|file| file["path"].as_str()).collect();
        if listed == ["Z", "a", "a-b", "a/b/c", "a/z", "b", "ä"] {
            return Ok(());
        }
        Err(list.finding(format!("the order is {listed:?}")))
    })
}
