//! What roles of Exchange open to an integration beside what its token and its grants say: RBAC for Applications puts nothing into
//! either.

use rollcall_core::approval::Unread;
use rollcall_core::consent::{ByRoles, Told};
use rollcall_core::id::{AppId, OrganizationId};
use rollcall_core::integration::Integration;
use rollcall_core::scope::clock::Changed;
use rollcall_core::scope::present::{Assignment, Reaches, Roles, reaches_wish};
use rollcall_core::scope::{Desired, Limit, Mechanism, cover};
use rollcall_core::time::Timestamp;
use rollcall_core::workload::Workload;
use rollcall_store::scopes::{self, Beside, Scope};
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
    /// A script of a scope was run after they were read.
    BeforeChange {
        at: Timestamp,
        changed: Timestamp,
    },
    /// They name a scope such as the wished one, and nobody has told that its script was run since it was wished: it may be of an earlier
    /// wish.
    ScriptUntold {
        at: Timestamp,
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

/// What roles give to an integration, and whom an organization wishes it to reach.
pub(crate) struct Given {
    limit: Option<Limit>,
    applied: bool,
    others: Vec<Limit>,
    app: AppId,
    assigned: Vec<Assignment>,
    pub read: RolesRead,
    /// The organizations whose wished scope gives by roles, this one first.
    pub scoped_by: Vec<String>,
}

impl Given {
    /// Beside the grants of the integration.
    pub fn beside(&self) -> ByRoles<'_> {
        let told = match self.read {
            RolesRead::Read { .. } | RolesRead::ScriptUntold { .. } => Told::Now(&self.assigned),
            RolesRead::BeforeChange { .. } | RolesRead::Earlier { .. } => Told::Before(&self.assigned),
            RolesRead::Never | RolesRead::Unread { .. } => Told::Nothing,
        };
        let (limit, others) = (self.limit.as_ref(), self.others.as_slice());
        ByRoles { limit, applied: self.applied, others, app: self.app, told }
    }

    /// Whether there is a wished scope that a grant for the whole tenant could make void.
    pub fn can_be_voided(&self) -> bool {
        self.limit.iter().chain(&self.others).any(|limit| limit.mechanism.is_rbac())
    }
}

/// The scopes of all organizations that share an integration. Roles are the application's, whichever of them has read or changed them.
struct Shared {
    own: Option<Scope<Reading>>,
    others: Vec<(String, Scope<Reading>)>,
}

impl Shared {
    fn of(conn: &Connection, organization: OrganizationId) -> Result<Self, StoreError> {
        let beside = scopes::beside(conn, organization)?;
        let others = beside.into_iter().filter_map(|Beside { name, scope, .. }| scope.map(|scope| (name, scope))).collect();
        Ok(Self { own: scopes::get(conn, organization)?, others })
    }

    fn all(&self) -> impl Iterator<Item = &Scope<Reading>> {
        self.own.iter().chain(self.others.iter().map(|(_, scope)| scope))
    }

    /// The last reading, whether or not it could tell the roles.
    fn last(&self) -> Option<&Reading> {
        self.all().filter_map(|scope| scope.reading.as_ref()).max_by_key(|reading| reading.at)
    }

    /// The roles as they were told last, and when.
    fn told(&self) -> Option<(&[Assignment], Timestamp)> {
        let readings = self.all().filter_map(|scope| scope.reading.as_ref());
        let told = readings.filter_map(|reading| reading.assignments.known().zip(reading.assignments.told_at(reading.at)));
        told.max_by_key(|(_, at)| *at)
    }

    /// When somebody last ran a script that changes roles, after what is known of them was read.
    fn run_since(&self) -> Option<Timestamp> {
        let told = self.told().map(|(_, at)| at);
        self.all().filter_map(change_of_roles).max().filter(|at| told.is_none_or(|told| told < *at))
    }

    /// Whether the script of the organization's limit is known to have run since it was wished. Each limit gives the one scope of the
    /// application its own filter: where another one's script has run after it, or another organization's has at all, nobody can tell
    /// whose filter it is.
    fn is_applied(&self) -> bool {
        let Some(own) = &self.own else { return false };
        let other = |scope: &Scope<Reading>| {
            let by_scope = scope.desired.limit().is_some_and(|limit| limit.mechanism == Mechanism::ManagementScope);
            by_scope && !scope.desired.is_same(&own.desired) && change_of_roles(scope).is_some()
        };
        let of_wish = |scope: &&Scope<Reading>| change_of_roles(scope).is_some_and(|at| scope.set_at.is_none_or(|set| set <= at));
        let before = self.all().filter(|scope| !of_wish(scope)).filter_map(change_of_roles).max();
        let same = self.all().filter(of_wish).filter(|scope| scope.desired.is_same(&own.desired));
        let run = same.filter_map(change_of_roles).max();
        run.is_some_and(|run| before.is_none_or(|before| before < run)) && !self.others.iter().any(|(_, scope)| other(scope))
    }
}

fn change_of_roles(scope: &Scope<Reading>) -> Option<Timestamp> {
    scope.change.filter(|change| change.what == Changed::Rbac).map(|change| change.at)
}

/// What roles give to an organization's integration, as they were last read.
pub(crate) fn given(conn: &Connection, organization: OrganizationId, integration: &Integration) -> Result<Given, StoreError> {
    let (shared, app) = (Shared::of(conn, organization)?, integration.client_id);
    let limit = shared.own.as_ref().and_then(|own| own.desired.limit()).cloned();
    let (applied, assigned) = (shared.is_applied(), shared.told().map(|(roles, _)| roles.to_vec()).unwrap_or_default());
    let untold = assigned.iter().any(|one| reaches_wish(limit.as_ref(), applied, app, &one.reach) == Reaches::Untold);
    let read = match (shared.last().map(|reading| &reading.assignments), shared.told(), shared.run_since()) {
        (None, _, _) => RolesRead::Never,
        (Some(Roles::Unread { why } | Roles::Earlier { why, .. }), Some((_, at)), _) => RolesRead::Earlier { at, why: why.clone() },
        (Some(Roles::Unread { why } | Roles::Earlier { why, .. }), None, _) => RolesRead::Unread { why: why.clone() },
        (Some(Roles::Read { .. }), Some((_, at)), Some(changed)) => RolesRead::BeforeChange { at, changed },
        (Some(Roles::Read { .. }), Some((_, at)), None) if untold => RolesRead::ScriptUntold { at },
        (Some(Roles::Read { .. }), Some((_, at)), None) => RolesRead::Read { at },
        // What this reading has told is told.
        (Some(Roles::Read { .. }), None, _) => RolesRead::Never,
    };
    let others = shared.others.iter().filter_map(|(_, scope)| scope.desired.limit()).cloned().collect();
    let by_roles = |desired: &Desired| desired.limit().is_some_and(|limit| limit.mechanism.is_rbac());
    let own = shared.own.as_ref().filter(|own| by_roles(&own.desired));
    let own = own.map(|_| organizations::get(conn, organization).map(|organization| organization.name)).transpose()?;
    let holding = shared.others.into_iter().filter(|(_, scope)| by_roles(&scope.desired)).map(|(name, _)| name);
    let scoped_by = own.into_iter().chain(holding).collect();
    Ok(Given { limit, applied, others, app, assigned, read, scoped_by })
}

/// The workloads that roles of Exchange open for some mailboxes, as they were last read.
pub(super) fn assigned(conn: &Connection, organization: OrganizationId) -> Result<Vec<Workload>, StoreError> {
    let shared = Shared::of(conn, organization)?;
    let known = shared.told().map_or(&[][..], |(roles, _)| roles);
    let opens = |workload: &Workload| known.iter().any(|assigned| cover::role_opens(&assigned.role, *workload));
    Ok(Workload::ALL.into_iter().filter(opens).collect())
}

/// The workloads that roles of Exchange open for some mailboxes, as they were last read, and those that the script of a wished scope
/// opens where somebody has said since then that it was run. A refusal is then about the mailbox, and not about a missing grant.
pub(crate) fn opened(conn: &Connection, organization: OrganizationId) -> Result<Vec<Workload>, StoreError> {
    let shared = Shared::of(conn, organization)?;
    let (known, read) = shared.told().map_or((&[][..], None), |(roles, at)| (roles, Some(at)));
    let has_run = |scope: &&Scope<Reading>| change_of_roles(scope).is_some_and(|at| read.is_none_or(|read| read < at));
    let mut limits = shared.all().filter(has_run).filter_map(|scope| scope.desired.limit());
    let by_script = match limits.find(|limit| limit.mechanism.is_rbac()) {
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
