//! Paths of files: none leaves the folder, and whatever stays in it is a name.

use super::fresh;
use crate::{
    check::{Check, Needs},
    fact::{Fact, exactly, field},
    finding::{Verdict, each},
    request::Request,
    target::Target,
};
use shared::{Error, contract::allow};

pub(super) fn checks() -> Vec<Check> {
    let check = |id, law| Check::law(id, Needs::Nothing, law);
    vec![
        check("files::no_path_leaves_the_folder", refused),
        check("files::any_other_name_will_do", accepted),
        check("files::names_are_told_apart_to_the_byte", told_apart),
        check("files::a_path_needs_a_name", nameless),
        check("files::a_method_is_judged_before_a_path", methods),
    ]
}

/// Behind `/files/`; each could mean something else to a file system, or to whoever decodes twice.
const REFUSED: &[&str] = &[
    "..",
    ".",
    "../a",
    "../../etc/passwd",
    "a/..",
    "a/../b",
    "a/.",
    "./a",
    "a/./b",
    "a//b",
    "/a",
    "//",
    "a/",
    "/etc/passwd",
    "%2e%2e",
    "%2E%2E/a",
    ".%2e/a",
    "%2e./a",
    "a/%2e%2e/b",
    "%2e",
    "a/%2E/b",
    "..%2Fa",
    "..%2fetc%2fpasswd",
    "a%2Fb",
    "%2f",
    "%2Fetc%2Fpasswd",
    "..\\a",
    "a\\b",
    "\\a",
    "C:\\a",
    "a%5Cb",
    "..%5c..%5ca",
    "%5C",
    "a%00",
    "a%00.txt",
    "%00",
    "a%0Ab",
    "a%0D%0Ab",
    "%1F",
    "%7F",
    "a%09b",
    "a%C2%80b",
    "a%C2%9Fb",
];

fn refused(target: &Target) -> Verdict {
    each(REFUSED, |path| {
        for method in ["GET", "HEAD", "PUT", "DELETE"] {
            let request = Request::new(method, &format!("/files/{path}")).body("x");
            let answer = if method == "HEAD" { Fact::Status(400) } else { Fact::Problem(400, "malformed") };
            target.expect(&request, &[answer])?;
        }
        Ok(())
    })?;
    let long = [format!("{}/a", "n".repeat(256)), "%C3%A4".repeat(128), vec!["n".repeat(250); 5].join("/")];
    each(long, |path| {
        let request = Request::new("PUT", &format!("/files/{path}")).body("x");
        target.expect(&request, &[Fact::Problem(400, "malformed")]).map(|_| ())
    })
}

fn accepted(target: &Target) -> Verdict {
    let (long, umlauts, deep) = ("n".repeat(255), "%C3%A4".repeat(127), vec!["n"; 400].join("/"));
    let names = [
        "a",
        "...",
        "..a",
        "a..",
        ".hidden",
        "a.b.c",
        "-",
        "~",
        "a%20b",
        "%25",
        "%252e%252e",
        "%3F%23",
        "a;b=c",
        "a,b",
        "a:b",
        "a@b",
        "a&b=c+d",
        "$HOME",
        "(a)",
        "'a'",
        "!",
        "*",
        "%22",
        "%3Ca%3E",
        "%7Ba%7D",
        "%C3%A4",
        "%E2%98%95/%F0%9F%A6%80",
        "CON",
        "nul.txt",
        "a%20",
        "%20a",
        "upload-a",
        &long,
        &umlauts,
        &deep,
    ];
    each(names, |name| {
        let path = fresh(name);
        let made = target.expect(&Request::new("PUT", &path).body("x"), &[Fact::Status(201), Fact::Has("location")])?;
        let location = made.answer.field("location").unwrap_or_default().to_owned();
        for path in [&path, &location] {
            target.expect(&Request::get(path), &[Fact::Status(200), Fact::Body("x".into())])?;
        }
        target.expect(&Request::new("DELETE", &location), &[Fact::Status(204)])?;
        target.expect(&Request::get(&path), &[exactly(&Error::NotFound)]).map(|_| ())
    })
}

/// Case, a dot at the end, another form of the same letter: to some file systems these are one name.
fn told_apart(target: &Target) -> Verdict {
    let folder = fresh("names");
    let names = ["a", "A", "a.", "a%20", "%C3%A4", "a%CC%88", "a/b", "a%25", "a%2525"];
    each(names.iter().enumerate(), |(at, name)| {
        let path = format!("{folder}/{name}");
        target.expect(&Request::new("PUT", &path).body(at.to_string()), &[Fact::Status(201)]).map(|_| ())
    })?;
    each(names.iter().enumerate(), |(at, name)| {
        let path = format!("{folder}/{name}");
        target.expect(&Request::get(&path), &[Fact::Status(200), Fact::Body(at.to_string())])?;
        target.expect(&Request::new("DELETE", &path), &[Fact::Status(204)]).map(|_| ())
    })
}

/// `/files` is the list; `/files/` is nothing.
fn nameless(target: &Target) -> Verdict {
    each(["GET", "PUT", "DELETE", "OPTIONS", "POST"], |method| {
        target.expect(&Request::new(method, "/files/"), &[exactly(&Error::NotFound), Fact::Lacks("allow")]).map(|_| ())
    })
}

fn methods(target: &Target) -> Verdict {
    let paths = ["a", "..", "a/", "%2e", "a%5Cb"];
    each(paths.iter().flat_map(|path| ["POST", "PATCH", "BREW"].map(|method| (method, path))), |(method, path)| {
        let request = Request::new(method, &format!("/files/{path}"));
        let facts = [exactly(&Error::MethodNotAllowed), field("allow", allow("/files/{*path}"))];
        target.expect(&request, &facts).map(|_| ())
    })
}
