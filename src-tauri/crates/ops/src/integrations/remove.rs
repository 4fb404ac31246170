//! Removes an integration that no organization uses, and its secret.

use rollcall_core::id::IntegrationId;
use rollcall_core::rules::Reason;
use rollcall_identity::vault::SecretName;
use rollcall_store::{integrations, organizations};
use serde::Deserialize;
use ts_rs::TS;

use crate::connection;
use crate::desk::Desk;
use crate::error::{Error, Result};
use crate::job::Job;

/// The integration meant.
#[derive(Debug, Clone, Copy, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct IntegrationRef {
    pub integration: IntegrationId,
}

/// # Errors
/// `NotNow` while an organization uses it; `Keychain` when the secret could not be removed, and then nothing is.
pub async fn remove(desk: &Desk, ask: IntegrationRef, _job: &Job) -> Result<()> {
    let used = desk
        .read(move |conn| {
            integrations::get(conn, ask.integration)?;
            Ok(organizations::list(conn, None)?.iter().any(|organization| organization.integration == ask.integration))
        })
        .await?;
    if used {
        return Err(Error::not_now(Reason::HasOrganizations));
    }
    connection::drop_secret(desk, SecretName::Credential(ask.integration)).await?;
    desk.app_only().remove(&ask.integration);
    desk.write(move |tx| integrations::delete(tx, ask.integration)).await
}
