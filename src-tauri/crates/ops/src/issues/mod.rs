//! Open sync issues: the list, and the groups of equal ones.

use rollcall_core::id::OrganizationId;
use rollcall_store::checks;
pub use rollcall_store::checks::{Issue, IssueFilter, IssuePage};
use rollcall_store::runs::FingerprintRow;
use serde::Deserialize;
use ts_rs::TS;

use crate::desk::Desk;
use crate::error::Result;
use crate::job::Job;
use crate::users::query::check_window;

/// Which open issues.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct IssueQuery {
    pub filter: IssueFilter,
    pub offset: u32,
    pub limit: u32,
}

/// Of one organization, or of all.
#[derive(Debug, Clone, Copy, Default, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct GroupIssues {
    pub organization: Option<OrganizationId>,
}

/// # Errors
/// `InvalidInput` for a window that is too large.
pub async fn list(desk: &Desk, ask: IssueQuery, _job: &Job) -> Result<IssuePage> {
    check_window(ask.limit)?;
    desk.read(move |conn| checks::issues(conn, &ask.filter, ask.offset, ask.limit)).await
}

/// # Errors
/// Those of the store.
pub async fn groups(desk: &Desk, ask: GroupIssues, _job: &Job) -> Result<Vec<FingerprintRow>> {
    desk.read(move |conn| checks::groups(conn, ask.organization)).await
}
