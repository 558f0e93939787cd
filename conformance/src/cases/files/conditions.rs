//! Conditions on files, by tag and by date (RFC 9110, section 13).

use super::{GivenFile, fresh};
use crate::{
    check::{Check, Needs},
    fact::{Fact, exactly, field},
    finding::{Finding, Verdict, each, once},
    request::Request,
    target::Target,
};
use shared::Error;

const LONG_AGO: &str = "Sun, 06 Nov 1994 08:49:37 GMT";
const TO_COME: &str = "Fri, 31 Dec 2100 00:00:00 GMT";

pub(super) fn checks() -> Vec<Check> {
    let check = |id, law| Check::law(id, Needs::Nothing, law);
    vec![
        check("files::gets_are_conditional", gets),
        check("files::puts_are_conditional", puts),
        check("files::puts_of_new_files_are_conditional", new_puts),
        check("files::deletes_are_conditional", deletes),
        check("files::of_many_that_may_not_replace_one_wins", race),
    ]
}

/// With `{etag}` and `{modified}` filled in.
fn with(request: Request, fields: &[(&str, &str)], file: &GivenFile) -> Request {
    let request = fields.iter().fold(request, |request, (name, value)| request.field(name, value));
    request.filled(&[("{etag}", &file.etag), ("{modified}", &file.modified)])
}

fn gets(target: &Target) -> Verdict {
    let conditions: [(&[(&str, &str)], u16); 19] = [
        (&[("if-none-match", "{etag}")], 304),
        (&[("if-none-match", "W/{etag}")], 304),
        (&[("if-none-match", "\"x\", {etag}")], 304),
        (&[("if-none-match", "*")], 304),
        (&[("if-none-match", "\"x\"")], 200),
        (&[("if-modified-since", "{modified}")], 304),
        (&[("if-modified-since", TO_COME)], 304),
        (&[("if-modified-since", LONG_AGO)], 200),
        (&[("if-modified-since", "yesterday")], 200),
        (&[("if-modified-since", "{modified}"), ("if-none-match", "\"x\"")], 200),
        (&[("if-modified-since", LONG_AGO), ("if-none-match", "{etag}")], 304),
        (&[("if-match", "{etag}")], 200),
        (&[("if-match", "*")], 200),
        (&[("if-match", "W/{etag}")], 412),
        (&[("if-match", "\"x\"")], 412),
        (&[("if-unmodified-since", "{modified}")], 200),
        (&[("if-unmodified-since", LONG_AGO)], 412),
        (&[("if-unmodified-since", LONG_AGO), ("if-match", "{etag}")], 200),
        (&[("if-match", "\"x\""), ("if-none-match", "{etag}")], 412),
    ];
    once(|| {
        let file = GivenFile::make(target, "conditional.txt", "content")?;
        for (fields, status) in conditions {
            let mut facts = vec![Fact::Status(status)];
            match status {
                304 => facts.extend([
                    field("etag", &file.etag),
                    field("last-modified", &file.modified),
                    Fact::Empty,
                    Fact::Lacks("content-type"),
                    Fact::Lacks("content-length"),
                ]),
                412 => facts.push(Fact::Has("content-type")),
                _ => facts.push(field("etag", &file.etag)),
            }
            target.expect(&with(file.get(), fields, &file), &facts)?;
            target.expect(&with(file.get(), fields, &file).method("HEAD"), &facts)?;
        }
        file.remove(target)
    })
}

fn puts(target: &Target) -> Verdict {
    let conditions: [(&[(&str, &str)], u16); 8] = [
        (&[("if-match", "\"x\"")], 412),
        (&[("if-match", "W/{etag}")], 412),
        (&[("if-none-match", "*")], 412),
        (&[("if-none-match", "{etag}")], 412),
        (&[("if-unmodified-since", LONG_AGO)], 412),
        (&[("if-match", "{etag}")], 200),
        (&[("if-none-match", "\"x\"")], 200),
        (&[("if-unmodified-since", TO_COME), ("if-modified-since", TO_COME)], 200),
    ];
    each(conditions, |(fields, status)| {
        let file = GivenFile::make(target, "conditional.txt", "old")?;
        let put = with(file.put("new"), fields, &file);
        match status {
            412 => target.expect(&put, &[exactly(&Error::PreconditionFailed)])?,
            _ => target.expect(&put, &[Fact::Status(status), Fact::Lacks("location")])?,
        };
        file.has(target, if status == 412 { "old" } else { "new" })?;
        file.remove(target)
    })
}

fn new_puts(target: &Target) -> Verdict {
    each([("if-match", "*", 412), ("if-match", "\"x\"", 412), ("if-none-match", "*", 201)], |(name, value, status)| {
        let path = fresh("new.txt");
        target.expect(&Request::new("PUT", &path).body("new").field(name, value), &[Fact::Status(status)])?;
        let there = if status == 201 { 200 } else { 404 };
        target.expect(&Request::get(&path), &[Fact::Status(there)])?;
        target.expect(&Request::new("DELETE", &path), &[Fact::Status(if there == 200 { 204 } else { 404 })]).map(|_| ())
    })
}

fn deletes(target: &Target) -> Verdict {
    once(|| {
        let file = GivenFile::make(target, "conditional.txt", "old")?;
        let delete = || Request::new("DELETE", &file.path);
        for fields in [("if-match", "\"x\""), ("if-none-match", "*"), ("if-unmodified-since", LONG_AGO)] {
            target.expect(&with(delete(), &[fields], &file), &[exactly(&Error::PreconditionFailed)])?;
            file.has(target, "old")?;
        }
        target.expect(&with(delete(), &[("if-match", "{etag}")], &file), &[Fact::Status(204)])?;
        let gone = target.expect(&with(delete(), &[("if-match", "{etag}")], &file), &[exactly(&Error::NotFound)]);
        gone.map(|_| ())
    })
}

/// All are let begin, as there is no file yet; the one that is whole first makes it.
fn race(target: &Target) -> Verdict {
    const WRITERS: usize = 6;
    once(|| {
        let (path, host) = (fresh("contested.txt"), &target.host);
        let head = format!("PUT {path} HTTP/1.1\r\nhost: {host}\r\nif-none-match: *\r\nexpect: 100-continue\r\n");
        let mut writers = Vec::new();
        for _ in 0..WRITERS {
            let mut writer = target.connect()?;
            writer.send(format!("{head}content-length: 1\r\n\r\n").as_bytes());
            let status = writer.receive_interim()?.status;
            if status != 100 {
                return Err(writer.finding(format!("the first answer is {status}, not 100")));
            }
            writers.push(writer);
        }
        let mut winners = Vec::new();
        for (at, writer) in writers.iter_mut().enumerate() {
            writer.send(at.to_string().as_bytes());
        }
        for (at, writer) in writers.iter_mut().enumerate() {
            let exchange = writer.receive(false)?;
            match exchange.answer.status {
                201 => winners.push(at),
                _ => exchange.expect(&[exactly(&Error::PreconditionFailed)])?,
            }
        }
        let [winner] = winners[..] else { return Err(Finding::new(format!("the winners are {winners:?}"))) };
        target.expect(&Request::get(&path), &[Fact::Status(200), Fact::Body(winner.to_string())])?;
        target.expect(&Request::new("DELETE", &path), &[Fact::Status(204)]).map(|_| ())
    })
}
