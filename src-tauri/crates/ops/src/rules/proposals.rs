//! Lists whom rules propose for an organization, or whom the admin has declined.

use rollcall_core::id::OrganizationId;
use rollcall_store::proposals::{self, ProposalPage};
use serde::Deserialize;
use ts_rs::TS;

use crate::desk::Desk;
use crate::error::Result;
use crate::job::Job;
use crate::users::query::check_window;

/// Which proposals.
#[derive(Debug, Clone, Copy, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct ListProposals {
    pub organization: OrganizationId,
    /// Those that were declined, in place of those that wait.
    pub declined: bool,
    pub offset: u32,
    pub limit: u32,
}

/// # Errors
/// `InvalidInput` for a window that is too large.
pub async fn proposals(desk: &Desk, ask: ListProposals, _job: &Job) -> Result<ProposalPage> {
    check_window(ask.limit)?;
    desk.read(move |conn| proposals::query(conn, ask.organization, ask.declined, ask.offset, ask.limit)).await
}
