use std::fmt;

use serde::{Serialize, Serializer};

/// An id as Outlook gives it out: opaque text that is always as long.
pub(in crate::graph) struct ItemId([u8; LENGTH]);

const LENGTH: usize = 40;

impl ItemId {
    /// Four letters before and four behind two numbers.
    pub(super) fn new(before: &[u8; 4], high: u64, low: u64, behind: &[u8; 4]) -> ItemId {
        let digit = |number: u64, place: usize| b"0123456789abcdef"[(number >> (60 - 4 * place) & 0xf) as usize];
        ItemId(std::array::from_fn(|at| match at {
            0..4 => before[at],
            4..20 => digit(high, at - 4),
            20..36 => digit(low, at - 20),
            _ => behind[(at - 36) & 3],
        }))
    }

    pub(in crate::graph) fn as_str(&self) -> &str {
        // All of it is ASCII.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl fmt::Display for ItemId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for ItemId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_in_sixteen_digits() {
        assert_eq!(ItemId::new(b"AQMk", 0xab, u64::MAX, b"AAA=").to_string(), "AQMk00000000000000abffffffffffffffffAAA=");
    }
}
