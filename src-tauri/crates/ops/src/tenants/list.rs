//! Lists the tenants that Rollcall is connected to.

use rollcall_core::tenant::Tenant;
use rollcall_store::tenants;
use serde::Serialize;
use ts_rs::TS;

use crate::connection;
use crate::desk::Desk;
use crate::error::Result;
use crate::job::Job;

/// A tenant and whether somebody is signed in to it.
#[derive(Debug, Clone, Serialize, TS)]
pub struct TenantView {
    pub tenant: Tenant,
    pub signed_in: bool,
    /// The user principal name of the signed-in admin.
    pub account: Option<String>,
}

/// # Errors
/// Those of the store.
pub async fn list(desk: &Desk, _ask: (), _job: &Job) -> Result<Vec<TenantView>> {
    let tenants = desk.read(tenants::list).await?;
    let mut views = Vec::with_capacity(tenants.len());
    for tenant in tenants {
        let signed_in = connection::is_signed_in(desk, tenant.id).await;
        let account = tenant.identity.as_ref().filter(|_| signed_in).map(|identity| identity.admin.clone());
        views.push(TenantView { tenant, signed_in, account });
    }
    Ok(views)
}
