//! `x-request-id`: a sound one is kept, otherwise a new one is made.

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

/// The request's own id if it is sound, otherwise a new one.
pub fn choose(given: Option<&str>) -> String {
    match given {
        Some(id) if is_sound(id) => id.to_owned(),
        _ => make(),
    }
}

/// 1..=64 of `A-Za-z0-9._-`: nothing that could break a header or forge a log line.
pub fn is_sound(id: &str) -> bool {
    let good = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    (1..=LONGEST).contains(&id.len()) && id.bytes().all(good)
}

/// A random prefix for this process and a number within it: unique, ordered, cheap, and no secret.
fn make() -> String {
    static PROCESS: LazyLock<u64> = LazyLock::new(|| RandomState::new().build_hasher().finish());
    static NEXT: AtomicU64 = AtomicU64::new(1);
    format!("{:016x}-{:x}", *PROCESS, NEXT.fetch_add(1, Ordering::Relaxed))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_sound_ids_are_kept() {
        assert_eq!(choose(Some("A-z.0_9")), "A-z.0_9");
        for bad in ["", "a b", "é", "a\n", &"x".repeat(65)] {
            assert_ne!(choose(Some(bad)), bad);
            assert!(is_sound(&choose(Some(bad))));
        }
        assert_ne!(choose(None), choose(None));
    }
}
