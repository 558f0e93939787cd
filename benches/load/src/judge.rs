//! Is this the answer that should have come?

use crate::{
    answer::excerpt,
    exchange::{Exchange, Expected, MAX_CHECKED},
};

/// Bodies up to so many bytes are all compared, because that costs less than to draw lots.
const SMALL: u64 = 4096;
/// How much of a wrong body is shown, in bytes.
const SHOWN: usize = 80;

/// Looks at one answer as it comes. It keeps no more of a body than it must.
#[derive(Default)]
pub(crate) struct Judge {
    status: u16,
    length: u64,
    compares: bool,
    differs: Option<u64>,
    kept: Vec<u8>,
}

impl Judge {
    /// Begins with an answer; `drawn` says whether its lot is to be compared in full.
    pub(crate) fn begin(&mut self, exchange: &Exchange, drawn: bool, status: u16) {
        let is_small = exchange.body.length().is_some_and(|length| length <= SMALL);
        let compares = (drawn || is_small) && status == exchange.status;
        *self = Judge { status, compares, kept: std::mem::take(&mut self.kept), ..Judge::default() };
        self.kept.clear();
    }

    /// Looks at some of its body.
    pub(crate) fn look(&mut self, exchange: &Exchange, bytes: &[u8]) {
        if self.status != exchange.status {
            self.keep(bytes, SHOWN);
        } else if self.compares && self.differs.is_none() {
            if let Expected::Checked(_) = exchange.body {
                self.keep(bytes, MAX_CHECKED);
            } else if let Some(at) = exchange.body.differs(self.length, bytes) {
                self.differs = Some(at);
                self.keep(&bytes[(at - self.length) as usize..], SHOWN);
            }
        }
        self.length += bytes.len() as u64;
    }

    fn keep(&mut self, bytes: &[u8], limit: usize) {
        let room = limit - self.kept.len().min(limit);
        self.kept.extend_from_slice(&bytes[..bytes.len().min(room)]);
    }

    /// Whether the answer that is over was compared in full.
    pub(crate) fn has_compared(&self) -> bool {
        self.compares
    }

    /// What is wrong with the answer that is over.
    pub(crate) fn end(&self, exchange: &Exchange) -> Result<(), String> {
        let wrong = |what: String| Err(format!("{}: {what}", exchange.name()));
        if self.status != exchange.status {
            return wrong(format!("status {} for {}: `{}`", self.status, exchange.status, excerpt(&self.kept)));
        }
        if let Some(length) = exchange.body.length().filter(|length| *length != self.length) {
            return wrong(format!("a body of {} bytes for {length}", self.length));
        }
        if let Some(at) = self.differs {
            return wrong(format!("the body is another from byte {at} on: `{}`", excerpt(&self.kept)));
        }
        match &exchange.body {
            Expected::Checked(check) if self.compares => check(&self.kept).or_else(wrong),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    fn judge(expected: Expected, drawn: bool, status: u16, pieces: &[&[u8]]) -> Result<(), String> {
        let exchange = Exchange::get("/x", expected);
        let mut judge = Judge::default();
        // What was before must leave no trace.
        judge.begin(&exchange, true, 500);
        judge.look(&exchange, b"before");
        judge.begin(&exchange, drawn, status);
        pieces.iter().for_each(|piece| judge.look(&exchange, piece));
        judge.end(&exchange)
    }

    #[test]
    fn small_bodies_are_compared_always() {
        let abc = || Expected::Bytes(b"abc".to_vec());
        assert_eq!(judge(abc(), false, 200, &[b"a", b"bc"]), Ok(()));
        assert_eq!(judge(abc(), false, 404, &[b"gone"]), Err("GET /x: status 404 for 200: `gone`".to_owned()));
        assert_eq!(judge(abc(), false, 200, &[b"abcd"]), Err("GET /x: a body of 4 bytes for 3".to_owned()));
        let differs = "GET /x: the body is another from byte 2 on: `x`".to_owned();
        assert_eq!(judge(abc(), false, 200, &[b"a", b"bx"]), Err(differs));
    }

    #[test]
    fn large_bodies_are_compared_by_lot_and_measured_always() {
        let large = || Expected::Repeated { pattern: b"abc".to_vec(), length: SMALL + 1 };
        let wrong = vec![b'x'; SMALL as usize + 1];
        assert_eq!(judge(large(), false, 200, &[&wrong]), Ok(()));
        assert!(judge(large(), true, 200, &[&wrong]).is_err());
        assert!(judge(large(), false, 200, &[&wrong[1..]]).is_err());
    }

    #[test]
    fn functions_see_the_whole_body() {
        let check = |body: &[u8]| if body == b"abc" { Ok(()) } else { Err("no abc".to_owned()) };
        let expected = || Expected::Checked(Arc::new(check));
        assert_eq!(judge(expected(), true, 200, &[b"ab", b"c"]), Ok(()));
        assert_eq!(judge(expected(), true, 200, &[b"ab"]), Err("GET /x: no abc".to_owned()));
        assert_eq!(judge(expected(), false, 200, &[b"ab"]), Ok(()));
    }
}
