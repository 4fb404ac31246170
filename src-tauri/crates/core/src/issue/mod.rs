//! Normalising an error into a fingerprint with one cause: why something didn't answer, whether that is certain, and who can mend it.

mod aadsts;
mod cause;
mod codes;
mod fingerprint;
mod reach;
mod snooze;
mod title;

pub use aadsts::{cause_of_sign_in, is_known_number};
pub use cause::{Cause, Class, Who};
pub use fingerprint::{fingerprint, sign_in_fingerprint};
pub use reach::{Reach, has_grown_by_half};
pub use snooze::SnoozeState;

/// What Graph said when it didn't answer with data, as far as it matters for the cause.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refusal<'a> {
    /// The status of the deciding answer; `None` when there was no answer at all.
    pub http: Option<u16>,
    /// Graph's deepest known code; may be empty.
    pub code: &'a str,
    /// Graph's message: read for the texts that tell policies apart and for its shape, never stored.
    pub message: &'a str,
    /// Whether the token that asked carries a permission for the workload.
    pub permitted: bool,
}

/// Whether asking again may help: the refusal is of the service's making, not the mailbox's ("Microsoft Graph error
/// responses", and the response codes of Exchange). The code decides before the status, because Exchange sends lasting
/// refusals with a 500 and passing ones with a 404.
#[must_use]
pub fn may_pass(http: Option<u16>, code: &str) -> bool {
    match codes::cause_of(code) {
        // What is quarantined stays so for longer when it is asked again, and a lost place isn't found by asking for it.
        Some(Cause::Quarantined | Cause::SyncStateLost) => false,
        Some(cause) => cause.class() == Class::Passing,
        None => http.is_none_or(|status| status == 408 || status == 429 || status >= 500),
    }
}

/// Whether the catalogue has Graph's code. Of one that it doesn't have, only the status is understood.
#[must_use]
pub fn is_known_code(code: &str) -> bool {
    codes::is_known(code)
}

/// The cause of a refusal.
#[must_use]
pub fn diagnose(refusal: Refusal<'_>) -> Cause {
    let Some(http) = refusal.http else { return Cause::NoAnswer };
    let is = |code: &str| refusal.code.eq_ignore_ascii_case(code);
    // A 401 without a reason is Graph's answer to a token without any role, and Exchange's where its own roles don't open the mailbox.
    if is("ErrorAccessDenied") || is("AccessDenied") || http == 401 && is("UnknownError") {
        return denied(refusal);
    }
    if let Some(cause) = codes::cause_of(refusal.code) {
        return cause;
    }
    let has_code = !refusal.code.is_empty() && !codes::is_known(refusal.code);
    match http {
        401 | 403 if !refusal.permitted => Cause::PermissionMissing,
        401 => Cause::TokenRefused,
        403 | 404 if has_code => Cause::UnknownCode,
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verdict::Verdict;

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
        assert_eq!(cause(401, "InvalidAuthenticationToken", "", false), Cause::TokenRefused, "a new token, not a new permission");
        assert_eq!(cause(401, "UnknownError", "", false), Cause::PermissionMissing, "so Graph answers a token without any role");
        assert_eq!(cause(401, "UnknownError", "", true), Cause::OutOfScope, "a role of Exchange may open it, and doesn't");
        assert_eq!(cause(401, "", "", true), Cause::TokenRefused);
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
    fn a_code_that_nobody_knows_is_called_so() {
        assert_eq!(cause(403, "ErrorTomorrow", "", true), Cause::UnknownCode, "it says why, and we don't understand it");
        assert_eq!(cause(404, "ErrorTomorrow", "", true), Cause::UnknownCode, "it may be anything but a missing mailbox");
        assert_eq!(cause(403, "", "", true), Cause::RefusedWithoutReason);
        assert_eq!(cause(418, "ErrorTomorrow", "", true), Cause::Unexpected);
        assert_eq!(cause(503, "ErrorTomorrow", "", true), Cause::ServiceUnavailable, "the status says that it passes");
        assert!(!is_known_code("ErrorTomorrow") && is_known_code("erroraccessdenied"));
    }
}
