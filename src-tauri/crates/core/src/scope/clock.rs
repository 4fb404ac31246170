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

/// How long ago a change may have been: what is older has long settled.
const LONGEST_AGO: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// Why a change can't have been at the moment that somebody tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Untold {
    /// It hasn't come yet.
    NotYet,
    /// It is longer ago than this.
    LongAgo { since: Timestamp },
    /// What was in force before the change was still read at that later moment.
    StillBefore { read: Timestamp },
}

/// Checks when a change is told to have been; `after` is when what was in force before the last change that shows was read.
///
/// # Errors
/// [`Untold`] says why it can't have been then.
pub fn told(at: Timestamp, after: Option<Timestamp>, now: Timestamp) -> Result<(), Untold> {
    let since = Timestamp(now.0.saturating_sub(i64::try_from(LONGEST_AGO.as_millis()).unwrap_or(i64::MAX)));
    match after {
        _ if at > now => Err(Untold::NotYet),
        _ if at < since => Err(Untold::LongAgo { since }),
        Some(read) if at < read => Err(Untold::StillBefore { read }),
        Some(_) | None => Ok(()),
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
    fn a_change_is_neither_to_come_nor_from_another_age_nor_before_what_was_seen() {
        let now = Timestamp(1_700_000_000_000);
        let ago = |minutes: i64| Timestamp(now.0 - minutes * MINUTE);
        let of = |minutes| told(ago(minutes), Some(ago(60)), now);
        assert_eq!((of(-1), of(0), of(60)), (Err(Untold::NotYet), Ok(()), Ok(())));
        assert_eq!(of(61), Err(Untold::StillBefore { read: ago(60) }), "an hour ago it was still as before");
        assert_eq!(told(ago(61), None, now), Ok(()));
        let since = ago(30 * 24 * 60);
        assert_eq!(told(ago(99_999_999), None, now), Err(Untold::LongAgo { since }));
        assert_eq!(told(since, None, now), Ok(()));
    }

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
