//! What goes wrong in the practice tenant, on purpose: kinds of trouble, where they are planted and what a checker must conclude.

mod plan;
mod route;
mod truth;

use serde::{Deserialize, Serialize};

pub use plan::FaultPlan;
pub(crate) use plan::plant;
pub use route::{RouteFault, Trouble};
pub use truth::{Expected, Planted};

/// One kind of trouble of one mailbox. The doc comment of each says which verdict on the mailbox is the right one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultKind {
    /// No licence, so no mailbox: 404 MailboxNotEnabledForRESTAPI everywhere. **Failed.**
    MailboxNotEnabled,
    /// The mailbox is still on-premises: 404 MailboxNotSupportedForRESTAPI everywhere. **Failed.**
    OnPremises,
    /// A guest from another tenant: 404 ResourceNotFound everywhere. **Failed.**
    GuestWithoutMailbox,
    /// Listed, then deleted: 404 ErrorInvalidUser everywhere. **Failed.**
    DeletedAfterListing,
    /// An application access policy excludes the mailbox: 403 ErrorAccessDenied with its telling text on all but tasks. **Failed.**
    PolicyExcluded,
    /// RBAC for Applications leaves the mailbox out: 403 ErrorAccessDenied without a telling text on all but tasks. **Failed.**
    ScopeExcluded,
    /// The mailbox is full: 403 ErrorQuotaExceeded on mail. **Failed.**
    QuotaExceeded,
    /// The licence does not allow it: 403 ErrorInvalidLicense everywhere. **Failed.**
    InvalidLicense,
    /// The recipient is broken in the directory: 500 ErrorMailboxConfiguration everywhere. A repair, not time, helps: **failed.**
    MailboxMisconfigured,
    /// The default calendar is gone: 404 ErrorFolderNotFound on the calendar. **Failed.**
    CalendarMissing,
    /// Contacts answer 403 with an empty code, as some workloads do. **Failed.**
    EmptyCode,
    /// The mailbox is being moved, for as long as anyone waits: 503 ErrorMailboxMoveInProgress everywhere. **Unknown.**
    MoveInProgress,
    /// The calendar answers 429 with `Retry-After: 1` for ever. **Unknown.**
    AlwaysThrottled,
    /// Microsoft quarantined the pattern of requests: 500 ErrorApiQuarantined everywhere. **Unknown.**
    Quarantined,
    /// Mail answers 504 with a page of HTML for ever. **Unknown.**
    GatewayTimeout,
    /// Everything answers 503 UnknownError with an empty message. **Unknown.**
    #[serde(rename = "unknown_error_503")]
    UnknownError503,
    /// Each workload answers 429 with `Retry-After: 1` once. **Passed.**
    ThrottledOnce,
    /// Each workload answers 429 once, with `Retry-After` as an HTTP date. **Passed.**
    ThrottledDate,
    /// Each workload answers 503 ErrorMailboxStoreUnavailable twice. **Passed.**
    StoreUnavailableTwice,
    /// Each workload answers 503 MailboxInfoStale once. **Passed.**
    InfoStaleOnce,
    /// The answer of a batch leaves out each workload once. **Passed.**
    AnswerLeftOutOnce,
    /// 429 ApplicationThrottled for the second request at a time. **Passed** when spread.
    Concurrency,
}

/// The five kinds of Outlook data that are probed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Workload {
    Mail,
    Calendar,
    Contacts,
    Tasks,
    Settings,
}

impl Workload {
    pub const ALL: [Workload; 5] = [Workload::Mail, Workload::Calendar, Workload::Contacts, Workload::Tasks, Workload::Settings];
}

/// What one request to a workload of an afflicted mailbox meets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Effect {
    /// The request is answered as for a healthy mailbox.
    Fine,
    Refusal {
        status: u16,
        code: &'static str,
        message: &'static str,
    },
    /// 429; the date form of `Retry-After` when `as_date`.
    Throttled {
        as_date: bool,
    },
    /// 504 with HTML.
    Gateway,
    /// A batch's answer does not mention the request; outside of batches it is answered.
    LeftOut,
}

impl FaultKind {
    pub const ALL: [FaultKind; 22] = [
        FaultKind::MailboxNotEnabled,
        FaultKind::OnPremises,
        FaultKind::GuestWithoutMailbox,
        FaultKind::DeletedAfterListing,
        FaultKind::PolicyExcluded,
        FaultKind::ScopeExcluded,
        FaultKind::QuotaExceeded,
        FaultKind::InvalidLicense,
        FaultKind::MailboxMisconfigured,
        FaultKind::CalendarMissing,
        FaultKind::EmptyCode,
        FaultKind::MoveInProgress,
        FaultKind::AlwaysThrottled,
        FaultKind::Quarantined,
        FaultKind::GatewayTimeout,
        FaultKind::UnknownError503,
        FaultKind::ThrottledOnce,
        FaultKind::ThrottledDate,
        FaultKind::StoreUnavailableTwice,
        FaultKind::InfoStaleOnce,
        FaultKind::AnswerLeftOutOnce,
        FaultKind::Concurrency,
    ];

    /// What the `attempt`th request (from 0) to a workload meets.
    pub(crate) fn effect(self, workload: Workload, attempt: u32) -> Effect {
        let refusal = |status, code, message| Effect::Refusal { status, code, message };
        match self {
            FaultKind::MailboxNotEnabled => {
                refusal(404, "MailboxNotEnabledForRESTAPI", "The mailbox is either inactive, soft-deleted, or hosted on-premises.")
            }
            FaultKind::OnPremises => refusal(404, "MailboxNotSupportedForRESTAPI", "This kind of mailbox is not served by the REST API."),
            FaultKind::GuestWithoutMailbox => refusal(404, "ResourceNotFound", "The resource could not be found."),
            FaultKind::DeletedAfterListing => refusal(404, "ErrorInvalidUser", "The requested user is invalid."),
            FaultKind::PolicyExcluded if workload != Workload::Tasks => {
                refusal(403, "ErrorAccessDenied", "Access to OData is disabled: [RAOP] by the tenant's AppOnly AccessPolicy.")
            }
            FaultKind::ScopeExcluded if workload != Workload::Tasks => {
                refusal(403, "ErrorAccessDenied", "Access is denied. Check credentials and try again.")
            }
            FaultKind::QuotaExceeded if workload == Workload::Mail => {
                refusal(403, "ErrorQuotaExceeded", "The mailbox has exceeded its quota.")
            }
            FaultKind::InvalidLicense => refusal(403, "ErrorInvalidLicense", "The licence does not allow this operation."),
            FaultKind::MailboxMisconfigured => refusal(500, "ErrorMailboxConfiguration", "The mailbox's configuration is not valid."),
            FaultKind::CalendarMissing if workload == Workload::Calendar => {
                refusal(404, "ErrorFolderNotFound", "The specified folder could not be found in the store.")
            }
            FaultKind::EmptyCode if workload == Workload::Contacts => refusal(403, "", ""),
            FaultKind::MoveInProgress => refusal(503, "ErrorMailboxMoveInProgress", "Mailbox move in progress."),
            FaultKind::AlwaysThrottled if workload == Workload::Calendar => Effect::Throttled { as_date: false },
            FaultKind::Quarantined => refusal(500, "ErrorApiQuarantined", "The request is quarantined."),
            FaultKind::GatewayTimeout if workload == Workload::Mail => Effect::Gateway,
            FaultKind::UnknownError503 => refusal(503, "UnknownError", ""),
            FaultKind::ThrottledOnce if attempt == 0 => Effect::Throttled { as_date: false },
            FaultKind::ThrottledDate if attempt == 0 => Effect::Throttled { as_date: true },
            FaultKind::StoreUnavailableTwice if attempt < 2 => {
                refusal(503, "ErrorMailboxStoreUnavailable", "The mailbox database is temporarily unavailable.")
            }
            FaultKind::InfoStaleOnce if attempt == 0 => refusal(503, "MailboxInfoStale", "Mailbox info is stale."),
            FaultKind::AnswerLeftOutOnce if attempt == 0 => Effect::LeftOut,
            FaultKind::PolicyExcluded
            | FaultKind::ScopeExcluded
            | FaultKind::QuotaExceeded
            | FaultKind::CalendarMissing
            | FaultKind::EmptyCode
            | FaultKind::AlwaysThrottled
            | FaultKind::GatewayTimeout
            | FaultKind::ThrottledOnce
            | FaultKind::ThrottledDate
            | FaultKind::StoreUnavailableTwice
            | FaultKind::InfoStaleOnce
            | FaultKind::AnswerLeftOutOnce
            | FaultKind::Concurrency => Effect::Fine,
        }
    }

    /// The right verdict on the mailbox when all five workloads are required and granted.
    fn verdict(self) -> &'static str {
        match self {
            FaultKind::MailboxNotEnabled
            | FaultKind::OnPremises
            | FaultKind::GuestWithoutMailbox
            | FaultKind::DeletedAfterListing
            | FaultKind::PolicyExcluded
            | FaultKind::ScopeExcluded
            | FaultKind::QuotaExceeded
            | FaultKind::InvalidLicense
            | FaultKind::MailboxMisconfigured
            | FaultKind::CalendarMissing
            | FaultKind::EmptyCode => "failed",
            FaultKind::MoveInProgress
            | FaultKind::AlwaysThrottled
            | FaultKind::Quarantined
            | FaultKind::GatewayTimeout
            | FaultKind::UnknownError503 => "unknown",
            FaultKind::ThrottledOnce
            | FaultKind::ThrottledDate
            | FaultKind::StoreUnavailableTwice
            | FaultKind::InfoStaleOnce
            | FaultKind::AnswerLeftOutOnce
            | FaultKind::Concurrency => "passed",
        }
    }
}
