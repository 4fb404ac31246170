//! Whom a problem concerns: one row a user, one window at a time.

use rollcall_store::issues;
pub use rollcall_store::issues::{Affected, AffectedFilter, AffectedPage};
use serde::Deserialize;
use ts_rs::TS;

use crate::desk::Desk;
use crate::error::Result;
use crate::job::Job;
use crate::users::query::check_window;

/// Which of them.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct AffectedQuery {
    pub filter: AffectedFilter,
    pub offset: u32,
    pub limit: u32,
}

/// # Errors
/// `InvalidInput` for a window that is too large.
pub async fn affected(desk: &Desk, ask: AffectedQuery, _job: &Job) -> Result<AffectedPage> {
    check_window(ask.limit)?;
    desk.read(move |conn| issues::affected(conn, &ask.filter, ask.offset, ask.limit)).await
}
