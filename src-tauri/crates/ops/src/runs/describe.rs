//! Describes a run: its ledger, and its failures by cause.

use rollcall_core::id::RunId;
use rollcall_store::runs::{self, FingerprintRow, Run};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::desk::Desk;
use crate::error::Result;
use crate::job::Job;

/// The run meant.
#[derive(Debug, Clone, Copy, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct RunRef {
    pub run: RunId,
}

/// A run and its groups of equal errors, the largest first.
#[derive(Debug, Clone, Serialize, TS)]
pub struct RunDetail {
    pub run: Run,
    pub fingerprints: Vec<FingerprintRow>,
}

/// # Errors
/// `NotFound`.
pub async fn describe(desk: &Desk, ask: RunRef, _job: &Job) -> Result<RunDetail> {
    desk.read(move |conn| Ok(RunDetail { run: runs::get(conn, ask.run)?, fingerprints: runs::fingerprints(conn, ask.run)? })).await
}
