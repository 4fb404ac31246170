//! What a probe shows about the scope: two sides are expected, and each can be confirmed or contradicted.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::clock::Change;
use super::{Expected, Mechanism};
use crate::issue::Cause;
use crate::time::Timestamp;

/// What a mailbox did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Observed {
    Answered,
    /// It was refused for lack of access.
    Refused,
    /// There is no mailbox to be reached: of another tenant, on premises, gone.
    NoMailbox,
    /// Nothing that settles it: throttled, unavailable, no answer, refused for another reason.
    Unsettled,
}

impl Observed {
    /// The name used in JSON and in tables.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Answered => "answered",
            Self::Refused => "refused",
            Self::NoMailbox => "no_mailbox",
            Self::Unsettled => "unsettled",
        }
    }

    /// What an answer to a probe shows, by the cause of its refusal; `None` where it was not refused. A refusal must be one of access:
    /// a full mailbox or a wrong request would else look like a scope that holds.
    #[must_use]
    pub fn of(cause: Option<Cause>, http: Option<u16>) -> Self {
        match cause {
            None => Self::Answered,
            Some(Cause::AccessPolicy | Cause::OutOfScope | Cause::PermissionMissing) => Self::Refused,
            Some(Cause::NoMailbox | Cause::MailboxElsewhere | Cause::UserGone | Cause::NoExchange | Cause::AccountDisabled) => {
                Self::NoMailbox
            }
            // A token without any role is refused like this, with nothing to read.
            Some(Cause::RefusedWithoutReason) if matches!(http, Some(401 | 403)) => Self::Refused,
            Some(_) => Self::Unsettled,
        }
    }
}

/// What a mailbox comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Finding {
    ConfirmedInside,
    ConfirmedOutside,
    /// It must be refused, and answers.
    Leak,
    /// It must answer, and is refused.
    LockOut,
    /// It contradicts what is expected while the change may not have reached it yet.
    TooEarly,
    Unknown,
}

impl Finding {
    /// All of them, in the order in which they are listed.
    pub const ALL: [Self; 6] = [Self::Leak, Self::LockOut, Self::TooEarly, Self::Unknown, Self::ConfirmedOutside, Self::ConfirmedInside];

    /// The name used in JSON, in the database and in tables.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::ConfirmedInside => "confirmed_inside",
            Self::ConfirmedOutside => "confirmed_outside",
            Self::Leak => "leak",
            Self::LockOut => "lock_out",
            Self::TooEarly => "too_early",
            Self::Unknown => "unknown",
        }
    }
}

/// By which right a call is let into a mailbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Right {
    /// By what Exchange knows of the scope, and it may not have heard of its last change.
    Scoped,
    /// By a role of Entra for the whole tenant, to which a scope of RBAC for Applications only adds, whatever Exchange has heard of.
    TenantWide,
    /// Nothing shows that the application may open the workload of any mailbox at all.
    Unshown,
}

impl Right {
    /// That of a call under the mechanism that is wanted; `permitted` is whether its token carries a role of Entra that opens the
    /// workload, and `shown` whether anything else shows that it is open to the application in some mailbox.
    #[must_use]
    pub fn of(mechanism: Option<Mechanism>, permitted: bool, shown: bool) -> Self {
        match (permitted, shown) {
            (true, _) if mechanism.is_some_and(Mechanism::is_rbac) => Self::TenantWide,
            (true, _) | (false, true) => Self::Scoped,
            (false, false) => Self::Unshown,
        }
    }
}

/// Judges one answer that was given at `asked`. What a grant for the whole tenant opens is a leak at once: no waiting closes it. And whoever
/// may open nothing is refused everywhere, so that a refusal then shows nothing of the scope.
#[must_use]
pub fn judge(expected: Expected, observed: Observed, right: Right, change: Option<Change>, asked: Timestamp) -> Finding {
    let settling = change.is_some_and(|change| change.is_settling(asked));
    match (expected, observed) {
        (Expected::Outside, Observed::Answered) if right == Right::TenantWide => Finding::Leak,
        (Expected::Inside, Observed::Answered) => Finding::ConfirmedInside,
        (Expected::Outside, Observed::Refused) if right == Right::Unshown => Finding::Unknown,
        (Expected::Outside, Observed::Refused) => Finding::ConfirmedOutside,
        (Expected::Inside, Observed::Refused) | (Expected::Outside, Observed::Answered) if settling => Finding::TooEarly,
        (Expected::Inside, Observed::Refused) => Finding::LockOut,
        (Expected::Outside, Observed::Answered) => Finding::Leak,
        (Expected::Inside | Expected::Outside, Observed::NoMailbox | Observed::Unsettled) => Finding::Unknown,
    }
}

/// What a mailbox comes to by its answers: one leak is a leak, whatever else is closed.
#[must_use]
pub fn worst(findings: impl IntoIterator<Item = Finding>) -> Finding {
    let found: Vec<Finding> = findings.into_iter().collect();
    Finding::ALL.into_iter().find(|finding| found.contains(finding)).unwrap_or(Finding::Unknown)
}

/// How many mailboxes came to what.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(rename = "ProofTally")]
pub struct Tally {
    pub confirmed_inside: u32,
    pub confirmed_outside: u32,
    pub leaks: u32,
    pub lock_outs: u32,
    pub too_early: u32,
    pub unknown: u32,
    /// Mailboxes that were not asked yet.
    pub waiting: u32,
    /// Of those that were confirmed, how many while the change may not have reached them: what was in force before it may have answered.
    /// They are asked once more when it has.
    pub provisional: u32,
    /// Of how many the test cmdlet says otherwise than is observed or wanted. It is no proof, so it decides nothing.
    pub disagreements: u32,
}

/// What a proof comes to as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(rename = "ProofOutcome")]
pub enum Outcome {
    /// Everything that was asked is as expected, and something was.
    Confirmed,
    /// There is a leak or a lock-out.
    Contradicted,
    TooEarly,
    /// Not everything that was to be asked has settled.
    Unknown,
}

impl Outcome {
    /// The name used in JSON and in tables.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Confirmed => "confirmed",
            Self::Contradicted => "contradicted",
            Self::TooEarly => "too_early",
            Self::Unknown => "unknown",
        }
    }
}

impl Tally {
    /// Adds mailboxes of a finding.
    pub fn add(&mut self, finding: Finding, mailboxes: u32) {
        match finding {
            Finding::ConfirmedInside => self.confirmed_inside += mailboxes,
            Finding::ConfirmedOutside => self.confirmed_outside += mailboxes,
            Finding::Leak => self.leaks += mailboxes,
            Finding::LockOut => self.lock_outs += mailboxes,
            Finding::TooEarly => self.too_early += mailboxes,
            Finding::Unknown => self.unknown += mailboxes,
        }
    }

    /// How many were asked.
    #[must_use]
    pub const fn asked(&self) -> u32 {
        self.confirmed_inside + self.confirmed_outside + self.leaks + self.lock_outs + self.too_early + self.unknown
    }

    /// What they come to together, where so many mailboxes of the tenant must answer and so many must be refused. Unknown is never fine,
    /// and neither is a side that has somebody of whom nobody was asked.
    #[must_use]
    pub const fn outcome(&self, of_inside: u32, of_outside: u32) -> Outcome {
        let one_sided = of_inside > 0 && self.confirmed_inside == 0 || of_outside > 0 && self.confirmed_outside == 0;
        if self.leaks > 0 || self.lock_outs > 0 {
            Outcome::Contradicted
        } else if self.too_early > 0 || self.provisional > 0 {
            Outcome::TooEarly
        } else if self.unknown > 0 || self.waiting > 0 || self.asked() == 0 || one_sided {
            Outcome::Unknown
        } else {
            Outcome::Confirmed
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scope::clock::Changed;

    const LATE: Timestamp = Timestamp(10_000_000);

    #[test]
    fn each_side_is_confirmed_or_contradicted_and_nothing_is_made_up() {
        use Expected::{Inside, Outside};
        for (expected, observed, finding) in [
            (Inside, Observed::Answered, Finding::ConfirmedInside),
            (Inside, Observed::Refused, Finding::LockOut),
            (Outside, Observed::Answered, Finding::Leak),
            (Outside, Observed::Refused, Finding::ConfirmedOutside),
            (Inside, Observed::NoMailbox, Finding::Unknown),
            (Outside, Observed::NoMailbox, Finding::Unknown),
            (Outside, Observed::Unsettled, Finding::Unknown),
        ] {
            assert_eq!(judge(expected, observed, Right::Scoped, None, LATE), finding, "{expected:?} and {observed:?}");
        }
    }

    #[test]
    fn only_a_contradiction_can_be_too_early() {
        let change = Some(Change { what: Changed::Rbac, at: Timestamp(0) });
        let of = |expected, observed, at| judge(expected, observed, Right::Scoped, change, at);
        assert_eq!(of(Expected::Outside, Observed::Answered, Timestamp(1)), Finding::TooEarly);
        assert_eq!(of(Expected::Inside, Observed::Answered, Timestamp(1)), Finding::ConfirmedInside);
        assert_eq!(of(Expected::Outside, Observed::Answered, LATE), Finding::Leak, "the window has passed");
    }

    #[test]
    fn what_a_grant_for_the_whole_tenant_opens_is_a_leak_at_once() {
        let change = Some(Change { what: Changed::Rbac, at: Timestamp(0) });
        let of = |expected, observed, mechanism, permitted| {
            judge(expected, observed, Right::of(Some(mechanism), permitted, true), change, Timestamp(1))
        };
        use Mechanism::{AccessPolicy, AdministrativeUnit, ManagementScope};
        for mechanism in [ManagementScope, AdministrativeUnit] {
            assert_eq!(of(Expected::Outside, Observed::Answered, mechanism, true), Finding::Leak);
            assert_eq!(of(Expected::Outside, Observed::Answered, mechanism, false), Finding::TooEarly, "no grant opens this workload");
        }
        assert_eq!(of(Expected::Outside, Observed::Answered, AccessPolicy, true), Finding::TooEarly, "a policy limits the grant");
        assert_eq!(of(Expected::Inside, Observed::Refused, ManagementScope, true), Finding::TooEarly, "a grant locks nobody out");
    }

    #[test]
    fn a_refusal_of_whoever_may_open_nothing_shows_nothing_of_the_scope() {
        for mechanism in Mechanism::ALL {
            let of =
                |expected, observed, permitted, shown| judge(expected, observed, Right::of(Some(mechanism), permitted, shown), None, LATE);
            assert_eq!(of(Expected::Outside, Observed::Refused, false, false), Finding::Unknown, "{mechanism:?}");
            assert_eq!(of(Expected::Outside, Observed::Refused, false, true), Finding::ConfirmedOutside, "somebody inside answered");
            assert_eq!(of(Expected::Outside, Observed::Refused, true, false), Finding::ConfirmedOutside, "the token carries it");
            assert_eq!(of(Expected::Inside, Observed::Refused, false, false), Finding::LockOut);
        }
    }

    #[test]
    fn a_refusal_for_another_reason_is_no_proof_that_the_scope_holds() {
        assert_eq!(Observed::of(Some(Cause::OutOfScope), Some(403)), Observed::Refused);
        assert_eq!(Observed::of(Some(Cause::MailboxFull), Some(403)), Observed::Unsettled);
        assert_eq!(Observed::of(Some(Cause::UserGone), Some(404)), Observed::NoMailbox);
        assert_eq!(Observed::of(Some(Cause::RefusedWithoutReason), Some(500)), Observed::Unsettled);
        assert_eq!(worst([Finding::ConfirmedOutside, Finding::Leak, Finding::Unknown]), Finding::Leak);
    }

    #[test]
    fn a_proof_is_confirmed_only_by_what_was_asked_and_answered() {
        assert_eq!(Tally::default().outcome(0, 0), Outcome::Unknown, "nothing asked is nothing proven");
        let mut tally = Tally { confirmed_inside: 3, confirmed_outside: 9, ..Tally::default() };
        assert_eq!(tally.outcome(3, 9), Outcome::Confirmed);
        assert_eq!(Tally { confirmed_inside: 0, ..tally }.outcome(3, 9), Outcome::Unknown, "refusals alone don't prove a scope");
        assert_eq!(Tally { confirmed_inside: 0, ..tally }.outcome(0, 9), Outcome::Confirmed, "nobody is to answer, and nobody did");
        assert_eq!(Tally { confirmed_outside: 0, ..tally }.outcome(3, 9), Outcome::Unknown);
        assert_eq!(Tally { provisional: 1, ..tally }.outcome(3, 9), Outcome::TooEarly, "what was in force before may have answered");
        tally.add(Finding::Unknown, 1);
        assert_eq!(tally.outcome(3, 9), Outcome::Unknown);
        tally.add(Finding::TooEarly, 1);
        assert_eq!(tally.outcome(3, 9), Outcome::TooEarly);
        tally.add(Finding::Leak, 1);
        assert_eq!(tally.outcome(3, 9), Outcome::Contradicted);
    }
}
