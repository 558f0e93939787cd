//! Tables of literals: which one is this segment?
//!
//! A literal is known by its length and its last eight bytes, and those decide on its slot. Each table
//! has so many slots, and takes such bits of the hash, that its literals hardly ever share one. So one
//! slot is looked at, and two numbers are compared: a look-up costs the same among two literals and
//! among two hundred.

use crate::path::{Path, WORD};

/// How many slots there are for each literal, at least and at most; by then it is a power of two.
const SPACE: [usize; 3] = [2, 4, 8];
/// Larger tables make do with the least space: some literals share a slot in them.
const SMALL: usize = 1024;

/// Some slots among those of all tables.
#[derive(Clone, Copy, Default)]
pub(crate) struct Table {
    first: u32,
    /// The number of slots, a power of two, less one.
    mask: u32,
    /// How many of the lowest bits of a hash do not count.
    shift: u32,
}

/// A literal, and what it leads to.
#[derive(Clone, Copy)]
struct Slot {
    last_word: u64,
    /// Compared if the literal is longer than a word.
    first_word: u64,
    len: u32,
    then: u32,
    /// Which of `Tables::lists` to search if one look is not enough; 0 if it is.
    list: u32,
}

impl Slot {
    /// No segment is as long as that.
    const EMPTY: Slot = Slot { last_word: 0, first_word: 0, len: u32::MAX, then: 0, list: 0 };
}

/// All tables of a tree.
pub(crate) struct Tables {
    slots: Vec<Slot>,
    /// Literals that share a slot, or are longer than two words, in full.
    lists: Vec<Vec<(Box<str>, u32)>>,
}

impl Table {
    /// Whether there is nothing in it.
    #[inline(always)]
    pub fn is_empty(self) -> bool {
        self.first == 0
    }

    #[inline(always)]
    fn slot(self, hash: u64) -> u32 {
        self.first + ((hash >> self.shift) as u32 & self.mask)
    }
}

/// The upper half of a product: each of its bits hangs on many bits of the word.
#[inline(always)]
fn hash(last_word: u64, len: u32) -> u64 {
    // 2^64 divided by the golden ratio, as in Knuth's multiplicative hashing.
    let product = u128::from(last_word ^ u64::from(len)) * 0x9e37_79b9_7f4a_7c15;
    (product >> 64) as u64
}

impl Tables {
    pub fn new() -> Self {
        // The table with nothing in it, and the list that is none.
        Tables { slots: vec![Slot::EMPTY], lists: vec![Vec::new()] }
    }

    /// What the segment of `path` from byte `from`, which is not 0, to byte `to` leads to.
    #[inline(always)]
    pub fn get(&self, table: Table, path: Path<'_>, from: usize, to: usize) -> Option<u32> {
        let len = to - from;
        let last_word = path.last_word(len, to);
        let slot = self.slots.get(table.slot(hash(last_word, len as u32)) as usize)?;
        if slot.list != 0 {
            return self.search(slot.list, path.between(from, to));
        }
        let mut same = (slot.last_word == last_word) & (slot.len == len as u32);
        if len > WORD {
            same &= slot.first_word == path.word_from(from);
        }
        same.then_some(slot.then)
    }

    #[inline(never)]
    fn search(&self, list: u32, segment: &[u8]) -> Option<u32> {
        let list = self.lists.get(list as usize)?;
        list.iter().find(|(literal, _)| literal.as_bytes() == segment).map(|(_, then)| *then)
    }

    /// Adds a table of literals and what they lead to.
    pub fn add(&mut self, literals: &[(&str, u32)]) -> Table {
        if literals.is_empty() {
            return Table::default();
        }
        let hashes: Vec<_> =
            literals.iter().map(|(literal, _)| hash(last_word(literal), literal.len() as u32)).collect();
        let table = roomiest(&hashes);
        let mut shares = vec![Vec::new(); table.mask as usize + 1];
        for (literal, hash) in literals.iter().zip(hashes) {
            shares[table.slot(hash) as usize].push(*literal);
        }
        let first = self.slots.len() as u32;
        for share in shares {
            let slot = self.slot(&share);
            self.slots.push(slot);
        }
        Table { first, ..table }
    }

    /// The slot that these literals share; one of them, as a rule, or none.
    fn slot(&mut self, literals: &[(&str, u32)]) -> Slot {
        let Some(&(literal, then)) = literals.first() else { return Slot::EMPTY };
        let first_word = Path::new(literal.as_bytes()).word_from(0);
        let mut slot = Slot { last_word: last_word(literal), first_word, len: literal.len() as u32, then, list: 0 };
        if literals.len() > 1 || literal.len() > 2 * WORD {
            slot.list = self.lists.len() as u32;
            self.lists.push(literals.iter().map(|(literal, then)| ((*literal).into(), *then)).collect());
        }
        slot
    }
}

fn last_word(literal: &str) -> u64 {
    // The word may not end where the path begins.
    let path = format!("/{literal}");
    Path::new(path.as_bytes()).last_word(literal.len(), path.len())
}

/// The smallest table in which the fewest literals must share a slot; where it begins is open.
fn roomiest(hashes: &[u64]) -> Table {
    let sizes = SPACE.map(|space| space * hashes.len().next_power_of_two());
    let sizes = sizes.into_iter().filter(|size| *size <= SMALL || *size == sizes[0]);
    let tables = sizes.flat_map(|size| {
        (0..u64::BITS - size.trailing_zeros()).map(move |shift| Table { first: 0, mask: size as u32 - 1, shift })
    });
    tables.min_by_key(|table| shared(hashes, *table)).unwrap_or_default()
}

/// How many of the hashes get a slot that another one has.
fn shared(hashes: &[u64], table: Table) -> usize {
    let mut taken = vec![false; table.mask as usize + 1];
    hashes.iter().filter(|hash| std::mem::replace(&mut taken[table.slot(**hash) as usize], true)).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(literals: &[String], others: &[&str]) {
        let numbered: Vec<_> = literals.iter().map(String::as_str).zip(1..).collect();
        let mut tables = Tables::new();
        let table = tables.add(&numbered);
        let get = |segment: &str| {
            let path = format!("/x/{segment}/y");
            tables.get(table, Path::new(path.as_bytes()), 3, 3 + segment.len())
        };
        for (literal, then) in &numbered {
            assert_eq!(get(literal), Some(*then), "{literal}");
        }
        for other in others {
            assert_eq!(get(other), None, "{other}");
        }
    }

    #[test]
    fn literals_are_found_and_others_are_not() {
        let alike = ["a", "b", "", "onescription", "twoscription", "abcdefgh", "xbcdefgh", "aabcdefgh"];
        let long = ["abcdefgh-1-ijklmnop", "abcdefgh-2-ijklmnop", "abcdefgh-12-ijklmnop", "abcdefghijklmnop"];
        let literals: Vec<_> = alike.iter().chain(&long).map(|text| (*text).to_owned()).collect();
        check(
            &literals,
            &["c", "scription", "thescription", "abcdefgh-3-ijklmnop", "abcdefghijklmnoq", "ybcdefghijklmnop"],
        );
        check(&[], &["", "a"]);
    }

    #[test]
    fn large_tables_are_right_too() {
        let literals: Vec<_> = (0..5000).map(|at| format!("resource-{at}")).collect();
        check(&literals, &["resource-5000", "resource", ""]);
    }

    #[test]
    fn few_literals_share_no_slot() {
        let words = ["events", "issues", "labels", "pulls", "commits", "comments", "git", "stats", "keys", "hooks"];
        let hashes: Vec<_> = words.iter().map(|word| hash(last_word(word), word.len() as u32)).collect();
        assert_eq!(shared(&hashes, roomiest(&hashes)), 0);
    }
}
