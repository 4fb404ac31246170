//! The propagation clock: Exchange keeps what it knows of a scope for a while, and until it forgets, a contradiction proves nothing.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::Mechanism;
use crate::time::Timestamp;

/// In how many steps the window is watched.
const STEPS: u32 = 4;

/// What was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Changed {
    AccessPolicy,
    Rbac,
}

impl Changed {
    /// What a change of a scope by a mechanism is.
    #[must_use]
    pub const fn by(mechanism: Mechanism) -> Self {
        match mechanism {
            Mechanism::ManagementScope | Mechanism::AdministrativeUnit => Self::Rbac,
            Mechanism::AccessPolicy => Self::AccessPolicy,
        }
    }

    /// How long it may take until it counts everywhere. Of access policies Microsoft's older text says 30 minutes and its newer one more
    /// than an hour ("New-ApplicationAccessPolicy"): within the hour nothing is called a leak or a lock-out for good, and the second look
    /// is after 30 minutes.
    #[must_use]
    pub const fn window(self) -> Duration {
        match self {
            Self::AccessPolicy => Duration::from_secs(60 * 60),
            Self::Rbac => Duration::from_secs(2 * 60 * 60),
        }
    }
}

/// A change of the scope, and when it was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[ts(rename = "ScopeChange")]
pub struct Change {
    pub what: Changed,
    pub at: Timestamp,
}

impl Change {
    /// From when on a contradiction counts.
    #[must_use]
    pub fn settles(self) -> Timestamp {
        self.at.after(self.what.window())
    }

    /// Whether it was too early, at that moment, to judge a contradiction.
    #[must_use]
    pub fn is_settling(self, at: Timestamp) -> bool {
        at < self.settles()
    }

    /// When to ask again what was last asked at that moment: a quarter of the window at a time, the last time at its end. `None` when
    /// what was asked counts.
    #[must_use]
    pub fn next_probe(self, asked: Timestamp) -> Option<Timestamp> {
        let step = self.what.window() / STEPS;
        (1..=STEPS).map(|nth| self.at.after(step * nth)).find(|&due| due > asked)
    }
}

/// How long the clock waits after so many failures in a row: a refused sign-in doesn't mend itself in a second.
#[must_use]
pub fn retry_after(failures: u32) -> Duration {
    const FIRST: Duration = Duration::from_secs(60);
    FIRST.saturating_mul(2_u32.saturating_pow(failures.saturating_sub(1))).min(LATEST_RETRY)
}

/// The longest of these waits.
pub const LATEST_RETRY: Duration = Duration::from_secs(30 * 60);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fails_again_and_again_is_tried_later_and_later() {
        let minutes: Vec<u64> = [1, 2, 3, 5, 6, 7, u32::MAX].map(|failures| retry_after(failures).as_secs() / 60).to_vec();
        assert_eq!(minutes, [1, 2, 4, 16, 30, 30, 30]);
    }

    const MINUTE: i64 = 60_000;

    #[test]
    fn a_contradiction_counts_when_the_window_has_passed_and_is_looked_at_four_times_until_then() {
        let change = Change { what: Changed::AccessPolicy, at: Timestamp(0) };
        assert!(change.is_settling(Timestamp(60 * MINUTE - 1)) && !change.is_settling(Timestamp(60 * MINUTE)));
        let mut asked = Timestamp(MINUTE);
        let mut looks = Vec::new();
        while let Some(due) = change.next_probe(asked) {
            looks.push(due.0);
            asked = due;
        }
        assert_eq!(looks, [15, 30, 45, 60].map(|minute| minute * MINUTE));
        assert_eq!(Change { what: Changed::Rbac, at: Timestamp(0) }.settles(), Timestamp(120 * MINUTE));
    }
}
