//! The end of Exchange Web Services in Exchange Online ("Exchange Online EWS, your time is almost up", message center MC1227454).

use serde::Serialize;
use ts_rs::TS;

use crate::time::Timestamp;

/// From this day on EWS is off unless an admin turned it on again, tenant by tenant: 2026-10-01.
pub const OFF_BY_DEFAULT: Timestamp = Timestamp(1_790_812_800_000);

/// From this day on nobody can turn it on any more: 2027-04-01.
pub const REMOVED: Timestamp = Timestamp(1_806_537_600_000);

/// The two days, for who is to be told both.
pub const END: EndOfEws = EndOfEws { off_by_default: OFF_BY_DEFAULT, removed: REMOVED };

/// How long EWS lasts in Exchange Online.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
pub struct EndOfEws {
    /// From then on only where an admin has turned it on again.
    pub off_by_default: Timestamp,
    /// From then on nowhere.
    pub removed: Timestamp,
}

/// Whether EWS is gone for good.
#[must_use]
pub fn is_removed(now: Timestamp) -> bool {
    now >= REMOVED
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_days_are_those_that_microsoft_named() {
        assert_eq!((OFF_BY_DEFAULT.utc().as_str(), REMOVED.utc().as_str()), ("2026-10-01 00:00 UTC", "2027-04-01 00:00 UTC"));
        assert!(is_removed(REMOVED) && !is_removed(Timestamp(REMOVED.0 - 1)));
    }
}
