//! Putting a problem aside: until a day, or until it is another problem than the one that was put aside.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::has_grown_by_half;
use crate::time::Timestamp;

/// Where a snooze stands. One that is over brings its problem back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum SnoozeState {
    Active,
    /// Its time is up.
    TimeUp,
    /// The problem has grown by half since.
    Grown,
}

impl SnoozeState {
    /// Of a snooze that was set over `then` users and ends at `until`, if at any time.
    #[must_use]
    pub fn of(then: u32, until: Option<Timestamp>, users: u32, now: Timestamp) -> Self {
        if has_grown_by_half(then, users) {
            Self::Grown
        } else if until.is_some_and(|until| until <= now) {
            Self::TimeUp
        } else {
            Self::Active
        }
    }

    /// The name used in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::TimeUp => "time_up",
            Self::Grown => "grown",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_snooze_ends_with_its_time_or_when_the_problem_has_grown() {
        let until = Some(Timestamp(100));
        assert_eq!(SnoozeState::of(10, until, 14, Timestamp(99)), SnoozeState::Active);
        assert_eq!(SnoozeState::of(10, until, 14, Timestamp(100)), SnoozeState::TimeUp);
        assert_eq!(SnoozeState::of(10, until, 15, Timestamp(1)), SnoozeState::Grown);
        assert_eq!(SnoozeState::of(10, None, 14, Timestamp(i64::MAX)), SnoozeState::Active, "without a day it lasts until it grows");
    }
}
