//! Adjusts what an organization requires: a list of its own in place of its integration's, as vendors configure it per customer;
//! or its integration's again.

use rollcall_core::id::OrganizationId;
use rollcall_core::integration::RequiredPermission;
use rollcall_core::organization::Organization;
use rollcall_store::organizations;
use serde::Deserialize;
use ts_rs::TS;

use super::record::record;
use crate::desk::Desk;
use crate::error::Result;
use crate::integrations::published;
use crate::job::Job;

/// The organization and its list.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct AdjustOrganization {
    pub organization: OrganizationId,
    /// Its own list; absent for its integration's.
    pub permissions: Option<Vec<RequiredPermission>>,
}

/// Where something else is required than before, what was checked is forgotten: it answered another question.
///
/// # Errors
/// `InvalidInput` names the permission; `NotFound`; where the tenant is asked for a name, those of the read.
pub async fn adjust(desk: &Desk, ask: AdjustOrganization, job: &Job) -> Result<Organization> {
    let organization = desk.read(move |conn| organizations::get(conn, ask.organization)).await?;
    let own = match ask.permissions {
        Some(permissions) => Some(published::checked(desk, organization.tenant, permissions, job).await?),
        None => None,
    };
    let now = desk.now();
    desk.write(move |tx| {
        let before = organizations::get(tx, organization.id)?;
        let after = organizations::set_permissions(tx, organization.id, own.as_deref())?;
        record(tx, "organizations.adjust", &before, &after, now)?;
        Ok(after)
    })
    .await
}
