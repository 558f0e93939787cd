//! Whether the six said the same, and if not, who said what.

use super::{asked::Asked, six::Heard};
use crate::shape::differences;
use conformance::{deviations, finding::Finding};

/// Nothing when all said the same.
///
/// # Errors
/// What was asked, and what each server that stands alone with its answer said.
pub fn compare(asked: &[Asked], heard: &[Heard]) -> Result<(), String> {
    let Some((first, others)) = heard.split_first() else { return Ok(()) };
    let mut told = String::new();
    for other in others.iter().filter(|other| !may_differ(asked, other)) {
        if let Err(what) = same(first, other) {
            told.push_str(&format!("{} and {} differ: {what}\n", first.server.name, other.server.name));
        }
    }
    if told.is_empty() {
        return Ok(());
    }
    told.push_str(&Finding::raw("", &first.sent, &[]).raw);
    for (at, one) in heard.iter().enumerate() {
        // Whoever said the same as one before says nothing new.
        match heard[..at].iter().find(|before| same(before, one).is_ok()) {
            Some(before) => told.push_str(&format!("{}: as {}\n", one.server.name, before.server.name)),
            None => told.push_str(&format!("{}:\n{}", one.server.name, received(one))),
        }
    }
    Err(told)
}

/// Where a deviation is listed, it is no news.
fn may_differ(asked: &[Asked], heard: &Heard) -> bool {
    let listed = |check| deviations::find(heard.server.name, check).is_some();
    (asked.iter().any(Asked::asks_for_upgrade) && listed("sameness::an upgrade"))
        || (asked.iter().any(Asked::is_old_and_stays) && listed("sameness::an old client that would stay"))
}

fn same(left: &Heard, right: &Heard) -> Result<(), String> {
    for (at, (mine, theirs)) in left.answers.iter().zip(&right.answers).enumerate() {
        let told = differences((left.server, mine), (right.server, theirs));
        told.map_err(|finding| format!("answer {}: {}", at + 1, finding.what))?;
    }
    let counts = [left.answers.len(), right.answers.len()];
    if counts[0] != counts[1] {
        return Err(format!("{} answers became {}", counts[0], counts[1]));
    }
    match (echoes(left), echoes(right), &left.end, &right.end) {
        (mine, theirs, ..) if mine != theirs => Err(format!("of the ids {mine:?} became {theirs:?}")),
        (.., Ok(()), Err(finding)) | (.., Err(finding), Ok(())) => Err(format!("the end: {}", finding.what)),
        _ if left.done != right.done => Err(format!("what was done, {:?}, became {:?}", left.done, right.done)),
        _ => Ok(()),
    }
}

/// The request ids that were not made by the server.
fn echoes(heard: &Heard) -> Vec<Option<&str>> {
    let ids = heard.answers.iter().flatten().map(|exchange| exchange.answer.field("x-request-id"));
    let sent = String::from_utf8_lossy(&heard.sent);
    ids.map(|id| id.filter(|id| sent.contains(id))).collect()
}

fn received(heard: &Heard) -> String {
    let whole = match &heard.end {
        Err(finding) => finding.raw.clone(),
        Ok(()) => heard.answers.iter().flatten().next_back().map_or_else(String::new, |last| last.finding("").raw),
    };
    let lines = whole.lines().filter(|line| line.trim_start().starts_with('<'));
    lines.map(|line| format!("{line}\n")).collect()
}
