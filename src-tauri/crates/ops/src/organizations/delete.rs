//! Deletes an organization that has no users any more. Its runs go with it; the journal stays.

use rollcall_core::id::OrganizationId;
use rollcall_core::rules;
use rollcall_store::organizations;
use serde::Deserialize;
use ts_rs::TS;

use super::describe;
use crate::desk::Desk;
use crate::error::{Error, Result};
use crate::job::Job;

/// The organization meant.
#[derive(Debug, Clone, Copy, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct OrganizationRef {
    pub organization: OrganizationId,
}

/// # Errors
/// `NotNow` while it has users or a run is under way; `NotFound`.
pub async fn delete(desk: &Desk, ask: OrganizationRef, _job: &Job) -> Result<()> {
    let standing = describe::standing(desk, ask.organization).await?;
    rules::may_delete_organization(&standing).map_err(Error::not_now)?;
    desk.write(move |tx| organizations::delete(tx, ask.organization)).await
}
