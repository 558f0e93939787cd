//! Kinds of bytes, as tables: every byte of a head is looked at, and a list would be searched for each.

/// Which bytes are of one kind.
pub(crate) struct Class([bool; 256]);

impl Class {
    /// Letters, digits and `others`.
    const fn alphanumeric_or(others: &[u8]) -> Self {
        let mut table = [false; 256];
        let mut byte: u8 = 0;
        while byte < 128 {
            table[byte as usize] = byte.is_ascii_alphanumeric();
            byte += 1;
        }
        let mut at = 0;
        while at < others.len() {
            table[others[at] as usize] = true;
            at += 1;
        }
        Self(table)
    }

    pub(crate) fn has(&self, byte: u8) -> bool {
        self.0[usize::from(byte)]
    }

    pub(crate) fn has_all(&self, bytes: &[u8]) -> bool {
        bytes.iter().all(|&byte| self.has(byte))
    }
}

/// `tchar` of RFC 9110, 5.6.2.
pub(crate) static TOKEN: Class = Class::alphanumeric_or(b"!#$%&'*+-.^_`|~");

/// What of a token both majors of the `http` crate take in a method: the older knows no more.
pub(crate) static METHOD: Class = Class::alphanumeric_or(b"!*+-.^_`|~");

/// What both majors of the `http` crate take in a path: a byte past this would be answered in the stack's own words.
pub(crate) static TARGET: Class = Class::alphanumeric_or(b"!$%&'()*+,-./:;=?@[\\]^_|~");

/// What stands for itself in a `reg-name` of RFC 3986: unreserved characters and sub-delims.
pub(crate) static NAME: Class = Class::alphanumeric_or(b"-._~!$&'()*+,;=");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_and_methods_leave_out_what_the_frameworks_refuse() {
        for byte in 0..=u8::MAX {
            assert_eq!(TARGET.has(byte), byte.is_ascii_graphic() && !b"\"#<>`{}".contains(&byte), "{byte}");
            assert_eq!(METHOD.has(byte), TOKEN.has(byte) && !b"#$%&'".contains(&byte), "{byte}");
        }
    }
}
