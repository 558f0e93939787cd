//! How long to wait.

use crate::error::Error;
use serde::Deserialize;
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

    /// Only the canonical form (no sign, no leading zero), as everywhere in a path.
    fn from_str(text: &str) -> Result<Self, Error> {
        let canonical = text == "0" || !text.starts_with('0') && text.bytes().all(|byte| byte.is_ascii_digit());
        match text.parse() {
            Ok(ms @ 0..=LONGEST) if canonical => Ok(Delay(Duration::from_millis(ms))),
            _ => Err(Error::NotFound),
        }
    }
}

impl<'de> Deserialize<'de> for Delay {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(|_| serde::de::Error::custom("not a number of milliseconds"))
    }
}

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
