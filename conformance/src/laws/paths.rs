//! Paths that are almost those of the contract, and are not.

use super::probes::path;
use crate::{
    case::Given,
    fact::{Fact, exactly},
    finding::{Verdict, each, once},
    request::Request,
    target::Target,
};
use shared::{
    Error,
    contract::{ROUTES, patterns},
};

/// Expects 404 of each path, whatever the method.
fn all_unknown(target: &Target, paths: impl IntoIterator<Item = String>) -> Verdict {
    let methods = ["GET", "POST", "PATCH", "DELETE", "PUT", "OPTIONS", "BREW"];
    each(paths.into_iter().flat_map(|path| methods.map(|method| (method, path.clone()))), |(method, path)| {
        target.expect(&Request::new(method, &path), &[exactly(&Error::NotFound), Fact::Lacks("allow")]).map(|_| ())
    })
}

/// The contract's paths changed by `change`; those that it leaves alone are left out.
fn changed(change: impl Fn(&str) -> String) -> Vec<String> {
    // What stands behind `/files/` is for a file's path to judge, and `files` judges that.
    let paths = patterns().into_iter().filter(|pattern| !pattern.contains("{*")).map(path);
    paths.map(|path| (change(&path), path)).filter(|(new, old)| new != old).map(|(new, _)| new).collect()
}

pub(super) fn unknown_path_is_404(target: &Target) -> Verdict {
    let longer = changed(|path| format!("{}/more", path.trim_end_matches('/')));
    let further = changed(|path| if path.ends_with(char::is_numeric) { path.to_owned() } else { format!("{path}x") });
    let made_up =
        ["/nowhere", "/nowhere/1", "/1", "/todos/1/2", "/json/1/2", "/favicon.ico", "/index.html", "/*", "/:id"];
    // These are other values of a parameter, not other paths.
    let values = ["/todos/more", "/json/more", "/todos/statsx", "/files/more", "/resolve/tcpx"];
    let known = |path: &String| values.contains(&path.as_str());
    let unknown = longer.into_iter().chain(further).filter(|path| !known(path));
    all_unknown(target, unknown.chain(made_up.map(str::to_owned)))
}

pub(super) fn trailing_slash_is_404(target: &Target) -> Verdict {
    all_unknown(target, changed(|path| if path == "/" { path.to_owned() } else { format!("{path}/") }))
}

pub(super) fn double_slash_is_404(target: &Target) -> Verdict {
    let in_front = changed(|path| format!("/{path}"));
    let within = ["/todos//1", "/json//3", "/todos//stats", "///"].map(str::to_owned);
    all_unknown(target, in_front.into_iter().chain(within))
}

pub(super) fn other_case_is_404(target: &Target) -> Verdict {
    let capital = changed(str::to_uppercase);
    let one = changed(|path| {
        path.chars().enumerate().map(|(at, c)| if at == 1 { c.to_ascii_uppercase() } else { c }).collect()
    });
    all_unknown(target, capital.into_iter().chain(one))
}

/// Static segments match literally; parameters are split first, so an encoded slash makes no segment.
pub(super) fn encoded_static_segment_is_404(target: &Target) -> Verdict {
    let first = changed(|path| match path.as_bytes().get(1) {
        Some(byte) => format!("/%{byte:02x}{}", &path[2..]),
        None => path.to_owned(),
    });
    let odd = ["/plaintex%74", "/todos%2fstats", "/todos%2F1", "/json%2F3", "/%2Fplaintext", "/openapi%2Ejson", "/%2f"];
    all_unknown(target, first.into_iter().chain(odd.map(str::to_owned)))
}

pub(super) fn dot_segments_are_not_resolved(target: &Target) -> Verdict {
    let dotted =
        ["/./plaintext", "/x/../plaintext", "/%2e/plaintext", "/x/%2e%2e/plaintext", "/todos/1/..", "/.", "/.."];
    all_unknown(target, dotted.map(str::to_owned))
}

pub(super) fn empty_parameter_is_404(target: &Target) -> Verdict {
    all_unknown(target, ["/todos/", "/json/", "/todos/?x=1"].map(str::to_owned))
}

/// `%33` is the parameter `3`, `%2533` is not.
pub(super) fn parameters_are_decoded_once(target: &Target) -> Verdict {
    once(|| {
        let three = target.ask(&Request::get("/json/3"))?;
        let body = Fact::Body(String::from_utf8_lossy(&three.answer.body).into_owned());
        target.expect(&Request::get("/json/%33"), &[Fact::Status(200), body])?;
        target.expect(&Request::get("/json/%2533"), &[exactly(&Error::NotFound)])?;
        let todo = Given::make(target, r#"{"title":"decoded"}"#)?;
        let encoded: String = todo.id.bytes().map(|digit| format!("%{digit:02X}")).collect();
        let answer = target.expect(&Request::get(&format!("/todos/{encoded}")), &[Fact::Status(200)]);
        todo.remove(target);
        answer.map(|_| ())
    })
}

/// Every route with something behind its path, in its query, and on a path that nobody knows.
fn spoiled(spoil: &[&str]) -> Vec<Request> {
    let mut requests = Vec::new();
    for bad in spoil {
        for route in ROUTES {
            let path = path(route.pattern);
            requests.push(Request::new(route.method.as_str(), &format!("{path}{bad}")));
            requests.push(Request::new(route.method.as_str(), &format!("{path}?x={bad}")));
        }
        requests.push(Request::get(&format!("/nowhere/{bad}")));
        requests.push(Request::get(&format!("/todos/{bad}")));
        requests.push(Request::new("BREW", &format!("/{bad}?{bad}")));
    }
    requests
}

pub(super) fn bad_percent_encoding_is_400(target: &Target) -> Verdict {
    each(spoiled(&["%", "%4", "%zz", "%+1", "%%41"]), |request| {
        target.expect(&request, &[Fact::Problem(400, "malformed")]).map(|_| ())
    })
}

/// A stray byte, an overlong form, a surrogate, half a character.
pub(super) fn invalid_utf8_is_400(target: &Target) -> Verdict {
    each(spoiled(&["%ff", "%c0%af", "%ed%a0%80", "%c3"]), |request| {
        target.expect(&request, &[Fact::Problem(400, "malformed")]).map(|_| ())
    })
}
