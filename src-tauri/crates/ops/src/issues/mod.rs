//! Open sync issues: the list, the problems that they come to, whom those concern, and what is put aside.

pub mod affected;
pub mod board;
pub mod export;
mod fold;
pub mod snooze;
pub mod support;

use rollcall_store::checks;
pub use rollcall_store::checks::{Issue, IssueFilter, IssuePage};
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

/// # Errors
/// `InvalidInput` for a window that is too large.
pub async fn list(desk: &Desk, ask: IssueQuery, _job: &Job) -> Result<IssuePage> {
    check_window(ask.limit)?;
    desk.read(move |conn| checks::issues(conn, &ask.filter, ask.offset, ask.limit)).await
}
