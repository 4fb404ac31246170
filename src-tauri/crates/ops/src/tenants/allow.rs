//! Asks the signed-in admin for more delegated permissions than a sign-in asks for, when something needs them.

use rollcall_core::id::TenantId;
use rollcall_store::tenants;
use serde::Deserialize;
use ts_rs::TS;

use super::sign_in::SignedIn;
use crate::connection;
use crate::desk::Desk;
use crate::error::{Error, Result};
use crate::job::Job;

/// Grants and takes application permissions.
pub const ASSIGN_ROLES: &str = "AppRoleAssignment.ReadWrite.All";
/// Grants and takes delegated permissions.
pub const GRANT_SCOPES: &str = "DelegatedPermissionGrant.ReadWrite.All";
/// Makes the enterprise application that grants belong to.
pub const MAKE_APPS: &str = "Application.ReadWrite.All";
/// Reads the directory's log.
pub const READ_AUDITS: &str = "AuditLog.Read.All";
/// Reads the tenant's settings for consent and its policies of conditional access.
pub const READ_POLICIES: &str = "Policy.Read.All";
/// Reads users' requests for approval.
pub const READ_REQUESTS: &str = "ConsentRequest.Read.All";

/// Reads which roles of Exchange applications were given.
pub const READ_EXCHANGE: &str = "RoleManagement.Read.Exchange";

const ALL: [&str; 7] = [ASSIGN_ROLES, GRANT_SCOPES, MAKE_APPS, READ_AUDITS, READ_POLICIES, READ_REQUESTS, READ_EXCHANGE];

/// What to ask for.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct AllowMore {
    pub tenant: TenantId,
    /// Names of delegated permissions of Graph; only ones that Rollcall has a use for.
    pub scopes: Vec<String>,
}

/// They hold for this session: after a restart the sign-in asks for the least again.
///
/// # Errors
/// `InvalidInput` for a permission that Rollcall has no use for; `ConsentMissing`; `NotSignedIn`; the sign-in codes.
pub async fn allow(desk: &Desk, ask: AllowMore, job: &Job) -> Result<SignedIn> {
    let wanted: Vec<&str> = ALL.into_iter().filter(|known| ask.scopes.iter().any(|scope| scope == known)).collect();
    if wanted.is_empty() || wanted.len() < ask.scopes.len() {
        return Err(Error::input("scopes", "Rollcall has no use for one of these permissions"));
    }
    connection::allowed(desk, ask.tenant, &wanted, job).await?;
    let tenant = desk.read(move |conn| tenants::get(conn, ask.tenant)).await?;
    let account = tenant.identity.as_ref().map(|identity| identity.admin.clone()).unwrap_or_default();
    Ok(SignedIn { account, tenant, kept: connection::rests(desk) })
}
