//! Creates an organization. Its External ID can never be changed afterwards.

use rollcall_core::id::{IntegrationId, TenantId};
use rollcall_core::organization::{self, AccessType, ExternalId, Organization, SyncStatus};
use rollcall_store::integrations;
use rollcall_store::organizations::{self, NewOrganization};
use serde::Deserialize;
use ts_rs::TS;

use crate::desk::Desk;
use crate::error::{Error, Result};
use crate::job::Job;

/// The organization to create.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct CreateOrganization {
    pub name: String,
    pub external_id: String,
    pub integration: IntegrationId,
    pub access: AccessType,
    /// The tenant that the integration is expected to be in; a check for callers that name both.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub tenant: Option<TenantId>,
}

/// # Errors
/// `InvalidInput` names the field; `DuplicateName`; `DuplicateExternalId`; `NotFound`.
pub async fn create(desk: &Desk, ask: CreateOrganization, _job: &Job) -> Result<Organization> {
    let name = organization::name(&ask.name).map_err(|why| Error::input("name", why))?;
    let external_id: ExternalId = ask.external_id.parse().map_err(|why| Error::input("external_id", why))?;
    let integration = desk.read(move |conn| integrations::get(conn, ask.integration)).await?;
    if ask.tenant.is_some_and(|tenant| tenant != integration.tenant) {
        return Err(Error::input("integration", "it belongs to another tenant"));
    }
    let new = NewOrganization {
        tenant: integration.tenant,
        integration: integration.id,
        name,
        external_id,
        access: ask.access,
        sync: SyncStatus::Enabled,
    };
    let now = desk.now();
    desk.write(move |tx| organizations::insert(tx, &new, now)).await
}
