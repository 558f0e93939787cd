//! How long to wait.

use super::{canonical, deserialize_by_from_str};
use crate::error::Error;
use std::{str::FromStr, time::Duration};

/// The longest wait, in milliseconds.
pub const LONGEST: u64 = 10_000;

/// 0..=10 000 milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Delay(Duration);

impl Delay {
    /// As a duration.
    pub fn duration(self) -> Duration {
        self.0
    }
}

impl FromStr for Delay {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        match canonical(text) {
            Some(ms @ 0..=LONGEST) => Ok(Delay(Duration::from_millis(ms))),
            _ => Err(Error::NotFound),
        }
    }
}

deserialize_by_from_str!(Delay, "not a number of milliseconds");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_have_bounds_and_one_form() {
        assert_eq!("0".parse::<Delay>().ok(), Some(Delay(Duration::ZERO)));
        assert_eq!("10000".parse::<Delay>().ok(), Some(Delay(Duration::from_secs(10))));
        for bad in ["", "10001", "-1", "+1", "00", "01", "1.5", "1s", "99999999999999999999"] {
            assert!(bad.parse::<Delay>().is_err(), "{bad:?}");
        }
    }
}
