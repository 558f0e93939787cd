//! Soundness over raw TCP, by the clauses of RFC 9112 and RFC 9110, for any server that speaks HTTP/1.1.
//!
//! | read in this order | what it holds |
//! |---|---|
//! | [`subject`](crate::protocol::subject) | the server under judgement, and how it answers what is plain |
//! | [`case`](crate::protocol::case) | a case: its clause, what is sent, which outcomes are sound |
//! | [`conversation`](crate::protocol::conversation) | everything that came back on one connection |
//! | [`outcome`](crate::protocol::outcome) | what a server may do, and whether it did |
//! | [`fragments`](crate::protocol::fragments) | the same bytes in two pieces, and one by one |
//! | the others | the cases, by chapter |
//!
//! Behind every case stands one more request, the *next* one. It shows whether the server still knows where a message
//! ends: a second answer where the connection had to close, or none where it had to stay, is a failure of any case, and
//! so are an answer that is not well formed and a server that does not live on.

/// Fields that every answer has.
mod answers;
/// A case.
pub mod case;
/// The chunked coding.
mod chunks;
/// `Transfer-Encoding`
mod codings;
/// Conditions and ranges.
mod conditions;
/// `Connection`, pipelining.
mod connections;
/// Everything that came back.
pub mod conversation;
/// `Expect`
mod expect;
/// Field lines.
mod fields;
/// The same bytes in pieces.
pub mod fragments;
/// `Host`
mod host;
/// `Content-Length`
mod lengths;
/// Everything that is too large.
mod limits;
/// Methods.
mod methods;
/// HTTP/1.0
mod old;
/// What a server may do.
pub mod outcome;
/// The request line.
mod request_line;
/// The server under judgement.
pub mod subject;
/// The request target.
mod targets;
/// `Upgrade`
mod upgrade;

use case::Case;

/// All of them, by chapter.
pub fn all() -> Vec<Case> {
    let heads = [request_line::cases(), targets::cases(), host::cases(), fields::cases(), limits::cases()];
    let bodies = [lengths::cases(), codings::cases(), chunks::cases(), expect::cases()];
    let others = [connections::cases(), old::cases(), upgrade::cases(), methods::cases(), answers::cases()];
    heads.into_iter().chain(bodies).chain(others).chain([conditions::cases()]).flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn there_are_enough_and_each_has_its_own_name() {
        let cases = all();
        let names: BTreeSet<_> = cases.iter().map(|case| case.id).collect();
        assert_eq!(names.len(), cases.len());
        assert!(cases.len() >= 200, "{} cases", cases.len());
    }

    #[test]
    fn every_case_names_its_clause_and_what_is_sound() {
        for case in all() {
            let numbered = ["RFC 9110, ", "RFC 9112, "].iter().find_map(|rfc| case.clause.strip_prefix(rfc));
            let sections = numbered.is_some_and(|rest| rest.starts_with(|first: char| first.is_ascii_digit()));
            assert!(sections, "{}: {}", case.id, case.clause);
            assert!(case.id.contains('/') && !case.says.is_empty() && case.is_judged(), "{}", case.id);
        }
    }
}
