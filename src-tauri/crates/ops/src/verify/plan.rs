//! Says beforehand what a run will do, and about how long it takes.

use rollcall_core::bound::Bound;
use rollcall_core::id::{OrganizationId, RunId, UserId};
use rollcall_core::integration::{Integration, covers};
use rollcall_core::issue::Cause;
use rollcall_core::organization::{AccessType, Organization, Ways};
use rollcall_core::rules::{self, May, Reason, Standing};
use rollcall_core::workload::Workload;
use rollcall_store::runs::{self, Which};
use rollcall_store::{Connection, StoreError, integrations, mailboxes, organizations, users};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::pace::{self, Estimate};
use crate::desk::Desk;
use crate::error::Result;
use crate::job::Job;
use crate::organizations::describe::standing;
use crate::settings;

/// Whom a run checks.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Scope {
    /// Every user of the organization.
    All,
    /// Those that failed in an earlier run.
    FailedOf { run: RunId },
    /// Those that an earlier run left unknown, or didn't get to.
    UnsettledOf { run: RunId },
    /// These, as far as they are in the organization.
    Users { users: Vec<UserId> },
    /// Those with an open issue of one of these fingerprints.
    WithIssues { fingerprints: Vec<String> },
}

impl From<Scope> for Which {
    fn from(scope: Scope) -> Self {
        match scope {
            Scope::All => Self::All,
            Scope::FailedOf { run } => Self::FailedOf(run),
            Scope::UnsettledOf { run } => Self::UnsettledOf(run),
            Scope::Users { users } => Self::Users(users),
            Scope::WithIssues { fingerprints } => Self::WithIssues(fingerprints),
        }
    }
}

/// What to check.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct Verify {
    pub organization: OrganizationId,
    pub which: Scope,
}

/// What a run would do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Plan {
    pub mailboxes: u32,
    pub probes: u32,
    /// Workloads that are not asked, because no required permission covers them.
    pub not_covered: Vec<Workload>,
    /// Between how many seconds it will probably take.
    pub seconds: (u32, u32),
    /// What will bound it.
    pub bound: Bound,
    /// Whether time and bound are those of the last run in the tenant; else they are what Microsoft's limits allow.
    pub measured: bool,
    /// Why it can't be started now, if it can't.
    pub may: Option<Reason>,
}

/// # Errors
/// `NotFound`.
pub async fn plan(desk: &Desk, ask: Verify, _job: &Job) -> Result<Plan> {
    let standing = standing(desk, ask.organization).await?;
    let (workloads, mailboxes, asked, measured, left) = desk
        .read(move |conn| {
            let organization = organizations::get(conn, ask.organization)?;
            let integration = integrations::get(conn, organization.integration)?;
            let measured = pace::remembered(conn, organization.tenant)?;
            let ways = users::ways(conn, organization.id)?;
            let others = others(conn, organization.id, &ask.which)?;
            let mailboxes = runs::count(conn, organization.id, &ask.which.into())?;
            let left = settings::of(conn)?.leave_to_integration;
            Ok((workloads(&organization, &integration, ways), mailboxes, mailboxes.saturating_add(others), measured, left))
        })
        .await?;
    let covered = workloads.iter().filter(|(_, cause)| cause.is_none()).count();
    let probes = asked.saturating_mul(u32::try_from(covered).unwrap_or(5));
    let Estimate { seconds, bound, measured } = pace::estimate(probes, measured, left);
    Ok(Plan {
        mailboxes,
        probes,
        not_covered: workloads.iter().filter(|(_, cause)| cause.is_some()).map(|&(workload, _)| workload).collect(),
        seconds,
        bound,
        measured,
        may: may(&standing, mailboxes).err(),
    })
}

/// How many mailboxes are asked beyond one a user, as far as that is known of whom is meant.
fn others(conn: &Connection, organization: OrganizationId, which: &Scope) -> std::result::Result<u32, StoreError> {
    let read_otherwise = mailboxes::read_otherwise(conn, organization)?;
    let meant = |user: &UserId| match which {
        Scope::All => true,
        Scope::Users { users } => users.contains(user),
        Scope::FailedOf { .. } | Scope::UnsettledOf { .. } | Scope::WithIssues { .. } => false,
    };
    let more = read_otherwise.iter().filter(|(user, _)| meant(user)).map(|(_, all)| all.len().saturating_sub(1)).sum::<usize>();
    Ok(u32::try_from(more).unwrap_or(u32::MAX))
}

/// May a run be started that is for so many mailboxes over Graph?
///
/// # Errors
/// The reason, when not.
pub(super) fn may(standing: &Standing, mailboxes: u32) -> May {
    rules::may_verify(standing)?;
    if mailboxes == 0 && standing.ways.ews { Err(Reason::UsesEws) } else { Ok(()) }
}

/// How most of those who are asked are reached: as the organization is, where that is over Graph.
pub(super) fn mostly(organization: &Organization, ways: Ways) -> AccessType {
    match organization.access {
        AccessType::GraphAppOnly | AccessType::GraphDelegated => organization.access,
        AccessType::EwsAppOnly | AccessType::EwsDelegated if ways.app_only == ways.delegated => organization.access.over_graph(),
        AccessType::EwsAppOnly | AccessType::EwsDelegated if ways.app_only => AccessType::GraphAppOnly,
        AccessType::EwsAppOnly | AccessType::EwsDelegated => AccessType::GraphDelegated,
    }
}

/// All workloads, with the cause why one isn't asked.
pub(super) fn workloads(organization: &Organization, integration: &Integration, ways: Ways) -> Vec<(Workload, Option<Cause>)> {
    covered(organization, integration, mostly(organization, ways))
}

/// All workloads, with the cause why one isn't read of users who are reached like this.
pub(crate) fn covered(organization: &Organization, integration: &Integration, access: AccessType) -> Vec<(Workload, Option<Cause>)> {
    let needs = organization.needs(integration);
    let not_asked = |workload| (!covers(needs, workload, access)).then_some(Cause::NotCovered);
    Workload::ALL.into_iter().map(|workload| (workload, not_asked(workload))).collect()
}
