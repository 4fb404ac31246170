//! What roles of Exchange open to an integration beside what its token says: RBAC for Applications puts nothing into a token.

use rollcall_core::id::OrganizationId;
use rollcall_core::scope::clock::Changed;
use rollcall_core::scope::cover;
use rollcall_core::workload::Workload;
use rollcall_store::{Connection, StoreError, integrations, organizations, scopes};

use super::read::Reading;

/// The workloads that roles of Exchange open for some mailboxes, as they were last read; where they weren't, those that the script of the
/// wished scope opens, once somebody has said that it was run. A refusal is then about the mailbox, and not about a missing grant.
pub(crate) fn opened(conn: &Connection, organization: OrganizationId) -> Result<Vec<Workload>, StoreError> {
    let Some(scope) = scopes::get::<Reading>(conn, organization)? else { return Ok(Vec::new()) };
    if let Some(assignments) = scope.reading.as_ref().and_then(|reading| reading.assignments.value()) {
        let opens = |workload: &Workload| assignments.iter().any(|assigned| cover::role_opens(&assigned.role, *workload));
        return Ok(Workload::ALL.into_iter().filter(opens).collect());
    }
    let by_roles =
        scope.desired.limit().filter(|limit| limit.mechanism.is_rbac() && scope.change.is_some_and(|change| change.what == Changed::Rbac));
    let Some(limit) = by_roles else { return Ok(Vec::new()) };
    let organization = organizations::get(conn, organization)?;
    let integration = integrations::get(conn, organization.integration)?;
    Ok(cover::coverage(limit.mechanism, organization.needs(&integration)).workloads)
}
