//! Puts that end well, and others: what is there is whole, and nothing else.

use super::{GivenFile, fresh, hex};
use crate::{
    check::{Check, Needs},
    fact::{Fact, exactly, field},
    finding::{Finding, Verdict, each, once},
    request::Request,
    target::Target,
};
use shared::Error;
use std::thread;

pub(super) fn checks() -> Vec<Check> {
    let check = |id, law| Check::law(id, Needs::Nothing, law);
    vec![
        check("files::a_broken_upload_leaves_the_old_file", broken_uploads),
        check("files::a_put_of_a_part_is_400", parts),
        check("files::what_is_too_large_is_413", too_large),
        check("files::a_refused_put_asks_for_no_body", refused_early),
        check("files::two_writers_leave_one_whole_file", two_writers),
    ]
}

/// Cut by length, in the middle of a chunk and behind one, and broken in its framing.
fn broken_uploads(target: &Target) -> Verdict {
    let cut = [
        "content-length: 9\r\n\r\nhalf",
        "transfer-encoding: chunked\r\n\r\n4\r\nhalf\r\n",
        "transfer-encoding: chunked\r\n\r\n8\r\nhalf",
        "transfer-encoding: chunked\r\n\r\n4\r\nhalf\r\nx\r\n",
    ];
    each(cut, |rest| {
        let file = GivenFile::make(target, "whole.txt", "whole")?;
        let new = fresh("new.txt");
        for path in [&file.path, &new] {
            let mut client = target.connect()?;
            client.send(format!("PUT {path} HTTP/1.1\r\nhost: {}\r\n{rest}", target.host).as_bytes());
            client.finish();
            match client.receive(false) {
                Ok(exchange) => exchange.expect(&[Fact::Problem(400, "malformed")])?,
                // Closed without a word.
                Err(finding) if client.closed().is_err() || client.has_more() => return Err(finding),
                Err(_) => {}
            }
        }
        file.has(target, "whole")?;
        target.expect(&Request::get(&new), &[exactly(&Error::NotFound)])?;
        file.remove(target)
    })
}

fn parts(target: &Target) -> Verdict {
    once(|| {
        let file = GivenFile::make(target, "part.txt", "whole")?;
        let part = file.put("part").field("content-range", "bytes 0-3/5");
        target.expect(&part, &[Fact::Problem(400, "malformed")])?;
        file.has(target, "whole")?;
        file.remove(target)
    })
}

/// The default of `--max-upload-bytes`; nobody sends so much here.
fn too_large(target: &Target) -> Verdict {
    const LIMIT: u64 = 64 * 1024 * 1024;
    once(|| {
        let (path, host) = (fresh("large.bin"), &target.host);
        let mut client = target.connect()?;
        client.send(format!("PUT {path} HTTP/1.1\r\nhost: {host}\r\ncontent-length: {}\r\n\r\n", LIMIT + 1).as_bytes());
        client.receive(false)?.expect(&[exactly(&Error::TooLarge(LIMIT)), field("connection", "close")])?;
        target.expect(&Request::get(&path), &[exactly(&Error::NotFound)]).map(|_| ())
    })
}

/// A client that waits to be asked for its body is told what is wrong instead.
fn refused_early(target: &Target) -> Verdict {
    each(
        [("if-match: \"x\"", "/kept"), ("x: y", "/a/../b"), ("content-range: bytes 0-0/1", "/kept")],
        |(field, path)| {
            let mut client = target.connect()?;
            let head = format!("PUT /files{path} HTTP/1.1\r\nhost: {}\r\n{field}\r\n", target.host);
            client.send(format!("{head}expect: 100-continue\r\ncontent-length: 1000\r\n\r\n").as_bytes());
            let status = client.receive_interim()?.status;
            if [400, 412].contains(&status) {
                Ok(())
            } else {
                Err(client.finding(format!("the first answer is {status}")))
            }
        },
    )
}

fn two_writers(target: &Target) -> Verdict {
    once(|| {
        let file = GivenFile::make(target, "contested.txt", "nobody's")?;
        let contents: Vec<String> = (0..8).map(|n| format!("writer {n};").repeat(20_000)).collect();
        let put = |content: &String| target.expect(&file.put(content), &[Fact::Status(200)]).map(|_| ());
        thread::scope(|scope| {
            let writers: Vec<_> = contents.iter().map(|content| scope.spawn(|| put(content))).collect();
            writers.into_iter().try_for_each(|writer| writer.join().unwrap_or_else(|_| Err(Finding::new("a panic"))))
        })?;
        let exchange = target.expect(&file.get(), &[Fact::Status(200)])?;
        let winner = contents.iter().find(|content| content.as_bytes() == exchange.answer.body);
        let winner = winner.ok_or_else(|| exchange.finding("this is nobody's content, or not whole"))?;
        exchange.expect(&[field("etag", format!("\"{}\"", hex(winner.as_bytes())))])?;
        file.remove(target)
    })
}
