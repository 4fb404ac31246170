//! How a command ends. Scripts depend on these numbers.

use std::process::ExitCode;

use rollcall_core::consent::Authorization;
use rollcall_core::rules::Reason;
use rollcall_core::scope::finding::Outcome;
use rollcall_core::verdict::{Ledger, Verdict};
use rollcall_ops::error::{Code, Error};
use rollcall_ops::scope::show::{ProofView, ScopeView, Stands};
use rollcall_ops::users::foresee::Foreseen;

/// The exit codes that are in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Everything that was asked was done, and everything checked passed.
    Fine = 0,
    /// Something checked failed.
    Failed = 1,
    Usage = 2,
    /// Something is unknown or was not run.
    Incomplete = 3,
    /// Not signed in, or not permitted.
    NotPermitted = 4,
    /// Another Rollcall owns the data folder.
    InUse = 6,
    /// A fault of Rollcall itself.
    Fault = 70,
}

impl Exit {
    /// The end of a command that could not do what it was asked.
    pub const fn of(error: &Error) -> Self {
        match error.code {
            Code::InvalidInput | Code::DuplicateName | Code::DuplicateExternalId | Code::ExternalIdFixed | Code::NotFound => Self::Usage,
            Code::NotNow => match error.reason {
                Some(
                    Reason::NotSignedIn
                    | Reason::NoSecret
                    | Reason::MailboxNotConnected
                    | Reason::NeedsPrivilegedRole
                    | Reason::NeedsApplicationRole
                    | Reason::ConsentMissing,
                ) => Self::NotPermitted,
                Some(
                    Reason::NoUsers
                    | Reason::RunUnderWay
                    | Reason::UsesEws
                    | Reason::UsersMustSignIn
                    | Reason::HasUsers
                    | Reason::HasOrganizations
                    | Reason::StillInitialized
                    | Reason::Excluded
                    | Reason::SyncDisabled
                    | Reason::ForcedJustNow
                    | Reason::EwsRemoved
                    | Reason::SessionsUnderWay
                    | Reason::OtherTenant
                    | Reason::LimitationsUnread
                    | Reason::NobodySignsIn
                    | Reason::DefaultMustSend
                    | Reason::MailboxIsDefault
                    | Reason::MigrationUnderWay
                    | Reason::StepNotReached
                    | Reason::StepNotChecked
                    | Reason::AddInTooOld
                    | Reason::WaveWaits
                    | Reason::WaveHeld
                    | Reason::WaveDone
                    | Reason::WaveStarted
                    | Reason::WaveOver
                    | Reason::WaveEmptied
                    | Reason::OtherOrganization
                    | Reason::AlreadySwitched
                    | Reason::SwitchQueued
                    | Reason::MustSwitch
                    | Reason::NotReady
                    | Reason::AlreadySo
                    | Reason::WouldVoidScope
                    | Reason::ScopeContested
                    | Reason::ScopeUnread
                    | Reason::ReachesWhoSignedIn
                    | Reason::GrantsStand
                    | Reason::RolesMissing
                    | Reason::NothingToAsk,
                )
                | None => Self::Incomplete,
            },
            Code::NotSignedIn
            | Code::SignInCancelled
            | Code::SignInTimedOut
            | Code::NoBrowser
            | Code::SignInRefused
            | Code::WrongTenant
            | Code::WrongAccount
            | Code::UnknownTenant
            | Code::StateMismatch
            | Code::WrongSecret
            | Code::SecretExpired
            | Code::AppUnknown
            | Code::AppDisabled
            | Code::RedirectNotRegistered
            | Code::ConsentDeclined
            | Code::ConsentMissing
            | Code::NotPermitted
            | Code::PolicyBlocked
            | Code::Keychain
            | Code::DataReadOnly
            | Code::NotSaved => Self::NotPermitted,
            Code::Offline
            | Code::NotGraph
            | Code::DamagedAnswer
            | Code::Throttled
            | Code::ServiceUnavailable
            | Code::Changed
            | Code::OutcomeUnknown
            | Code::Stopped
            | Code::DataNewer
            | Code::DiskFull => Self::Incomplete,
            Code::DataInUse => Self::InUse,
            Code::DataDamaged | Code::Internal => Self::Fault,
        }
    }

    /// The end of a check of these mailboxes.
    pub const fn of_ledger(ledger: &Ledger) -> Self {
        match ledger.verdict() {
            Verdict::Passed => Self::Fine,
            Verdict::Failed => Self::Failed,
            Verdict::Unknown | Verdict::NotRun => Self::Incomplete,
        }
    }

    /// The end of a proof of an access scope.
    pub const fn of_proof(view: &ProofView) -> Self {
        match view.outcome {
            Outcome::Confirmed => Self::Fine,
            Outcome::Contradicted => Self::Failed,
            Outcome::TooEarly | Outcome::Unknown => Self::Incomplete,
        }
    }

    /// The end of a look at an access scope: what makes it void is a failure, whatever the last proof came to; and what makes it void
    /// isn't known while Exchange's roles aren't.
    pub fn of_scope(view: &ScopeView) -> Self {
        let proven = match &view.proof {
            _ if !view.voids.is_empty() => Self::Failed,
            Some(proof) if matches!(view.stands, Stands::Now) => Self::of_proof(proof),
            Some(_) | None => Self::Incomplete,
        };
        let all_read = view.reading.as_ref().is_some_and(|reading| reading.assignments.read().is_some());
        if proven == Self::Fine && !all_read { Self::Incomplete } else { proven }
    }

    /// The end of a look at what an action would come to: as that of the action.
    pub const fn of_foreseen(foreseen: &Foreseen) -> Self {
        if foreseen.refused.is_empty() { Self::Fine } else { Self::Incomplete }
    }

    /// The end of a look at the consent.
    pub const fn of_consent(authorization: Authorization) -> Self {
        match authorization {
            Authorization::Authorized => Self::Fine,
            Authorization::PartlyAuthorized | Authorization::NotAuthorized => Self::Failed,
            Authorization::Unknown => Self::Incomplete,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_and_nothing_are_never_fine() {
        assert_eq!(Exit::of_ledger(&Ledger { passed: 5, ..Ledger::default() }), Exit::Fine);
        assert_eq!(Exit::of_ledger(&Ledger { passed: 5, unknown: 1, ..Ledger::default() }), Exit::Incomplete);
        assert_eq!(Exit::of_ledger(&Ledger { unknown: 1, failed: 1, ..Ledger::default() }), Exit::Failed);
        assert_eq!(Exit::of_ledger(&Ledger::default()), Exit::Incomplete, "a check of nothing proves nothing");
        assert_eq!(Exit::of_consent(Authorization::Unknown), Exit::Incomplete);
    }

    #[test]
    fn whoever_is_missing_a_sign_in_or_a_secret_is_told_by_the_code() {
        assert_eq!(Exit::of(&Error::not_now(Reason::NotSignedIn)), Exit::NotPermitted);
        assert_eq!(Exit::of(&Error::not_now(Reason::NoSecret)), Exit::NotPermitted);
        assert_eq!(Exit::of(&Error::not_now(Reason::NoUsers)), Exit::Incomplete);
    }
}
