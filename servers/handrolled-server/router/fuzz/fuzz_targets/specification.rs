//! The router does what the naive matcher says, whatever patterns and paths a fuzzer makes of its bytes.
#![no_main]

#[path = "../../tests/naive/mod.rs"]
mod naive;

use handrolled_router::Builder;
use libfuzzer_sys::fuzz_target;
use naive::Dice;

/// Every byte is a roll; behind the last one every roll is 0.
struct Bytes<'a>(&'a [u8]);

impl Dice for Bytes<'_> {
    fn roll(&mut self, sides: usize) -> usize {
        let Some((first, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        usize::from(*first) % sides
    }
}

fuzz_target!(|data: &[u8]| {
    let mut dice = Bytes(data);
    let (mut patterns, mut builder) = (Vec::new(), Builder::new());
    for _ in 0..=dice.roll(12) {
        let pattern = dice.pattern();
        if builder.insert(&pattern, patterns.len()).is_ok() {
            patterns.push(pattern);
        }
    }
    let router = builder.build();
    for _ in 0..8 {
        // A path made of the same parts, or the bytes as they come.
        let path = if dice.roll(4) > 0 { dice.path() } else { String::from_utf8_lossy(dice.0).into_owned() };
        let got = router.find(&path).map(|found| (found.pattern.to_owned(), found.params.iter(&path).collect::<Vec<_>>()));
        assert_eq!(got, naive::find(&patterns, &path), "{path} in\n{router}");
    }
});
