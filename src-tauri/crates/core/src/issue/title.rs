//! What each cause is called. Every face shows these words, and users are searched by them, so they are not a face's own.

use super::Cause;

impl Cause {
    /// The words that stand at the head of a problem, in the window and in the terminal alike.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::PermissionMissing => "Permission missing",
            Self::AccessPolicy => "Shut out by an application access policy",
            Self::OutOfScope => "Outside the integration's scope",
            Self::NoMailbox => "No cloud mailbox",
            Self::MailboxElsewhere => "Mailbox is not in Exchange Online",
            Self::UserGone => "User no longer exists",
            Self::NoExchange => "Tenant has no Exchange Online",
            Self::MailboxFull => "Mailbox is full",
            Self::LicenseMissing => "Licence doesn't allow it",
            Self::MailboxMisconfigured => "Mailbox is misconfigured",
            Self::FolderMissing => "Folder is missing",
            Self::ItemUnreadable => "An item can't be read",
            Self::SendAsDenied => "Not allowed to send as this address",
            Self::AccountDisabled => "Account is disabled",
            Self::PasswordExpired => "Password has expired",
            Self::RefusedWithoutReason => "Refused without a reason",
            Self::UnknownCode => "Refused with a code that Rollcall doesn't know",
            Self::MailboxMoving => "Mailbox is being moved",
            Self::Throttled => "Throttled",
            Self::SendingQuota => "Sent as much as it may",
            Self::Quarantined => "Request quarantined",
            Self::ServiceUnavailable => "Service unavailable",
            Self::SyncStateLost => "Place in the mailbox was lost",
            Self::NoAnswer => "No usable answer",
            Self::TokenRefused => "Token refused",
            Self::RequestWrong => "A fault of Rollcall",
            Self::Unexpected => "Answer that Rollcall doesn't know",
            Self::ConsentMissing => "Nobody has consented",
            Self::ConsentDeclined => "Consent was declined",
            Self::ConsentNotAllowed => "The account may not grant this consent",
            Self::AppNotInTenant => "Application is not in this tenant",
            Self::AppDisabled => "Application is disabled",
            Self::NotAssigned => "Account is not assigned to the application",
            Self::SecretWrong => "Secret is wrong",
            Self::SecretExpired => "Secret has expired",
            Self::CertificateRefused => "Certificate is not accepted",
            Self::RegistrationMismatch => "App registration doesn't allow this sign-in",
            Self::RedirectNotRegistered => "Redirect address is not registered",
            Self::ResourceMissing => "An API is missing in this tenant",
            Self::TenantNotFound => "Tenant was not found",
            Self::AccountElsewhere => "Account belongs to another tenant",
            Self::WrongCloud => "Tenant lives in another cloud",
            Self::TenantRestricted => "Tenant restrictions forbid it",
            Self::ConditionalAccess => "A policy of the tenant blocks it",
            Self::MoreProofWanted => "Another proof of identity is wanted",
            Self::SignInExpired => "Sign-in is over",
            Self::PasswordWrong => "Password was not accepted",
            Self::AccountLocked => "Account is locked",
            Self::ClockWrong => "This computer's clock is wrong",
            Self::SignInUnavailable => "Entra has a passing problem",
            Self::SignInRefused => "Entra refused for a reason that Rollcall doesn't know",
            Self::NotCovered => "Not covered by a permission",
            Self::NeedsUserSignIn => "Needs the user's own sign-in",
            Self::Cancelled => "Cancelled before its turn",
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_cause_has_a_title_of_its_own_that_is_no_sentence() {
        let titles: HashSet<&str> = Cause::ALL.into_iter().map(Cause::title).collect();
        assert_eq!(titles.len(), Cause::ALL.len());
        assert!(titles.iter().all(|title| !title.is_empty() && !title.ends_with('.')), "{titles:?}");
    }
}
