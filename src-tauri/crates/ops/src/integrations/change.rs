//! Changes an integration's name or the permissions that it needs. What it was granted is compared with the new list at once.

use rollcall_core::id::IntegrationId;
use rollcall_core::integration::{Integration, RequiredPermission};
use rollcall_core::organization;
use rollcall_store::integrations::{self, IntegrationChange};
use serde::Deserialize;
use ts_rs::TS;

use super::published;
use crate::desk::Desk;
use crate::error::{Error, Result};
use crate::job::Job;

/// The changes; what is absent stays.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct ChangeIntegration {
    pub integration: IntegrationId,
    pub name: Option<String>,
    pub permissions: Option<Vec<RequiredPermission>>,
}

/// # Errors
/// `InvalidInput` names the field or the permission; `DuplicateName`; `NotFound`; where the tenant is asked for a name, those of the read.
pub async fn change(desk: &Desk, ask: ChangeIntegration, job: &Job) -> Result<Integration> {
    let name = ask.name.as_deref().map(organization::name).transpose().map_err(|why| Error::input("name", why))?;
    let permissions = match ask.permissions {
        Some(permissions) => {
            let tenant = desk.read(move |conn| integrations::get(conn, ask.integration)).await?.tenant;
            Some(published::checked(desk, tenant, permissions, job).await?)
        }
        None => None,
    };
    let change = IntegrationChange { name, permissions, ..IntegrationChange::default() };
    desk.write(move |tx| integrations::change(tx, ask.integration, &change)).await
}
