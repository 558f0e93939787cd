//! What is put to a server, in which order, and what is left out and why.

use crate::{
    check::{self, Check, Needs},
    finding::Verdict,
    protocol::{
        self,
        case::{Case, Level},
        fragments,
        subject::Subject,
    },
};
use regex::Regex;

/// What may be asked for.
#[derive(Clone, Debug)]
pub struct Choice {
    /// The weakest level that is judged.
    pub level: Level,
    /// Only checks whose id this matches.
    pub only: Option<Regex>,
    /// Whether the server is held to the contract as well.
    pub contract: bool,
    /// Whether checks may empty the store.
    pub destructive: bool,
}

/// One check, whatever it is made of.
#[derive(Clone, Debug)]
pub struct Item {
    /// `protocol::host/missing`, `pieces::host/missing`, `bench::plaintext`.
    pub id: String,
    /// How strongly it binds.
    pub level: Level,
    /// What says so.
    pub clause: &'static str,
    /// What must be so.
    pub says: String,
    run: Run,
}

#[derive(Clone, Debug)]
enum Run {
    Whole(Case),
    Pieces(Case),
    Contract(Check),
}

/// A check that is not run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOut {
    /// Its id.
    pub id: String,
    /// Why.
    pub why: String,
}

/// What is run, and what is not.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// In this order.
    pub items: Vec<Item>,
    /// For want of something, not by choice.
    pub left_out: Vec<LeftOut>,
}

impl Item {
    /// The part that it belongs to: `protocol::host`, `bench`; `laws` for what holds for every route.
    pub fn chapter(&self) -> &str {
        match &self.run {
            Run::Contract(_) => self.id.rsplit_once("::").map_or("laws", |(chapter, _)| chapter),
            _ => self.id.split_once('/').map_or(&self.id, |(chapter, _)| chapter),
        }
    }

    /// Whether nothing else may go on at the same time.
    pub fn is_alone(&self) -> bool {
        matches!(&self.run, Run::Contract(check) if check.needs == Needs::Store)
    }

    /// Runs it.
    ///
    /// # Errors
    /// Everything that it found wrong.
    pub fn judge(&self, subject: &Subject) -> Verdict {
        match &self.run {
            Run::Whole(case) => case.judge(subject),
            Run::Pieces(case) => fragments::in_pieces(case, subject),
            Run::Contract(check) => check.judge(&subject.target),
        }
    }
}

/// Every id, as far as the choice goes.
pub fn ids(choice: &Choice) -> Vec<String> {
    wanted(choice).into_iter().map(|item| item.id).collect()
}

/// What is put to this server.
pub fn plan(choice: &Choice, subject: &Subject) -> Plan {
    let mut plan = Plan::default();
    for item in wanted(choice) {
        match lacking(&item, choice, subject) {
            Some(why) => plan.left_out.push(LeftOut { id: item.id, why }),
            None => plan.items.push(item),
        }
    }
    plan
}

fn lacking(item: &Item, choice: &Choice, subject: &Subject) -> Option<String> {
    match &item.run {
        Run::Whole(case) | Run::Pieces(case) if !subject.has(case.need) => {
            Some(format!("the server lacks {}", case.need.told()))
        }
        Run::Contract(check) if check.needs == Needs::Store && !choice.destructive => {
            Some("it removes every todo; --destructive runs it".to_owned())
        }
        _ => None,
    }
}

/// Every check, as far as the choice goes; some may need what a server lacks.
pub fn wanted(choice: &Choice) -> Vec<Item> {
    let contract = if choice.contract { check::all() } else { Vec::new() };
    let all = protocol::all().into_iter().flat_map(of_case).chain(contract.into_iter().map(of_check));
    let named = |item: &Item| choice.only.as_ref().is_none_or(|only| only.is_match(&item.id));
    all.filter(|item| item.level <= choice.level && named(item)).collect()
}

/// The same bytes in pieces are a check of their own: a server may be wrong in both, or in either.
fn of_case(case: Case) -> Vec<Item> {
    let whole = Item {
        id: format!("protocol::{}", case.id),
        level: case.level,
        clause: case.clause,
        says: case.says.to_owned(),
        run: Run::Whole(case.clone()),
    };
    let pieces = fragments::has_pieces(&case).then(|| Item {
        id: format!("pieces::{}", case.id),
        level: Level::Must,
        clause: "RFC 9112, 2.2",
        says: "a message is a sequence of octets: in pieces it is answered as in one write".to_owned(),
        run: Run::Pieces(case),
    });
    std::iter::once(whole).chain(pieces).collect()
}

fn of_check(check: Check) -> Item {
    let name = check.id.rsplit("::").next().unwrap_or_default();
    let says = name.replace('_', " ");
    Item { id: check.id.clone(), level: Level::Must, clause: "contract", says, run: Run::Contract(check) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn choice(level: Level, only: Option<&str>, contract: bool) -> Choice {
        let only = only.map(|only| Regex::new(only).expect("a pattern"));
        Choice { level, only, contract, destructive: false }
    }

    #[test]
    fn a_choice_narrows_what_is_wanted() {
        let all = ids(&choice(Level::Should, None, true));
        let musts = ids(&choice(Level::Must, None, true));
        assert!(musts.len() < all.len() && musts.iter().all(|id| all.contains(id)));
        let hosts = ids(&choice(Level::Should, Some("^protocol::host/m"), true));
        assert_eq!(hosts[0], "protocol::host/much-space");
        assert!(ids(&choice(Level::Should, None, false)).iter().all(|id| !id.starts_with("bench")));
    }

    #[test]
    fn chapters_are_those_of_the_ids() {
        let chapter = |only| {
            let items = wanted(&choice(Level::Should, Some(only), true));
            items[0].chapter().to_owned()
        };
        assert_eq!(chapter("^protocol::host/missing$"), "protocol::host");
        assert_eq!(chapter("^pieces::host/missing$"), "pieces::host");
        assert_eq!(chapter("^bench::plaintext$"), "bench");
        assert_eq!(chapter("^date_is_true$"), "laws");
    }
}
