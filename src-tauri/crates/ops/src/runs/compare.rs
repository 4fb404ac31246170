//! Compares two runs: who newly fails, who was mended, who still fails.

use rollcall_core::id::RunId;
use rollcall_store::runs::{self, Comparison};
use serde::Deserialize;
use ts_rs::TS;

use crate::desk::Desk;
use crate::error::Result;
use crate::job::Job;

/// The earlier run and the later one.
#[derive(Debug, Clone, Copy, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct CompareRuns {
    pub before: RunId,
    pub after: RunId,
}

/// # Errors
/// `NotFound`.
pub async fn compare(desk: &Desk, ask: CompareRuns, _job: &Job) -> Result<Comparison> {
    desk.read(move |conn| {
        runs::get(conn, ask.before)?;
        runs::get(conn, ask.after)?;
        runs::compare(conn, ask.before, ask.after)
    })
    .await
}
