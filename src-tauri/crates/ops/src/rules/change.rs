//! Changes whom a rule wants, and what becomes of them.

use rollcall_core::id::RuleId;
use rollcall_core::membership_rule::{Condition, MembershipRule, RuleAction};
use rollcall_store::membership_rules;
use serde::Deserialize;
use ts_rs::TS;

use crate::desk::Desk;
use crate::error::{Error, Result};
use crate::job::Job;

/// A rule as it is to be.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct ChangeRule {
    pub rule: RuleId,
    pub condition: Condition,
    pub action: RuleAction,
}

/// # Errors
/// `InvalidInput` for a condition that can't be used; `NotFound`.
pub async fn change(desk: &Desk, ask: ChangeRule, _job: &Job) -> Result<MembershipRule> {
    let ChangeRule { rule, condition, action } = ask;
    let condition = condition.checked().map_err(|why| Error::input("condition", why))?;
    desk.write(move |tx| {
        membership_rules::get(tx, rule)?;
        membership_rules::change(tx, rule, &condition, action)
    })
    .await
}
