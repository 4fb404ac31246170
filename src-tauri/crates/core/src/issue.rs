//! Normalising an error into a fingerprint with one cause: why a probe didn't pass, whether that is certain, and who can mend it.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::verdict::Verdict;
use crate::workload::Workload;

/// What Graph said when it didn't answer with data, as far as it matters for the cause.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refusal<'a> {
    /// The status of the deciding answer; `None` when there was no answer at all.
    pub http: Option<u16>,
    /// Graph's deepest known code; may be empty.
    pub code: &'a str,
    /// Graph's message: read for the two texts that tell policies apart, never stored.
    pub message: &'a str,
    /// Whether the token that asked carries a permission for the workload.
    pub permitted: bool,
}

/// Why a probe didn't pass.
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
    /// The account is disabled.
    AccountDisabled,
    /// Refused without a code that says why.
    RefusedWithoutReason,
    /// Exchange is moving the mailbox.
    MailboxMoving,
    /// Still throttled after every wait that was asked for.
    Throttled,
    /// The service quarantined this kind of request.
    Quarantined,
    /// The service failed and went on failing.
    ServiceUnavailable,
    /// No usable answer came: cut off, left out of a batch, or not from Graph.
    NoAnswer,
    /// The token itself was refused.
    TokenRefused,
    /// The request was refused as wrong: a fault of Rollcall or an answer it doesn't know.
    Unexpected,
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
    ExchangeAdmin,
    LicenseAdmin,
    UserAdmin,
    /// The user, by signing in.
    User,
    /// Nobody has to: it passes by itself, check again later.
    Wait,
    /// Microsoft support, with the request id.
    MicrosoftSupport,
    /// The admin at the console.
    You,
}

impl Who {
    /// The name used in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::ConsentAdmin => "consent_admin",
            Self::ExchangeAdmin => "exchange_admin",
            Self::LicenseAdmin => "license_admin",
            Self::UserAdmin => "user_admin",
            Self::User => "user",
            Self::Wait => "wait",
            Self::MicrosoftSupport => "microsoft_support",
            Self::You => "you",
        }
    }
}

impl Cause {
    /// Every cause, for words and tests.
    pub const ALL: [Self; 23] = [
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
        Self::AccountDisabled,
        Self::RefusedWithoutReason,
        Self::MailboxMoving,
        Self::Throttled,
        Self::Quarantined,
        Self::ServiceUnavailable,
        Self::NoAnswer,
        Self::TokenRefused,
        Self::Unexpected,
        Self::NotCovered,
        Self::NeedsUserSignIn,
        Self::Cancelled,
    ];

    /// The verdict that follows: failed where the refusal stays until somebody acts, unknown where nothing is settled.
    #[must_use]
    pub const fn verdict(self) -> Verdict {
        match self {
            Self::PermissionMissing
            | Self::AccessPolicy
            | Self::OutOfScope
            | Self::NoMailbox
            | Self::MailboxElsewhere
            | Self::UserGone
            | Self::NoExchange
            | Self::MailboxFull
            | Self::LicenseMissing
            | Self::MailboxMisconfigured
            | Self::FolderMissing
            | Self::AccountDisabled
            | Self::RefusedWithoutReason => Verdict::Failed,
            Self::MailboxMoving
            | Self::Throttled
            | Self::Quarantined
            | Self::ServiceUnavailable
            | Self::NoAnswer
            | Self::TokenRefused
            | Self::Unexpected => Verdict::Unknown,
            Self::NotCovered | Self::NeedsUserSignIn | Self::Cancelled => Verdict::NotRun,
        }
    }

    /// Who can mend it.
    #[must_use]
    pub const fn who(self) -> Who {
        match self {
            Self::PermissionMissing => Who::ConsentAdmin,
            Self::AccessPolicy
            | Self::OutOfScope
            | Self::MailboxElsewhere
            | Self::MailboxFull
            | Self::MailboxMisconfigured
            | Self::FolderMissing => Who::ExchangeAdmin,
            Self::NoMailbox | Self::NoExchange | Self::LicenseMissing => Who::LicenseAdmin,
            Self::UserGone | Self::AccountDisabled => Who::UserAdmin,
            Self::NeedsUserSignIn => Who::User,
            Self::MailboxMoving | Self::Throttled | Self::ServiceUnavailable => Who::Wait,
            Self::RefusedWithoutReason | Self::Quarantined => Who::MicrosoftSupport,
            Self::NoAnswer | Self::TokenRefused | Self::Unexpected | Self::NotCovered | Self::Cancelled => Who::You,
        }
    }

    /// The name used in JSON and in the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::PermissionMissing => "permission_missing",
            Self::AccessPolicy => "access_policy",
            Self::OutOfScope => "out_of_scope",
            Self::NoMailbox => "no_mailbox",
            Self::MailboxElsewhere => "mailbox_elsewhere",
            Self::UserGone => "user_gone",
            Self::NoExchange => "no_exchange",
            Self::MailboxFull => "mailbox_full",
            Self::LicenseMissing => "license_missing",
            Self::MailboxMisconfigured => "mailbox_misconfigured",
            Self::FolderMissing => "folder_missing",
            Self::AccountDisabled => "account_disabled",
            Self::RefusedWithoutReason => "refused_without_reason",
            Self::MailboxMoving => "mailbox_moving",
            Self::Throttled => "throttled",
            Self::Quarantined => "quarantined",
            Self::ServiceUnavailable => "service_unavailable",
            Self::NoAnswer => "no_answer",
            Self::TokenRefused => "token_refused",
            Self::Unexpected => "unexpected",
            Self::NotCovered => "not_covered",
            Self::NeedsUserSignIn => "needs_user_sign_in",
            Self::Cancelled => "cancelled",
        }
    }
}

/// Whether asking again may help: the refusal is of the service's making, not the mailbox's ("Microsoft Graph error
/// responses", and the response codes of Exchange). The code decides before the status, because Exchange sends lasting
/// refusals with a 500 and passing ones with a 404.
#[must_use]
pub fn may_pass(http: Option<u16>, code: &str) -> bool {
    match cause_of_code(code) {
        Some(cause) => matches!(cause, Cause::MailboxMoving | Cause::Throttled | Cause::ServiceUnavailable),
        None => http.is_none_or(|status| status == 408 || status == 429 || status >= 500),
    }
}

/// The cause of a refusal.
#[must_use]
pub fn diagnose(refusal: Refusal<'_>) -> Cause {
    let Some(http) = refusal.http else { return Cause::NoAnswer };
    if http == 401 {
        return if refusal.permitted { Cause::TokenRefused } else { Cause::PermissionMissing };
    }
    if refusal.code.eq_ignore_ascii_case("ErrorAccessDenied") || refusal.code.eq_ignore_ascii_case("AccessDenied") {
        return denied(refusal);
    }
    if let Some(cause) = cause_of_code(refusal.code) {
        return cause;
    }
    match http {
        403 if !refusal.permitted => Cause::PermissionMissing,
        403 => Cause::RefusedWithoutReason,
        404 => Cause::NoMailbox,
        408 | 500..=599 => Cause::ServiceUnavailable,
        429 => Cause::Throttled,
        _ => Cause::Unexpected,
    }
}

fn denied(refusal: Refusal<'_>) -> Cause {
    // "Limiting application permissions to specific Exchange Online mailboxes" gives the first text; the second is what newer
    // answers carry. Only these two tell a policy from a scope.
    if refusal.message.contains("Access to OData is disabled") || refusal.message.contains("[RAOP]") {
        Cause::AccessPolicy
    } else if refusal.permitted {
        Cause::OutOfScope
    } else {
        Cause::PermissionMissing
    }
}

/// The causes that Graph's code alone decides.
const CODES: &[(&str, Cause)] = &[
    ("MailboxNotEnabledForRESTAPI", Cause::NoMailbox),
    ("ErrorNonExistentMailbox", Cause::NoMailbox),
    ("ResourceNotFound", Cause::NoMailbox),
    ("ErrorMissingEmailAddress", Cause::NoMailbox),
    ("extensionError", Cause::NoMailbox),
    ("MailboxNotSupportedForRESTAPI", Cause::MailboxElsewhere),
    ("ErrorInvalidUser", Cause::UserGone),
    ("Request_ResourceNotFound", Cause::UserGone),
    ("OrganizationFromTenantGuidNotFound", Cause::NoExchange),
    ("ErrorQuotaExceeded", Cause::MailboxFull),
    ("QuotaExceededException", Cause::MailboxFull),
    ("ErrorInvalidLicense", Cause::LicenseMissing),
    ("ErrorMailboxConfiguration", Cause::MailboxMisconfigured),
    ("ErrorFolderNotFound", Cause::FolderMissing),
    ("ErrorItemNotFound", Cause::FolderMissing),
    ("ErrorAccountDisabled", Cause::AccountDisabled),
    ("ErrorMailboxMoveInProgress", Cause::MailboxMoving),
    ("ErrorApiQuarantined", Cause::Quarantined),
    ("TooManyRequests", Cause::Throttled),
    ("ApplicationThrottled", Cause::Throttled),
    ("Request_ThrottledTemporarily", Cause::Throttled),
    ("ErrorServerBusy", Cause::Throttled),
    ("ErrorExceededConnectionCount", Cause::Throttled),
    ("ErrorTooManyObjectsOpened", Cause::Throttled),
    ("ErrorMailboxStoreUnavailable", Cause::ServiceUnavailable),
    ("ErrorMailboxFailover", Cause::ServiceUnavailable),
    ("MailboxInfoStale", Cause::ServiceUnavailable),
    ("ErrorInternalServerTransientError", Cause::ServiceUnavailable),
    ("ErrorConnectionFailed", Cause::ServiceUnavailable),
    ("ErrorTimeoutExpired", Cause::ServiceUnavailable),
    ("ErrorInsufficientResources", Cause::ServiceUnavailable),
    ("ErrorADUnavailable", Cause::ServiceUnavailable),
    ("ServiceNotAvailable", Cause::ServiceUnavailable),
    ("ServiceUnavailable", Cause::ServiceUnavailable),
];

fn cause_of_code(code: &str) -> Option<Cause> {
    CODES.iter().find(|(known, _)| known.eq_ignore_ascii_case(code)).map(|&(_, cause)| cause)
}

/// The name of the group of equal errors that a refusal belongs to: `graph.403.erroraccessdenied.access_policy.mail`.
/// Addresses, ids and times are no part of it, so that two mailboxes with one cause meet in one group.
#[must_use]
pub fn fingerprint(cause: Cause, http: Option<u16>, code: &str, workload: Workload) -> String {
    let status = http.map_or_else(|| "none".to_owned(), |status| status.to_string());
    let code: String = code.chars().filter(char::is_ascii_alphanumeric).take(60).collect::<String>().to_ascii_lowercase();
    let code = if code.is_empty() { "no-code" } else { &code };
    format!("graph.{status}.{code}.{}.{workload}", cause.name())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cause(http: u16, code: &str, message: &str, permitted: bool) -> Cause {
        diagnose(Refusal { http: Some(http), code, message, permitted })
    }

    #[test]
    fn access_denied_has_three_causes_that_need_three_people_or_steps() {
        assert_eq!(cause(403, "ErrorAccessDenied", "Access to OData is disabled: [RAOP]", true), Cause::AccessPolicy);
        assert_eq!(cause(403, "ErrorAccessDenied", "Access is denied.", true), Cause::OutOfScope);
        assert_eq!(cause(403, "ErrorAccessDenied", "Access is denied.", false), Cause::PermissionMissing);
    }

    #[test]
    fn the_code_outranks_the_status() {
        assert_eq!(cause(500, "ErrorMailboxConfiguration", "", true), Cause::MailboxMisconfigured);
        assert!(!may_pass(Some(500), "ErrorMailboxConfiguration"), "a broken recipient stays broken however often one asks");
        assert!(may_pass(Some(503), "UnknownError"));
        assert!(may_pass(None, ""), "no answer is worth another try");
        assert!(!may_pass(Some(403), ""));
        assert!(!may_pass(Some(500), "ErrorApiQuarantined"), "hammering a quarantine prolongs it");
    }

    #[test]
    fn what_the_service_could_not_settle_is_unknown_and_what_it_refused_is_failed() {
        for (http, code) in
            [(503, "ErrorMailboxMoveInProgress"), (429, "TooManyRequests"), (500, "ErrorApiQuarantined"), (504, ""), (503, "UnknownError")]
        {
            assert_eq!(cause(http, code, "", true).verdict(), Verdict::Unknown, "{http} {code}");
        }
        for (http, code) in [(404, "MailboxNotEnabledForRESTAPI"), (403, "ErrorQuotaExceeded"), (403, ""), (404, "ErrorInvalidUser")] {
            assert_eq!(cause(http, code, "", true).verdict(), Verdict::Failed, "{http} {code}");
        }
    }

    #[test]
    fn every_cause_is_listed_once_under_its_own_name() {
        let names: std::collections::HashSet<_> = Cause::ALL.iter().map(|cause| cause.name()).collect();
        assert_eq!(names.len(), Cause::ALL.len());
        for cause in Cause::ALL {
            assert_eq!(serde_name(cause), cause.name(), "the database and JSON must agree");
        }
    }

    fn serde_name(cause: Cause) -> String {
        use serde::de::{IntoDeserializer, value::StrDeserializer};
        let text: StrDeserializer<'_, serde::de::value::Error> = cause.name().into_deserializer();
        Cause::deserialize(text).map(|read| read.name().to_owned()).unwrap_or_default()
    }

    #[test]
    fn a_fingerprint_holds_nothing_of_the_mailbox() {
        let print = fingerprint(Cause::OutOfScope, Some(403), "ErrorAccessDenied", Workload::Mail);
        assert_eq!(print, "graph.403.erroraccessdenied.out_of_scope.mail");
        assert_eq!(fingerprint(Cause::NoAnswer, None, "", Workload::Tasks), "graph.none.no-code.no_answer.tasks");
    }
}
