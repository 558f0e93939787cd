//! The finished tree, laid out for look-ups.
//!
//! Places stand in one row and name each other by number. A walk from the root takes the first way that
//! is open at each place and never turns round, which is all that most paths need; the few for which it
//! is not enough are searched for in the [tree](crate::tree) itself. As only one walk leads to a place,
//! each place knows beforehand whether that would be worth while.

use crate::{
    params::Params,
    path::{Ends, Path},
    table::{Table, Tables},
    tree::Node,
};
use std::hint::select_unpredictable;

/// The place that nothing leads out of and where nothing ends.
const NOWHERE: u32 = 0;
/// The place where every path begins.
const ROOT: u32 = 1;
/// No leaf; the others are counted from 1 here.
const NO_LEAF: u32 = 0;

/// Where some segments have led.
#[derive(Clone, Copy, Default)]
struct Place {
    /// Literals, and the places behind them.
    literals: Table,
    /// The place behind a parameter.
    parameter: u32,
    /// The leaf of the rest.
    rest: u32,
    /// The leaf of what ends here.
    leaf: u32,
    /// Whether a place on the way here had another way too, which may be the right one.
    had_choice: bool,
}

/// A tree laid out for look-ups.
pub(crate) struct Flat {
    places: Vec<Place>,
    tables: Tables,
    /// The patterns that are one literal, slashes and all, and their leaves.
    whole: Table,
}

/// Where a walk has led.
pub(crate) enum Walk {
    /// To this leaf.
    Found(u32),
    /// To where no way leads on, and no place before had another one.
    Nowhere,
    /// To where no way leads on, but a place before had another one.
    Stuck,
}

impl Flat {
    /// Lays out a tree whose leaves are these patterns.
    pub fn new<'p>(root: &Node, patterns: impl Iterator<Item = &'p str>) -> Self {
        let (places, tables) = (vec![Place::default(); 2], Tables::new());
        let mut flat = Flat { places, tables, whole: Table::default() };
        // Nothing beats a literal, so a pattern that is nothing else can be looked for first.
        let literals = patterns.zip(0..).filter(|(pattern, _)| !pattern.contains('{'));
        let literals: Vec<_> = literals.map(|(pattern, leaf)| (&pattern[1..], leaf)).collect();
        flat.whole = flat.tables.add(&literals);
        flat.lay(root, ROOT, false);
        flat
    }

    /// Lays out a node, at the place that was made for it, and all below it.
    fn lay(&mut self, node: &Node, at: u32, had_choice: bool) {
        let ways = [!node.literals.is_empty(), node.parameter.is_some(), node.rest.is_some()];
        let has_choice = had_choice || ways.into_iter().filter(|way| *way).count() > 1;
        let mut below = |node| {
            let at = self.places.len() as u32;
            self.places.push(Place::default());
            self.lay(node, at, has_choice);
            at
        };
        let literals: Vec<_> = node.literals.iter().map(|(literal, child)| (&**literal, below(child))).collect();
        let parameter = node.parameter.as_ref().map_or(NOWHERE, |(_, child)| below(child));
        self.places[at as usize] = Place {
            literals: self.tables.add(&literals),
            parameter,
            rest: node.rest.as_ref().map_or(NO_LEAF, |(_, leaf)| leaf + 1),
            leaf: node.leaf.map_or(NO_LEAF, |leaf| leaf + 1),
            had_choice,
        };
    }

    /// The leaf of a path that is a pattern to the byte.
    #[inline(always)]
    pub fn whole(&self, path: Path<'_>) -> Option<u32> {
        self.tables.get(self.whole, path, 1, path.len())
    }

    /// Walks down a path, which begins with a slash, and writes down the parameters on the way.
    #[inline(never)]
    pub fn walk(&self, path: &[u8], params: &mut Params) -> Walk {
        let path = Path::new(path);
        let (mut ends, mut from) = (Ends::of(path), 1);
        let mut place = self.place(ROOT);
        loop {
            let to = ends.next();
            // Where a path turns cannot be foreseen, so what follows is computed rather than branched on.
            let literal = match place.literals.is_empty() {
                true => None,
                false => self.tables.get(place.literals, path, from, to),
            };
            let parameter = select_unpredictable(from == to, NOWHERE, place.parameter);
            let next = select_unpredictable(literal.is_some(), literal.unwrap_or_default(), parameter);
            params.push_if(literal.is_none(), from, to);
            if next == NOWHERE {
                if place.rest == NO_LEAF || from == path.len() {
                    return lost(place);
                }
                params.stretch(path.len());
                return Walk::Found(place.rest - 1);
            }
            place = self.place(next);
            if to == path.len() {
                return place.leaf.checked_sub(1).map_or_else(|| lost(place), Walk::Found);
            }
            from = to + 1;
        }
    }

    #[inline(always)]
    fn place(&self, number: u32) -> Place {
        self.places.get(number as usize).copied().unwrap_or_default()
    }
}

/// What a walk comes to that cannot go on here.
fn lost(place: Place) -> Walk {
    if place.had_choice { Walk::Stuck } else { Walk::Nowhere }
}
