//! Lists runs, newest first.

use rollcall_core::id::OrganizationId;
use rollcall_store::runs::{self, Run};
use serde::Deserialize;
use ts_rs::TS;

use crate::desk::Desk;
use crate::error::Result;
use crate::job::Job;

/// The most runs that are listed.
const LIMIT: u32 = 500;

/// Of one organization, or of all.
#[derive(Debug, Clone, Copy, Default, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct ListRuns {
    pub organization: Option<OrganizationId>,
}

/// # Errors
/// Those of the store.
pub async fn list(desk: &Desk, ask: ListRuns, _job: &Job) -> Result<Vec<Run>> {
    desk.read(move |conn| runs::list(conn, ask.organization, LIMIT)).await
}
