//! Parts of files (RFC 9110, section 14).

use super::GivenFile;
use crate::{
    check::{Check, Needs},
    fact::{Fact, exactly, field},
    finding::{Finding, Verdict, once},
    target::Target,
};
use shared::Error;

const CONTENT: &str = "0123456789";

pub(super) fn checks() -> Vec<Check> {
    let check = |id, law| Check::law(id, Needs::Nothing, law);
    vec![
        check("files::one_range_is_206", parts),
        check("files::what_is_no_single_range_is_ignored", ignored),
        check("files::a_range_beyond_the_end_is_416", beyond),
        check("files::an_empty_file_has_no_parts", empty),
        check("files::if_range_must_name_the_file_as_it_is", if_range),
        check("files::conditions_come_before_ranges", conditions_first),
        check("files::parts_of_a_large_file_fit_together", large),
    ]
}

fn with_file(target: &Target, content: &str, check: impl FnOnce(&GivenFile) -> Result<(), Finding>) -> Verdict {
    once(|| {
        let file = GivenFile::make(target, "parts.txt", content)?;
        check(&file)?;
        file.remove(target)
    })
}

/// Range handling is defined for GET alone (section 14.2): HEAD has the head of the whole.
fn heads(target: &Target, file: &GivenFile, range: &str, size: usize) -> Result<(), Finding> {
    let head = file.get().method("HEAD").field("range", range);
    let facts = [
        Fact::Status(200),
        field("content-length", size.to_string()),
        Fact::Lacks("content-range"),
        field("accept-ranges", "bytes"),
        Fact::Empty,
    ];
    target.expect(&head, &facts).map(|_| ())
}

fn parts(target: &Target) -> Verdict {
    with_file(target, CONTENT, |file| {
        for (range, first, last) in [
            ("bytes=0-0", 0, 0),
            ("bytes=9-9", 9, 9),
            ("bytes=-1", 9, 9),
            ("bytes=-3", 7, 9),
            ("bytes=-10", 0, 9),
            ("bytes=-99", 0, 9),
            ("bytes=0-", 0, 9),
            ("bytes=4-", 4, 9),
            ("bytes=4-6", 4, 6),
            ("bytes=8-99999999999999999999", 8, 9),
            ("Bytes=1-2", 1, 2),
            ("bytes=1-2,", 1, 2),
        ] {
            let part = &CONTENT[first..=last];
            let facts = [
                Fact::Status(206),
                field("content-range", format!("bytes {first}-{last}/10")),
                field("content-length", part.len().to_string()),
                field("content-type", "text/plain"),
                field("etag", &file.etag),
                field("last-modified", &file.modified),
                field("accept-ranges", "bytes"),
                field("x-content-type-options", "nosniff"),
                Fact::Body(part.to_owned()),
            ];
            target.expect(&file.get().field("range", range), &facts)?;
            heads(target, file, range, CONTENT.len())?;
        }
        Ok(())
    })
}

fn ignored(target: &Target) -> Verdict {
    with_file(target, CONTENT, |file| {
        let ranges = [
            "bytes=0-1,4-5",
            "bytes=0-0,-1",
            "bytes=5-4",
            "bytes=",
            "bytes",
            "bytes=x-y",
            "bytes=1-2-3",
            "bytes=--1",
            "bytes=+1-2",
            "items=0-1",
            "0-1",
            "bytes 0-1",
            "",
        ];
        for range in ranges {
            let facts = [Fact::Status(200), Fact::Lacks("content-range"), Fact::Body(CONTENT.to_owned())];
            target.expect(&file.get().field("range", range), &facts)?;
        }
        let twice = file.get().field("range", "bytes=0-1").field("range", "bytes=4-5");
        target.expect(&twice, &[Fact::Status(200), Fact::Body(CONTENT.to_owned())]).map(|_| ())
    })
}

fn beyond(target: &Target) -> Verdict {
    with_file(target, CONTENT, |file| {
        let ranges = ["bytes=10-", "bytes=10-10", "bytes=99-100", "bytes=-0", "bytes=99999999999999999999-"];
        for range in ranges {
            let facts = [exactly(&Error::RangeNotSatisfiable(10)), field("content-range", "bytes */10")];
            target.expect(&file.get().field("range", range), &facts)?;
            heads(target, file, range, CONTENT.len())?;
        }
        Ok(())
    })
}

fn empty(target: &Target) -> Verdict {
    with_file(target, "", |file| {
        for range in ["bytes=0-0", "bytes=0-", "bytes=-0"] {
            let facts = [exactly(&Error::RangeNotSatisfiable(0)), field("content-range", "bytes */0")];
            target.expect(&file.get().field("range", range), &facts)?;
            heads(target, file, range, 0)?;
        }
        // The last five bytes of nothing are nothing, which no Content-Range can say.
        let facts = [Fact::Status(200), field("content-length", "0"), Fact::Lacks("content-range"), Fact::Empty];
        target.expect(&file.get().field("range", "bytes=-5"), &facts).map(|_| ())
    })
}

fn if_range(target: &Target) -> Verdict {
    with_file(target, CONTENT, |file| {
        for (value, holds) in [
            (file.etag.clone(), true),
            (file.modified.clone(), true),
            (format!("W/{}", file.etag), false),
            ("\"x\"".to_owned(), false),
            ("Sun, 06 Nov 1994 08:49:37 GMT".to_owned(), false),
            ("Fri, 31 Dec 2100 00:00:00 GMT".to_owned(), false),
            ("yesterday".to_owned(), false),
            ("*".to_owned(), false),
        ] {
            let (status, body) = if holds { (206, "23") } else { (200, CONTENT) };
            let request = file.get().field("range", "bytes=2-3").field("if-range", &value);
            target.expect(&request, &[Fact::Status(status), Fact::Body(body.to_owned())])?;
            // What does not hold makes of a range beyond the end the whole, too.
            let beyond = file.get().field("range", "bytes=10-").field("if-range", &value);
            target.expect(&beyond, &[Fact::Status(if holds { 416 } else { 200 })])?;
            heads(target, file, "bytes=2-3", CONTENT.len())?;
        }
        // Without a range it says nothing.
        let alone = file.get().field("if-range", "\"x\"");
        target.expect(&alone, &[Fact::Status(200), Fact::Body(CONTENT.to_owned())]).map(|_| ())
    })
}

fn conditions_first(target: &Target) -> Verdict {
    with_file(target, CONTENT, |file| {
        for range in ["bytes=0-1", "bytes=10-"] {
            let ranged = || file.get().field("range", range);
            target.expect(&ranged().field("if-none-match", &file.etag), &[Fact::Status(304), Fact::Empty])?;
            target.expect(&ranged().field("if-match", "\"x\""), &[exactly(&Error::PreconditionFailed)])?;
        }
        Ok(())
    })
}

fn large(target: &Target) -> Verdict {
    let content: String = (0..60_000).map(|at| format!("{at:05}")).collect();
    with_file(target, &content, |file| {
        let mut whole = Vec::new();
        while whole.len() < content.len() {
            let (first, last) = (whole.len(), (whole.len() + 99_990).min(content.len() - 1));
            let range = file.get().field("range", format!("bytes={first}-{}", whole.len() + 99_990));
            let told = field("content-range", format!("bytes {first}-{last}/{}", content.len()));
            let len = field("content-length", (last + 1 - first).to_string());
            let exchange = target.expect(&range, &[Fact::Status(206), told, len])?;
            whole.extend_from_slice(&exchange.answer.body);
        }
        if whole == content.as_bytes() { Ok(()) } else { Err(Finding::new("the parts make another file")) }
    })
}
