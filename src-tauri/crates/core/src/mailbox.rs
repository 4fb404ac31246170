//! Where a mailbox stands on its way to the integration, and how what happens to it moves it on.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::time::Timestamp;
use crate::verdict::Verdict;

/// A switch that has not come to its end for so long is stuck: an ordinary one ends with the next session, half an hour later at most.
pub const STUCK_AFTER: Duration = Duration::from_secs(2 * 60 * 60);

/// Where a mailbox stands on its way to the integration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum MailboxStatus {
    NotInitialized,
    Switching,
    Initialized,
    Error,
    Excluded,
}

/// What moves a mailbox on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The switch to Graph has begun.
    Switched,
    /// The user went back to EWS, or the mailbox was reset: what was read of it counts no more.
    StartedOver,
    /// A sync session ended.
    Session(Verdict),
    /// An admin takes the mailbox out of synchronization, or back in.
    Excluded,
    Included,
}

impl MailboxStatus {
    /// All of them, in the order of the segmented bar.
    pub const ALL: [Self; 5] = [Self::Initialized, Self::Switching, Self::NotInitialized, Self::Error, Self::Excluded];

    /// The name used in JSON, in the database and on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::NotInitialized => "not_initialized",
            Self::Switching => "switching",
            Self::Initialized => "initialized",
            Self::Error => "error",
            Self::Excluded => "excluded",
        }
    }

    /// Where the mailbox stands after a step. A refused session of a mailbox that is being switched leaves it switching: the vendors'
    /// *Cancelled* line is no error, and only a session that passes ends a switch. What stayed unknown moves nothing.
    #[must_use]
    pub const fn after(self, step: Step) -> Self {
        match (self, step) {
            (Self::Excluded, Step::Included) => Self::NotInitialized,
            (Self::Excluded, Step::Switched | Step::StartedOver | Step::Session(_) | Step::Excluded) => Self::Excluded,
            (_, Step::Excluded) => Self::Excluded,
            (_, Step::Switched) => Self::Switching,
            (_, Step::StartedOver) => Self::NotInitialized,
            (_, Step::Session(Verdict::Passed)) => Self::Initialized,
            (Self::NotInitialized | Self::Initialized | Self::Error, Step::Session(Verdict::Failed)) => Self::Error,
            (Self::Switching, Step::Session(Verdict::Failed)) => Self::Switching,
            (here, Step::Session(Verdict::Unknown | Verdict::NotRun) | Step::Included) => here,
        }
    }

    /// Whether a switch hangs.
    #[must_use]
    pub fn is_stuck(self, since: Option<Timestamp>, now: Timestamp) -> bool {
        self == Self::Switching && since.is_some_and(|since| now.since(since) >= STUCK_AFTER)
    }
}

#[cfg(test)]
mod tests {
    use super::MailboxStatus::{Error, Excluded, Initialized, NotInitialized, Switching};
    use super::*;

    #[test]
    fn a_switch_ends_with_the_next_session_that_passes_and_with_nothing_else() {
        let switching = NotInitialized.after(Step::Switched);
        assert_eq!(switching, Switching);
        for verdict in [Verdict::Failed, Verdict::Unknown, Verdict::NotRun] {
            assert_eq!(switching.after(Step::Session(verdict)), Switching, "{verdict:?}");
        }
        assert_eq!(switching.after(Step::Session(Verdict::Passed)), Initialized);
    }

    #[test]
    fn a_refusal_is_an_error_until_a_session_passes_and_the_unknown_changes_nothing() {
        assert_eq!(Initialized.after(Step::Session(Verdict::Failed)), Error);
        assert_eq!(Initialized.after(Step::Session(Verdict::Unknown)), Initialized);
        assert_eq!(Error.after(Step::Session(Verdict::Unknown)), Error);
        assert_eq!(Error.after(Step::Session(Verdict::Passed)), Initialized);
        assert_eq!(Initialized.after(Step::StartedOver), NotInitialized);
    }

    #[test]
    fn an_excluded_mailbox_stays_out_until_it_is_taken_back_in() {
        for step in [Step::Switched, Step::StartedOver, Step::Session(Verdict::Passed), Step::Session(Verdict::Failed)] {
            assert_eq!(Excluded.after(step), Excluded, "{step:?}");
        }
        assert_eq!(Excluded.after(Step::Included), NotInitialized);
        assert_eq!(Initialized.after(Step::Included), Initialized, "it is in already");
    }

    #[test]
    fn a_switch_is_stuck_when_it_takes_much_longer_than_a_session() {
        let since = Some(Timestamp(1_000));
        let late = Timestamp(1_000).after(STUCK_AFTER);
        assert!(Switching.is_stuck(since, late) && !Switching.is_stuck(since, Timestamp(2_000)));
        assert!(!Error.is_stuck(since, late) && !Switching.is_stuck(None, late));
    }
}
