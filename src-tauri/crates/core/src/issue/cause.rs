//! Causes: why something didn't answer, whether that is certain and whether it lasts, and who can mend it.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::verdict::Verdict;

/// Why a mailbox didn't answer, or why nobody could ask it. Two causes exist where the cure is another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// The integration's token has no permission for this workload.
    PermissionMissing,
    /// An application access policy of Exchange shuts the mailbox out.
    AccessPolicy,
    /// Refused although the token has the permission: the scope of RBAC for Applications, or a grant that hasn't spread yet.
    OutOfScope,
    /// There is no cloud mailbox: unlicensed, soft-deleted, inactive, guest.
    NoMailbox,
    /// The mailbox lives where Graph can't reach it: on-premises or an older hosting.
    MailboxElsewhere,
    /// Exchange or Entra doesn't know the user any more.
    UserGone,
    /// The tenant has no Exchange Online.
    NoExchange,
    /// The mailbox is full.
    MailboxFull,
    /// The licence doesn't allow it.
    LicenseMissing,
    /// The mailbox's configuration in the directory is broken.
    MailboxMisconfigured,
    /// The folder that the workload lives in is gone.
    FolderMissing,
    /// An item can't be read: damaged, not convertible, or held back by a scanner.
    ItemUnreadable,
    /// The sender's address is not the mailbox's, and Send As is missing.
    SendAsDenied,
    /// The account is disabled.
    AccountDisabled,
    /// The account's password has expired or must be changed.
    PasswordExpired,
    /// Refused without a code that says why.
    RefusedWithoutReason,
    /// Refused with a code that isn't in the catalogue.
    UnknownCode,
    /// Exchange is moving the mailbox.
    MailboxMoving,
    /// Still throttled after every wait that was asked for.
    Throttled,
    /// The mailbox has sent as much as it may for now.
    SendingQuota,
    /// The service quarantined this kind of request.
    Quarantined,
    /// The service failed and went on failing.
    ServiceUnavailable,
    /// The place up to which a mailbox was read is lost; the next pass reads it anew.
    SyncStateLost,
    /// No usable answer came: cut off, left out of a batch, or not from Graph.
    NoAnswer,
    /// The token itself was refused.
    TokenRefused,
    /// The request was refused as wrong: a fault of Rollcall.
    RequestWrong,
    /// An answer that Rollcall doesn't know.
    Unexpected,
    /// Nobody has consented to the permissions that the application asks for.
    ConsentMissing,
    /// Cancel was pressed on Microsoft's consent page.
    ConsentDeclined,
    /// The account that signed in may not grant this consent.
    ConsentNotAllowed,
    /// The application has no service principal in the tenant.
    AppNotInTenant,
    /// The application is disabled in the tenant.
    AppDisabled,
    /// The application requires assignment and the account isn't assigned.
    NotAssigned,
    /// The integration's secret is not one that Entra knows.
    SecretWrong,
    /// The integration's secret has expired.
    SecretExpired,
    /// The integration's certificate is not one that Entra knows.
    CertificateRefused,
    /// The registration doesn't allow this kind of sign-in: platform, account types, public against confidential.
    RegistrationMismatch,
    /// The redirect address is not registered.
    RedirectNotRegistered,
    /// An API that the application asks for isn't in the tenant, or not in the registration.
    ResourceMissing,
    /// The tenant doesn't exist, or is not available.
    TenantNotFound,
    /// The account belongs to another tenant.
    AccountElsewhere,
    /// The tenant lives in another national cloud.
    WrongCloud,
    /// Tenant restrictions or cross-tenant settings forbid it.
    TenantRestricted,
    /// Conditional Access, security defaults or another policy of the tenant blocks it.
    ConditionalAccess,
    /// Another proof of identity is wanted from the user.
    MoreProofWanted,
    /// The sign-in is over, or wasn't finished.
    SignInExpired,
    /// The password was not accepted.
    PasswordWrong,
    /// The account is locked, or its sign-in looks malicious.
    AccountLocked,
    /// This computer's clock is too far off.
    ClockWrong,
    /// Entra has a passing problem.
    SignInUnavailable,
    /// Entra refused with a number that isn't in the catalogue.
    SignInRefused,
    /// Not asked: none of the integration's permissions covers the workload.
    NotCovered,
    /// Not asked: a delegated mailbox answers only to its signed-in user.
    NeedsUserSignIn,
    /// Not asked: the run was cancelled before its turn.
    Cancelled,
}

/// Who can mend a cause.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Who {
    /// Who may grant application permissions: Privileged Role or Global Administrator.
    ConsentAdmin,
    /// Who looks after the registration and the enterprise application: (Cloud) Application Administrator.
    AppAdmin,
    ExchangeAdmin,
    LicenseAdmin,
    UserAdmin,
    /// Who looks after policies of sign-in: Conditional Access or Security Administrator.
    PolicyAdmin,
    /// The user, by signing in.
    User,
    /// Nobody has to: it passes by itself, check again later.
    Wait,
    /// Microsoft support, with the request id.
    MicrosoftSupport,
    /// The admin at the console.
    You,
    /// Whoever makes Rollcall: it is a fault of ours.
    Rollcall,
}

impl Who {
    /// Everybody, for words and tests.
    pub const ALL: [Self; 11] = [
        Self::ConsentAdmin,
        Self::AppAdmin,
        Self::ExchangeAdmin,
        Self::LicenseAdmin,
        Self::UserAdmin,
        Self::PolicyAdmin,
        Self::User,
        Self::Wait,
        Self::MicrosoftSupport,
        Self::You,
        Self::Rollcall,
    ];

    /// The name used in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::ConsentAdmin => "consent_admin",
            Self::AppAdmin => "app_admin",
            Self::ExchangeAdmin => "exchange_admin",
            Self::LicenseAdmin => "license_admin",
            Self::UserAdmin => "user_admin",
            Self::PolicyAdmin => "policy_admin",
            Self::User => "user",
            Self::Wait => "wait",
            Self::MicrosoftSupport => "microsoft_support",
            Self::You => "you",
            Self::Rollcall => "rollcall",
        }
    }
}

/// Whether a cause goes away, and of whose making it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// Stays until somebody changes this mailbox or its account: asking again doesn't help.
    Mailbox,
    /// Stays until somebody changes the tenant or the application.
    Tenant,
    /// Passes by itself.
    Passing,
    /// A fault of Rollcall, or something that it doesn't know.
    Ours,
}

impl Class {
    /// All of them, for words and tests.
    pub const ALL: [Self; 4] = [Self::Mailbox, Self::Tenant, Self::Passing, Self::Ours];

    /// The name used in JSON and on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Mailbox => "mailbox",
            Self::Tenant => "tenant",
            Self::Passing => "passing",
            Self::Ours => "ours",
        }
    }
}

impl Cause {
    /// Every cause, for words and tests.
    pub const ALL: [Self; 54] = [
        Self::PermissionMissing,
        Self::AccessPolicy,
        Self::OutOfScope,
        Self::NoMailbox,
        Self::MailboxElsewhere,
        Self::UserGone,
        Self::NoExchange,
        Self::MailboxFull,
        Self::LicenseMissing,
        Self::MailboxMisconfigured,
        Self::FolderMissing,
        Self::ItemUnreadable,
        Self::SendAsDenied,
        Self::AccountDisabled,
        Self::PasswordExpired,
        Self::RefusedWithoutReason,
        Self::UnknownCode,
        Self::MailboxMoving,
        Self::Throttled,
        Self::SendingQuota,
        Self::Quarantined,
        Self::ServiceUnavailable,
        Self::SyncStateLost,
        Self::NoAnswer,
        Self::TokenRefused,
        Self::RequestWrong,
        Self::Unexpected,
        Self::ConsentMissing,
        Self::ConsentDeclined,
        Self::ConsentNotAllowed,
        Self::AppNotInTenant,
        Self::AppDisabled,
        Self::NotAssigned,
        Self::SecretWrong,
        Self::SecretExpired,
        Self::CertificateRefused,
        Self::RegistrationMismatch,
        Self::RedirectNotRegistered,
        Self::ResourceMissing,
        Self::TenantNotFound,
        Self::AccountElsewhere,
        Self::WrongCloud,
        Self::TenantRestricted,
        Self::ConditionalAccess,
        Self::MoreProofWanted,
        Self::SignInExpired,
        Self::PasswordWrong,
        Self::AccountLocked,
        Self::ClockWrong,
        Self::SignInUnavailable,
        Self::SignInRefused,
        Self::NotCovered,
        Self::NeedsUserSignIn,
        Self::Cancelled,
    ];

    /// The name used in JSON and in the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.facts().0
    }

    /// The verdict that follows: failed where the refusal stays until somebody acts, unknown where nothing is settled.
    #[must_use]
    pub const fn verdict(self) -> Verdict {
        self.facts().1
    }

    /// Whether it goes away, and of whose making it is.
    #[must_use]
    pub const fn class(self) -> Class {
        self.facts().2
    }

    /// Who can mend it.
    #[must_use]
    pub const fn who(self) -> Who {
        self.facts().3
    }

    /// Whether the cause alone doesn't say what is wrong, so that another code or text may be another problem.
    #[must_use]
    pub const fn is_generic(self) -> bool {
        matches!(self, Self::RefusedWithoutReason | Self::UnknownCode | Self::RequestWrong | Self::Unexpected | Self::SignInRefused)
    }

    const fn facts(self) -> (&'static str, Verdict, Class, Who) {
        use Class::{Mailbox, Ours, Passing, Tenant};
        use Verdict::{Failed, NotRun, Unknown};
        match self {
            Self::PermissionMissing => ("permission_missing", Failed, Tenant, Who::ConsentAdmin),
            Self::AccessPolicy => ("access_policy", Failed, Tenant, Who::ExchangeAdmin),
            Self::OutOfScope => ("out_of_scope", Failed, Tenant, Who::ExchangeAdmin),
            Self::NoMailbox => ("no_mailbox", Failed, Mailbox, Who::LicenseAdmin),
            Self::MailboxElsewhere => ("mailbox_elsewhere", Failed, Mailbox, Who::ExchangeAdmin),
            Self::UserGone => ("user_gone", Failed, Mailbox, Who::UserAdmin),
            Self::NoExchange => ("no_exchange", Failed, Tenant, Who::LicenseAdmin),
            Self::MailboxFull => ("mailbox_full", Failed, Mailbox, Who::ExchangeAdmin),
            Self::LicenseMissing => ("license_missing", Failed, Mailbox, Who::LicenseAdmin),
            Self::MailboxMisconfigured => ("mailbox_misconfigured", Failed, Mailbox, Who::ExchangeAdmin),
            Self::FolderMissing => ("folder_missing", Failed, Mailbox, Who::ExchangeAdmin),
            Self::ItemUnreadable => ("item_unreadable", Failed, Mailbox, Who::ExchangeAdmin),
            Self::SendAsDenied => ("send_as_denied", Failed, Mailbox, Who::ExchangeAdmin),
            Self::AccountDisabled => ("account_disabled", Failed, Mailbox, Who::UserAdmin),
            Self::PasswordExpired => ("password_expired", Failed, Mailbox, Who::User),
            Self::RefusedWithoutReason => ("refused_without_reason", Failed, Mailbox, Who::MicrosoftSupport),
            Self::UnknownCode => ("unknown_code", Failed, Ours, Who::MicrosoftSupport),
            Self::MailboxMoving => ("mailbox_moving", Unknown, Passing, Who::Wait),
            Self::Throttled => ("throttled", Unknown, Passing, Who::Wait),
            Self::SendingQuota => ("sending_quota", Unknown, Passing, Who::Wait),
            Self::Quarantined => ("quarantined", Unknown, Passing, Who::MicrosoftSupport),
            Self::ServiceUnavailable => ("service_unavailable", Unknown, Passing, Who::Wait),
            Self::SyncStateLost => ("sync_state_lost", Unknown, Passing, Who::Wait),
            Self::NoAnswer => ("no_answer", Unknown, Passing, Who::You),
            Self::TokenRefused => ("token_refused", Unknown, Ours, Who::You),
            Self::RequestWrong => ("request_wrong", Unknown, Ours, Who::Rollcall),
            Self::Unexpected => ("unexpected", Unknown, Ours, Who::MicrosoftSupport),
            Self::ConsentMissing => ("consent_missing", Failed, Tenant, Who::ConsentAdmin),
            Self::ConsentDeclined => ("consent_declined", Failed, Tenant, Who::You),
            Self::ConsentNotAllowed => ("consent_not_allowed", Failed, Tenant, Who::ConsentAdmin),
            Self::AppNotInTenant => ("app_not_in_tenant", Failed, Tenant, Who::ConsentAdmin),
            Self::AppDisabled => ("app_disabled", Failed, Tenant, Who::AppAdmin),
            Self::NotAssigned => ("not_assigned", Failed, Tenant, Who::AppAdmin),
            Self::SecretWrong => ("secret_wrong", Failed, Tenant, Who::You),
            Self::SecretExpired => ("secret_expired", Failed, Tenant, Who::AppAdmin),
            Self::CertificateRefused => ("certificate_refused", Failed, Tenant, Who::AppAdmin),
            Self::RegistrationMismatch => ("registration_mismatch", Failed, Tenant, Who::AppAdmin),
            Self::RedirectNotRegistered => ("redirect_not_registered", Failed, Tenant, Who::AppAdmin),
            Self::ResourceMissing => ("resource_missing", Failed, Tenant, Who::AppAdmin),
            Self::TenantNotFound => ("tenant_not_found", Failed, Tenant, Who::You),
            Self::AccountElsewhere => ("account_elsewhere", Failed, Mailbox, Who::You),
            Self::WrongCloud => ("wrong_cloud", Failed, Tenant, Who::You),
            Self::TenantRestricted => ("tenant_restricted", Failed, Tenant, Who::PolicyAdmin),
            Self::ConditionalAccess => ("conditional_access", Failed, Tenant, Who::PolicyAdmin),
            Self::MoreProofWanted => ("more_proof_wanted", Failed, Mailbox, Who::User),
            Self::SignInExpired => ("sign_in_expired", Failed, Mailbox, Who::User),
            Self::PasswordWrong => ("password_wrong", Failed, Mailbox, Who::User),
            Self::AccountLocked => ("account_locked", Failed, Mailbox, Who::UserAdmin),
            Self::ClockWrong => ("clock_wrong", Unknown, Tenant, Who::You),
            Self::SignInUnavailable => ("sign_in_unavailable", Unknown, Passing, Who::Wait),
            Self::SignInRefused => ("sign_in_refused", Unknown, Ours, Who::MicrosoftSupport),
            Self::NotCovered => ("not_covered", NotRun, Tenant, Who::You),
            Self::NeedsUserSignIn => ("needs_user_sign_in", NotRun, Mailbox, Who::User),
            Self::Cancelled => ("cancelled", NotRun, Passing, Who::You),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cause_is_listed_once_under_its_own_name() {
        let names: std::collections::HashSet<_> = Cause::ALL.iter().map(|cause| cause.name()).collect();
        assert_eq!(names.len(), Cause::ALL.len());
        for cause in Cause::ALL {
            assert_eq!(serde_name(cause), cause.name(), "the database and JSON must agree");
        }
    }

    #[test]
    fn what_passes_is_never_called_failed() {
        for cause in Cause::ALL.into_iter().filter(|cause| cause.class() == Class::Passing) {
            assert_ne!(cause.verdict(), Verdict::Failed, "{}", cause.name());
        }
    }

    fn serde_name(cause: Cause) -> String {
        use serde::de::{IntoDeserializer, value::StrDeserializer};
        let text: StrDeserializer<'_, serde::de::value::Error> = cause.name().into_deserializer();
        Cause::deserialize(text).map(|read| read.name().to_owned()).unwrap_or_default()
    }
}
