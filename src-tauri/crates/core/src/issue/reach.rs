//! How far a problem reaches, and when it has grown.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// How many of those who could be concerned are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Reach {
    /// One mailbox: look at the mailbox.
    One,
    /// Several mailboxes: look for what they have in common.
    Several,
    /// Everybody: look at the tenant or the application, not at mailboxes.
    Everybody,
}

impl Reach {
    /// Of `users` among `all`.
    #[must_use]
    pub const fn of(users: u32, all: u32) -> Self {
        if users >= all && all > 1 {
            Self::Everybody
        } else if users <= 1 {
            Self::One
        } else {
            Self::Several
        }
    }

    /// The name used in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::One => "one",
            Self::Several => "several",
            Self::Everybody => "everybody",
        }
    }
}

/// Whether there are half as many again as before: then a problem that was put aside is another one.
#[must_use]
pub const fn has_grown_by_half(before: u32, now: u32) -> bool {
    now > before && now as u64 * 2 >= before as u64 * 3
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_of_everybody_is_another_than_one_of_some() {
        assert_eq!(Reach::of(1, 200), Reach::One);
        assert_eq!(Reach::of(199, 200), Reach::Several);
        assert_eq!(Reach::of(200, 200), Reach::Everybody);
        assert_eq!(Reach::of(1, 1), Reach::One, "with one user there is no telling");
        assert_eq!(Reach::of(201, 200), Reach::Everybody, "somebody has left meanwhile");
    }

    #[test]
    fn half_as_many_again_is_growth() {
        assert!(has_grown_by_half(10, 15) && has_grown_by_half(1, 2) && has_grown_by_half(0, 1));
        assert!(!has_grown_by_half(10, 14) && !has_grown_by_half(10, 10) && !has_grown_by_half(0, 0));
        assert!(has_grown_by_half(u32::MAX / 3 * 2, u32::MAX), "large numbers don't wrap");
    }
}
