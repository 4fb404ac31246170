//! What roles of Exchange open to an integration beside what its token and its grants say: RBAC for Applications puts nothing into
//! either.

use rollcall_core::approval::Unread;
use rollcall_core::consent::{ByRoles, Told};
use rollcall_core::id::OrganizationId;
use rollcall_core::integration::Integration;
use rollcall_core::scope::clock::Changed;
use rollcall_core::scope::present::{Assignment, Roles};
use rollcall_core::scope::{Limit, cover};
use rollcall_core::time::Timestamp;
use rollcall_core::workload::Workload;
use rollcall_store::scopes::{self, Scope};
use rollcall_store::{Connection, StoreError, integrations, organizations};
use serde::Serialize;
use ts_rs::TS;

use super::read::Reading;

/// Of when the roles are known that stand beside the grants.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum RolesRead {
    Never,
    Read {
        at: Timestamp,
    },
    /// The script of the scope was run after they were read.
    BeforeChange {
        at: Timestamp,
        changed: Timestamp,
    },
    /// A later reading couldn't tell them.
    Earlier {
        at: Timestamp,
        why: Unread,
    },
    Unread {
        why: Unread,
    },
}

/// The scope that counts for an organization, as far as it matters to what the integration was given.
pub(crate) struct Given {
    limit: Option<Limit>,
    assigned: Vec<Assignment>,
    pub read: RolesRead,
}

impl Given {
    /// Beside the grants of the integration.
    pub fn beside(&self, integration: &Integration) -> ByRoles<'_> {
        let told = match self.read {
            RolesRead::Read { .. } => Told::Now(&self.assigned),
            RolesRead::BeforeChange { .. } | RolesRead::Earlier { .. } => Told::Before(&self.assigned),
            RolesRead::Never | RolesRead::Unread { .. } => Told::Nothing,
        };
        ByRoles { limit: self.limit.as_ref(), app: integration.client_id, told }
    }

    /// The limit of the integration's reach.
    pub const fn limit(&self) -> Option<&Limit> {
        self.limit.as_ref()
    }
}

/// The scope that counts for an organization: its own, or that by roles of another one that shares the integration. Roles are the
/// application's, whichever organization has wished for them.
fn counting(conn: &Connection, organization: OrganizationId) -> Result<Option<Scope<Reading>>, StoreError> {
    let own = scopes::get::<Reading>(conn, organization)?;
    if own.as_ref().is_some_and(|own| own.desired.limit().is_some()) {
        return Ok(own);
    }
    let by_roles = |scope: &Scope<Reading>| scope.desired.limit().is_some_and(|limit| limit.mechanism.is_rbac());
    Ok(scopes::beside(conn, organization)?.into_iter().find(by_roles).or(own))
}

/// What roles give, as they were last read.
pub(crate) fn given(conn: &Connection, organization: OrganizationId) -> Result<Given, StoreError> {
    let Some(scope) = counting(conn, organization)? else {
        return Ok(Given { limit: None, assigned: Vec::new(), read: RolesRead::Never });
    };
    let read = match (scope.reading.as_ref().map(|reading| (&reading.assignments, reading.at)), run_since(&scope)) {
        (None, _) => RolesRead::Never,
        (Some((Roles::Unread { why }, _)), _) => RolesRead::Unread { why: why.clone() },
        (Some((Roles::Earlier { at, why, .. }, _)), _) => RolesRead::Earlier { at: *at, why: why.clone() },
        (Some((Roles::Read { .. }, at)), Some(changed)) => RolesRead::BeforeChange { at, changed },
        (Some((Roles::Read { .. }, at)), None) => RolesRead::Read { at },
    };
    let assigned = scope.reading.and_then(|reading| reading.assignments.known().map(<[_]>::to_vec)).unwrap_or_default();
    Ok(Given { limit: scope.desired.limit().cloned(), assigned, read })
}

/// When somebody ran a script that changes roles, after what is known of them was read.
fn run_since(scope: &Scope<Reading>) -> Option<Timestamp> {
    let told = scope.reading.as_ref().and_then(|reading| reading.assignments.told_at(reading.at));
    let change = scope.change.filter(|change| change.what == Changed::Rbac);
    change.map(|change| change.at).filter(|at| told.is_none_or(|told| told < *at))
}

/// The workloads that roles of Exchange open for some mailboxes, as they were last read, and those that the script of the wished scope
/// opens where somebody has said since then that it was run. A refusal is then about the mailbox, and not about a missing grant.
pub(crate) fn opened(conn: &Connection, organization: OrganizationId) -> Result<Vec<Workload>, StoreError> {
    let Some(scope) = counting(conn, organization)? else { return Ok(Vec::new()) };
    let known = scope.reading.as_ref().and_then(|reading| reading.assignments.known()).unwrap_or_default();
    let by_script = match scope.desired.limit().filter(|limit| limit.mechanism.is_rbac() && run_since(&scope).is_some()) {
        None => Vec::new(),
        Some(limit) => {
            let organization = organizations::get(conn, organization)?;
            let integration = integrations::get(conn, organization.integration)?;
            cover::coverage(limit.mechanism, organization.needs(&integration)).workloads
        }
    };
    let opens =
        |workload: &Workload| by_script.contains(workload) || known.iter().any(|assigned| cover::role_opens(&assigned.role, *workload));
    Ok(Workload::ALL.into_iter().filter(opens).collect())
}
