//! Forgets a tenant: its rows, its secrets, its open connections. The journal keeps what was done to it.

use rollcall_core::rules::Reason;
use rollcall_identity::vault::SecretName;
use rollcall_store::{integrations, mailboxes, organizations, tenants};

use super::sign_in::TenantRef;
use crate::connection;
use crate::desk::Desk;
use crate::error::{Error, Result};
use crate::job::Job;
use crate::mailboxes::tokens;

/// # Errors
/// `NotNow` while one of its organizations is being verified; `Keychain` when a secret could not be removed, and then
/// nothing else is.
pub async fn forget(desk: &Desk, ask: TenantRef, _job: &Job) -> Result<()> {
    let (organizations, integrations) = desk
        .read(move |conn| {
            tenants::get(conn, ask.tenant)?;
            Ok((organizations::list(conn, Some(ask.tenant))?, integrations::list(conn, Some(ask.tenant))?))
        })
        .await?;
    let busy = organizations.iter().any(|organization| desk.verifying().is_at(organization.id));
    if busy {
        return Err(Error::not_now(Reason::RunUnderWay));
    }
    connection::end_sign_in(desk, ask.tenant).await?;
    for integration in &integrations {
        connection::drop_secret(desk, SecretName::Credential(integration.id)).await?;
        desk.app_only().remove(&integration.id);
    }
    desk.write(move |tx| mailboxes::forget_sign_ins(tx, ask.tenant)).await?;
    tokens::drop_discarded(desk).await?;
    desk.write(move |tx| tenants::forget(tx, ask.tenant)).await
}
