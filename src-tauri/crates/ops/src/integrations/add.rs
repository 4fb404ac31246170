//! Describes an integration: which application it is and which permissions it needs. Nothing is sent yet.

use rollcall_core::id::TenantId;
use rollcall_core::integration::{Integration, Preset, RequiredPermission};
use rollcall_core::{organization, presets};
use rollcall_store::integrations::{self, NewIntegration};
use rollcall_store::tenants;
use serde::Deserialize;
use ts_rs::TS;

use super::published;
use crate::desk::Desk;
use crate::error::{Error, Result};
use crate::job::Job;

/// The integration to describe.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct AddIntegration {
    pub tenant: TenantId,
    pub name: String,
    pub client_id: String,
    pub preset: Preset,
    /// The admin's own list; where it is absent, the preset's.
    pub permissions: Option<Vec<RequiredPermission>>,
}

/// # Errors
/// `InvalidInput` names the field or the permission; `DuplicateName`; `NotFound`; where the tenant is asked for a name, those of the read.
pub async fn add(desk: &Desk, ask: AddIntegration, job: &Job) -> Result<Integration> {
    let name = organization::name(&ask.name).map_err(|why| Error::input("name", why))?;
    let client_id =
        ask.client_id.parse().map_err(|_| Error::input("client_id", "it is not a GUID such as 00000000-0000-0000-0000-000000000000"))?;
    let permissions = ask.permissions.unwrap_or_else(|| presets::permissions(ask.preset));
    let permissions = published::checked(desk, ask.tenant, permissions, job).await?;
    let new = NewIntegration { tenant: ask.tenant, name, client_id, preset: ask.preset, permissions };
    let now = desk.now();
    desk.write(move |tx| {
        tenants::get(tx, new.tenant)?;
        integrations::insert(tx, &new, now)
    })
    .await
}
