//! Signs the admin out: the refresh token leaves the keychain, the access token leaves memory. The cached data stays.

use rollcall_store::tenants;

use super::sign_in::TenantRef;
use crate::connection;
use crate::desk::Desk;
use crate::error::Result;
use crate::job::Job;

/// # Errors
/// `Keychain`, when the token could not be removed: then the sign-in still stands.
pub async fn sign_out(desk: &Desk, ask: TenantRef, _job: &Job) -> Result<()> {
    let tenant = desk.read(move |conn| tenants::get(conn, ask.tenant)).await?;
    connection::end_sign_in(desk, tenant.id).await?;
    desk.tell_change().await
}
