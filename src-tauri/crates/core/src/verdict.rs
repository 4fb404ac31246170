//! The verdict of anything checked, and the ledger that counts them. Unknown never counts as done.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What a check came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It was asked and it answered.
    Passed,
    /// It was asked and was refused, for a reason that stays until somebody acts.
    Failed,
    /// It was asked and no answer settles it: throttled, unavailable, cut off.
    Unknown,
    /// It was not asked.
    NotRun,
}

impl Verdict {
    /// The verdict of a mailbox from those of its workloads.
    ///
    /// One refusal fails it; without one, anything unsettled leaves it unknown. Workloads that were not asked don't fail a
    /// mailbox, but a mailbox of which nothing was asked, or not everything asked has answered, has not passed.
    #[must_use]
    pub fn of_mailbox(workloads: impl IntoIterator<Item = Self>) -> Self {
        let mut ledger = Ledger::default();
        for verdict in workloads {
            ledger.count(verdict);
        }
        if ledger.failed > 0 {
            Self::Failed
        } else if ledger.unknown > 0 {
            Self::Unknown
        } else if ledger.passed > 0 {
            Self::Passed
        } else {
            Self::NotRun
        }
    }

    /// The name used in JSON and in the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::Unknown => "unknown",
            Self::NotRun => "not_run",
        }
    }
}

/// How many of each verdict: the coverage of a check.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Ledger {
    pub passed: u32,
    pub failed: u32,
    pub unknown: u32,
    pub not_run: u32,
}

impl Ledger {
    /// Adds one verdict.
    pub fn count(&mut self, verdict: Verdict) {
        match verdict {
            Verdict::Passed => self.passed += 1,
            Verdict::Failed => self.failed += 1,
            Verdict::Unknown => self.unknown += 1,
            Verdict::NotRun => self.not_run += 1,
        }
    }

    /// How many there are in all.
    #[must_use]
    pub const fn total(&self) -> u32 {
        self.passed + self.failed + self.unknown + self.not_run
    }

    /// The verdict of the whole: passed only if there is something and all of it passed.
    #[must_use]
    pub const fn verdict(&self) -> Verdict {
        if self.failed > 0 {
            Verdict::Failed
        } else if self.unknown > 0 {
            Verdict::Unknown
        } else if self.not_run > 0 || self.passed == 0 {
            Verdict::NotRun
        } else {
            Verdict::Passed
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Verdict::{Failed, NotRun, Passed, Unknown};

    #[test]
    fn unknown_is_never_fine() {
        for rest in [Passed, NotRun] {
            assert_eq!(Verdict::of_mailbox([Unknown, rest]), Unknown);
        }
        assert_eq!(Verdict::of_mailbox([Unknown, Failed]), Failed, "one refusal is already certain");
        assert_eq!(Verdict::of_mailbox([]), NotRun, "nothing asked is nothing proven");
        assert_eq!(Ledger { passed: 9, not_run: 1, ..Ledger::default() }.verdict(), NotRun);
        assert_eq!(Ledger::default().verdict(), NotRun);
    }
}
