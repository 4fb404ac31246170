//! The codes with which Graph and Exchange refuse a request for a mailbox, and the cause that each alone decides.

use super::Cause;

/// The cause of a code, whatever the status that came with it; `None` where the code says nothing by itself, or isn't known.
pub(super) fn cause_of(code: &str) -> Option<Cause> {
    CODES.iter().find(|(_, codes)| codes.iter().any(|known| known.eq_ignore_ascii_case(code))).map(|&(cause, _)| cause)
}

/// Whether the catalogue has the code, also one whose cause depends on more.
pub(super) fn is_known(code: &str) -> bool {
    cause_of(code).is_some() || DEPENDS.iter().any(|known| known.eq_ignore_ascii_case(code))
}

/// Codes that say no more than the status does, or that mean several things.
const DEPENDS: &[&str] = &["AccessDenied", "ErrorAccessDenied", "UnknownError"];

const CODES: &[(Cause, &[&str])] = &[
    (Cause::PermissionMissing, &["Authorization_RequestDenied", "ErrorImpersonateUserDenied"]),
    (Cause::NoMailbox, &["MailboxNotEnabledForRESTAPI", "ErrorNonExistentMailbox", "ResourceNotFound", "extensionError"]),
    (Cause::MailboxElsewhere, &["MailboxNotSupportedForRESTAPI"]),
    (Cause::UserGone, &["ErrorInvalidUser", "Request_ResourceNotFound", "ErrorMailRecipientNotFound", "ErrorImpersonationFailed"]),
    (Cause::NoExchange, &["OrganizationFromTenantGuidNotFound"]),
    (Cause::MailboxFull, &["ErrorQuotaExceeded", "QuotaExceededException", "quotaLimitReached"]),
    (Cause::LicenseMissing, &["ErrorInvalidLicense"]),
    (Cause::MailboxMisconfigured, &["ErrorMailboxConfiguration", "ErrorMissingEmailAddress"]),
    (Cause::FolderMissing, &["ErrorFolderNotFound", "ErrorItemNotFound"]),
    (Cause::ItemUnreadable, &["ErrorItemCorrupt", "ErrorContentConversionFailed", "ErrorVirusDetected"]),
    (Cause::SendAsDenied, &["ErrorSendAsDenied"]),
    (Cause::AccountDisabled, &["ErrorAccountDisabled"]),
    (Cause::PasswordExpired, &["ErrorPasswordExpired"]),
    (Cause::MailboxMoving, &["ErrorMailboxMoveInProgress"]),
    (
        Cause::Throttled,
        &[
            "TooManyRequests",
            "ApplicationThrottled",
            "Request_ThrottledTemporarily",
            "activityLimitReached",
            "ErrorServerBusy",
            "ErrorExceededConnectionCount",
            "ErrorTooManyObjectsOpened",
        ],
    ),
    (Cause::SendingQuota, &["ErrorSubmissionQuotaExceeded"]),
    (Cause::Quarantined, &["ErrorApiQuarantined"]),
    (
        Cause::ServiceUnavailable,
        &[
            "ErrorMailboxStoreUnavailable",
            "ErrorMailboxFailover",
            "MailboxInfoStale",
            "ErrorInternalServerError",
            "ErrorInternalServerTransientError",
            "ErrorConnectionFailed",
            "ErrorTimeoutExpired",
            "ErrorInsufficientResources",
            "ErrorNotEnoughMemory",
            "ErrorADUnavailable",
            "ErrorADOperation",
            "ErrorBatchProcessingStopped",
            "ErrorIrresolvableConflict",
            "ErrorCrossSiteRequest",
            "ErrorClientDisconnected",
            "ErrorMoveCopyFailed",
            "ServiceNotAvailable",
            "ServiceUnavailable",
            "GatewayTimeout",
            "generalException",
            "Failed dependency",
        ],
    ),
    (
        Cause::SyncStateLost,
        &["SyncStateNotFound", "SyncStateInvalid", "resyncRequired", "ErrorInvalidSyncStateData", "Directory_ExpiredPageToken"],
    ),
    (Cause::TokenRefused, &["InvalidAuthenticationToken"]),
    (Cause::AppNotInTenant, &["Authorization_IdentityNotFound"]),
    (Cause::ConditionalAccess, &["insufficient_claims"]),
    (
        Cause::RequestWrong,
        &[
            "BadRequest",
            "Request_BadRequest",
            "Request_UnsupportedQuery",
            "InefficientFilter",
            "NotImplemented",
            "ErrorInvalidIdMalformed",
            "ErrorInvalidMailboxItemId",
            "ErrorInvalidRequest",
            "ErrorInvalidPropertyRequest",
            "ErrorInvalidRecipients",
            "ErrorNonPrimarySmtpAddress",
            "ErrorMessageSizeExceeded",
            "ErrorDataSizeLimitExceeded",
            "ErrorRestrictionTooComplex",
            "ErrorRestrictionTooLong",
        ],
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    /// Areas of Microsoft's list that no request for a mailbox comes near: the directory's own objects, reports, files.
    const ELSEWHERE: [&str; 13] = [
        "UnknownTenantId",
        "Directory_ConcurrencyViolation",
        "Directory_QuotaExceeded",
        "Request_MultipleObjectsWithSameKeyValue",
        "\"Permission entry already exists.\"",
        "Permission_Duplicate",
        "Authentication_MSGraphPermissionMissing",
        "Authentication_RequestFromNonPremiumTenantOrB2CTenant",
        "Authentication_RequestFromUnsupportedUserRole",
        "S2SUnauthorized",
        "InvalidRequest (period)",
        // A text that comes without a code: its status decides.
        "\"SystemMemoryProtectionUtilizationMonitor is unhealthy\"",
        "\"\" (empty code)",
    ];

    #[test]
    fn every_code_that_a_mailbox_can_answer_has_a_cause() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../../shared/data/graph/graph-errors.csv");
        let Ok(published) = std::fs::read_to_string(path) else {
            println!("skipped: the list of Graph's errors is not at hand");
            return;
        };
        let mut seen = 0;
        for row in published.lines().skip(1).filter(|row| !row.trim().is_empty()) {
            let first = first_cell(row);
            if ELSEWHERE.contains(&first.as_str()) {
                continue;
            }
            // "A / b" are two spellings, what follows " + " or " (" tells one case from another.
            for code in first.split(" / ") {
                let code = code.split([' ', '+', '(']).next().unwrap_or_default();
                let code = if first.starts_with("Failed dependency") { first.as_str() } else { code };
                assert!(is_known(code), "{code} has no cause and isn't said to be elsewhere");
                seen += 1;
            }
        }
        assert!(seen > 70, "{seen} codes were compared");
    }

    fn first_cell(row: &str) -> String {
        match row.strip_prefix('"') {
            None => row.split(',').next().unwrap_or_default().to_owned(),
            Some(rest) => rest.replace("\"\"", "\u{0}").split('"').next().unwrap_or_default().replace('\u{0}', "\""),
        }
    }

    #[test]
    fn no_code_stands_twice() {
        let mut all: Vec<String> = CODES.iter().flat_map(|(_, codes)| *codes).chain(DEPENDS).map(|code| code.to_lowercase()).collect();
        let count = all.len();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), count);
    }
}
