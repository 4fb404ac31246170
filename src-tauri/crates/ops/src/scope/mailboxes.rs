//! The mailboxes of a proof, page by page and the gravest first: expected, what the cmdlet said, and observed.

use rollcall_core::id::ProofId;
use rollcall_core::scope::finding::Finding;
use rollcall_store::proofs::{self, TargetPage};
use serde::Deserialize;
use ts_rs::TS;

use crate::desk::Desk;
use crate::error::Result;
use crate::job::Job;

/// Rows that a page has at most.
const MOST: u32 = 1_000;

/// Which mailboxes.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct ProofMailboxes {
    pub proof: ProofId,
    /// Only those that came to it.
    pub finding: Option<Finding>,
    /// Part of a name or an address.
    pub search: String,
    pub offset: u32,
    pub limit: u32,
}

/// # Errors
/// Those of the store.
pub async fn mailboxes(desk: &Desk, ask: ProofMailboxes, _job: &Job) -> Result<TargetPage> {
    desk.read(move |conn| proofs::targets(conn, ask.proof, ask.finding, &ask.search, (ask.offset, ask.limit.min(MOST)))).await
}
