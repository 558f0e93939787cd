//! The fields of the search: whatever a server reads, with sound values and odd ones, and their lines written in odd ways.

use super::field_words::{COLONS, ENDS, INSERTS, ODD_COLONS, ODD_ENDS, ODD_NAMES, VALUES};
use super::{asked::Field, body::mostly};
use proptest::{collection::vec, prelude::*, sample::select};

/// So many of the known fields are read by some server.
const READ: usize = 16;

/// A few fields.
pub fn fields() -> impl Strategy<Value = Vec<Field>> {
    // Near the number and the size at which a head is refused.
    let many = select(&[95_usize, 98, 99, 100, 101, 130][..]).prop_map(|count| vec![plain("x", b"y".to_vec()); count]);
    let long =
        select(&[8000_usize, 16_000, 16_300, 16_384, 17_000][..]).prop_map(|len| vec![plain("x", vec![b'y'; len])]);
    prop_oneof![200 => vec(field(), 0..7), 2 => many, 2 => long]
}

fn plain(name: &'static str, value: Vec<u8>) -> Field {
    Field { name, upper: false, colon: ": ", value, end: "\r\n" }
}

fn field() -> impl Strategy<Value = Field> {
    // What the servers read stands first, and the plain values do: two that matter are to meet often.
    let (read, others) = VALUES.split_at(READ);
    let known = prop_oneof![6 => select(read), 1 => select(others)].prop_flat_map(|(name, values)| {
        let plain = &values[..values.len().min(3)];
        (Just(name), prop_oneof![1 => select(plain), 1 => select(values)])
    });
    let odd = (select(ODD_NAMES), Just("y"));
    let named = prop_oneof![120 => known, 1 => odd];
    let written = (prop::bool::weighted(0.1), mostly(100, COLONS, ODD_COLONS), mostly(100, ENDS, ODD_ENDS));
    (named, inserted(), written).prop_map(|((name, value), (insert, at), (upper, colon, end))| {
        let mut value = value.as_bytes().to_vec();
        let at = at.index(value.len() + 1);
        value.splice(at..at, insert.iter().copied());
        Field { name, upper, colon, value, end }
    })
}

fn inserted() -> impl Strategy<Value = (&'static [u8], prop::sample::Index)> {
    (prop_oneof![12 => Just(&b""[..]), 1 => select(INSERTS)], any::<prop::sample::Index>())
}
