//! Removes a rule. Whoever came by it stays; whom it proposes is proposed no longer.

use rollcall_core::id::RuleId;
use rollcall_store::membership_rules;
use serde::Deserialize;
use ts_rs::TS;

use crate::desk::Desk;
use crate::error::Result;
use crate::job::Job;

/// The rule meant.
#[derive(Debug, Clone, Copy, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct RuleRef {
    pub rule: RuleId,
}

/// # Errors
/// `NotFound`.
pub async fn remove(desk: &Desk, ask: RuleRef, _job: &Job) -> Result<()> {
    desk.write(move |tx| membership_rules::remove(tx, ask.rule)).await
}
