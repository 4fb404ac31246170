//! Whether what an integration needs to reach mailboxes in its own name is known not to be granted.

use rollcall_core::consent::{self, ByRoles, ConsentState, Held};
use rollcall_core::integration::{Integration, RequiredPermission, covers};
use rollcall_core::organization::{AccessType, Organization};
use rollcall_core::permission::{self, PermissionType, Resource};
use rollcall_core::workload::Workload;
use rollcall_store::{Connection, StoreError, grants};

use crate::scope::roles::given;

/// Whether a workload that the organization's list covers would be refused for want of a permission. What was never read, or isn't known
/// now, lacks nothing.
///
/// # Errors
/// Those of the store.
pub(crate) fn is_lacking(conn: &Connection, organization: &Organization, integration: &Integration) -> Result<bool, StoreError> {
    let Some(held) = grants::get(conn, integration.id)?.and_then(|read| read.held) else { return Ok(false) };
    Ok(lacks(organization.needs(integration), &held, given(conn, organization.id, integration)?.beside()))
}

/// The same, of what is required, of what is held of it, and of what Exchange's roles give.
pub(crate) fn lacks(required: &[RequiredPermission], held: &[Held], roles: ByRoles<'_>) -> bool {
    let needs: Vec<RequiredPermission> = required.iter().filter(|one| !one.optional).cloned().collect();
    let rows = consent::compare(&needs, Some(held), roles, &[]).rows;
    let of_mailboxes = |kind, resource| kind == PermissionType::Application && resource == Resource::Graph;
    let asked = rows.iter().filter(|row| row.required && of_mailboxes(row.kind, row.resource));
    let wants = |workload| {
        covers(&needs, workload, AccessType::GraphAppOnly)
            && !asked.clone().any(|row| row.state != ConsentState::Missing && permission::opens(&row.name, workload))
    };
    Workload::ALL.into_iter().any(wants)
}
