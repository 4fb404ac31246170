//! Why an application can or can't reach a mailbox: one reason, and the chain of facts that leads to it.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::cmdlet::{Disagreement, Report};
use super::finding::{Finding, Observed};
use super::present::{Assignment, Reach, Void};
use super::{Expected, Mechanism, cover};
use crate::permission::opens;
use crate::time::Timestamp;
use crate::user::MailboxKind;
use crate::workload::Workload;

/// How a mailbox answered for one workload.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(rename = "ProofCall")]
pub struct Call {
    pub workload: Workload,
    pub observed: Observed,
    pub http: Option<u16>,
    pub code: Option<String>,
    pub request_id: Option<String>,
    pub at: Timestamp,
}

/// One fact, in the order in which access is decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[ts(rename = "WhyLink")]
pub enum Link {
    /// Entra has granted these for the whole tenant.
    TenantWide {
        permissions: Vec<String>,
    },
    /// The grants couldn't be read.
    GrantsUnread,
    /// These roles of RBAC for Applications are assigned.
    Assigned {
        assignments: Vec<Assignment>,
    },
    /// These were, by an earlier reading; the last one couldn't tell.
    AssignedBefore {
        assignments: Vec<Assignment>,
        at: Timestamp,
    },
    /// The assignments couldn't be read.
    AssignmentsUnread,
    /// The mechanism that is meant to limit it, and on which side of it the mailbox is.
    Side {
        mechanism: Option<Mechanism>,
        expected: Expected,
        unit: Option<String>,
    },
    /// What the directory says of the mailbox.
    Mailbox {
        /// The primary address; there is no mailbox without one.
        address: Option<String>,
        of: MailboxKind,
        enabled: bool,
        /// When the directory said so, where it couldn't be asked now.
        seen: Option<Timestamp>,
    },
    /// Neither the directory nor what is remembered of it could tell.
    MailboxUnread,
    /// What the test cmdlet said of it, and whether that is otherwise than is observed or wanted.
    Said {
        report: Report,
        disagrees: Option<Disagreement>,
    },
    /// These are granted for the whole tenant and can't be limited: what they open of the mailbox is open, whatever the scope says.
    Unlimited {
        permissions: Vec<String>,
    },
    /// Nothing was asked of it yet.
    NotAsked,
    Called {
        call: Call,
    },
}

/// The one reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Because {
    InScope,
    OutOfScope,
    /// It is refused although a grant or role for the whole tenant opens it: something else than the scope keeps it closed.
    KeptClosed,
    /// It is refused, and nothing shows that the application may open any mailbox at all.
    NothingOpens,
    /// A grant for the whole tenant adds to the scope, and so opens the mailbox.
    TenantWideGrant,
    /// A role is assigned beside the scope, and opens it.
    AssignedBeside,
    /// It answers, and nothing that Graph tells explains it: the scope doesn't hold for it.
    NotHeld,
    /// It answers, and not all was read that might explain it.
    NotAllRead,
    /// It must answer, and is refused.
    LockedOut,
    TooEarly,
    NoMailbox,
    Unsettled,
    /// Nothing was asked of it yet, so nothing shows whether it can be reached.
    NotAsked,
}

impl Because {
    /// The name used in JSON and in tables.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::InScope => "in_scope",
            Self::OutOfScope => "out_of_scope",
            Self::KeptClosed => "kept_closed",
            Self::NothingOpens => "nothing_opens",
            Self::TenantWideGrant => "tenant_wide_grant",
            Self::AssignedBeside => "assigned_beside",
            Self::NotHeld => "not_held",
            Self::NotAllRead => "not_all_read",
            Self::LockedOut => "locked_out",
            Self::TooEarly => "too_early",
            Self::NoMailbox => "no_mailbox",
            Self::Unsettled => "unsettled",
            Self::NotAsked => "not_asked",
        }
    }
}

/// The one reason of a mailbox, from what it came to; `all_read` is whether grants and assignments could be read. A grant explains the
/// workloads that it opens, and no others.
#[must_use]
pub fn because(finding: Finding, calls: &[Call], voids: &[Void], all_read: bool) -> Because {
    let answered = |permission: &str| calls.iter().any(|call| call.observed == Observed::Answered && opens(permission, call.workload));
    let opened = |void: &Void| matches!(void, Void::Grant { permission } if answered(permission));
    let refused = |opens: &dyn Fn(Workload) -> bool| calls.iter().any(|call| call.observed == Observed::Refused && opens(call.workload));
    let kept_closed = |void: &Void| match void {
        Void::Grant { permission } => refused(&|workload| opens(permission, workload)),
        Void::Assignment { assignment: Assignment { role, reach: Reach::Everything, .. } } => {
            refused(&|workload| cover::role_opens(role, workload))
        }
        Void::Assignment { .. } | Void::Ews { .. } => false,
    };
    match finding {
        Finding::ConfirmedInside => Because::InScope,
        Finding::ConfirmedOutside if voids.iter().any(kept_closed) => Because::KeptClosed,
        Finding::ConfirmedOutside => Because::OutOfScope,
        Finding::TooEarly => Because::TooEarly,
        Finding::LockOut => Because::LockedOut,
        Finding::Leak if voids.iter().any(opened) => Because::TenantWideGrant,
        Finding::Leak if voids.iter().any(|void| matches!(void, Void::Assignment { .. })) => Because::AssignedBeside,
        Finding::Leak if all_read => Because::NotHeld,
        Finding::Leak => Because::NotAllRead,
        Finding::Unknown if calls.iter().any(|call| call.observed == Observed::NoMailbox) => Because::NoMailbox,
        Finding::Unknown if !calls.is_empty() && calls.iter().all(|call| call.observed == Observed::Refused) => Because::NothingOpens,
        Finding::Unknown => Because::Unsettled,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_leak_is_explained_by_what_adds_to_the_scope() {
        let call = |observed| Call { workload: Workload::Mail, observed, http: None, code: None, request_id: None, at: Timestamp(0) };
        let grant = |permission: &str| [Void::Grant { permission: permission.to_owned() }];
        let answered = [call(Observed::Answered)];
        assert_eq!(because(Finding::Leak, &answered, &grant("Mail.Read"), true), Because::TenantWideGrant);
        assert_eq!(because(Finding::Leak, &answered, &grant("Contacts.Read"), true), Because::NotHeld, "it opens contacts, not mail");
        let ews = [Void::Ews { permission: "full_access_as_app".to_owned() }];
        assert_eq!(because(Finding::Leak, &answered, &ews, true), Because::NotHeld, "a call of Graph doesn't go over EWS");
        assert_eq!(because(Finding::Leak, &answered, &[], false), Because::NotAllRead);
        assert_eq!(because(Finding::Unknown, &[call(Observed::NoMailbox)], &[], true), Because::NoMailbox);
    }

    #[test]
    fn a_refusal_that_the_scope_does_not_explain_is_not_put_down_to_it() {
        let call = |observed| Call { workload: Workload::Mail, observed, http: None, code: None, request_id: None, at: Timestamp(0) };
        let refused = [call(Observed::Refused)];
        let grant = |permission: &str| Void::Grant { permission: permission.to_owned() };
        let role =
            |reach| Void::Assignment { assignment: Assignment { id: "1".to_owned(), role: "Application Mail.Read".to_owned(), reach } };
        let outside = |void| because(Finding::ConfirmedOutside, &refused, &[void], true);
        assert_eq!(outside(grant("Mail.ReadWrite")), Because::KeptClosed, "a policy may be what closes it");
        assert_eq!(outside(role(Reach::Everything)), Because::KeptClosed);
        assert_eq!(outside(grant("Contacts.Read")), Because::OutOfScope, "it opens contacts, and mail was asked");
        assert_eq!(outside(role(Reach::Other { place: "elsewhere".to_owned() })), Because::OutOfScope);
        assert_eq!(because(Finding::Unknown, &refused, &[], true), Because::NothingOpens);
        assert_eq!(because(Finding::Unknown, &[call(Observed::Refused), call(Observed::Unsettled)], &[], true), Because::Unsettled);
    }
}
