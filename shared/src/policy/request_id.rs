//! `x-request-id`: a sound one is kept, otherwise a new one is made.

use arrayvec::ArrayString;
use std::{
    collections::hash_map::RandomState,
    hash::{BuildHasher, Hasher},
    sync::{
        LazyLock,
        atomic::{AtomicU64, Ordering},
    },
};

/// The field's name.
pub const NAME: &str = "x-request-id";
/// The longest id that is kept, in bytes.
pub const LONGEST: usize = 64;

/// An id. Every request has one, which is no longer than this: it needs no allocation.
pub type Id = ArrayString<LONGEST>;

/// The request's own id if it is sound, otherwise a new one.
pub fn choose(given: Option<&str>) -> Id {
    given.filter(|id| is_sound(id)).and_then(|id| Id::from(id).ok()).unwrap_or_else(make)
}

/// 1..=64 of `A-Za-z0-9._-`: nothing that could break a header or forge a log line.
pub fn is_sound(id: &str) -> bool {
    let good = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    (1..=LONGEST).contains(&id.len()) && id.bytes().all(good)
}

/// A random prefix for this process and a number within it: unique, ordered, cheap, and no secret.
fn make() -> Id {
    static PREFIX: LazyLock<String> = LazyLock::new(|| format!("{:016x}-", RandomState::new().build_hasher().finish()));
    static NEXT: AtomicU64 = AtomicU64::new(1);
    numbered(&PREFIX, NEXT.fetch_add(1, Ordering::Relaxed))
}

/// The number in hexadecimal behind the prefix, without the formatter.
fn numbered(prefix: &str, number: u64) -> Id {
    let digits = (64 - number.leading_zeros()).div_ceil(4);
    let mut id = Id::new();
    // There is room for both: sixteen digits each, and a dash.
    _ = id.try_push_str(prefix);
    (0..digits).rev().for_each(|at| _ = id.try_push(hex(number >> (4 * at) & 0xf)));
    id
}

fn hex(digit: u64) -> char {
    char::from(b"0123456789abcdef"[digit as usize])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_sound_ids_are_kept() {
        assert_eq!(choose(Some("A-z.0_9")).as_str(), "A-z.0_9");
        let longest = "x".repeat(LONGEST);
        assert_eq!(choose(Some(&longest)).as_str(), longest);
        for bad in ["", "a b", "é", "a\n", &"x".repeat(65)] {
            assert_ne!(choose(Some(bad)).as_str(), bad);
            assert!(is_sound(&choose(Some(bad))));
        }
        assert_ne!(choose(None), choose(None));
    }

    #[test]
    fn made_ids_count_up() {
        for known in [1, 9, 0xa, 0xf, 0x10, 0xfedc, 0x1000_0000_0000_0000, u64::MAX] {
            let prefix = format!("{:016x}-", u64::MAX);
            assert_eq!(numbered(&prefix, known).as_str(), format!("{prefix}{known:x}"));
        }
        let number = |id: Id| u64::from_str_radix(id.split_once('-').expect("a dash").1, 16).expect("hexadecimal");
        let (first, second) = (number(choose(None)), number(choose(None)));
        assert!(0 < first && first < second, "{first} {second}");
    }
}
